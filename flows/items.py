"""Which shows and people Wikidata is asked about, and which items it has of them.

Reads external ids and the source records of Wikidata: lookups by other catalogues' ids, and items.
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text
from sqlmodel import Session

from db import records
from db.records import Record, RecordKey
from flows.selection import ShowRef
from flows.sources.errors import MalformedAnswer
from flows.sources.wikidata.facts import mentioned
from flows.sources.wikidata.payloads import Found, Item
from models.entities import Kind


class Target(NamedTuple):
    """A show or a person of ours, and the ids by which Wikidata can be asked."""

    id: UUID
    kind: Kind
    name: str
    wikidata: str | None
    imdb: str | None
    tmdb: str | None

    @property
    def called(self) -> str:
        """What reports call it."""
        return f"{self.name} ({self.kind} {self.wikidata or self.imdb or self.tmdb or self.id})"


class Looked(NamedTuple):
    """The items that a show or a person may be, and the record that says so; none where TMDb gave the item."""

    items: list[str]
    record: RecordKey | None = None


_TARGETS = """
    select t.id, t.name,
           (select x.value from core.external_ids x where x.entity_id = t.id and x.source = 'wikidata' and x.is_primary),
           t.imdb_id, t.tmdb_id::text
    from core.{table} t join core.entities e on e.id = t.id
    where e.merged_into is null and e.removed_at is null and {which}
    order by t.id
"""
_IN_SHOWS = """exists (
    select from core.credits c where c.person_id = t.id and c.show_id = any(:ids)
    union all
    select from core.credit_counts n where n.person_id = t.id and n.show_id = any(:ids)
    union all
    select from core.appearances a where a.person_id = t.id and a.show_id = any(:ids))"""


def shows_as_targets(connection: Connection, shows: Sequence[ShowRef]) -> list[Target]:
    """These shows."""
    statement = _TARGETS.format(table="shows", which="t.id = any(:ids)")
    return _targets(connection, Kind.SHOW, statement, [show.id for show in shows])


def people_of(connection: Connection, shows: Sequence[UUID]) -> list[Target]:
    """Everybody who takes part in these shows, before the camera or behind it."""
    return _targets(connection, Kind.PERSON, _TARGETS.format(table="people", which=_IN_SHOWS), shows)


def _targets(connection: Connection, kind: Kind, statement: str, ids: Sequence[UUID]) -> list[Target]:
    rows = connection.execute(text(statement), {"ids": list(ids)})
    return [Target(id_, kind, called, *others) for id_, called, *others in rows]


def known_items(connection: Connection | Session, targets: Sequence[Target]) -> dict[UUID, Looked]:
    """The items of these: the one that TMDb gave, else those found by IMDb's id, else by TMDb's."""
    lookups = {
        target.id: [
            RecordKey("wikidata", resource, ref)
            for resource, ref in (("by_imdb", target.imdb), (f"by_tmdb_{target.kind}", target.tmdb))
            if ref
        ]
        for target in targets
        if not target.wikidata
    }
    answers = records.load(connection, [key for keys in lookups.values() for key in keys])
    looked = {}
    for target in targets:
        if target.wikidata:
            looked[target.id] = Looked([target.wikidata])
            continue
        told = [(key, _found(answers[key])) for key in lookups[target.id] if key in answers]
        items, record = next(((items, key) for key, items in told if items), ([], told[-1][0] if told else None))
        looked[target.id] = Looked(items, record)
    return looked


def _found(record: Record) -> list[str]:
    return list(Found.parse(record.body).items) if record.status == 200 else []


def labels_wanted(connection: Connection, targets: Sequence[Target]) -> list[str]:
    """The items whose names the facts of these need."""
    items = _items(connection, targets)
    wanted: dict[str, None] = {}
    for target in targets:
        try:
            wanted |= dict.fromkeys(
                mentioned(Item.parse(items[target.id].body), target.kind) if target.id in items else ()
            )
        except MalformedAnswer:
            continue  # told as a failure when it is stored
    return list(wanted)


def _items(connection: Connection | Session, targets: Sequence[Target]) -> dict[UUID, Record]:
    """The records of the items, without those that there are not."""
    keys = item_keys(known_items(connection, targets))
    answers = records.load(connection, list(keys.values()))
    return {id_: answers[key] for id_, key in keys.items() if key in answers and answers[key].status == 200}


def item_keys(looked: dict[UUID, Looked]) -> dict[UUID, RecordKey]:
    """The records of the items, of those that have just one."""
    return {id_: RecordKey("wikidata", "entity", one.items[0]) for id_, one in looked.items() if len(one.items) == 1}
