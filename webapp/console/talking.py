"""What a user does on the pages of talk: saying, reacting, reporting, following, keeping progress, not hearing."""

from typing import Any
from uuid import UUID

from flask import request, url_for
from marshmallow import Schema, fields

from webapp.console.discussions import LEVEL, LEVELS
from webapp.console.forms import acts, done, same_version
from webapp.console.frame import blp, filled
from webapp.follows import service as follows
from webapp.frame import current_user, request_session
from webapp.moderation import service as moderation
from webapp.moderation.schemas import ReportCreate
from webapp.posts import service as posts
from webapp.posts.schemas import PostCreate, PostEdit, React
from webapp.progress import service as progress
from webapp.threads import service as threads
from webapp.threads.schemas import ReadMark, ThreadCreate, ThreadEdit


class Seen(Schema):
    """How far somebody has watched."""

    seen_through = fields.UUID(load_default=None)


@blp.post(f"/{LEVEL}/<id:entity_id>/discussions")
@acts("thread")
def open_thread(level: str, entity_id: UUID) -> Any:
    """Open a thread."""
    made = threads.open_thread(request_session(), LEVELS[level], entity_id, current_user(), **filled(ThreadCreate))
    return done(url_for("console.thread", thread_id=made), thread_id=made)


@blp.post("/threads/<id:thread_id>/title")
@acts("post")
def rename_thread(thread_id: UUID) -> Any:
    """Change the title of a thread of one's own."""
    threads.edit_thread(request_session(), thread_id, current_user(), check=same_version, **filled(ThreadEdit))
    return done()


@blp.post("/threads/<id:thread_id>/follow")
@acts("personal")
def follow_thread(thread_id: UUID) -> Any:
    """Follow a thread, or no longer."""
    change = threads.follow if "follow" in request.form else threads.unfollow
    change(request_session(), thread_id, current_user())
    return done()


@blp.post("/threads/<id:thread_id>/read")
@acts("personal")
def mark_read(thread_id: UUID) -> Any:
    """Remember how far one has read a thread that one follows."""
    threads.read(request_session(), thread_id, current_user(), filled(ReadMark)["seq"])
    return done()


@blp.post("/threads/<id:thread_id>/posts")
@acts("post")
def say(thread_id: UUID) -> Any:
    """Say something, or answer a post."""
    made = posts.say(request_session(), thread_id, current_user(), **filled(PostCreate))
    return done(url_for("console.post", post_id=made), post_id=made)


@blp.post("/posts/<id:post_id>/edit")
@acts("post")
def edit_post(post_id: UUID) -> Any:
    """Change the words of a post of one's own."""
    posts.edit(request_session(), post_id, current_user(), check=same_version, **filled(PostEdit))
    return done(url_for("console.post", post_id=post_id), post_id=post_id)


@blp.post("/posts/<id:post_id>/delete")
@acts("post")
def delete_post(post_id: UUID) -> Any:
    """Take one's words back."""
    posts.delete(request_session(), post_id, current_user())
    return done(post_id=post_id)


@blp.post("/posts/<id:post_id>/reactions")
@acts("reaction")
def react(post_id: UUID) -> Any:
    """Add a reaction, or take it back."""
    posts.react(request_session(), post_id, current_user(), filled(React)["reaction"])
    return done(url_for("console.post", post_id=post_id), post_id=post_id)


@blp.post("/reports")
@acts("report")
def report() -> Any:
    """Tell moderators of a post, a thread, a user or a private message."""
    told = filled(ReportCreate)
    moderation.report(request_session(), current_user(), told.pop("target_kind"), told.pop("target_id"), **told)
    return done()


@blp.post("/shows/<id:show_id>/progress")
@acts("personal")
def keep_progress(show_id: UUID) -> Any:
    """Remember how far one has watched a show, or forget it."""
    if "forget" in request.form:
        progress.forget(request_session(), show_id, current_user())
    else:
        progress.keep(request_session(), show_id, current_user(), **filled(Seen))
    return done()


@blp.post("/shows/<id:show_id>/follow")
@acts("personal")
def follow_show(show_id: UUID) -> Any:
    """Follow a show, or no longer."""
    change = follows.follow_show if "follow" in request.form else follows.unfollow_show
    change(request_session(), show_id, current_user())
    return done()


@blp.post("/users/<id:user_id>/<any(block, mute):kind>")
@acts("personal")
def relate(user_id: UUID, kind: str) -> Any:
    """Block or mute somebody, or hear them again."""
    change = follows.unrelate if "undo" in request.form else follows.relate
    change(request_session(), user_id, current_user(), kind)
    return done()
