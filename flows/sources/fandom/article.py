"""An article about a person, read: infobox, lead, taglines, reunions, trivia, pictures. Pure, over either layer's HTML."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from selectolax.lexbor import LexborNode

from flows.sources.fandom import values
from flows.sources.fandom.html import (
    BREAKS,
    Link,
    Section,
    below,
    is_passed_over,
    lines_of,
    links_of,
    root_of,
    sections,
    text_of,
)
from flows.sources.fandom.images import PageImage, images_of, with_sizes
from flows.sources.fandom.infobox import Infobox, infobox_of
from flows.sources.fandom.payloads import ParsedPage
from flows.sources.fandom.tables import Seat, Tagline, seats, taglines, trivia
from flows.sources.fandom.values import Related
from models.rules.agreement import PageSigns, bare
from models.rules.titles import normal

BLOCKS = frozenset(
    {"table", "figure", "aside", "div", "ul", "ol", "dl", "gallery", "blockquote", "section", "hr", "center"}
)
LIFE = ("biography", "background", "early life", "about", "bio")
"""Headings under which a person's life is told."""

RELATIONS = {"family": "family", "friend": "friends", "enemy": "enemies", "romance": "romance"}
"""Kinds of relations, and the rows of an infobox that tell them."""

MEASURES = ("nationality", "hair_color", "eye_color", "height", "weight", "status", "hometown")
MOST_PARAGRAPHS = 12


@dataclass(frozen=True)
class Article:
    """What a page tells of a person. `biography` is paragraphs, `relations` is {kind: people}."""

    title: str
    infobox: Infobox | None
    biography: tuple[str, ...]
    taglines: tuple[Tagline, ...]
    seats: tuple[Seat, ...]
    trivia: tuple[str, ...]
    relations: dict[str, list[Related]]
    images: tuple[PageImage, ...]
    lead_links: tuple[Link, ...]
    categories: tuple[str, ...]

    def signs(self, asked: str | None = None) -> PageSigns:
        """What tells whom and what the page is about; `asked` is the name that was redirected here."""
        box = self.infobox
        names = [self.title, box.title if box else None, *self.names]
        rows = list(box.all("installment")) if box else []
        shows = [text for row in rows for text in (*(link.title for link in row.links), *row.lines)]
        shows += [link.title for row in (box.rows if box else ()) for link in row.links]
        shows += [*self.categories, *(link.title for link in self.lead_links)]
        return PageSigns(
            names=tuple(dict.fromkeys(name for name in names if name)),
            shows=tuple(dict.fromkeys(shows)),
            is_person=bool(box and box.is_person),
            asked=asked,
            is_list=self.title.lower().startswith(("list of", "season", "category")) or bool(_LIST.search(self.title)),
        )

    @property
    def names(self) -> list[str]:
        """Further names in the infobox: the full one, and what the person is called."""
        if not self.infobox:
            return []
        full = self.infobox.row("full_name")
        found = [" ".join(full.lines)] if full else []
        found += [name.strip(_QUOTES) for row in self.infobox.all("nickname") for name in values.listed(row)]
        return list(dict.fromkeys(name for name in found if name))


_QUOTES = "\"'“”‘’«» "
_LIST = re.compile(
    r"(season|series) \d+|\b(cast|contestants|castaways|islanders|housewives|houseguests)$", re.IGNORECASE
)


def read_article(page: ParsedPage, url: str) -> Article:
    """Read a parsed page; `url` is its address. An empty page gives an article without anything."""
    root = root_of(page.text)
    gallery = root_of(page.gallery) if page.gallery else None
    if root is None:
        return Article(page.title, None, (), (), (), (), {}, (), (), page.category_names)
    parts = sections(root)
    box = infobox_of(root)
    images = _of_person(images_of(root, parts, url, gallery=gallery), page.title)
    return Article(
        title=page.title,
        infobox=box,
        biography=tuple(_biography(parts)[:MOST_PARAGRAPHS]),
        taglines=tuple(taglines(parts)),
        seats=tuple(seats(parts)),
        trivia=tuple(trivia(parts)),
        relations={kind: found for kind, row in RELATIONS.items() if (found := _related(box, row, page.title))},
        images=tuple(with_sizes(images, page.sizes)),
        lead_links=tuple(link for node in _lead(parts) for link in links_of(node)),
        categories=page.category_names,
    )


