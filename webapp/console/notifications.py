"""What a user is told: the page of notifications with its settings, and the badge that every page carries."""

from typing import Any
from uuid import UUID

from flask import g, render_template, request, url_for

from db.session import acting_as
from models.rules.notifications import NotificationKind
from models.rules.rooms import Room
from webapp.console import access
from webapp.console.forms import acts, done
from webapp.console.frame import asked, blp, filled
from webapp.console.live import live
from webapp.frame import current_user, in_transaction, request_session
from webapp.notifications import reading, service
from webapp.notifications.schemas import NotificationQuery, ReadAll, ReadOne


@blp.get("/notifications")
@in_transaction
def notifications() -> str:
    """The reader's notifications, the newest first."""
    viewer = access.signed_in()
    query = asked(NotificationQuery)
    following = live(Room.user(viewer.id))
    found, more = reading.page(request_session(), viewer, **query)
    return render_template(
        "console/notifications.html",
        notifications=found,
        more=more,
        query=query,
        kinds=list(NotificationKind),
        settings=reading.settings(request_session(), viewer),
        live=following,
    )


@blp.get("/notifications/unread")
def badge() -> str:
    """The badge alone, as it is now."""
    access.signed_in()
    return render_template("console/badge.html")


@blp.post("/notifications/read")
@acts("personal")
def read_notifications() -> Any:
    """Mark as read what was seen."""
    service.read_all(request_session(), current_user(), **filled(ReadAll))
    return done()


@blp.post("/notifications/<id:notification_id>/read")
@acts("personal")
def read_notification(notification_id: UUID) -> Any:
    """Mark one as read, as it was seen."""
    service.read_one(request_session(), current_user(), notification_id, filled(ReadOne)["seq"])
    return done()


@blp.post("/notifications/settings")
@acts("personal")
def keep_settings() -> Any:
    """Say how one is told of each kind."""
    chosen = {way: set(request.form.getlist(way)) for way in ("in_app", "in_digest")}
    wanted = [
        {"kind": kind.value, **{way: kind in kinds for way, kinds in chosen.items()}} for kind in NotificationKind
    ]
    service.keep_settings(request_session(), current_user(), wanted)
    return done(url_for("console.notifications", _anchor="settings"))


@blp.post("/threads/<id:thread_id>/mute")
@acts("personal")
def mute_thread(thread_id: UUID) -> Any:
    """Be told nothing of a thread, or be told of it again."""
    change = service.unmute_thread if "undo" in request.form else service.mute_thread
    change(request_session(), thread_id, current_user())
    return done()


def unread() -> int:
    """How much the one who asks has not read yet."""
    viewer = access.viewer()
    if viewer is None:
        return 0
    if "unread" not in g:
        with acting_as(viewer.id) as session:
            g.unread = reading.unread(session, viewer)["total"]
    count: int = g.unread
    return count
