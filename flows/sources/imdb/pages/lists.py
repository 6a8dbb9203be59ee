"""A list's pages: its entries from JSON-LD, what is more from the page's data, or all from the HTML. Pure."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from selectolax.lexbor import LexborNode

from flows.sources.errors import MalformedAnswer
from flows.sources.imdb.answers import ImdbList, ImdbListEntry, ImdbTitle
from flows.sources.imdb.pages.document import SOURCE, Document, Reading, attribute, title_id, words
from flows.sources.imdb.pages.payloads.lists import ListEdge, TitleList
from flows.sources.imdb.pages.values import count_of

LIST = re.compile(r"/list/\[[a-z]+\]/?")

_ADDRESS = re.compile(r"/list/(ls\d+)")
_RANK = re.compile(r"^(\d+)\.\s+")
_CONTAINERS = ("li.ipc-metadata-list-summary-item", "div.lister-item", "div.lister-item-content")
_TOTAL = re.compile(r"(?:\bof\s+)?(\d[\d,]*)\s+titles?\b", re.IGNORECASE)
_TYPES = {"Movie": "movie", "TVEpisode": "tvEpisode", "VideoGame": "videoGame"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """One page of a list."""

    list_id: str
    entries: tuple[ImdbListEntry, ...]
    name: str | None = None
    description: str | None = None
    total: int | None = None
    has_next: bool | None = None
    """Whether the page says that another follows; None where it says nothing."""


def parse_list(text: str, url: str = "") -> ListPage:
    """Read a page of a list.

    Raises:
        NotThisPage: it is another page.
        MalformedAnswer: a field is not what it ever was; names it.
    """
    return read_list(Document(text, url)).answer


def read_list(page: Document) -> Reading[ListPage]:
    """The same, with how the page departs from what such pages are known to hold."""
    page.expect("a list", LIST)
    address = _ADDRESS.search(page.canonical) or _ADDRESS.search(page.url)
    column = page.props.get("mainColumnData")
    data = column.get("list") if isinstance(column, dict) else None
    payload = TitleList.parse(data, page.url) if isinstance(data, dict) else None
    list_id = address[1] if address else payload.id if payload else None
    if not list_id:
        raise page.refusal("it is no list")
    linked = {entry.imdb_id: entry for entry in _linked(page)}
    search = payload.titleListItemSearch if payload else None
    known = {edge.listItem.id: _entry(edge, linked.get(edge.listItem.id)) for edge in (search.edges if search else ())}
    # JSON-LD holds all titles of the page; the data tells more of them.
    entries = {**linked, **known} or {entry.imdb_id: entry for entry in _items(page)}
    if not entries and not (search and search.total == 0):
        raise page.refusal("it lists no titles")
    return Reading.of(
        ListPage(
            list_id=list_id,
            entries=tuple(sorted(entries.values(), key=lambda entry: entry.rank or 0)),
            name=(payload.name if payload else None) or words(page.tree.css_first("h1")),
            description=payload.description if payload else None,
            total=search.total if search else _total(page),
            has_next=search.pageInfo.hasNextPage if search and search.pageInfo else _has_next(page),
        ),
        payload,
    )


def whole_list(pages: Sequence[ListPage], *, missing: bool = False) -> ImdbList:
    """The pages of a list as one; an entry that two pages show counts once. `missing`: a page is."""
    entries: dict[str, ImdbListEntry] = {}
    for page in pages:
        for entry in page.entries:
            entries.setdefault(entry.imdb_id, entry)
    first = pages[0]
    total = next((page.total for page in reversed(pages) if page.total is not None), None)
    return ImdbList(
        list_id=first.list_id,
        entries=tuple(entries.values()),
        # Without a total, nothing but the end of the pages says that it is whole; that may be a cut-off page.
        is_complete=not missing and total is not None and len(entries) >= total and not pages[-1].has_next,
        name=first.name,
        description=first.description,
        total=total,
    )


def _linked(page: Document) -> Iterator[ImdbListEntry]:
    """The entries in JSON-LD."""
    elements = next((item["itemListElement"] for item in page.linked_data if "itemListElement" in item), None)
    if elements is None:
        return
    if not isinstance(elements, list) or not all(isinstance(element, dict) for element in elements):
        raise MalformedAnswer(SOURCE, page.url, "JSON-LD lists no objects", field="itemListElement")
    for place, element in enumerate(elements, start=1):
        item: Any = element.get("item")
        item = item if isinstance(item, dict) else {}
        address, name, rank = item.get("url") or item.get("@id"), item.get("name"), element.get("position")
        if not isinstance(address, str) or not (imdb_id := title_id(address)):
            raise MalformedAnswer(SOURCE, page.url, "an entry in JSON-LD has no address", field="itemListElement.url")
        kind = item.get("@type")
        yield ImdbListEntry(
            imdb_id=imdb_id,
            rank=rank if isinstance(rank, int) and not isinstance(rank, bool) else place,
            title=ImdbTitle(
                imdb_id=imdb_id,
                is_complete=False,
                name=html.unescape(name).strip() or None if isinstance(name, str) else None,
                kind=_TYPES.get(kind) if isinstance(kind, str) else None,
            ),
        )


def _entry(edge: ListEdge, linked: ImdbListEntry | None) -> ImdbListEntry:
    title, node = edge.listItem, edge.node
    rating, genres, years = title.ratingsSummary, title.titleGenres or title.genres, title.releaseYear
    rank = node.absolutePosition if node else None
    return ImdbListEntry(
        imdb_id=title.id,
        rank=rank if rank is not None else linked.rank if linked else None,
        note=(node.description or node.itemDescription) if node else None,
        title=ImdbTitle(
            imdb_id=title.id,
            is_complete=False,
            name=title.titleText.text if title.titleText else linked.title.name if linked and linked.title else None,
            original_name=title.originalTitleText.text if title.originalTitleText else None,
            kind=title.titleType.id if title.titleType else None,
            description=title.plot.words if title.plot else None,
            year=years.year if years else None,
            end_year=years.endYear if years else None,
            runtime=title.runtime.minutes if title.runtime else None,
            rating=rating.aggregateRating if rating else None,
            votes=rating.voteCount if rating else None,
            content_rating=title.certificate.rating if title.certificate else None,
            genres=genres.names if genres else (),
            poster=title.primaryImage.image if title.primaryImage else None,
        ),
    )


def _items(page: Document) -> Iterator[ImdbListEntry]:
    """The entries in the HTML: `12. Name`, the year in brackets or beside it."""
    found = next((nodes for selector in _CONTAINERS if (nodes := page.tree.css(selector))), [])
    for place, node in enumerate(found, start=1):
        links = node.css('a[href*="/title/tt"]')
        imdb_id = next((id for link in links if (id := title_id(attribute(link, "href")))), None)
        if not imdb_id:
            continue
        heading = words(node.css_first("h3, h4")) or next((text for link in links if (text := words(link))), None) or ""
        rank = _RANK.match(heading) or re.match(r"(\d+)", words(node.css_first('span[class*="index"]')) or "")
        shown = next((text for link in links if (text := words(link)) and not text.isdigit()), None) or heading
        year = re.search(r"\b(?:19|20)\d{2}\b", words(node.css_first('span[class*="year"]')) or words(node) or "")
        yield ImdbListEntry(
            imdb_id=imdb_id,
            rank=int(rank[1]) if rank else place,
            note=_note(node),
            title=ImdbTitle(
                imdb_id=imdb_id,
                is_complete=False,
                name=_RANK.sub("", shown) or None,
                year=int(year[0]) if year else None,
            ),
        )


def _note(node: LexborNode) -> str | None:
    """What the list's author wrote of an entry; present pages have it below the title's own plot."""
    own = node.css_first(".list-description, [data-testid='dli-item-description'], .dli-item-description")
    return words(own)


def _total(page: Document) -> int | None:
    """What the page says of how many titles there are: `164 titles`, `1 - 100 of 164 titles`."""
    for node in page.tree.css('.desc, .lister-total-num-results, [data-testid="list-page-mc-total-items"]'):
        if match := _TOTAL.search(words(node) or ""):
            return count_of(match[1])
    return None


def _has_next(page: Document) -> bool | None:
    """Whether a link or a button leads on; None where the page has no such thing."""
    button = page.tree.css_first('[data-testid="index-pagination-nxt"]')
    if button is not None:
        return "disabled" not in button.attributes and attribute(button, "aria-disabled") != "true"
    for link in page.tree.css('a[href*="page="]'):
        if "next" in f"{attribute(link, 'aria-label') or ''} {words(link) or ''}".casefold():
            return True
    return None
