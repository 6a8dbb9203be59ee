"""From list entries to shows: which entries mean the same show, and which of our shows that is. Pure.

An entry goes by the id of the list that it stands on. The id of the other catalogue, where it is known, bridges the
two; where it contradicts what we hold, the entry keeps to its own id and the contradiction is left for a person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

Id = tuple[str, str]
"""An id source and a value: ("imdb", "tt0944947")."""


@dataclass
class Entry:
    """A show on a list. `ids` begins with the id that the list itself gives; `layer` is how facts of IMDb reached us."""

    ids: list[Id]
    title: str | None = None
    premiere_date: date | None = None
    rank: int | None = None
    note: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    genres: tuple[str, ...] = ()
    layer: str | None = None


@dataclass
class ListAnswer:
    """A list as its source gave it. Of one that is not complete nobody has left."""

    source: str
    source_id: str
    name: str | None
    description: str | None
    entries: list[Entry]
    is_complete: bool = True


@dataclass
class Assignment:
    """What `assign` found: the show of each entry (by its place among the entries), shows to be made, ids to be claimed."""

    shows: dict[int, UUID] = field(default_factory=dict)
    fresh: list[UUID] = field(default_factory=list)
    claims: dict[UUID, dict[str, str]] = field(default_factory=dict)


def assign(entries: Sequence[Entry], owners: Mapping[Id, UUID], held: set[tuple[UUID, str]]) -> Assignment:
    """Find or invent the show of every entry.

    Args:
        owners: the ids that shows of ours hold already.
        held: which (show, id source) pairs are taken, so that a show is not given a second id of one source.

    Entries that know both ids come first, whatever list they stand on: they are the bridges over which the others
    meet, in any order.
    """
    result = Assignment()
    index, taken = dict(owners), set(held)
    for place in sorted(range(len(entries)), key=lambda place: -len(entries[place].ids)):
        own, *others = entries[place].ids
        show = index.get(own) or next(
            (index[other] for other in others if other in index and (index[other], own[0]) not in taken), None
        )
        if show is None:
            show = uuid4()
            result.fresh.append(show)
        result.shows[place] = show
        for source, value in (own, *others):
            if index.setdefault((source, value), show) == show:
                taken.add((show, source))
            # Claimed even where another show has it: the claim opens the case.
            if owners.get((source, value)) != show:
                result.claims.setdefault(show, {}).setdefault(source, value)
    return result
