"""What moderators look back on: bans that hold, and the log of what was done; both as the system, once the role is checked."""

from typing import Any

from sqlalchemy import text

from db.session import as_system
from webapp.paging import Key, Order, bound

NEWEST = Order("acts", (Key("act.id", "bigint", descending=True),))

_NAME = "coalesce({0}.username, {0}.display_name)"

_ACTS = f"""
    select act.id, act.at, act.action, act.target_kind, act.target_id, act.details, {_NAME.format("actor")} as actor,
           {_NAME.format("target")} as target, {NEWEST.place()} :: text as place
    from ops.audit_log act
    left join accounts.users actor on actor.id = act.actor_id
    left join accounts.users target on act.target_kind = 'user' and target.id :: text = act.target_id
    where (split_part(act.action, '.', 1) in ('post', 'thread', 'filter', 'message')
           or act.action in ('user.warning', 'user.ban', 'user.lift_ban', 'user.dismiss_reports'))"""

_BANS = f"""
    select sanction.id, sanction.user_id, {_NAME.format("who")} as username, sanction.reason, sanction.until,
           sanction.created_at, {_NAME.format("moderator")} as moderator
    from social.sanctions sanction join accounts.users who on who.id = sanction.user_id
    left join accounts.users moderator on moderator.id = sanction.created_by
    where sanction.kind = 'ban' and sanction.lifted_at is null and (sanction.until is null or sanction.until > now())
    order by sanction.created_at desc, sanction.id limit 200"""

Row = dict[str, Any]


def acts(*, limit: int, cursor: str | None = None) -> tuple[list[Row], str | None]:
    """What moderators have done, the latest first; and the cursor of the next page. What admins do besides is not told."""
    values = NEWEST.values(cursor) if cursor else ()
    after = f"and {NEWEST.after(values)}" if cursor else ""
    statement = text(f"{_ACTS} {after} order by {NEWEST.by()} limit :limit")
    with as_system() as session:
        found = [dict(row) for row in session.execute(statement, {"limit": limit + 1, **bound(values)}).mappings()]
    following = NEWEST.cursor(found[limit - 1]["place"]) if len(found) > limit else None
    return found[:limit], following


def bans() -> list[Row]:
    """The bans that hold at present, the latest first."""
    with as_system() as session:
        return [dict(row) for row in session.execute(text(_BANS)).mappings()]
