"""Sync state: how each entity stands with each resource. A failure never erases a success."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.ops import Resource

_UPSERT = """
    insert into ops.sync_state as s
        (resource, entity_id, status, last_attempt_at, last_success_at, last_error, next_due_at)
    select :resource, w.entity, cast(:status as text), now(), case when cast(:status as text) = 'success' then now()
    end,
           w.error, w.due
    from unnest(cast(:entities as uuid[]), cast(:errors as text[]), cast(:dues as timestamptz[])) as w(entity, error, due)
    order by w.entity
    on conflict (resource, entity_id) do update set
        status = excluded.status,
        last_attempt_at = excluded.last_attempt_at,
        last_success_at = coalesce(excluded.last_success_at, s.last_success_at),
        last_error = excluded.last_error,
        next_due_at = excluded.next_due_at
"""


def succeeded(session: Session, resource: Resource, next_due: Mapping[UUID, datetime | None]) -> None:
    """These entities were brought up to date now, and are due again then."""
    _upsert(session, resource, "success", {id_: (None, due) for id_, due in next_due.items()})


def failed(session: Session, resource: Resource, errors: Mapping[UUID, str]) -> None:
    """These entities could not be brought up to date now; they stay due."""
    _upsert(session, resource, "failed", {id_: (error[:1000], None) for id_, error in errors.items()})


def stored_at(session: Session, resource: Resource, entities: Sequence[UUID]) -> dict[UUID, datetime]:
    """When these entities were last brought up to date; without those whose last attempt failed."""
    rows = session.execute(
        text(
            "select entity_id, last_success_at from ops.sync_state"
            " where resource = :resource and entity_id = any(:ids) and status = 'success'"
        ),
        {"resource": resource, "ids": list(entities)},
    )
    return dict(rows.tuples().all())


def _upsert(
    session: Session, resource: Resource, status: str, rows: Mapping[UUID, tuple[str | None, datetime | None]]
) -> None:
    if rows:
        session.execute(
            text(_UPSERT),
            {
                "resource": resource,
                "status": status,
                "entities": list(rows),
                "errors": [error for error, _ in rows.values()],
                "dues": [due for _, due in rows.values()],
            },
        )