def person_fields(article: Article) -> dict[str, Any]:
    """What a page says of a person, by the catalogue's names and some of its own; unknown fields are left out."""
    box = article.infobox
    fields: dict[str, Any] = {
        "name": (box.title if box and box.title else None) or bare(article.title),
        "biography": "\n\n".join(article.biography),
    }
    if box:
        birth = box.row("birth_date")
        occupations = box.row("occupation")
        fields |= {
            "full_name": " ".join(full.lines) if (full := box.row("full_name")) else None,
            "birth_date": values.birth_date(birth),
            "death_date": values.birth_date(box.row("death_date")),
            "birth_place": values.joined(box.row("birth_place")) or values.place_beside(birth),
            "gender": values.gender(gender.text if (gender := box.row("gender")) else None),
            "residence": values.joined(box.row("residence") or box.row("hometown")),
            "occupations": values.listed(occupations),
            "installments": [text for row in box.all("installment") for text in _installments(row)],
        }
        fields |= {name: values.joined(box.row(name)) for name in MEASURES}
        fields |= {name: _seasons(box, name) for name in ("main_seasons", "friend_seasons", "guest_seasons")}
        for name in ("entered", "left"):
            fields[name] = [row.text for row in box.all(name)]
    return {name: value for name, value in fields.items() if value not in (None, "", [])}


def _installments(row: Any) -> list[str]:
    return [link.title for link in row.links] or list(row.lines)


def _seasons(box: Infobox, name: str) -> list[dict[str, int | None]]:
    row = box.row(name)
    return values.seasons(row.text) if row else []


def _related(box: Infobox | None, name: str, title: str) -> list[Related]:
    found = [person for row in (box.all(name) if box else ()) for person in values.related(row)]
    return [person for person in found if normal(person.name) != normal(bare(title))]


def _of_person(images: Sequence[PageImage], title: str) -> list[PageImage]:
    """Without what stands between the text and is named after somebody or something else: it may show anybody."""
    words = {word for word in normal(bare(title)).split() if len(word) > 2}
    return [
        image
        for image in images
        if image.context != "article" or words & set(normal(f"{image.file_name} {image.caption or ''}").split())
    ]


def _biography(parts: list[Section]) -> list[str]:
    """The lead, and what stands under a heading about the person's life."""
    paragraphs = _paragraphs(_lead(parts))
    for part in below(parts, *LIFE):
        paragraphs += _paragraphs(part.nodes)
    return list(dict.fromkeys(paragraphs))


def _lead(parts: list[Section]) -> list[LexborNode]:
    return [node for node in parts[0].nodes if node.tag not in BLOCKS]


def _paragraphs(nodes: Sequence[LexborNode]) -> list[str]:
    """Texts of paragraphs, and of what stands bare between blocks: an infobox inside of a paragraph ends it."""
    found: list[str] = []
    bare_text: list[str] = []

    def end() -> None:
        if line := " ".join("".join(bare_text).split()):
            found.append(line)
        bare_text.clear()

    for node in nodes:
        if node.tag == "p":
            end()
            found.extend([line] if (line := " ".join(lines_of(node))) else [])
        elif node.tag in BLOCKS or node.tag in BREAKS:
            end()
        elif not is_passed_over(node):
            bare_text.append(
                node.text() if node.tag == "-text" else f" {text_of(node)} " if node.css("br") else node.text()
            )
    end()
    return [line for line in found if any(c.isalpha() for c in line)]
