"""Titles compared: is a hit of a search the show that we meant?

The scoring is that of the system this one replaces (equal, contained, alike), with its two traps closed: a single hit
is not taken on trust, and a tie is nobody's.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Likeness(IntEnum):
    """How far two titles agree."""

    FOREIGN = 0
    ALIKE = 1
    CONTAINED = 2
    EQUAL = 3


class Verdict(StrEnum):
    """What the hits say about the show that was looked for."""

    MATCH = "match"
    AMBIGUOUS = "ambiguous"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Hit:
    """A search result: its id, the names it goes by, the year it began, how popular it is."""

    value: str
    names: tuple[str, ...]
    year: int | None = None
    popularity: float = 0.0


@dataclass(frozen=True)
class Judgement:
    """The verdict, the hit it names, and every hit with its likeness, best first."""

    verdict: Verdict
    hit: Hit | None
    ranked: tuple[tuple[Hit, Likeness], ...]


def normal(title: str) -> str:
    """A title without case, accents and punctuation: `Les Apprentis d'Été` is `les apprentis d ete`."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", title.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", plain).strip()


def likeness(one: str, other: str) -> Likeness:
    """How far two titles agree: equal, one inside the other by whole words, at least 0.6 of their words shared, or not."""
    a, b = normal(one), normal(other)
    if not a or not b:
        return Likeness.FOREIGN
    if a == b:
        return Likeness.EQUAL
    if f" {a} " in f" {b} " or f" {b} " in f" {a} ":
        return Likeness.CONTAINED
    words, others = set(a.split()), set(b.split())
    return Likeness.ALIKE if len(words & others) / len(words | others) >= 0.6 else Likeness.FOREIGN


def judge(names: Sequence[str], year: int | None, hits: Sequence[Hit]) -> Judgement:
    """Decide which hit is the show called `names` that began in `year`.

    A hit is taken when its name agrees and its year does not contradict (a year apart is within what catalogues
    disagree about) and no other hit is as good. A foreign name, a foreign year or a tie is *ambiguous*: a person
    chooses. Where we know no name, a hit that is alone is taken: there is nothing it could contradict.
    """

    def rank(hit: Hit) -> tuple[int, int, float]:
        apart = abs(hit.year - year) if hit.year is not None and year is not None else 0
        return _best(names, hit), -apart, hit.popularity

    ranked = sorted(hits, key=rank, reverse=True)
    scored = tuple((hit, _best(names, hit)) for hit in ranked)
    if not ranked:
        return Judgement(Verdict.NOTHING, None, scored)
    first = ranked[0]
    named = scored[0][1] > Likeness.FOREIGN if names else len(hits) == 1
    in_time = first.year is None or year is None or abs(first.year - year) <= 1
    alone = len(ranked) == 1 or rank(ranked[1])[:2] < rank(first)[:2]
    if named and in_time and alone:
        return Judgement(Verdict.MATCH, first, scored)
    return Judgement(Verdict.AMBIGUOUS, None, scored)


def _best(names: Sequence[str], hit: Hit) -> Likeness:
    return max((likeness(ours, theirs) for ours in names for theirs in hit.names), default=Likeness.FOREIGN)
