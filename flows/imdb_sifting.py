"""What the catalogue wants of IMDb's datasets, sifted out of them before anything is stored.

Millions of lines go by once; those about our shows are put into small files, one for each piece of shows, so that storing
takes short transactions and never much memory.
"""

import shutil
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from db.session import read
from flows.publishing import logger
from flows.selection import ShowRef
from flows.sources.imdb.datasets import Dataset, NotThisFile
from flows.sources.imdb.datasets.lines import Block, wanted
from flows.sources.imdb.datasets.rows import Cells, cells

EVERY = 5.0
"""Seconds between two lines of progress."""
PENDING = 20_000
"""Lines that wait in memory until they are written."""
ABANDONED = 86_400.0
"""Seconds after which what a killed run left is removed."""

PEOPLE = -1
"""The piece of what is about people."""


@dataclass(frozen=True)
class Sifted:
    """The lines about one piece of the catalogue, and which files they were looked for in to their end."""

    folder: Path
    piece: int
    read: frozenset[Dataset]

    def lines(self, dataset: Dataset) -> Iterator[bytes]:
        """The lines of a file; none where it could not be read."""
        path = _path(self.folder, dataset, self.piece)
        if dataset in self.read and path.exists():
            with path.open("rb") as file:
                for line in file:
                    yield line.rstrip(b"\n")

    def rows(self, dataset: Dataset, drift: dict[str, int]) -> Iterator[Cells]:
        """The same in columns; lines that are none of this file are counted as drift."""
        for line in self.lines(dataset):
            if (row := cells(dataset, line)) is not None:
                yield row
            else:
                drift[UNREADABLE.format(dataset)] = drift.get(UNREADABLE.format(dataset), 0) + 1


UNREADABLE = "imdb {}: lines that cannot be read"


@dataclass
class Sieve:
    """What is wanted: ids of titles with the piece they belong to, and ids of people. As bytes, as they stand in files."""

    folder: Path
    shows: dict[bytes, int] = field(default_factory=dict)
    titles: dict[bytes, int] = field(default_factory=dict)
    people: frozenset[bytes] = frozenset()
    done: set[Dataset] = field(default_factory=set)
    _pending: dict[tuple[Dataset, int], list[bytes]] = field(default_factory=dict)
    _count: int = 0

    def sift(self, dataset: Dataset, file: Path) -> None:
        """Go through a file once and keep what is wanted of it.

        Raises:
            NotThisFile: it turned out to be damaged; then nothing of it counts.
        """
        ids, column = self._ids(dataset)
        rows = kept = 0
        told = time.monotonic()
        for block in wanted(file, dataset, ids, column=column):
            rows += block.rows
            kept += self._keep(dataset, block)
            if time.monotonic() - told > EVERY:
                told = time.monotonic()
                logger().info("%s: %d rows read (%.0f %%), %d kept", dataset, rows, 100 * block.share, kept)
        self._write()
        self.done.add(dataset)
        logger().info("%s: %d rows read, %d kept", dataset, rows, kept)

    def piece(self, number: int) -> Sifted:
        """What was kept about a piece."""
        return Sifted(self.folder, number, frozenset(self.done))

    def _ids(self, dataset: Dataset) -> tuple[Collection[bytes], int]:
        """The ids that decide, and in which column they stand."""
        if dataset is Dataset.EPISODES:
            return self.shows, 1
        if dataset is Dataset.NAMES:
            return self.people, 0
        return (self.shows if dataset is Dataset.AKAS else self.titles), 0

    def _keep(self, dataset: Dataset, block: Block) -> int:
        kept = 0
        for line in block.lines:
            if (piece := self._piece_of(dataset, line)) is None:
                continue
            self._pending.setdefault((dataset, piece), []).append(line)
            kept += 1
        self._count += kept
        if self._count >= PENDING:
            self._write()
        return kept

    def _piece_of(self, dataset: Dataset, line: bytes) -> int | None:
        """Where a line belongs; credits of people whom we do not have belong nowhere."""
        columns = line.split(b"\t", 3)
        if dataset is Dataset.NAMES:
            return PEOPLE
        if dataset is Dataset.EPISODES:
            piece = self.shows[columns[1]]
            self.titles.setdefault(columns[0], piece)
            return piece
        if dataset is Dataset.PRINCIPALS and (len(columns) < 3 or columns[2] not in self.people):
            return None
        if dataset is Dataset.CREW and self.people.isdisjoint(b",".join(columns[1:]).split(b",")):
            return None
        return self.titles[columns[0]]

    def _write(self) -> None:
        for (dataset, piece), lines in self._pending.items():
            with _path(self.folder, dataset, piece).open("ab") as file:
                file.write(b"\n".join(lines) + b"\n")
        self._pending.clear()
        self._count = 0


def sift_all(sieve: Sieve, files: Mapping[Dataset, Path]) -> dict[Dataset, str]:
    """Sift these files, the one that says which episodes there are before the others; gives what is wrong with which."""
    problems: dict[Dataset, str] = {}
    for dataset in Dataset:
        if dataset in files:
            try:
                sieve.sift(dataset, files[dataset])
            except (NotThisFile, OSError) as error:
                problems[dataset] = f"{files[dataset].name} cannot be read: {error}"
    return problems


def sieve_for(folder: Path, pieces: Sequence[Sequence[ShowRef]], *, whole: bool) -> Sieve:
    """What the catalogue holds of these shows: their episodes, and their people; with `whole` all people there are."""
    number = {show.id: place for place, shows in enumerate(pieces) for show in shows}
    sieve = Sieve(folder)
    sieve.shows = {(show.imdb_id or "").encode(): number[show.id] for shows in pieces for show in shows}
    sieve.titles = dict(sieve.shows)
    with read() as connection:
        found = connection.execute(text(_EPISODES), {"shows": list(number)})
        for show_id, values in found:
            sieve.titles |= dict.fromkeys((value.encode() for value in values), number[show_id])
        people = connection.execute(text(_PEOPLE), {"shows": list(number), "whole": whole})
        sieve.people = frozenset(value.encode() for value in people.scalars())
    return sieve


_EPISODES = """
    select e.show_id, array_agg(x.value) from core.external_ids x join core.episodes e on e.id = x.entity_id
    where x.kind = 'episode' and x.source = 'imdb' and e.show_id = any(:shows) group by e.show_id
"""
_PEOPLE = """
    select x.value from core.external_ids x where x.kind = 'person' and x.source = 'imdb' and (:whole
        or exists (select from core.credits c where c.person_id = x.entity_id and c.show_id = any(:shows))
        or exists (select from core.appearances a where a.person_id = x.entity_id and a.show_id = any(:shows)))
"""


@contextmanager
def sifting_folder(beside: Path) -> Iterator[Path]:
    """A folder for what is sifted, gone afterwards; what runs left that were killed goes, too."""
    for left in beside.glob("sifted-*"):
        if time.time() - left.stat().st_mtime > ABANDONED:
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="sifted-", dir=beside) as folder:
        yield Path(folder)


def _path(folder: Path, dataset: Dataset, piece: int) -> Path:
    return folder / f"{dataset}.{'people' if piece == PEOPLE else piece}"
