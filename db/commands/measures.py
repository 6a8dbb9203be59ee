"""What decoding told of assets: which wait for it, and what came of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text
from sqlmodel import Session

from db.bulk import Counts
from db.commands.assets import Failure, host_of, record_failures
from models.rules.image_problems import Problem


class Unmeasured(NamedTuple):
    """An asset that was not decoded yet."""

    id: UUID
    key: str
    content_type: str


class Measure(NamedTuple):
    """What decoding told: sizes and a BlurHash, or why there are none."""

    width: int | None = None
    height: int | None = None
    animated: bool | None = None
    blurhash: str | None = None
    damage: str | None = None


def unmeasured(connection: Connection, *, most: int | None = None, again: bool = False) -> list[Unmeasured]:
    """Assets that were not decoded yet (or all of them), in stable order."""
    rows = connection.execute(
        text(
            "select id, key, content_type from core.assets where measured_at is null or :again order by id limit :most"
        ),
        {"most": most, "again": again},
    )
    return [Unmeasured(*row) for row in rows]


def put_measures(session: Session, measures: Mapping[UUID, Measure], *, now: datetime) -> Counts:
    """Record what decoding told. Images whose asset is damaged lose it, and their addresses count as failed; the owners of
    the others have changed.
    """
    given = {
        "now": now,
        "ids": list(measures),
        **{name: [getattr(measure, name) for measure in measures.values()] for name in Measure._fields},
    }
    changed = session.execute(
        text(
            """
            update core.assets a
            set width = m.width, height = m.height, animated = m.animated, blurhash = m.blurhash, damage = m.damage,
                measured_at = :now
            from unnest(cast(:ids as uuid[]), cast(:width as integer[]), cast(:height as integer[]),
                        cast(:animated as boolean[]), cast(:blurhash as text[]), cast(:damage as text[]))
                 as m(id, width, height, animated, blurhash, damage)
            where a.id = m.id
            """
        ),
        given,
    )
    _tell_owners(session, [id_ for id_, measure in measures.items() if measure.damage is None])
    _part(session, [id_ for id_, measure in measures.items() if measure.damage is not None], now)
    return Counts(updated=changed.rowcount)  # type: ignore[attr-defined]


def _part(session: Session, damaged: list[UUID], now: datetime) -> None:
    """Take damaged assets from their images."""
    rows = session.execute(
        text(
            """
            with parted as (
                update core.images i set asset_id = null from core.assets a
                where a.id = i.asset_id and a.id = any(:ids) returning i.url, a.damage
            )
            select distinct on (url) url, damage from parted order by url
            """
        ),
        {"ids": damaged},
    ).all()
    failures = {url: Failure(Problem.UNDECODABLE, host_of(url), damage) for url, damage in rows}
    record_failures(session, failures, now=now)


def _tell_owners(session: Session, ids: list[UUID]) -> None:
    """Note a change of whoever shows these assets, as the feed's triggers do for the tables that they watch."""
    session.execute(
        text(
            """
            with touched as materialized (
                select distinct entity_id as id from core.images where asset_id = any(:ids) and is_listed
            ),
            raised as (
                update core.entities e set version = e.version + 1, touched_by = pg_current_xact_id()
                from touched t where e.id = t.id and e.touched_by <> pg_current_xact_id()
            )
            insert into ops.changes as c (entity_id, table_name, actions, fields)
            select id, 'images', array['update'], array['asset_id'] from touched order by id
            on conflict (entity_id, table_name, transaction) do update set
                actions = array(select distinct unnest(c.actions || excluded.actions) order by 1),
                fields = array(select distinct unnest(c.fields || excluded.fields) order by 1)
            where not (c.actions @> excluded.actions and c.fields @> excluded.fields)
            """
        ),
        {"ids": ids},
    )
