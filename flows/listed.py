"""What a source lists of shows, as items of one shape, and the stored rows that they are.

An item is matched to a row before anything is written (`models.rules.matching`), so a renumbering moves rows and makes no
phantoms. `flows.listings` writes them.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.bulk import Counts
from db.commands.facts import Fields
from flows.selection import ShowRef
from models.entities import Kind, Source
from models.rules.matching import Incoming, Number, Stored, match

Put = Callable[[Session, Mapping[UUID, "Item"]], Counts]
"""Stores what a source says of the entities that these items are."""


@dataclass
class Item:
    """A season or an episode that a source lists.

    `source_id` names it within its source, `ids` are its ids as claims. `parent` is the `source_id` of an episode's
    season. An episode without numbers is listed somewhere, but nowhere in the show's order.
    """

    show: ShowRef
    source_id: str
    number: int | None
    season_number: int | None
    facts: Fields
    air_date: date | None = None
    ids: dict[str, str] = field(default_factory=dict)
    parent: str | None = None

    @property
    def place(self) -> Number | None:
        """Its number within the show."""
        if self.season_number is None or self.number is None:
            return None
        return (self.season_number, self.number) if self.parent else (self.number,)


@dataclass
class Level:
    """All items of one kind that a source lists of these shows, and what its answers are complete about.

    `complete` holds (show, season) for the seasons whose episodes are all here, (show, None) where that goes for the show.
    `put_facts` stores what the source says of the items.
    """

    source: Source
    kind: Kind
    shows: Sequence[ShowRef]
    put_facts: Put
    items: list[Item] = field(default_factory=list)
    complete: set[tuple[UUID, int | None]] = field(default_factory=set)
    dropped: set[tuple[UUID, int | None]] = field(default_factory=set)
    below: "Level | None" = None

    def covers(self, show_id: UUID, season_number: int) -> bool:
        """Whether what is not among the items is not listed by the source."""
        season = season_number if self.kind is Kind.EPISODE else None
        return (show_id, season) in self.complete or (show_id, None) in self.complete


@dataclass
class Held:
    """The rows of some shows, as a source sees them."""

    rows: dict[UUID, list[Stored]] = field(default_factory=dict)
    own: dict[UUID, int] = field(default_factory=dict)
    """Rows that the source lists, and in which season by its own numbers."""
    others: set[UUID] = field(default_factory=set)
    """Rows that are listed without the source."""


def matched(held: Held, items: Collection[Item]) -> dict[str, UUID]:
    """The stored rows that these items are; those that are new are absent."""
    ids: dict[str, UUID] = {}
    by_show: dict[UUID, list[Incoming]] = {}
    for item in items:
        by_show.setdefault(item.show.id, []).append(Incoming(item.source_id, item.place, item.air_date))
    for show_id, incoming in by_show.items():
        ids |= match(held.rows.get(show_id, []), incoming)
    return ids


_ROWS = """
    select r.show_id, r.id, r.is_listed, x.value as source_id, {number} as number, r.air_date, l.season_number as own,
        r.is_listed and not (l.entity_id is not null and not exists (
            select from core.listings o where o.entity_id = r.id and o.source <> :source)) as by_others
    from {tables}
    left join core.external_ids x on x.entity_id = r.id and x.source = :source and x.is_primary
    left join core.listings l on l.entity_id = r.id and l.source = :source
    join core.entities e on e.id = r.id and e.merged_into is null
    where r.show_id = any(:shows)
"""
_TABLES = {
    Kind.SEASON: ("array[r.season_number]", "core.seasons r"),
    Kind.EPISODE: (
        "array[s.season_number, r.episode_number]",
        "core.episodes r join core.seasons s on s.id = r.season_id",
    ),
}


def held_rows(session: Session, source: Source, kind: Kind, shows: Sequence[ShowRef]) -> Held:
    """The rows of these shows, as this source sees them."""
    number, tables = _TABLES[kind]
    held = Held()
    rows = session.execute(
        text(_ROWS.format(number=number, tables=tables)), {"source": source, "shows": [show.id for show in shows]}
    )
    for row in rows:
        stored = Stored(row.id, row.source_id, tuple(row.number), row.air_date, row.is_listed)
        held.rows.setdefault(row.show_id, []).append(stored)
        if row.own is not None:
            held.own[row.id] = row.own
        if row.by_others:
            held.others.add(row.id)
    return held
