"""Commands and queries about the roster. Each act holds the catalogue's lock and stands in the audit log."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.commands import audit
from db.commands.merge import lock
from models.entities import Kind
from webapp.access.viewer import Viewer
from webapp.errors import Conflict, NotFound
from webapp.request_id import request_id

Row = dict[str, Any]

_ROSTER = """
    select said.entity_id, season.season_number, said.person_id, person.name as full_name, said.role, said.billing_order,
           said.notes, said.updated_at
    from core.cast_roles said
    join core.people person on person.id = said.person_id
    left join core.seasons season on season.id = said.entity_id
    where {}
    order by season.season_number nulls first, said.billing_order nulls last, person.sort_name, person.id"""


def roster(session: Session, show_id: UUID) -> list[Row]:
    """What people are in a show, then in each of its seasons.

    Raises:
        NotFound: there is no such show.
        Conflict: it was merged into another.
    """
    _show_of(session, show_id, Kind.SHOW)
    return _rows(session, "said.show_id = :show", show=show_id)


def say(session: Session, admin: Viewer, entity_id: UUID, person_id: UUID, **said: Any) -> Row:
    """Say what somebody is in a show, or in a season: `role`, `billing_order`, `notes`.

    Raises:
        NotFound: there is no such show or season, or no such person.
        Conflict: one of them was merged into another.
    """
    lock(session)
    show_id = _show_of(session, entity_id, Kind.SHOW, Kind.SEASON)
    _require(session, person_id, Kind.PERSON)
    named = {"entity": entity_id, "person": person_id}
    session.execute(
        text(
            "insert into core.cast_roles (entity_id, person_id, show_id, role, billing_order, notes)"
            " values (:entity, :person, :show, :role, :billing_order, :notes)"
            " on conflict (entity_id, person_id) do update set role = excluded.role,"
            " billing_order = excluded.billing_order, notes = excluded.notes, updated_at = now()"
        ),
        {**named, "show": show_id, **said},
    )
    _note(session, admin, "roster.say", entity_id, person_id, **said)
    (row,) = _rows(session, "said.entity_id = :entity and said.person_id = :person", **named)
    return row


def withdraw(session: Session, admin: Viewer, entity_id: UUID, person_id: UUID) -> list[Row]:
    """Say it no longer; answers what is left of the show's roster.

    Raises:
        NotFound: nobody has said it.
        Conflict: the show or the season was merged into another.
    """
    lock(session)
    show_id = _show_of(session, entity_id, Kind.SHOW, Kind.SEASON)
    gone = session.execute(
        text("delete from core.cast_roles where entity_id = :entity and person_id = :person returning role"),
        {"entity": entity_id, "person": person_id},
    ).scalar()
    if gone is None:
        raise NotFound("Nobody has said what this person is there")
    _note(session, admin, "roster.withdraw", entity_id, person_id, role=gone)
    return roster(session, show_id)


def _show_of(session: Session, entity_id: UUID, *kinds: Kind) -> UUID:
    _require(session, entity_id, *kinds)
    show_id = session.execute(
        text("select coalesce((select show_id from core.seasons where id = :id), :id)"), {"id": entity_id}
    ).scalar_one()
    return UUID(str(show_id))


def _require(session: Session, entity_id: UUID, *kinds: Kind) -> None:
    found = session.execute(
        text("select merged_into from core.entities where id = :id and kind = any(:kinds) and removed_at is null"),
        {"id": entity_id, "kinds": list(kinds)},
    ).one_or_none()
    if found is None:
        raise NotFound(f"{' or '.join(kinds).capitalize()} not found")
    if found.merged_into is not None:
        raise Conflict(f"It was merged into {found.merged_into}")


def _rows(session: Session, where: str, **bound: Any) -> list[Row]:
    return [dict(row) for row in session.execute(text(_ROSTER.format(where)), bound).mappings()]


def _note(session: Session, admin: Viewer, action: str, entity_id: UUID, person_id: UUID, **details: Any) -> None:
    told = {"person_id": str(person_id), **details}
    audit.record(session, admin.id, action, ("entity", entity_id), details=told, request_id=request_id())
