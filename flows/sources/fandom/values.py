"""Values of infoboxes, made sense of: dates known in part, seasons with open ends, gender, relations. Pure.

What is not sure says nothing: `Unknown`, a day without a year, a date that may be read two ways.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from selectolax.lexbor import LexborNode

from flows.sources.fandom.html import BREAKS, article_title, is_passed_over, text_of
from flows.sources.fandom.infobox import Row, says
from models.rules.titles import normal

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(1[89]\d\d|20\d\d)"
_SHAPES = (
    (re.compile(rf"\b{_YEAR}-(\d\d)-(\d\d)\b"), "ymd"),
    (re.compile(rf"\b{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s+{_YEAR}\b"), "Mdy"),
    (re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}\b"), "dMy"),
    (re.compile(rf"\b{_MONTH},?\s+{_YEAR}\b"), "My"),
    (re.compile(rf"\b(\d{{1,2}})[/.](\d{{1,2}})[/.]{_YEAR}\b"), "??y"),
    (re.compile(rf"^{_YEAR}\b"), "y"),
    (re.compile(rf"\b{_YEAR}$"), "y"),
)
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_ABOUT = re.compile(r"\b(c\.|ca\.|circa|about|approx|around|probably|likely|or|before|after|between)(?=\W|$)|\?|~")
_RANGE = re.compile(r"(\d{1,2})\s*(?:([-–—]|to)\s*(\d{1,2}|present|now)?)?")
_GENDERS = {
    "female": ("female", "woman", "f", "trans woman", "transgender woman", "cisgender woman"),
    "male": ("male", "man", "m", "trans man", "transgender man", "cisgender man"),
    "non_binary": ("non binary", "nonbinary", "genderqueer", "genderfluid", "gender fluid", "agender"),
}
_NOTE = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True)
class Related:
    """Somebody whom an infobox names, with what it notes of them and the page that the name leads to."""

    name: str
    note: str | None = None
    title: str | None = None


def partial_date(text: str) -> str | None:
    """A date in words as `1985-09-14`, `1985-09` or `1985`: as exactly as it is told; None where it is not sure.

    What stands in brackets, such as the age, is not read. Of several dates the first counts.
    """
    plain = " ".join(_ASIDE.sub(" ", text.lower()).split()).strip(" ,;.")
    if _ABOUT.search(plain):
        return None
    for shape, order in _SHAPES:
        if match := shape.search(plain):
            return _date(order, match.groups())
    return None


def _date(order: str, parts: tuple[str, ...]) -> str | None:
    told = dict(zip(order.replace("??", "ab"), parts, strict=True))
    if "M" in told:
        told["m"] = str(_MONTHS.index(told["M"][:3]) + 1)
    if "a" in told:
        one, other = int(told["a"]), int(told["b"])
        if one != other and one <= 12 and other <= 12:
            return told["y"]  # 03/04: which of them the month is, nobody says
        told["m"], told["d"] = (str(other), str(one)) if one > 12 else (str(one), str(other))
    try:
        whole = date(int(told["y"]), int(told.get("m", 1)), int(told.get("d", 1)))
    except ValueError:
        return None
    return whole.isoformat()[: 10 if "d" in told else 7 if "m" in told else 4]


def birth_date(row: Row | None) -> str | None:
    """The first line of a row that holds a date."""
    return next((found for line in (row.lines if row else ()) if (found := partial_date(line))), None)


def place_beside(row: Row | None) -> str | None:
    """The place that a row about a birth tells below its date."""
    lines = [line.strip(" ,;") for line in (row.lines if row else ())]
    rest = [line for line in lines if not any(c.isdigit() for c in line) and not line.startswith("(")]
    return ", ".join(rest) if rest and len(rest) < len(lines) else None


def gender(text: str | None) -> str | None:
    """female, male or non_binary; None for anything else."""
    told = normal(_ASIDE.sub(" ", text or ""))
    return next((name for name, words in _GENDERS.items() if told in words), None)


def joined(row: Row | None) -> str | None:
    """A value that wikis write over several lines, such as a name or a place, in one."""
    return ", ".join(line.strip(" ,;") for line in row.lines) if row else None


def listed(row: Row | None) -> list[str]:
    """The values of a row, one a line or separated by commas; each once, notes in brackets left out."""
    parts = (part for line in (row.lines if row else ()) for part in re.split(r"[;,•·]| / ", _ASIDE.sub(" ", line)))
    return list(dict.fromkeys(word for part in parts if (word := " ".join(part.split())) and says(word)))


def seasons(text: str | None) -> list[dict[str, int | None]]:
    """`1-3, 5–` as ranges: [{"from": 1, "to": 3}, {"from": 5, "to": None}]; None stands for an open end."""
    found = []
    for first, dash, last in _RANGE.findall(_ASIDE.sub(" ", (text or "").lower())):
        to = int(first) if not dash else int(last) if last.isdecimal() else None
        if to is None or to >= int(first):
            found.append({"from": int(first), "to": to})
    return found


def related(row: Row | None) -> list[Related]:
    """The people whom a row names, each once. A note in brackets, also on the next line, belongs to the one before it."""
    found: list[Related] = []
    for name, title, note in _pieces(row.node) if row else ():
        if name:
            found.append(Related(name, note, title))
        elif note and found:
            before = found.pop()
            found.append(Related(before.name, ", ".join(filter(None, (before.note, note))), before.title))
    unique = {person.name: person for person in reversed(found)}
    return [unique[name] for name in dict.fromkeys(person.name for person in found)]


def _pieces(value: LexborNode) -> Iterator[tuple[str, str | None, str | None]]:
    """Name, page and note of each piece between breaks, commas and links."""
    for line in _lines(value):
        anchors = [node for node in line if node.tag == "a" and article_title(node)]
        if anchors:
            for node in line:
                if node in anchors:
                    yield text_of(node), article_title(node), None
                else:
                    text = text_of(node)
                    yield "", None, _notes(text)
                    yield from ((name, None, note) for name, note in _named(text, commas=True, beside=True))
        else:
            yield from ((name, None, note) for name, note in _named(" ".join(text_of(n) for n in line), commas=True))


def _lines(value: LexborNode) -> list[list[LexborNode]]:
    """The nodes without children of interest, by line."""
    lines: list[list[LexborNode]] = [[]]

    def collect(node: LexborNode) -> None:
        for child in node.iter(include_text=True):
            if is_passed_over(child) or child.tag == "sup":
                continue
            if child.tag in BREAKS:
                lines.append([])
            if child.tag == "-text" or child.tag == "a":
                lines[-1].append(child)
            else:
                collect(child)
                if child.tag in BREAKS:
                    lines.append([])

    collect(value)
    return [line for line in lines if any(text_of(node) for node in line)]


def _named(text: str, *, commas: bool, beside: bool = False) -> Iterator[tuple[str, str | None]]:
    """The names in a text without links, with their notes; `beside` links only what is set off by a comma is a name."""
    outside = _NOTE.sub(lambda match: match[0].replace(",", "\0"), text)
    parts = re.split(r"[,;•·&]", outside) if commas else [outside]
    for place, part in enumerate(parts):
        name = " ".join(_NOTE.sub(" ", part.replace("\0", ",")).split()).strip(" -–—:.")
        if name and says(name) and len(name) > 1 and not (beside and place == 0):
            yield name, _notes(part.replace("\0", ","))
        elif not name and not beside:
            yield "", _notes(part.replace("\0", ","))


def _notes(text: str) -> str | None:
    return ", ".join(note.strip() for note in _NOTE.findall(text) if note.strip()) or None
