"""The viewer of one picture: its full size, its words, and whom and what it shows. Pure."""

import re
from collections.abc import Callable

from selectolax.lexbor import LexborNode

from flows.sources.imdb.answers import ImdbImage
from flows.sources.imdb.pages.document import Document, attribute, name_id, title_id, words
from flows.sources.imdb.pages.values import image, widest

VIEWER = re.compile(r"/(?:title|name)/\[[a-z]+\]/mediaviewer/\[[a-z]+\]/?")

_ADDRESS = re.compile(r"/(?:title|name)/[a-z]+\d+/mediaviewer/(rm\d+)")
_PIXELS = re.compile(r"(\d+)w\b")


def parse_viewer(text: str, url: str = "") -> ImdbImage:
    """Read the viewer of a picture.

    Raises:
        NotThisPage: it is another page.
    """
    page = Document(text, url)
    page.expect("the viewer of a picture", VIEWER)
    address = _ADDRESS.search(page.canonical) or _ADDRESS.search(url)
    if not address:
        raise page.refusal("it is no viewer of a picture")
    shown = _current(page, address[1])
    if shown is None:
        raise page.refusal("it shows no picture")
    srcset = attribute(shown, "srcset")
    source = attribute(shown, "src")
    found = image(source if source and "._V1_." in source else widest(srcset, source), id=address[1])
    if found is None:
        raise page.refusal("it shows no picture")
    width, height = _sizes(page, shown)
    return ImdbImage(
        id=found.id,
        url=found.url,
        width=width,
        height=height,
        caption=words(page.tree.css_first("div.ipc-html-content-inner-div")) or attribute(shown, "alt"),
        people=_listed(page, "People", name_id),
        titles=_listed(page, "Titles", title_id),
    )


def _current(page: Document, id: str) -> LexborNode | None:
    """The picture that is shown, among its neighbours: it carries the viewer's id, or is marked as the current one."""
    images = page.tree.css('div[data-testid="media-viewer"] img') or page.tree.css("img")
    for wanted in (lambda name: name.startswith(id), lambda name: name.endswith("-curr")):
        for node in images:
            if wanted(attribute(node, "data-image-id") or ""):
                return node
    return images[0] if len(images) == 1 else None


def _sizes(page: Document, shown: LexborNode) -> tuple[int | None, int | None]:
    """Width and height as the page declares them for sharing; else the largest width that is offered."""
    declared = [
        attribute(page.tree.css_first(f'meta[property="og:image:{side}"]'), "content") for side in ("width", "height")
    ]
    if all(side and side.isdigit() for side in declared):
        return int(declared[0] or 0), int(declared[1] or 0)
    offered = [int(pixels) for pixels in _PIXELS.findall(attribute(shown, "srcset") or "")]
    return max(offered, default=None), None


def _listed(page: Document, label: str, id_of: Callable[[str | None], str | None]) -> tuple[str, ...]:
    """The ids of the links beside a label such as `People`."""
    for node in page.tree.css("span, div, h3"):
        if node.text(deep=False).strip() != label:
            continue
        above = node.parent
        for _ in range(2):
            if above is None:
                break
            found = [id for link in above.css("a[href]") if (id := id_of(attribute(link, "href")))]
            if found:
                return tuple(dict.fromkeys(found))
            above = above.parent
    return ()
