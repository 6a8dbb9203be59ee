"""Commands about air times."""

from datetime import time
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.commands.audit import record
from models.entities import Kind
from webapp.access.viewer import Viewer
from webapp.errors import NotFound
from webapp.request_id import request_id
from webapp.talk.entities import NAMES, require_entity


def of(session: Session, show_id: UUID) -> dict[str, Any]:
    """When a show's episodes air.

    Raises:
        NotFound: nobody has said so.
    """
    found = session.execute(
        text(
            "select cast(:id as uuid) as show_id, airs_at, time_zone, opens_minutes, updated_at from social.air_times"
            f" where show_id in {NAMES.format(entity=':id')} order by show_id = :id desc, updated_at desc limit 1"
        ),
        {"id": show_id},
    )
    row = found.mappings().one_or_none()
    if row is None:
        raise NotFound("No air time is known of this show")
    return dict(row)


def put(
    session: Session, show_id: UUID, admin: Viewer, *, airs_at: time, time_zone: str, opens_minutes: int
) -> dict[str, Any]:
    """Say when a show's episodes air.

    Raises:
        NotFound, Moved: there is no such show, or it was merged into another.
    """
    require_entity(session, Kind.SHOW, show_id)
    known = {"id": show_id, "at": airs_at, "zone": time_zone, "opens": opens_minutes}
    session.execute(
        text(
            "with other_names as ("
            "  update social.air_times set airs_at = :at, time_zone = :zone, opens_minutes = :opens, updated_at = now()"
            f" where show_id <> :id and show_id in {NAMES.format(entity=':id')})"
            " insert into social.air_times (show_id, airs_at, time_zone, opens_minutes) values (:id, :at, :zone, :opens)"
            " on conflict (show_id) do update set airs_at = excluded.airs_at, time_zone = excluded.time_zone,"
            " opens_minutes = excluded.opens_minutes, updated_at = now()"
        ),
        known,
    )
    details = {"airs_at": airs_at.isoformat(), "time_zone": time_zone, "opens_minutes": opens_minutes}
    record(session, admin.id, "air_time.set", ("show", show_id), details=details, request_id=request_id())
    return of(session, show_id)


def remove(session: Session, show_id: UUID, admin: Viewer) -> None:
    """Know no air time of a show any more: no thread is opened for its episodes."""
    session.execute(
        text(f"delete from social.air_times where show_id in {NAMES.format(entity=':id')}"), {"id": show_id}
    )
    record(session, admin.id, "air_time.remove", ("show", show_id), request_id=request_id())
