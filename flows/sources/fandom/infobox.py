"""The infobox of an article: what it calls the subject, its picture, and its rows, whatever they are called. Pure.

Wikis name the same row in many ways: by `data-source` or by label, `Birthdate`, `birth_date` or `Born`. `row` finds it by
any of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from flows.sources.fandom.html import Link, classes, lines_of, links_of, text_of
from models.rules.titles import normal

SYNONYMS: dict[str, tuple[str, ...]] = {
    "full_name": ("full name", "birth name", "real name", "complete name", "fullname", "birthname", "realname", "name"),
    "nickname": ("nickname", "nicknames", "also known as", "aka", "alias", "aliases", "other names", "other name"),
    "birth_date": ("birth date", "birthdate", "date of birth", "born", "birthday", "dob"),
    "birth_place": ("birth place", "birthplace", "place of birth", "born in"),
    "death_date": ("death date", "deathdate", "date of death", "died", "death"),
    "gender": ("gender", "sex"),
    "residence": ("resides in", "residence", "resides", "lives in", "current residence", "location"),
    "hometown": ("hometown", "home town", "from", "city"),
    "occupation": ("occupation", "occupations", "job", "profession", "career"),
    "age": ("age",),
    "nationality": ("nationality", "ethnicity", "country"),
    "hair_color": ("hair color", "hair colour", "hair"),
    "eye_color": ("eye color", "eye colour", "eyes"),
    "height": ("height",),
    "weight": ("weight",),
    "family": ("family", "relatives", "family members", "children", "parents", "siblings", "kids"),
    "friends": ("friends", "friend", "allies", "alliances"),
    "enemies": ("enemies", "enemy", "rivals", "feuds"),
    "romance": ("romances", "romance", "relationships", "relationship", "spouse", "spouses", "partner", "partners",
                "significant other", "husband", "wife", "married to", "dating"),
    "installment": ("installment", "installments", "franchise", "series", "show", "shows", "appears on", "city franchise"),
    "main_seasons": ("main seasons", "main season", "main", "housewife seasons", "seasons", "season", "seasons played"),
    "friend_seasons": ("friend seasons", "friend season", "friend of the housewives", "friend of", "recurring seasons",
                       "recurring"),
    "guest_seasons": ("guest seasons", "guest season", "guest", "guest appearances"),
    "status": ("status", "current status"),
    "entered": ("entered", "day entered", "entrance"),
    "left": ("left", "day left", "exited", "exit", "departed", "eliminated", "evicted"),
}  # fmt: skip
"""What a row is for us, and what wikis call it, in lower case without punctuation."""

PERSONAL = (
    "birth_date",
    "full_name",
    "gender",
    "occupation",
    "age",
    "main_seasons",
    "entered",
    "hometown",
    "residence",
)
"""Rows that only an infobox about a person has; two of them, or the wiki's own word for it, make it one."""

_TYPE = re.compile(r"type-.*(cast|person|contestant|housewife|islander|player|character|queen|racer|guest|crew)")
_UNKNOWN = re.compile(r"(unknown|n/?a|none|tba|tbd|\?+|-+|–|—|not known|to be (added|announced))\.?", re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    """A row: its `data-source` and label as they are, and its value by lines, with the links in it."""

    source: str
    label: str
    lines: tuple[str, ...]
    links: tuple[Link, ...]
    node: LexborNode

    @property
    def text(self) -> str:
        """The value in one line."""
        return " ".join(self.lines)


@dataclass(frozen=True)
class Infobox:
    """An infobox as it stands on the page."""

    title: str | None
    kinds: tuple[str, ...]
    rows: tuple[Row, ...]
    node: LexborNode

    def row(self, name: str) -> Row | None:
        """The row that means this to us and says something: by its `data-source`, then by its label, likeliest name
        first.
        """
        return next((row for row in self.all(name)), None)

    def all(self, name: str) -> Iterator[Row]:
        """Every row that means this to us and says something."""
        seen: set[int] = set()
        for synonym in SYNONYMS[name]:
            for row in self.rows:
                if row.node.mem_id not in seen and synonym in (plain(row.source), plain(row.label)):
                    seen.add(row.node.mem_id)
                    yield row

    @property
    def is_person(self) -> bool:
        """Whether it describes a person."""
        named = any(_TYPE.search(kind.lower()) for kind in self.kinds)
        return named or sum(self.row(name) is not None for name in PERSONAL) >= 2


def plain(label: str) -> str:
    """A label without case, underscores, punctuation, numbers at its end, and `(s)` as a plural."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label) if label.isidentifier() and not label.isupper() else label
    return re.sub(r"[\s\d]+$", "", normal(spaced.replace("(s)", "s").replace("_", " ")))


def says(line: str) -> bool:
    """Whether a value tells anything: `Unknown`, `N/A` and dashes do not."""
    return bool(line) and not _UNKNOWN.fullmatch(line.strip())


def infobox_of(root: LexborNode) -> Infobox | None:
    """The first infobox of an article; None where it has none."""
    node = root.css_first(".portable-infobox")
    if node is None:
        return None
    title = next((text for found in node.css(".pi-title") if (text := _title(found))), None)
    return Infobox(title, tuple(classes(node)), tuple(row for row in _rows(node) if row.lines), node)


def _title(node: LexborNode) -> str:
    """A title without the small links beside it."""
    own = "".join(child.text() for child in node.iter(include_text=True) if child.tag != "span")
    return " ".join(own.split()) or text_of(node)


def _rows(node: LexborNode) -> Iterator[Row]:
    labels: dict[str, str] = {}
    for part in node.css(".pi-data, th.pi-data-label, td.pi-data-value, .pi-smart-data-label, .pi-smart-data-value"):
        source = part.attributes.get("data-source") or ""
        if "pi-data" in classes(part):
            label, value = part.css_first(".pi-data-label"), part.css_first(".pi-data-value")
            if value is not None:
                yield _row(source, text_of(label) if label else "", value)
        elif part.tag == "th" or "pi-smart-data-label" in classes(part):
            labels[source] = text_of(part)
        elif source or labels:
            yield _row(source, labels.get(source, ""), part)


def _row(source: str, label: str, value: LexborNode) -> Row:
    lines = tuple(line for line in lines_of(value) if says(line))
    return Row(source, label.rstrip(":"), lines, tuple(links_of(value)), value)
