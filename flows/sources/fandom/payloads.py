"""What MediaWiki's `api.php` answers, as pydantic models; version 2 of its format, and what differs in version 1."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from flows.sources.payload import Many, OptionalInt, OptionalText, Payload


def _values(value: Any) -> Any:
    """Version 1 lists pages as an object by id."""
    return list(value.values()) if isinstance(value, dict) else value if value is not None else ()


def _flag(value: Any) -> Any:
    """Version 1 says yes by an empty text."""
    return True if value == "" else value


def _star(value: Any) -> Any:
    """Version 1 puts a text into `*`."""
    return value["*"] if isinstance(value, dict) and "*" in value else value


Flag = Annotated[bool, BeforeValidator(_flag)]
Starred = Annotated[str, BeforeValidator(_star)]


class WikiPayload(Payload):
    """Anything a wiki answers."""

    source: ClassVar[str] = "fandom"


class Renamed(WikiPayload):
    """A title that was made another: normalised, or redirected."""

    sometimes = frozenset({"tofragment"})
    from_: str = Field(alias="from")
    to: str
    tofragment: OptionalText = None


class Revision(WikiPayload):
    """A revision of a page."""

    sometimes = frozenset({"revid", "parentid", "timestamp"})
    revid: int | None = None
    parentid: Any = None
    timestamp: Any = None


class ImageInfo(WikiPayload):
    """A file's original."""

    sometimes = frozenset({"url", "width", "height", "size", "mime", "descriptionurl", "descriptionshorturl"})
    url: OptionalText = None
    width: OptionalInt = None
    height: OptionalInt = None
    size: Any = None
    mime: Any = None
    descriptionurl: Any = None
    descriptionshorturl: Any = None


class TitlePage(WikiPayload):
    """A page as a query tells of it: whether it is there, and its newest revision."""

    sometimes = frozenset(
        {
            "pageid",
            "ns",
            "missing",
            "invalid",
            "invalidreason",
            "known",
            "lastrevid",
            "revisions",
            "imageinfo",
            "imagerepository",
            "pageprops",
            "contentmodel",
            "pagelanguage",
            "pagelanguagehtmlcode",
            "pagelanguagedir",
            "touched",
            "length",
            "new",
            "redirect",
        }
    )
    title: str
    pageid: int | None = None
    missing: Flag = False
    invalid: Flag = False
    lastrevid: int | None = None
    revisions: Many[Revision] = ()
    imageinfo: Many[ImageInfo] = ()
    pageprops: dict[str, Any] | None = None
    ns: Any = None
    known: Any = None
    invalidreason: Any = None
    imagerepository: Any = None
    contentmodel: Any = None
    pagelanguage: Any = None
    pagelanguagehtmlcode: Any = None
    pagelanguagedir: Any = None
    touched: Any = None
    length: Any = None
    new: Any = None
    redirect: Any = None

    @property
    def revision_id(self) -> int | None:
        """The newest revision; None for a page that is not there."""
        told = self.lastrevid or next((revision.revid for revision in self.revisions), None)
        return None if self.missing or self.invalid else told or None

    @property
    def is_disambiguation(self) -> bool:
        """Whether the page only tells apart pages of one name."""
        return "disambiguation" in (self.pageprops or {})


class Rights(WikiPayload):
    """What a wiki's texts are under."""

    sometimes = frozenset({"url", "text"})
    url: OptionalText = None
    text: OptionalText = None


class TitlesQuery(WikiPayload):
    """The `query` of an answer about titles."""

    sometimes = frozenset({"normalized", "redirects", "rightsinfo"})
    normalized: Many[Renamed] = ()
    redirects: Many[Renamed] = ()
    pages: Annotated[Many[TitlePage], BeforeValidator(_values)] = ()
    rightsinfo: Rights | None = None


