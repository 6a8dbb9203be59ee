"""Rows of titles and people that no catalogue has: what nearly all rows of the real files are to who wants a few.

They are made by the thousand, of one text with places for numbers, so that twenty million take seconds. Ids are `tt98…` and
`nm98…` with eight digits. Six of ten titles are episodes; every row of the originals' odd kinds is there: quotation marks,
nulls, JSON with escapes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

BLOCK = 1000
EPISODES = 6
"""Of ten titles, so many are episodes."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many foreign rows there are."""

    titles: int
    principals: int
    names: int


def rows_in(dataset: str, size: Size) -> int:
    """The number of rows a file gets."""
    if dataset in ("title.basics", "title.akas", "title.crew"):
        return size.titles
    if dataset == "title.episode":
        return size.titles * EPISODES // 10
    if dataset == "title.ratings":
        return size.titles // 4
    return size.principals if dataset == "title.principals" else size.names


def blocks(dataset: str, size: Size) -> Iterator[bytes]:
    """The rows of a file, a thousand at a time."""
    total = rows_in(dataset, size)
    numbers = NUMBERS[dataset]
    whole = template(dataset, BLOCK)
    for start in range(0, total, BLOCK):
        length = min(BLOCK, total - start)
        text = whole if length == BLOCK else template(dataset, length)
        yield text % tuple(numbers(start, length, size))


def template(dataset: str, length: int) -> bytes:
    """So many rows with places for their numbers."""
    return b"".join(TEMPLATES[dataset][place % 10] for place in range(length))


def own(start: int, length: int, size: Size) -> range:
    return range(start, start + length)


def of_episodes(start: int, length: int, size: Size) -> list[int]:
    """Episode, and the series it belongs to: the first of its ten titles."""
    found: list[int] = []
    for place in range(start, start + length):
        ten, within = divmod(place, EPISODES)
        found += (ten * 10 + 4 + within, ten * 10, place % 30, place % 24)
    return found


def of_rated(start: int, length: int, size: Size) -> range:
    return range(start * 4, (start + length) * 4, 4)


def of_principals(start: int, length: int, size: Size) -> list[int]:
    """Title, ordering, person: as many for each title as there are to go round."""
    per_title = max(1, size.principals // max(1, size.titles))
    found: list[int] = []
    for place in range(start, start + length):
        title, ordering = divmod(place, per_title)
        found += (title, ordering + 1, place * 7919 % max(1, size.names))
    return found


def basics(kind: bytes, name: bytes, rest: bytes) -> bytes:
    return b"tt98%08d\t" + kind + b"\t" + name + b"\t" + name + b"\t0\t" + rest + b"\n"


_SERIES = basics(b"tvSeries", b"Foreign Series", rb"1998	2004	43	Reality-TV")
_MOVIE = basics(b"movie", b'"Quoted" at the Start', rb"2001	\N	98	Drama,Romance")
_SHORT = basics(b"short", b"Un titre \xc3\xa9tranger", rb"1932	\N	\N	\N")
_EPISODE = basics(b"tvEpisode", b'Episode #1.4 "End"', rb"1999	\N	22	Comedy,Reality-TV,Talk-Show")
_PRINCIPALS = (
    b'tt98%08d\t%d\tnm98%08d\tself\t\\N\t["Self - Host"]\n',
    b"tt98%08d\t%d\tnm98%08d\tdirector\t\\N\t\\N\n",
    b"tt98%08d\t%d\tnm98%08d\tproducer\texecutive producer\t\\N\n",
    b'tt98%08d\t%d\tnm98%08d\tactor\t\\N\t["The \\"Boss\\"","Clerk"]\n',
    b'tt98%08d\t%d\tnm98%08d\twriter\tstory "Rip"\t\\N\n',
)
_NAMES = (
    b"nm98%08d\tForeign Person\t1961\t\\N\tactor,producer\t\\N\n",
    b'nm98%08d\t"Quick" O\'Name\t\\N\t\\N\tmiscellaneous\ttt9800000001,tt9800000004\n',
)

TEMPLATES: dict[str, Sequence[bytes]] = {
    "title.basics": (_SERIES, _MOVIE, _SHORT, _MOVIE, *(_EPISODE,) * EPISODES),
    "title.akas": (b"tt98%08d\t1\tForeign Title\tDE\tde\timdbDisplay\t\\N\t0\n",) * 10,
    "title.episode": (b"tt98%08d\ttt98%08d\t%d\t%d\n",) * 10,
    "title.ratings": (b"tt98%08d\t6.7\t431\n", b"tt98%08d\t8.1\t12\n") * 5,
    "title.principals": _PRINCIPALS * 2,
    "title.crew": (b"tt98%08d\tnm9800000001,nm9800000002\t\\N\n",) * 10,
    "name.basics": _NAMES * 5,
}
NUMBERS = {
    "title.basics": own,
    "title.akas": own,
    "title.episode": of_episodes,
    "title.ratings": of_rated,
    "title.principals": of_principals,
    "title.crew": own,
    "name.basics": own,
}
