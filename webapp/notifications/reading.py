"""Queries about notifications: pages, how many are unread, and settings. Who sees what of talk stands in
`webapp/talk/visibility.py`; a notification tells no more of a thread than its page would.
"""

from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from models.rules.notifications import NotificationKind
from webapp.access.viewer import Viewer
from webapp.paging import Key, Order, bound
from webapp.talk import visibility
from webapp.talk.authors import PERSON, with_picture

Row = dict[str, Any]

LATEST = Order("notifications", (Key("notification.seq", "bigint", descending=True),))

NOT_AVOIDED = """
    not exists (select from social.user_relations relation
                where relation.user_id = cast(:viewer as uuid) and relation.other_id = notification.actor_id)"""
"""That a row of `notification` is not of somebody whom the viewer blocks or mutes by now."""

LISTED = f"notification.user_id = cast(:viewer as uuid) and notification.in_app and {NOT_AVOIDED}"
"""That a row of `notification` is one that the viewer is shown."""

SHOWN = f"""
    with chosen as ({{chosen}}),
    {visibility.THREAD.format(which="thread.id in (select thread_id from chosen)")}
    select notification.id, notification.kind, notification.seq, notification.count,
           {PERSON.format(who="notification.actor_id")} as actor, show.id as show_id, show.name as show_name,
           notification.thread_id, case when thread.hidden_at is null and not thread.is_ahead then thread.title end as title,
           coalesce(thread.is_ahead, false) or (post.id is not null and {visibility.SIGHT} = '{visibility.Sight.MASKED}')
               as is_masked,
           notification.post_id, notification.message_id,
           case when notification.kind = '{NotificationKind.MESSAGE}' then notification.subject_id end as conversation_id,
           case when notification.kind = '{NotificationKind.SURVEY}' then notification.subject_id end as survey_id,
           notification.read_at is not null as is_read, notification.created_at, notification.told_at,
           {LATEST.place()} :: text as place
    from chosen notification
    left join thread on thread.id = notification.thread_id
    left join social.posts post on post.id = notification.post_id
    left join core.shows show on show.id = social.show_of(thread.entity_id)
    order by {LATEST.by()}"""
"""What is told of the rows that `{chosen}` finds."""


def page(
    session: Session,
    viewer: Viewer,
    *,
    limit: int,
    cursor: str | None = None,
    kind: str | None = None,
    unread: bool = False,
) -> tuple[list[Row], str | None]:
    """The viewer's notifications, the newest first; and the cursor of the next page."""
    values = LATEST.values(cursor) if cursor else ()
    after = f"and {LATEST.after(values)}" if cursor else ""
    chosen = (
        f"select notification.* from social.notifications notification where {LISTED}"
        " and (cast(:kind as text) is null or notification.kind = :kind)"
        f" and (not :unread or notification.read_at is null) {after} order by {LATEST.by()} limit :limit"
    )
    rows = session.execute(
        text(SHOWN.format(chosen=chosen)),
        {"limit": limit + 1, "kind": kind, "unread": unread} | visibility.of(viewer) | bound(values),
    )
    found = [dict(row) | {"actor": with_picture(row["actor"])} for row in rows.mappings()]
    following = LATEST.cursor(found[limit - 1]["place"]) if len(found) > limit else None
    return found[:limit], following


def unread(session: Session, viewer: Viewer) -> Row:
    """How many of the viewer's notifications are not read, by kind. An index holds those alone, so it costs their number."""
    rows = session.execute(
        text(
            "select notification.kind, count(*) from social.notifications notification"
            f" where {LISTED} and notification.read_at is null group by notification.kind"
        ),
        {"viewer": viewer.id},
    )
    counted = {kind.value: 0 for kind in NotificationKind} | {row.kind: row.count for row in rows}
    return {"total": sum(counted.values()), "kinds": counted}


def settings(session: Session, viewer: Viewer) -> list[Row]:
    """How the viewer is told of each kind."""
    rows = session.execute(
        text("select kind, in_app, in_digest from social.notification_settings where user_id = :viewer"),
        {"viewer": viewer.id},
    )
    said = {row["kind"]: dict(row) for row in rows.mappings()}
    return [said.get(kind, {"kind": kind.value, "in_app": True, "in_digest": False}) for kind in NotificationKind]
