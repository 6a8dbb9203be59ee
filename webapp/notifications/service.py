"""Commands about notifications: reading them, saying how one wants them, muting threads."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.commands import notifications
from models.rules.notifications import NotificationKind
from webapp.access.viewer import Viewer
from webapp.errors import Invalid, NotFound
from webapp.threads import service as threads


def read_one(session: Session, viewer: Viewer, notification_id: UUID, seq: int) -> int:
    """Mark one notification as read, unless there is more of it than the viewer saw.

    Raises:
        NotFound: the viewer has no such notification.
    """
    there = session.execute(
        text("select 1 from social.notifications where id = :id and user_id = :viewer"),
        {"id": notification_id, "viewer": viewer.id},
    ).first()
    if there is None:
        raise NotFound("Notification not found")
    return notifications.read_one(session, viewer.id, notification_id, seq)


def read_all(session: Session, viewer: Viewer, *, up_to: int, kind: str | None) -> int:
    """Mark as read all notifications that the viewer saw."""
    return notifications.read_up_to(session, viewer.id, up_to, NotificationKind(kind) if kind else None)


def keep_settings(session: Session, viewer: Viewer, wanted: list[dict[str, Any]]) -> None:
    """Make these the viewer's settings; kinds that are not named are as if nothing had been said.

    Raises:
        Invalid: a kind is named twice.
    """
    if len({setting["kind"] for setting in wanted}) < len(wanted):
        raise Invalid([(("json",), "Names a kind twice.", "invalid")])
    session.execute(
        text("delete from social.notification_settings where user_id = :viewer and kind <> all(:kinds)"),
        {"viewer": viewer.id, "kinds": [setting["kind"] for setting in wanted]},
    )
    for setting in wanted:
        session.execute(
            text(
                "insert into social.notification_settings (user_id, kind, in_app, in_digest)"
                " values (:viewer, :kind, :in_app, :in_digest) on conflict (user_id, kind)"
                " do update set in_app = excluded.in_app, in_digest = excluded.in_digest"
            ),
            {"viewer": viewer.id, **setting},
        )


def mute_thread(session: Session, thread_id: UUID, viewer: Viewer) -> None:
    """Be told nothing of a thread any more, whoever names or answers the viewer there. Muting twice is muting.

    Raises:
        NotFound: there is no such thread.
    """
    threads.thread(session, thread_id, viewer)
    session.execute(
        text("insert into social.thread_mutes (user_id, thread_id) values (:viewer, :thread) on conflict do nothing"),
        {"viewer": viewer.id, "thread": thread_id},
    )


def unmute_thread(session: Session, thread_id: UUID, viewer: Viewer) -> None:
    """Be told of a thread again."""
    session.execute(
        text("delete from social.thread_mutes where user_id = :viewer and thread_id = :thread"),
        {"viewer": viewer.id, "thread": thread_id},
    )
