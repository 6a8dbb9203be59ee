"""Reading the HTML that MediaWiki makes of an article: its root, its sections, texts and links. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from models.rules.wikis import page_title

ROOT = "div.mw-parser-output"
BREAKS = frozenset({"br", "li", "p", "div", "tr", "dd", "dt", "table", "ul", "ol", "center", "blockquote"})
SILENT = frozenset({"style", "script", "noscript", "template", "-comment"})
PASSED_OVER = (
    "toc", "navbox", "reference", "references", "mw-editsection", "noprint", "hatnote", "mw-empty-elt", "notice", "ambox",
    "messagebox", "gallerytext-placeholder",
)  # fmt: skip
"""Classes of what is no part of the text."""

_HEADING = re.compile(r"h([1-6])")
_FILE = re.compile(r"\.(jpe?g|png|webp|gif|avif|svg)(/revision/|$|\?)", re.IGNORECASE)


@dataclass(frozen=True)
class Link:
    """A link to another page of the wiki: its text and that page's title."""

    text: str
    title: str


@dataclass
class Section:
    """A part of an article below a heading, with the nodes in it; what is before the first heading has level 0."""

    title: str
    level: int
    nodes: list[LexborNode] = field(default_factory=list)


def root_of(html: str) -> LexborNode | None:
    """The article in a page, or in the text that `action=parse` gives; None where there is none."""
    tree = LexborHTMLParser(html)
    return tree.css_first(ROOT) or (tree.body if ROOT.split(".")[1] not in html and "<" in html else None)


def classes(node: LexborNode) -> list[str]:
    """The classes of a node."""
    return (node.attributes.get("class") or "").split()


def is_passed_over(node: LexborNode) -> bool:
    """Whether a node is furniture: contents, notes, navigation."""
    return node.tag in SILENT or node.id == "toc" or any(name in PASSED_OVER for name in classes(node))


def heading(node: LexborNode) -> tuple[int, str] | None:
    """Level and text of a heading, also of one that is wrapped in a div, as newer MediaWiki does."""
    if node.tag == "div" and "mw-heading" in classes(node):
        inner = node.css_first("h1, h2, h3, h4, h5, h6")
        return heading(inner) if inner else None
    match = _HEADING.fullmatch(node.tag or "")
    if not match:
        return None
    headline = node.css_first(".mw-headline") or node
    return int(match[1]), text_of(headline)


def sections(root: LexborNode) -> list[Section]:
    """The article cut at its headings, in order. A wrapper around headings is looked into."""
    found = [Section("", 0)]
    _cut(root, found)
    return found


def _cut(parent: LexborNode, found: list[Section]) -> None:
    for node in parent.iter(include_text=True):
        if is_passed_over(node):
            continue
        if told := heading(node):
            found.append(Section(told[1], told[0]))
        elif node.tag in {"div", "section"} and node.css_first("h2, h3") and not node.css_matches("aside"):
            _cut(node, found)
        else:
            found[-1].nodes.append(node)


def below(parts: list[Section], *words: str) -> list[Section]:
    """The first section whose heading holds one of these words, with its subsections."""
    for place, part in enumerate(parts):
        if part.level and any(word in part.title.lower() for word in words):
            rest = parts[place + 1 :]
            end = next((n for n, later in enumerate(rest) if later.level <= part.level), len(rest))
            return [part, *rest[:end]]
    return []


def all_of(parts: list[Section], selector: str) -> Iterator[LexborNode]:
    """The nodes of some sections that match, in order, the outermost included."""
    for part in parts:
        for node in part.nodes:
            if node.tag != "-text":
                yield from ([node] if node.css_matches(selector) and node.tag == selector else node.css(selector))


def text_of(node: LexborNode) -> str:
    """The text of a node in one line."""
    return " ".join(lines_of(node))


def lines_of(node: LexborNode) -> list[str]:
    """The text of a node, a line per break, list item or block; white space and footnote marks are gone."""
    lines: list[list[str]] = [[]]
    _collect(node, lines)
    joined = (" ".join("".join(parts).replace("\u00ad", "").split()) for parts in lines)
    return [line for line in joined if line]


def _collect(node: LexborNode, lines: list[list[str]]) -> None:
    if node.tag == "-text":
        lines[-1].append(node.text(deep=True) or "")
        return
    if is_passed_over(node) or (node.tag == "sup" and "reference" in classes(node)):
        return
    block = node.tag in BREAKS
    if block:
        lines.append([])
    for child in node.iter(include_text=True):
        _collect(child, lines)
    if block:
        lines.append([])


def links_of(node: LexborNode) -> list[Link]:
    """The links of a node to other articles of the wiki."""
    anchors = [node] if node.tag == "a" else node.css("a")
    return [Link(text_of(a), title) for a in anchors if (title := article_title(a))]


def article_title(anchor: LexborNode) -> str | None:
    """The title of the article that a link leads to; None for files, other namespaces, red links and other sites."""
    address = urlsplit(anchor.attributes.get("href") or "")
    if address.netloc or not address.path.startswith("/wiki/") or "redlink=1" in address.query:
        return None
    title = page_title(unquote(address.path.removeprefix("/wiki/")))
    return title if title and not re.match(r"(File|Category|Special|Template|User|Help|Talk):", title) else None


def is_file(address: str | None) -> bool:
    """Whether an address is that of a picture itself."""
    return bool(address and _FILE.search(address) and "/wiki/" not in address)
