"""The page of moderation, and what a moderator does there and on the pages of talk.

Moderators see what waits with what it answers, the bans that hold, the filtered words, the limits and the log. An admin sets
limits.
"""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for

from models.accounts import Role
from webapp.console import access
from webapp.console.forms import acts, done
from webapp.console.frame import blp, filled
from webapp.errors import NotFound
from webapp.frame import current_user, in_transaction, request_session, system_session
from webapp.limiting import service as limiting
from webapp.limiting.schemas import LimitEdit
from webapp.moderation import log, service
from webapp.moderation.schemas import Dismissal, FilterCreate, Hiding, SanctionCreate, ThreadChange
from webapp.posts import reading
from webapp.threads import service as threads

WAITING = 25
"""How much of the queue a page shows; what is settled makes room for the next."""

ACTS = 50
BANS = ((1, "an hour"), (24, "a day"), (168, "a week"), (720, "a month"))
"""For how many hours one may be banned, and how that is called."""

Row = dict[str, Any]


@blp.get("/moderation")
@in_transaction
def moderation() -> str:
    """What waits for a moderator, and what moderators have done."""
    viewer = access.signed_in(Role.MODERATOR)
    session = request_session()
    waiting, more = service.queue(limit=WAITING, cursor=request.args.get("cursor"))
    acted, older = log.acts(limit=ACTS, cursor=request.args.get("before"))
    return render_template(
        "console/moderation.html",
        waiting=[_in_context(one) for one in waiting],
        more=more,
        bans=log.bans(),
        filters=service.filters(),
        limits=limiting.all_limits(session),
        acts=acted,
        older=older,
        lengths=BANS,
        may_set_limits=viewer.may(Role.ADMIN),
    )


def _in_context(waiting: Row) -> Row:
    """Something that waits, with the thread that it belongs to, and for a post what it answers."""
    viewer, session = access.viewer(), request_session()
    try:
        thread = threads.thread(session, waiting["thread_id"] or waiting["target_id"], viewer, reveal=True)
    except NotFound:  # it is about a user or a message
        return waiting | {"thread": None, "post": None, "parent": None}
    post = reading.post(session, waiting["target_id"], viewer, reveal=True) if waiting["thread_id"] else None
    answered = post and post["parent_post_id"]
    parent = reading.post(session, answered, viewer, reveal=True) if answered else None
    return waiting | {"thread": thread, "post": post, "parent": parent}


@blp.post("/moderation/posts/<id:post_id>")
@acts("moderate", Role.MODERATOR)
def hide_post(post_id: UUID) -> Any:
    """Hide a post, or show it again."""
    change = filled(Hiding)
    service.hide_post(current_user(), post_id, hidden=change["is_hidden"], reason=change["reason"])
    return done(post_id=post_id)


@blp.post("/moderation/messages/<id:message_id>")
@acts("moderate", Role.MODERATOR)
def remove_message(message_id: UUID) -> Any:
    """Remove a message that was reported."""
    service.remove_message(current_user(), message_id)
    return done()


@blp.post("/moderation/threads/<id:thread_id>")
@acts("moderate", Role.MODERATOR)
def change_thread(thread_id: UUID) -> Any:
    """Lock, pin or hide a thread, or undo that."""
    service.change_thread(current_user(), thread_id, **filled(ThreadChange))
    return done()


@blp.post("/moderation/dismissals")
@acts("moderate", Role.MODERATOR)
def dismiss_reports() -> Any:
    """Nothing is wrong with something that was reported or held."""
    wanted = filled(Dismissal)
    service.dismiss(current_user(), wanted["target_kind"], wanted["target_id"])
    return done()


@blp.post("/moderation/users/<id:user_id>/sanctions")
@acts("moderate", Role.MODERATOR)
def sanction(user_id: UUID) -> Any:
    """Warn somebody, or ban them from discussions."""
    wanted = filled(SanctionCreate)
    service.sanction(system_session(), current_user(), user_id, wanted.pop("kind"), **wanted)
    return done()


@blp.post("/moderation/sanctions/<id:sanction_id>/lift")
@acts("moderate", Role.MODERATOR)
def lift(sanction_id: UUID) -> Any:
    """End a ban."""
    service.lift(current_user(), sanction_id)
    return done(url_for("console.moderation", _anchor="bans"))


@blp.post("/moderation/filters")
@acts("moderate", Role.MODERATOR)
def add_filter() -> Any:
    """Filter words."""
    service.add_filter(current_user(), **filled(FilterCreate))
    return done(url_for("console.moderation", _anchor="filters"))


@blp.post("/moderation/filters/<id:filter_id>/remove")
@acts("moderate", Role.MODERATOR)
def remove_filter(filter_id: UUID) -> Any:
    """Filter words no more."""
    service.remove_filter(current_user(), filter_id)
    return done(url_for("console.moderation", _anchor="filters"))


@blp.post("/moderation/limits/<action>")
@acts("admin", Role.ADMIN)
def set_limit(action: str) -> Any:
    """Limit an action otherwise than the code does, or as it does."""
    session = request_session()
    kept = [
        {name: one[name] for name in ("action", "allowed", "seconds")}
        for one in limiting.all_limits(session)
        if one["updated_at"] is not None and one["action"] != action
    ]
    numbers = {name: request.form.get(name, type=int) for name in ("allowed", "seconds")}
    wanted = [] if "reset" in request.form else [filled(LimitEdit, action=action, **numbers)]
    limiting.set_limits(session, current_user().id, kept + wanted)
    return done(url_for("console.moderation", _anchor="limits"))
