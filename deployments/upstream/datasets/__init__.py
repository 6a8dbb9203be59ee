"""IMDb's non-commercial datasets, made of a source's facts: seven files of tab-separated values, gzipped.

As in the originals, nothing is quoted: `\\N` stands for what is not known, lists are parted by commas, characters are a JSON
array, and a name may begin with a quotation mark. `python -m deployments.upstream.datasets` writes them to a folder, with
any number of foreign rows around the catalogue's (`foreign.py`).
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping

from deployments.upstream.datasets.rows import COLUMNS, rows_of
from deployments.upstream.source import Source

__all__ = ["COLUMNS", "file_name", "files_of", "header"]

LEVEL = 6
GZIP = 31
"""Tells zlib to write gzip's header, which has no time then."""
CHUNK = 2000
"""Rows that are compressed at once."""


def file_name(dataset: str) -> str:
    return f"{dataset}.tsv.gz"


def header(dataset: str) -> bytes:
    return ("\t".join(COLUMNS[dataset]) + "\n").encode()


def line(row: Iterable[str]) -> str:
    return "\t".join(row) + "\n"


def files_of(source: Source, *, empty: bool = False) -> Mapping[str, bytes]:
    """All seven files, each once gone through; `empty` ones have nothing but their header."""
    packers = {dataset: zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP) for dataset in COLUMNS}
    parts = {dataset: [packer.compress(header(dataset))] for dataset, packer in packers.items()}
    waiting: dict[str, list[str]] = {dataset: [] for dataset in COLUMNS}
    for dataset, row in () if empty else rows_of(source):
        lines = waiting[dataset]
        lines.append(line(row))
        if len(lines) >= CHUNK:
            parts[dataset].append(packers[dataset].compress("".join(lines).encode()))
            lines.clear()
    for dataset, lines in waiting.items():
        parts[dataset].append(packers[dataset].compress("".join(lines).encode()))
        parts[dataset].append(packers[dataset].flush())
    return {dataset: b"".join(found) for dataset, found in parts.items()}


def lines_by_dataset(source: Source) -> dict[str, list[bytes]]:
    """The catalogue's lines of every file."""
    found: dict[str, list[bytes]] = {dataset: [] for dataset in COLUMNS}
    for dataset, row in rows_of(source):
        found[dataset].append(line(row).encode())
    return found


def spread(lines: list[bytes], blocks: int) -> Iterator[bytes]:
    """Lines in so many portions, for as many places among others."""
    size = -(-len(lines) // blocks) if blocks else 0
    for place in range(blocks):
        yield b"".join(lines[place * size : (place + 1) * size])
