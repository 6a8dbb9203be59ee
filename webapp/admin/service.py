"""What admins do about users. All of it as the system, for it crosses users; each act stands in the audit log."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.commands import audit, users
from db.commands.events import rights_changed
from db.session import as_system
from models.accounts import Role, User, UserStatus
from webapp.access.viewer import Viewer
from webapp.errors import Conflict, NotFound
from webapp.paging import Key, Order, bound
from webapp.request_id import request_id

Page = tuple[list[dict[str, Any]], str | None]
"""Rows, and the cursor of the next page if there is one."""

NEWEST_USERS = Order(
    "newest-users", (Key("created_at", "timestamptz", descending=True), Key("id", "uuid", descending=True))
)
NEWEST_ACTS = Order("newest-acts", (Key("id", "bigint", descending=True),))

_USERS = """
    select u.id, u.username, u.display_name, p.email, u.role, u.status, u.created_at, u.deleted_at
    from accounts.users u left join accounts.passwords p on p.user_id = u.id
    where (cast(:q as text) is null or strpos(lower(u.username), lower(:q)) > 0 or lower(p.email) = lower(:q))
      and (cast(:role as text) is null or u.role = :role) and (cast(:status as text) is null or u.status = :status)"""

_ACTS = """
    select id, at, actor_id, action, target_kind, target_id, details, request_id from ops.audit_log
    where (cast(:actor_id as uuid) is null or actor_id = :actor_id)
      and (cast(:target_id as text) is null or target_id = :target_id)
      and (cast(:action as text) is null or action = :action)"""


def list_users(
    *, limit: int, cursor: str | None = None, q: str | None = None, role: str | None = None, status: str | None = None
) -> Page:
    """Users, the newest first. Each look at e-mail addresses is one of the admin's rights, and no act."""
    return _page(_USERS, NEWEST_USERS, {"q": q, "role": role, "status": status}, limit, cursor)


def list_acts(
    *,
    limit: int,
    cursor: str | None = None,
    actor_id: UUID | None = None,
    target_id: str | None = None,
    action: str | None = None,
) -> Page:
    """Acts of the audit log, the newest first."""
    filters = {"actor_id": actor_id, "target_id": target_id, "action": action}
    return _page(_ACTS, NEWEST_ACTS, filters, limit, cursor)


def change_user(
    admin: Viewer, user_id: UUID, *, role: str | None = None, status: str | None = None, reason: str | None = None
) -> dict[str, Any]:
    """Change what a user may do. Whoever is suspended is signed out everywhere.

    Raises:
        NotFound: there is no such user.
        Conflict: it is the admin themselves, or somebody who has left, or a service.
    """
    if user_id == admin.id:
        raise Conflict("Ask another admin to change your own rights")
    with as_system() as session:
        user = session.get(User, user_id, with_for_update=True)
        if user is None:
            raise NotFound("User not found")
        if user.status == UserStatus.DELETED or user.role == Role.SERVICE:
            raise Conflict("The rights of a deleted user or a service cannot be changed")
        if role is not None and role != user.role:
            _note(session, admin, user_id, "user.role", {"from": user.role, "to": role, "reason": reason})
            user.role = role
        if status is not None and status != user.status:
            act = "user.suspend" if status == UserStatus.SUSPENDED else "user.restore"
            _note(session, admin, user_id, act, {"reason": reason})
            user.status = status
            if status == UserStatus.SUSPENDED:
                users.end_sessions(session, user_id)
            rights_changed(session, user_id)
        session.flush()
        shown = text(f"select * from ({_USERS}) shown where id = :id")
        values = {"q": None, "role": None, "status": None, "id": user_id}
        return dict(session.execute(shown, values).mappings().one())


def _note(session: Session, admin: Viewer, user_id: UUID, action: str, details: Mapping[str, Any]) -> None:
    told = {name: value for name, value in details.items() if value is not None}
    audit.record(session, admin.id, action, ("user", user_id), details=told, request_id=request_id())


def _page(candidates: str, order: Order, filters: Mapping[str, Any], limit: int, cursor: str | None) -> Page:
    values = order.values(cursor) if cursor is not None else ()
    where = f"where {order.after(values)}" if values else ""
    statement = text(
        f"select found.*, {order.place()} :: text as place from ({candidates}) found {where}"
        f" order by {order.by()} limit :limit"
    )
    with as_system() as session:
        rows = session.execute(statement, {**filters, **bound(values), "limit": limit + 1}).mappings().all()
    following = order.cursor(rows[limit - 1]["place"]) if len(rows) > limit else None
    return [dict(row) for row in rows[:limit]], following
