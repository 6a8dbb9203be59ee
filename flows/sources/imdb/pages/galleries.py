"""Pages of pictures: the media index of a title or a person, and a person's own page. Pure.

Their data names every picture with its size. Without it the page is a mosaic: each picture is a link to its viewer,
several sizes of it in `srcset`, and no other size is known than these.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from selectolax.lexbor import LexborNode

from flows.sources.imdb.answers import ImdbImage, ImdbImages
from flows.sources.imdb.pages.document import Document, Reading, attribute, name_id, title_id
from flows.sources.imdb.pages.payloads.gallery import GalleryPicture, NamePage, Pictures
from flows.sources.imdb.pages.values import count_of, image, picture_name, widest

GALLERY = re.compile(r"/(?:title|name)/\[[a-z]+\]/mediaindex/?")
NAME = re.compile(r"/name/\[[a-z]+\]/?")

_VIEWER = re.compile(r"/mediaviewer/(rm\d+)")
_PART = re.compile(r"\d[\d,]*\s*[-–]\s*\d[\d,]*\s+of\s+(\d[\d,]*)")
_MOSAIC = (
    'section[data-testid="section-images"] img',
    'a[data-testid^="mosaic-img-"] img',
    "#media_index_thumbnail_grid a img",
)
DEEPEST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryPage:
    """Pictures of a title or a person, and where the next part begins, if one follows."""

    imdb_id: str
    images: tuple[ImdbImage, ...]
    total: int | None
    next_cursor: str | None = None
    has_more: bool = False
    """Whether the page says, or leaves open, that there are more."""


def parse_gallery(text: str, url: str = "") -> GalleryPage:
    """Read the media index of a title or a person, or a person's own page.

    Raises:
        NotThisPage: it is another page.
        MalformedAnswer: a field is not what it ever was; names it.
    """
    return read_gallery(Document(text, url)).answer


def read_gallery(page: Document) -> Reading[GalleryPage]:
    """The same, with how the page departs from what such pages are known to hold."""
    page.expect("a page of pictures", re.compile(f"{GALLERY.pattern}|{NAME.pattern}"))
    above, column = page.props.get("aboveTheFold"), page.props.get("mainColumnData")
    if isinstance(above, dict) and page.kind is not None and NAME.fullmatch(page.kind):
        # All else of a person's page says nothing of pictures.
        halves: dict[str, Any] = {"aboveTheFold": {key: above[key] for key in ("id", "primaryImage") if key in above}}
        if isinstance(column, dict):
            halves["mainColumnData"] = {"images": column["images"]} if "images" in column else {}
        person = NamePage.parse(halves, page.url)
        return Reading.of(_of_person(person), person)
    found = _pictures(page.props, 0)
    if found is not None and (imdb_id := _owner(page)):
        pictures = Pictures.parse(found, page.url)
        return Reading.of(_of_data(imdb_id, pictures), pictures)
    return Reading.of(_of_mosaic(page), None)


def all_pictures(pages: Sequence[GalleryPage], *, missing: bool = False) -> ImdbImages:
    """The parts of a gallery as one answer; a picture that two parts show counts once. `missing`: a part is."""
    images = {image.id: image for page in reversed(pages) for image in reversed(page.images)}
    total = next((page.total for page in reversed(pages) if page.total is not None), None)
    found = tuple(reversed(images.values()))
    return ImdbImages(
        imdb_id=pages[0].imdb_id,
        images=found,
        is_complete=not missing and not pages[-1].has_more and total is not None and len(found) >= total,
        total=total,
    )


def _pictures(value: Any, depth: int) -> dict[str, Any] | None:
    """The first list of pictures in a page's data: `all_images`, or what has both edges and a pageInfo."""
    if depth > DEEPEST:
        return None
    if isinstance(value, dict):
        listed = value.get("all_images")
        if isinstance(listed, dict):
            return listed
        if "edges" in value and "pageInfo" in value:
            return value
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((found for child in children if (found := _pictures(child, depth + 1)) is not None), None)


def _owner(page: Document) -> str | None:
    """Whose pictures these are, as the page says, or else its address."""
    content = page.props.get("contentData")
    entity = content.get("entityMetadata") if isinstance(content, dict) else None
    id = entity.get("id") if isinstance(entity, dict) else None
    if isinstance(id, str) and re.fullmatch(r"(?:tt|nm)\d+", id):
        return id
    address = page.canonical
    return name_id(address) or title_id(address)


def _of_data(imdb_id: str, found: Pictures) -> GalleryPage:
    info = found.pageInfo
    images = tuple(shown for edge in found.edges if (shown := _shown(edge.node)))
    more = info is None or info.hasNextPage is not False
    return GalleryPage(
        imdb_id=imdb_id,
        images=images,
        total=found.total,
        next_cursor=info.endCursor if info and info.hasNextPage else None,
        has_more=more,
    )


def _shown(node: GalleryPicture) -> ImdbImage | None:
    shown = node.image
    if shown is None:
        return None
    people, titles = (tuple(dict.fromkeys(ref.id for ref in refs)) for refs in (node.names, node.titles))
    return replace(shown, kind=shown.kind or node.imageType, people=people, titles=titles)


def _of_person(page: NamePage) -> GalleryPage:
    """The pictures that a person's own page shows: theirs first, then a few of the others."""
    above, column = page.aboveTheFold, page.mainColumnData
    first = above.primaryImage.image if above.primaryImage else None
    listed = column.images if column else None
    others = tuple(shown for edge in (listed.edges if listed else ()) if (shown := _shown(edge.node)))
    images = {shown.id: shown for shown in ((first, *others) if first else others)}
    return GalleryPage(
        imdb_id=above.id, images=tuple(images.values()), total=listed.total if listed else None, has_more=True
    )


def _of_mosaic(page: Document) -> GalleryPage:
    imdb_id = _owner(page)
    found = next((nodes for selector in _MOSAIC if (nodes := page.tree.css(selector))), [])
    if not imdb_id or not found or "/mediaindex" not in page.canonical:
        raise page.refusal("it shows no pictures")
    images: dict[str, ImdbImage] = {}
    for shown in _mosaic(found):
        images.setdefault(shown.id, shown)
    part = _PART.search(page.tree.body.text() if page.tree.body else "")
    total = count_of(part[1]) if part else None
    return GalleryPage(
        imdb_id=imdb_id, images=tuple(images.values()), total=total, has_more=total is None or total > len(images)
    )


def _mosaic(nodes: list[LexborNode]) -> Iterator[ImdbImage]:
    for node in nodes:
        address = widest(attribute(node, "srcset"), attribute(node, "src"))
        viewer = _VIEWER.search(_link(node) or "")
        if address and (shown := image(address, id=viewer[1] if viewer else picture_name(address))):
            yield replace(shown, caption=attribute(node, "alt"))


def _link(node: LexborNode) -> str | None:
    """Where the link around an element leads."""
    above = node.parent
    while above is not None and above.tag not in ("a", "section", "body"):
        above = above.parent
    if above is not None and above.tag == "a":
        return attribute(above, "href")
    # Some mosaics lay the link over the picture, as its neighbour.
    beside = node.parent.parent if node.parent is not None and node.parent.parent is not None else None
    return attribute(beside.css_first('a[href*="/mediaviewer/"]'), "href") if beside is not None else None
