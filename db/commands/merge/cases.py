"""Questions of identity that a merge answers, and those that undoing one answers with no.

A case is about two entities when each of its candidates is the other one, or lies below it.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.commands.identity import followed
from models.ops import CaseStatus


def resolve_between(session: Session, entity: UUID) -> None:
    """Resolve the open cases that asked whether this entity is what it is by now."""
    _settle(session, entity, entity, CaseStatus.RESOLVED, {CaseStatus.OPEN})


def dismiss_between(session: Session, one: UUID, other: UUID) -> None:
    """Dismiss the cases that asked whether these two are one: a person said no."""
    for entity, candidate in ((one, other), (other, one)):
        _settle(session, entity, candidate, CaseStatus.DISMISSED, {CaseStatus.OPEN, CaseStatus.RESOLVED})


def _settle(
    session: Session, entity: UUID, candidate: UUID, status: CaseStatus, before: Collection[CaseStatus]
) -> None:
    cases: list[Any] = session.execute(
        text("select id, candidates from ops.match_cases where entity_id = :entity and status = any(:before)"),
        {"entity": entity, "before": [str(known) for known in before]},
    ).all()  # type: ignore[assignment]
    named = {case.id: {UUID(c["entity_id"]) for c in case.candidates if c.get("entity_id")} for case in cases}
    belongs = _belongs(session, {id_ for ids in named.values() for id_ in ids})
    about = [
        case.id
        for case in cases
        if case.candidates
        and len([c for c in case.candidates if c.get("entity_id")]) == len(case.candidates)
        and all(belongs.get(id_) == candidate for id_ in named[case.id])
    ]
    session.execute(
        text("update ops.match_cases set status = :status, settled_at = now() where id = any(:ids)"),
        {"status": status, "ids": about},
    )


def _belongs(session: Session, ids: Collection[UUID]) -> dict[UUID, UUID]:
    """What these entities are by now: a season or an episode counts as its show."""
    now = followed(session, ids)
    shows = session.execute(
        text(
            "select id, show_id from core.seasons where id = any(:ids)"
            " union all select id, show_id from core.episodes where id = any(:ids)"
        ),
        {"ids": [now.get(id_, id_) for id_ in ids]},
    )
    above: dict[UUID, UUID] = dict(shows.tuples().all())
    return {id_: above.get(now.get(id_, id_), now.get(id_, id_)) for id_ in ids}
