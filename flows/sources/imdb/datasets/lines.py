"""The wanted lines of a dataset, picked out of millions without ever holding many of them.

A thread inflates the file block by block, which needs no interpreter lock, while this one looks at the block before. Ids
are compared as bytes before a line is taken apart; quotation marks mean nothing in these files.
"""

import queue
import threading
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from flows.sources.imdb.datasets import Dataset, NotThisFile, check_header

COMPRESSED = 1 << 18
BLOCK = 1 << 21
"""Bytes of text that are looked at together, at most; a line is a hundred."""
AHEAD = 2
"""Blocks that may wait."""
PREFIX = 9
"""Ids have nine characters or more: so many are compared first, because a slice of fixed length costs least."""
GZIP = 31
"""Tells zlib to expect gzip's header, and to check its sum at the end."""

Ids = Collection[bytes]
"""Ask it whether it holds an id: a set or a mapping."""


class Block(NamedTuple):
    """Wanted lines that followed each other closely; `rows` were looked at, and `share` of the file is behind them."""

    lines: list[bytes]
    rows: int
    share: float


class Inflater:
    """Inflates a gzip file of any number of members, piece by piece, and knows whether it ended as one ends."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(GZIP)
        self._begun = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The text in further bytes of the file, in pieces of bounded size.

        Raises:
            NotThisFile: the bytes are not gzip, or were damaged.
        """
        try:
            while data:
                if self._stream.eof:
                    self._stream, self._begun = zlib.decompressobj(GZIP), False
                self._begun = True
                yield self._stream.decompress(data, BLOCK)
                data = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
        except zlib.error as error:
            raise NotThisFile(f"not gzip, or damaged: {error}") from None

    def finish(self) -> None:
        """Check that the file ended here.

        Raises:
            NotThisFile: it was cut.
        """
        if not (self._begun and self._stream.eof):
            raise NotThisFile("the file is cut")


def wanted(file: Path, dataset: Dataset, ids: Ids, *, column: int = 0) -> Iterator[Block]:
    """The lines whose id in this column is among `ids`, without line ends and in their order, a block at a time.

    Raises:
        NotThisFile: the file is not this dataset, or it is damaged; also in the midst.
    """
    pick = _by_first_column(ids) if column == 0 else _by_column(ids, column)
    rest, headed = b"", False
    with _inflated(file) as blocks:
        for text, share in blocks:
            rest += text
            if not headed:
                header, newline, tail = rest.partition(b"\n")
                if not newline and text:
                    continue
                check_header(dataset, header)
                rest, headed = tail, True
            cut = rest.rfind(b"\n") + 1
            lines = rest[:cut].split(b"\n")
            rest = rest[cut:]
            yield Block(pick(lines), len(lines) - 1, share)
    if not headed:
        check_header(dataset, rest)
    yield Block(pick([rest]), bool(rest), 1.0)


def _by_first_column(ids: Ids) -> Callable[[list[bytes]], list[bytes]]:
    """By the line's beginning: its first characters are compared with those of all ids, then the whole id."""
    prefixes = frozenset(id_[:PREFIX] for id_ in ids)

    def pick(lines: list[bytes]) -> list[bytes]:
        near = [line for line in lines if line[:PREFIX] in prefixes]
        return [line for line in near if line.partition(b"\t")[0] in ids]

    return pick


def _by_column(ids: Ids, column: int) -> Callable[[list[bytes]], list[bytes]]:
    def pick(lines: list[bytes]) -> list[bytes]:
        try:
            return [line for line in lines if line.split(b"\t", column + 1)[column] in ids]
        except IndexError:  # a line without so many columns is nobody's
            return [line for line in lines if line.count(b"\t") >= column and line.split(b"\t")[column] in ids]

    return pick


@contextmanager
def _inflated(file: Path) -> Iterator[Iterator[tuple[bytes, float]]]:
    """The file's text in blocks, each with the share of the file that is behind it, inflated ahead by a thread."""
    found: queue.Queue[tuple[bytes, float] | BaseException | None] = queue.Queue(AHEAD)
    stopped = threading.Event()

    def put(item: tuple[bytes, float] | BaseException | None) -> bool:
        while not stopped.is_set():
            try:
                found.put(item, timeout=0.2)
                return True
            except queue.Full:
                continue
        return False

    def inflate() -> None:
        try:
            inflater, size, read = Inflater(), max(file.stat().st_size, 1), 0
            with file.open("rb") as stream:
                while data := stream.read(COMPRESSED):
                    read += len(data)
                    if not all(put((text, read / size)) for text in inflater.feed(data)):
                        return
            inflater.finish()
            put(None)
        except (OSError, NotThisFile) as error:
            put(error)

    def blocks() -> Iterator[tuple[bytes, float]]:
        while (item := found.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item

    thread = threading.Thread(target=inflate, name=f"inflate {file.name}", daemon=True)
    thread.start()
    try:
        yield blocks()
    finally:
        stopped.set()
        thread.join()
