"""IMDb's own export of a list: the CSV that a list's owner downloads.

It is the one way to read an IMDb list that needs no page and breaks with none. Exports have had two headers; the
newer has `Original Title`. Only television is kept; what else the list holds is counted, not lost silently.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NoReturn

REQUIRED = ("Position", "Const", "Title", "Title Type")
KNOWN = frozenset(
    {
        *REQUIRED,
        *("Created", "Modified", "Description", "Original Title", "URL", "IMDb Rating", "Runtime (mins)", "Year"),
        *("Genres", "Num Votes", "Release Date", "Directors", "Your Rating", "Date Rated"),
    }
)
TELEVISION = frozenset({"tvseries", "tvminiseries", "tvspecial", "tvshort"})
"""Title types that are shows, without spaces, in small letters: older exports write `tvSeries`, newer `TV Series`."""

LARGEST = 2**31 - 1
"""No rank, runtime, year or number of votes is larger."""

_IMDB_ID = re.compile(r"tt\d{7,10}")


@dataclass(frozen=True, slots=True)
class ImdbListItem:
    """An entry of an IMDb list; `rank` is its position, `runtime` in minutes, `note` what the list's author wrote."""

    imdb_id: str
    title: str
    rank: int
    note: str | None
    title_type: str
    year: int | None
    rating: float | None
    votes: int | None
    genres: tuple[str, ...]
    release_date: date | None
    runtime: int | None


@dataclass(frozen=True, slots=True)
class ImdbList:
    """A list export: its shows, and the entries that are not television."""

    items: tuple[ImdbListItem, ...]
    skipped: tuple[ImdbListItem, ...]


def read_list_export(path: Path) -> ImdbList:
    """Read an IMDb list export.

    Raises:
        ValueError: the file is not such an export, or a cell is malformed; names file, line and column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            items = list(_items(path, file))
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path}: is not UTF-8 text, so it is no IMDb list export") from None
    seen: dict[str, ImdbListItem] = {}
    for item in items:
        seen.setdefault(item.imdb_id, item)
    shows = tuple(item for item in seen.values() if _is_television(item))
    return ImdbList(items=shows, skipped=tuple(item for item in seen.values() if not _is_television(item)))


def _is_television(item: ImdbListItem) -> bool:
    return item.title_type.replace(" ", "").replace("-", "").lower() in TELEVISION


def _items(path: Path, file: Iterator[str]) -> Iterator[ImdbListItem]:
    rows = csv.reader(file, strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
        _check_header(path, header)
        for cells in rows:
            if any(cell.strip() for cell in cells):
                yield _Row(path, rows.line_num, header, cells).item()
    except csv.Error as error:
        raise ValueError(f"{path}, line {rows.line_num}: is not CSV: {error}") from None


def _check_header(path: Path, header: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        began = ",".join(header)[:60]
        raise ValueError(
            f"{path}, line 1: is not an IMDb list export (no column {missing[0]!r}; it begins with {began!r}); "
            "download one with Export on the list's page"
        )
    if repeated := [name for name in KNOWN if header.count(name) > 1]:
        raise ValueError(f"{path}, line 1, column {repeated[0]}: is there twice")


class _Row:
    """One line of an export, read cell by cell so that an error can name its place."""

    def __init__(self, path: Path, line: int, header: list[str], cells: list[str]) -> None:
        if len(cells) != len(header):
            raise ValueError(f"{path}, line {line}: has {len(cells)} columns where the header has {len(header)}")
        self._place = f"{path}, line {line}"
        self._cells = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        for column, cell in self._cells.items():
            if "\0" in cell:
                raise self._wrong(column, "holds a NUL character")

    def item(self) -> ImdbListItem:
        """The entry on this line."""
        imdb_id = self._required("Const")
        if not _IMDB_ID.fullmatch(imdb_id):
            raise self._wrong("Const", "is not the id of a title (tt and digits)")
        return ImdbListItem(
            imdb_id=imdb_id,
            title=self._required("Title"),
            rank=self._whole("Position") or self._missing("Position"),
            note=self._cells.get("Description") or None,
            title_type=self._required("Title Type"),
            year=self._whole("Year"),
            rating=self._rating(),
            votes=self._whole("Num Votes"),
            genres=tuple(genre for part in self._cells.get("Genres", "").split(",") if (genre := part.strip())),
            release_date=self._date(),
            runtime=self._whole("Runtime (mins)"),
        )

    def _required(self, column: str) -> str:
        return self._cells[column] or self._missing(column)

    def _missing(self, column: str) -> NoReturn:
        raise ValueError(f"{self._place}, column {column}: is empty")

    def _whole(self, column: str) -> int | None:
        text = self._cells.get(column, "").replace(",", "")
        if not text:
            return None
        if not (text.isascii() and text.isdigit()):
            raise self._wrong(column, "is not a whole number")
        if int(text) > LARGEST:
            raise self._wrong(column, "is too large")
        return int(text)

    def _rating(self) -> float | None:
        text = self._cells.get("IMDb Rating", "")
        if not text:
            return None
        if not re.fullmatch(r"\d{1,2}(\.\d+)?", text) or float(text) > 10:
            raise self._wrong("IMDb Rating", "is not a rating from 0 to 10")
        return float(text)

    def _date(self) -> date | None:
        """The release date; one that is known to the year or month only has no date."""
        text = self._cells.get("Release Date", "")
        if not text or re.fullmatch(r"\d{4}(-\d{2})?", text):
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise self._wrong("Release Date", "is not a date (YYYY-MM-DD)") from None

    def _wrong(self, column: str, problem: str) -> ValueError:
        return ValueError(f"{self._place}, column {column}: {self._cells[column]!r} {problem}")