class TitlesPayload(WikiPayload):
    """Which of some titles there are."""

    sometimes = frozenset({"batchcomplete", "query"})
    batchcomplete: Any = None
    query: TitlesQuery = TitlesQuery()

    def found(self, title: str) -> tuple[TitlePage, bool] | None:
        """The page that a title leads to, and whether by a redirect; None where there is none."""
        *_, (last, redirected) = self._way(title)
        page = next((page for page in self.query.pages if page.title == last), None)
        return (page, redirected) if page and page.revision_id else None

    def about(self, title: str) -> dict[str, Any]:
        """The part of the answer that is about one title, as an answer of its own."""
        way = {step for step, _ in self._way(title)}
        query: dict[str, Any] = {"pages": [_plain(page) for page in self.query.pages if page.title in way]}
        for name in ("normalized", "redirects"):
            if moves := [_plain(move) for move in getattr(self.query, name) if move.from_ in way]:
                query[name] = moves
        if self.query.rightsinfo:
            query["rightsinfo"] = _plain(self.query.rightsinfo)
        return {"query": query}

    def _way(self, title: str) -> Iterator[tuple[str, bool]]:
        """The titles that a title leads to, the last of them the page's, and whether a redirect led there."""
        normalized = {move.from_: move.to for move in self.query.normalized}
        redirects = {move.from_: move.to for move in self.query.redirects}
        at, redirected = normalized.get(title, title), False
        yield title, False
        yield at, False
        for _ in redirects:
            if at in redirects:
                at, redirected = redirects[at], True
                yield at, redirected


def _plain(payload: Payload) -> dict[str, Any]:
    return payload.model_dump(mode="json", by_alias=True, exclude_unset=True)


class Category(WikiPayload):
    """A category of a page."""

    sometimes = frozenset({"category", "star", "sortkey", "hidden", "missing", "known"})
    category: OptionalText = None
    star: OptionalText = Field(default=None, alias="*")
    sortkey: Any = None
    hidden: Any = None
    missing: Any = None
    known: Any = None


class Parse(WikiPayload):
    """The `parse` of an answer: a page made HTML."""

    sometimes = frozenset({"redirects", "categories", "images", "links", "displaytitle", "properties"})
    title: str
    pageid: int | None = None
    revid: int
    text: Starred
    categories: Many[Category] = ()
    redirects: Many[Renamed] = ()
    images: Many[str] = ()
    links: Any = None
    displaytitle: OptionalText = None
    properties: Any = None


class GalleryParse(WikiPayload):
    """A page of pictures made HTML."""

    sometimes = frozenset({"pageid", "revid", "images"})
    title: str
    text: Starred
    pageid: int | None = None
    revid: int | None = None
    images: Many[str] = ()


class Files(WikiPayload):
    """Files with their originals."""

    sometimes = frozenset({"normalized"})
    normalized: Many[Renamed] = ()
    pages: Annotated[Many[TitlePage], BeforeValidator(_values)] = ()


class ParsedPage(WikiPayload):
    """A page with what belongs to it, as it is kept: its HTML, its gallery page's, and the sizes of its pictures."""

    sometimes = frozenset({"gallery_page", "files"})
    page: Parse = Field(alias="parse")
    gallery_page: GalleryParse | None = Field(default=None, alias="gallery")
    files: Files | None = None

    @property
    def title(self) -> str:
        """The page's title."""
        return self.page.title

    @property
    def text(self) -> str:
        """Its HTML."""
        return self.page.text

    @property
    def links(self) -> list[Any]:
        """What it links to, as it was told; it is not kept."""
        return self.page.links if isinstance(self.page.links, list) else []

    @property
    def gallery(self) -> str | None:
        """The HTML of its page of pictures."""
        return self.gallery_page.text if self.gallery_page else None

    @property
    def category_names(self) -> tuple[str, ...]:
        """Its categories, with spaces."""
        names = (category.category or category.star for category in self.page.categories)
        return tuple(name.replace("_", " ") for name in names if name)

    @property
    def sizes(self) -> dict[str, tuple[int, int]]:
        """Width and height of the originals by file name."""
        return {
            page.title.partition(":")[2]: (info.width, info.height)
            for page in (self.files.pages if self.files else ())
            for info in page.imageinfo
            if info.width and info.height
        }


class Hit(WikiPayload):
    """A page that a search found."""

    sometimes = frozenset(
        {"ns", "pageid", "size", "wordcount", "snippet", "timestamp", "titlesnippet", "redirecttitle"}
    )
    title: str
    ns: Any = None
    pageid: Any = None
    size: Any = None
    wordcount: Any = None
    snippet: Any = None
    timestamp: Any = None
    titlesnippet: Any = None
    redirecttitle: Any = None


class SearchQuery(WikiPayload):
    """The `query` of a search."""

    sometimes = frozenset({"searchinfo"})
    searchinfo: Any = None
    search: Many[Hit] = ()


class SearchPayload(WikiPayload):
    """What a search found."""

    sometimes = frozenset({"batchcomplete", "continue_", "query"})
    batchcomplete: Any = None
    continue_: Any = Field(default=None, alias="continue")
    query: SearchQuery = SearchQuery()
