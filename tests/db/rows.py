"""Rows for the tests of the database, and a way to see whether any was touched."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlmodel import Session

from db.bulk import write
from models.entities import Entity, ExternalId, Fact, Kind
from models.people import Person
from models.shows import Episode, Season, Show


def entity(session: Session, kind: Kind = Kind.SHOW) -> UUID:
    """An entity that shows nothing yet."""
    id_ = uuid4()
    write(session, Entity, [{"id": id_, "kind": kind}])
    return id_


def show(session: Session, name: str = "Casa Ficta", **columns: Any) -> UUID:
    """A show."""
    id_ = entity(session, Kind.SHOW)
    write(session, Show, [{"id": id_, "name": name, **columns}])
    return id_


def person(session: Session, name: str = "Nemo Fictus") -> UUID:
    """A person."""
    id_ = entity(session, Kind.PERSON)
    write(session, Person, [{"id": id_, "name": name}])
    return id_


def season(session: Session, show_id: UUID, number: int, **columns: Any) -> UUID:
    """A season."""
    id_ = entity(session, Kind.SEASON)
    write(session, Season, [{"id": id_, "show_id": show_id, "season_number": number, **columns}])
    return id_


def episode(session: Session, show_id: UUID, season_id: UUID, number: int, **columns: Any) -> UUID:
    """An episode."""
    id_ = entity(session, Kind.EPISODE)
    row = {"id": id_, "show_id": show_id, "season_id": season_id, "episode_number": number, **columns}
    write(session, Episode, [row])
    return id_


def external_id(
    session: Session, kind: Kind, entity_id: UUID, source: str, value: str, *, primary: bool = True
) -> None:
    """An id elsewhere."""
    row = {"kind": kind, "source": source, "value": value, "entity_id": entity_id, "is_primary": primary}
    write(session, ExternalId, [row])


def fact(session: Session, entity_id: UUID, source: str, **fields: Any) -> None:
    """What a source says, as it is stored."""
    write(session, Fact, [{"entity_id": entity_id, "source": source, "fields": fields}])


def merge(session: Session, loser: UUID, winner: UUID) -> None:
    """Say that an entity turned out to be another one."""
    session.execute(
        text("update core.entities set merged_into = :winner where id = :loser"), {"loser": loser, "winner": winner}
    )


@dataclass
class Touched:
    """The tables whose rows a block of code inserted, updated or deleted, as {name: how many}."""

    tables: dict[str, int] = field(default_factory=dict)


@contextmanager
def touched(session: Session) -> Iterator[Touched]:
    """See which rows are written inside, by the server's own count; even a row that is replaced by its equal counts."""
    seen, before = Touched(), _written(session)
    yield seen
    seen.tables = {name: count - before[name] for name, count in _written(session).items() if count != before[name]}


def _written(session: Session) -> dict[str, int]:
    rows = session.execute(
        text(
            "select schemaname || '.' || relname as name, n_tup_ins + n_tup_upd + n_tup_del as written"
            " from pg_stat_xact_user_tables where schemaname in ('core', 'ops')"
        )
    )
    return {row.name: row.written for row in rows}
