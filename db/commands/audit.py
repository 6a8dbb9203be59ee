"""The audit log: who did what with rights that not everybody has. Rows are added in the transaction of what they tell of."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session

from models.access import AuditEntry


def record(
    session: Session,
    actor_id: UUID | None,
    action: str,
    target: tuple[str, object] | None = None,
    *,
    details: Mapping[str, Any] | None = None,
    request_id: str | None = None,
) -> None:
    """Note an act.

    Args:
        session: of the act, so that both are kept or neither.
        actor_id: who; none for the platform itself.
        action: what, as `<kind>.<verb>`: `user.suspend`.
        target: the kind and id of what it was done to.
        details: what else belongs to it, as JSON values. Nothing private: admins read it.
    """
    kind, id_ = target or (None, None)
    session.execute(
        insert(AuditEntry)
        .values(
            actor_id=actor_id,
            action=action,
            target_kind=kind,
            target_id=str(id_) if id_ is not None else None,
            details=dict(details or {}),
            request_id=request_id,
        )
        .inline()  # the application may add a row, not read one: nothing comes back
    )
