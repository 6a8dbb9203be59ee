"""What the tables and lists of an article tell: taglines, seats at reunions, trivia. Pure.

Columns are found by their headings, in any order; a cell that spans several rows or columns counts for each.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from flows.sources.fandom.html import Section, all_of, below, lines_of, text_of
from flows.sources.fandom.infobox import plain, says

_SEASON = re.compile(r"\d{1,2}")
_LISTED = re.compile(r"\W*(?:season|series)\s*(\d{1,2})\W*?[:\-–—]\s*(.+)", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"\W*(to be (added|announced|updated)|coming soon|tba|tbd|n/?a|none|unknown)\W*", re.IGNORECASE
)
_QUOTES = "\"'“”‘’«» "
_WIDEST = 60


@dataclass(frozen=True)
class Tagline:
    """A tagline of an opening: the season, its place in the order as written, the words."""

    season_number: int | None
    season_order: str | None
    text: str


@dataclass(frozen=True)
class Seat:
    """A seat at a reunion."""

    season_number: int
    side: str | None
    seat: str | None


@dataclass(frozen=True)
class TableRow:
    """A row of a table: its cells by what their columns are headed."""

    cells: dict[str, LexborNode]

    def under(self, *words: str) -> LexborNode | None:
        """The cell below the first heading that holds one of these words, the first of them first."""
        return next((cell for word in words for head, cell in self.cells.items() if word in head.split()), None)

    def text(self, *words: str) -> str | None:
        """What stands in that cell; None for nothing."""
        cell = self.under(*words)
        found = text_of(cell) if cell is not None else ""
        return found if says(found) else None

    @property
    def season(self) -> int | None:
        """The season that the row is about."""
        match = _SEASON.search(self.text("season", "seasons", "series") or "")
        return int(match[0]) if match else None


def taglines(parts: list[Section]) -> list[Tagline]:
    """The taglines of somebody, in the order of the page: from a table, else from a list."""
    section = below(parts, "tagline")
    told = [
        Tagline(row.season, row.text("order", "position", "place"), line)
        for row in rows(section)
        if (line := _unquoted(row.text("tagline", "taglines", "quote"))) is not None
    ]
    return told or [
        Tagline(int(match[1]), None, line)
        for item in items(section)
        if (match := _LISTED.fullmatch(item)) and (line := _unquoted(match[2])) is not None
    ]


def seats(parts: list[Section]) -> list[Seat]:
    """Where somebody sat at reunions: one seat a season, the first that is told."""
    found: dict[int, Seat] = {}
    for row in rows(below(parts, "reunion seating", "reunion seat", "reunions")):
        side, seat = row.text("side", "couch"), row.text("distance", "seat", "order", "position", "place")
        if row.season is not None and (side or seat):
            found.setdefault(row.season, Seat(row.season, side, seat))
    return list(found.values())


def trivia(parts: list[Section]) -> list[str]:
    """The lines of a section of trivia, with those below its subheadings."""
    return [item for item in items(below(parts, "trivia", "fun facts")) if not _PLACEHOLDER.fullmatch(item)]


def items(section: Sequence[Section]) -> Iterator[str]:
    """The entries of the lists in a section; what is listed below an entry belongs to it."""
    for kind in ("ul", "ol"):
        for list_ in all_of(list(section), kind):
            if not _is_within_list(list_):
                for item in list_.iter():
                    if item.tag == "li" and (line := " ".join(lines_of(item))):
                        yield line


def _is_within_list(node: LexborNode) -> bool:
    above = node.parent
    while above is not None and "mw-parser-output" not in (above.attributes.get("class") or ""):
        if above.tag in {"li", "table", "aside"}:
            return True
        above = above.parent
    return False


def rows(section: Sequence[Section]) -> Iterator[TableRow]:
    """The rows of the tables in a section that have headings."""
    for table in all_of(list(section), "table"):
        grid = _grid(table)
        if len(grid) > 1 and len(grid[0]) > 1:
            heads = [plain(text_of(cell)) for cell in grid[0]]
            for cells in grid[1:]:
                yield TableRow(dict(reversed(list(zip(heads, cells, strict=False)))))


def _grid(table: LexborNode) -> list[list[LexborNode]]:
    """A table's cells by row and column, each as often as it spans."""
    grid: list[list[LexborNode]] = []
    reaching: dict[int, tuple[LexborNode, int]] = {}
    for line in table.css("tr"):
        given = [cell for cell in line.iter() if cell.tag in {"td", "th"}]
        cells: list[LexborNode] = []
        while (given or len(cells) in reaching) and len(cells) < _WIDEST:
            place = len(cells)
            if place in reaching:
                cell, left = reaching.pop(place)
                cells.append(cell)
                if left > 1:
                    reaching[place] = (cell, left - 1)
                continue
            cell = given.pop(0)
            deep = _span(cell, "rowspan")
            for _ in range(_span(cell, "colspan")):
                if deep > 1:
                    reaching[len(cells)] = (cell, deep - 1)
                cells.append(cell)
        if cells:
            grid.append(cells)
    return grid


def _span(cell: LexborNode, name: str) -> int:
    told = cell.attributes.get(name) or "1"
    return min(max(int(told), 1), _WIDEST) if told.isdecimal() and len(told) < 4 else 1


def _unquoted(line: str | None) -> str | None:
    words = (line or "").strip(_QUOTES)
    return words if words and not _PLACEHOLDER.fullmatch(words) else None
