"""The pictures on an article, each once, in its original size, and where on the page it stands. Pure.

Wikis serve one file under many addresses (`/revision/latest`, `/scale-to-width-down/150`); `file_id` is the same for all.
Icons and pictures that are links to other pages are left out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote, urljoin, urlsplit

from selectolax.lexbor import LexborNode

from flows.sources.fandom.html import Section, all_of, below, classes, is_file, text_of
from flows.sources.fandom.tables import rows
from models.rules.titles import normal

SMALLEST = 100
"""Pixels; what a page shows narrower than this is an icon."""

_RESIZED = re.compile(r"/(scale-to-\w+(-down)?|smart|top-crop|zoom-crop|fixed-aspect-ratio(-down)?|window-crop)/.*$")
_LAZY = ("data-src", "src")


@dataclass(frozen=True)
class PageImage:
    """A picture: `context` is infobox, tagline, reunion, article or gallery; sizes in pixels where they are known."""

    file_id: str
    url: str
    context: str
    season_number: int | None = None
    caption: str | None = None
    width: int | None = None
    height: int | None = None

    @property
    def file_name(self) -> str:
        """The wiki's name of the file, with spaces."""
        return unquote(self.file_id.rsplit("/", 1)[-1]).replace("_", " ")


def file_id(url: str) -> str:
    """What a file goes by, whatever size of it an address asks for: path of its host without the rest."""
    parts = urlsplit(url)
    path = parts.path.split("/revision/")[0]
    return f"{parts.netloc}{_RESIZED.sub('', path)}"


def original(url: str) -> str:
    """The address of the original: no scaling; `cb`, which changes with each upload, stays."""
    parts = urlsplit(url)
    cb = re.search(r"(?:^|&)(cb=\d+)", parts.query)
    return f"{parts.scheme}://{parts.netloc}{_RESIZED.sub('', parts.path)}" + (f"?{cb[1]}" if cb else "")


def images_of(
    root: LexborNode, parts: list[Section], base: str, *, gallery: LexborNode | None = None
) -> list[PageImage]:
    """The pictures of an article and of its gallery page; of one that stands in several places the first counts.

    `base` is the article's address, for pictures that are given without a host.
    """
    found: dict[str, PageImage] = {}
    for image in _everywhere(root, parts, base, gallery):
        found.setdefault(image.file_id, image)
    return list(found.values())


def with_sizes(images: Sequence[PageImage], sizes: dict[str, tuple[int, int]]) -> list[PageImage]:
    """The pictures with the original's width and height, as the wiki tells them by file name."""
    by_name = {normal(name): size for name, size in sizes.items()}
    return [
        replace(image, width=size[0], height=size[1]) if (size := by_name.get(normal(image.file_name))) else image
        for image in images
    ]


def _everywhere(root: LexborNode, parts: list[Section], base: str, gallery: LexborNode | None) -> Iterator[PageImage]:
    infobox = root.css_first(".portable-infobox")
    if infobox is not None:
        yield from _within(infobox, base, "infobox")
    for context, words in (("tagline", ("tagline",)), ("reunion", ("reunion seating", "reunion seat", "reunions"))):
        section = below(parts, *words)
        for row in rows(section):
            for cell in {cell.mem_id: cell for cell in row.cells.values()}.values():
                yield from _within(cell, base, context, row.season)
        for part in all_of(section, "figure"):
            yield from _within(part, base, context)
    for node in root.css(".wikia-gallery, ul.gallery, .gallerybox, .wikia-slideshow"):
        yield from _within(node, base, "gallery")
    yield from _within(root, base, "article")
    if gallery is not None:
        yield from _within(gallery, base, "gallery")


def _within(node: LexborNode, base: str, context: str, season: int | None = None) -> Iterator[PageImage]:
    for image in node.css("img"):
        anchor = _anchor(image, node)
        href = anchor.attributes.get("href") if anchor is not None else None
        source = next((value for name in _LAZY if (value := image.attributes.get(name) or "").strip()), "")
        leads = is_file(href) or "/wiki/File:" in (href or "") or any("lightbox" in c for c in classes(image))
        if source.startswith("data:") or _is_icon(image) or not (leads or (anchor is None and context != "article")):
            continue
        address = urljoin(base, href if is_file(href) and href else source)
        if is_file(address):
            yield PageImage(file_id(address), original(address), context, season, _caption(image))


def _anchor(image: LexborNode, top: LexborNode) -> LexborNode | None:
    above = image.parent
    while above is not None and above.mem_id != top.mem_id:
        if above.tag == "a":
            return above
        above = above.parent
    return None


def _is_icon(image: LexborNode) -> bool:
    width = image.attributes.get("width") or ""
    return image.attributes.get("data-relevant") == "0" or (width.isdecimal() and int(width) < SMALLEST)


def _caption(image: LexborNode) -> str | None:
    above = image.parent
    for _ in range(5):
        if above is None:
            break
        caption = above.css_first("figcaption, .lightbox-caption, .gallerytext, .pi-caption")
        if caption is not None and len(above.css("img")) == 1:
            return text_of(caption) or None
        above = above.parent
    return (image.attributes.get("alt") or "").strip() or None
