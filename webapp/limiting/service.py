"""Reading and setting the limits of actions."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, select

from db.commands import audit
from models.access import ActionLimit
from webapp import limits
from webapp.errors import Invalid
from webapp.limits import DEFAULTS
from webapp.request_id import request_id


def all_limits(session: Session) -> list[dict[str, Any]]:
    """Every limit by its action: what holds, and what would hold if no admin had said otherwise."""
    set_by_admins = {row.action: row for row in session.exec(select(ActionLimit))}
    return [
        {
            "action": action,
            "allowed": (own or default).allowed,
            "seconds": (own or default).seconds,
            "default_allowed": default.allowed,
            "default_seconds": default.seconds,
            "updated_at": own.updated_at if own else None,
            "updated_by": own.updated_by if own else None,
        }
        for action, default in sorted(DEFAULTS.items())
        for own in [set_by_admins.get(action)]
    ]


def set_limits(session: Session, admin: UUID, wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Make these the limits that differ from the code, and no others; noted in the audit log.

    Raises:
        Invalid: an action is named twice.
    """
    if len({limit["action"] for limit in wanted}) < len(wanted):
        raise Invalid([(("json",), "Names an action twice.", "invalid")])
    session.execute(delete(ActionLimit))
    session.add_all(ActionLimit(**limit, updated_by=admin) for limit in wanted)
    session.flush()
    audit.record(session, admin, "limits.set", details={"limits": wanted}, request_id=request_id())
    limits.reread_after(session)
    return all_limits(session)
