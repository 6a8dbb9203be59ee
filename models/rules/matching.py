"""Which stored row an incoming episode or season is: by its source's id, then by its number, then by its date.

So a renumbering moves rows instead of making phantoms, and a discussion stays with the episode it was about.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

Number = tuple[int, ...]
Item = TypeVar("Item", "Stored", "Incoming")


@dataclass(frozen=True)
class Stored:
    """A row that we hold: its numbers (season, episode), its date, and the id that the asking source knows it by."""

    id: UUID
    source_id: str | None
    number: Number
    air_date: date | None = None
    is_listed: bool = True


@dataclass(frozen=True)
class Incoming:
    """An item that the source lists; one without a number is known by its id or its date only."""

    source_id: str
    number: Number | None
    air_date: date | None = None


def match(stored: Sequence[Stored], incoming: Sequence[Incoming]) -> dict[str, UUID]:
    """Map the `source_id` of each incoming item to the stored row that it is; those that are new are absent.

    A row that the source already knows by another id is never taken over by number or date: the two may have swapped
    places. A date decides only where it is unique on both sides. A row that is no longer listed is taken back only where
    no listed one fits.
    """
    by_source = {row.source_id: row for row in stored if row.source_id is not None}
    matched = {item.source_id: by_source[item.source_id].id for item in incoming if item.source_id in by_source}
    free = [row for row in stored if row.source_id is None]
    rest = [item for item in incoming if item.source_id not in matched]
    for attribute in ("number", "air_date"):
        rows = _unique([row for row in free if not row.is_listed], attribute)
        rows |= _unique([row for row in free if row.is_listed], attribute)
        for key, item in _unique(rest, attribute).items():
            if key in rows:
                matched[item.source_id] = rows[key].id
        taken = set(matched.values())
        free = [row for row in free if row.id not in taken]
        rest = [item for item in rest if item.source_id not in matched]
    return matched


def _unique(items: Sequence[Item], attribute: str) -> dict[Hashable, Item]:
    keys = Counter(getattr(item, attribute) for item in items)
    return {key: item for item in items if (key := getattr(item, attribute)) is not None and keys[key] == 1}
