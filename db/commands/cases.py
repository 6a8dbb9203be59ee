"""What a person decides about a question of identity (`ops.match_cases`): choose a candidate, or say that none is right.

Reads and writes `ops.match_cases`; a choice gives an entity an id, or makes two entities one.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.commands.identity import OWNED_BY_ANOTHER, claim, followed
from db.commands.merge import merge
from db.commands.people import SAME_NAME
from db.derive import derive
from models.entities import Kind
from models.ops import CaseStatus

UNSURE = "uncertain-hit"
"""A search found something that may be what was looked for: the candidates are ids."""

MERGING = (OWNED_BY_ANOTHER, SAME_NAME)
"""The candidates are entities of ours that may be the same one."""

CHOOSABLE = (UNSURE, *MERGING)
"""Reasons of cases whose candidates can be chosen. Of any other, the contradiction has to be mended where it is."""


class NotOpen(LookupError):
    """There is no such open case, or it has no such candidate; the message says which."""


def choose(session: Session, case_id: UUID, source: str, value: str, *, by: str) -> UUID:
    """Say that a candidate is right: the entity gets its id, or becomes one with it. Answers what the entity is by then.

    The candidate is named by its source and value, which stay the same while others come and go. An id that another entity
    has by now opens the next question: whether those two are one.

    Raises:
        NotOpen: the case is settled by now, cannot be answered by a choice, or has no such candidate.
        MergeRefused: two entities that cannot become one.
    """
    case = _open(session, case_id)
    candidate: dict[str, Any] | None = next(
        (one for one in case.candidates if (one["source"], str(one["value"])) == (source, value)), None
    )
    if candidate is None or case.reason not in CHOOSABLE:
        raise NotOpen(f"{source} {value} is nothing to choose in this case")
    kind, entity = Kind(case.kind), UUID(str(case.entity_id))
    if case.reason == UNSURE:
        claim(session, kind, {entity: {source: value}})
        derive(session, kind, [entity])
    else:
        other = UUID(candidate["entity_id"])
        other = followed(session, [other]).get(other, other)
        merge(session, kind, other, entity, f"case {case.reason}: {source} {value}", by)
        entity = other
    _settle(session, case_id, CaseStatus.RESOLVED)
    return entity


def dismiss(session: Session, case_id: UUID) -> None:
    """Say that no candidate is right. The same question about the same candidates is not asked again.

    Raises:
        NotOpen: the case is settled by now.
    """
    _open(session, case_id)
    _settle(session, case_id, CaseStatus.DISMISSED)


def _open(session: Session, case_id: UUID) -> Any:
    row = session.execute(
        text(
            "select kind, entity_id, source, reason, candidates from ops.match_cases"
            " where id = :id and status = 'open' for update"
        ),
        {"id": case_id},
    ).one_or_none()
    if row is None:
        raise NotOpen("The case is settled already, or was never there")
    return row


def _settle(session: Session, case_id: UUID, status: CaseStatus) -> None:
    session.execute(
        text("update ops.match_cases set status = :status, settled_at = now() where id = :id"),
        {"id": case_id, "status": status},
    )
