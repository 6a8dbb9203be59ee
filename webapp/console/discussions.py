"""Pages of talk: the threads about a show, a season or an episode, and one thread with its posts, both live.

A page is rendered here for its reader, by the rules of `webapp/talk/visibility.py`. While it is open, its script hears which
posts changed, and asks for those alone, rendered the same way (`news`); so nothing of a post is put together in the browser.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from marshmallow import Schema, ValidationError, fields
from marshmallow.validate import OneOf
from sqlalchemy import text
from sqlmodel import Session

from models.entities import Kind
from models.rules.rooms import Room, RoomKind
from models.rules.talk import BODY, DEPTH, TITLE, PostOrder, ReactionType, ThreadType
from webapp.access.viewer import Viewer
from webapp.console import access
from webapp.console.frame import asked, blp, calls, paged
from webapp.console.live import live
from webapp.errors import Invalid, NotFound
from webapp.follows import service as follows
from webapp.frame import in_transaction, request_session
from webapp.moderation.schemas import REASONS
from webapp.posts import reading
from webapp.progress import service as progress
from webapp.talk.schemas import Reveal
from webapp.threads import service as threads

LEVELS = {"shows": Kind.SHOW, "seasons": Kind.SEASON, "episodes": Kind.EPISODE}
LEVEL = "<any(shows, seasons, episodes):level>"
TYPES = (ThreadType.GENERAL, ThreadType.SPOILERS, ThreadType.EPISODE_LIVE, ThreadType.POST_EPISODE)
"""Kinds of threads; the first two are for shows and seasons, too."""

POSTS = 100
"""How many posts a page shows."""

THREADS = 50
MOST_NEWS = 50
"""How many posts a script may ask for at once."""

Row = dict[str, Any]

_ABOUT = text("""
    select entity.kind, entity.id, show.id as show_id, show.name as show_name, season.season_number,
           coalesce(season.name, 'Season ' || season.season_number) as season_name, episode.episode_number,
           episode.name as title
    from core.entities entity
    left join core.episodes episode on episode.id = entity.id
    left join core.seasons season on season.id = coalesce(episode.season_id, entity.id)
    join core.shows show on show.id = coalesce(episode.show_id, season.show_id, entity.id)
    where entity.id = :id
""")


class ThreadPage(Reveal):
    """How a thread is shown."""

    order = fields.String(load_default=PostOrder.NEWEST, validate=OneOf(list(PostOrder)))
    branch = fields.UUID(load_default=None)


class News(Schema):
    """What a script asks for again."""

    entry = fields.List(fields.UUID(), load_default=list)
    reveal = fields.List(fields.UUID(), load_default=list)


@blp.get(f"/{LEVEL}/<id:entity_id>/discussions")
@in_transaction
def discussions(level: str, entity_id: UUID) -> str:
    """The threads about something."""
    kind, viewer, session = LEVELS[level], access.viewer(), request_session()
    following = live(threads.room_of(kind, entity_id))
    found, more = threads.threads_of(session, kind, entity_id, viewer, limit=THREADS, cursor=request.args.get("cursor"))
    calls().append(url_for(f"Threads.{kind.capitalize()}Threads", entity_id=entity_id))
    about = _about(session, entity_id)
    return render_template(
        "console/discussions.html",
        level=level,
        about=about,
        threads=sorted(found, key=lambda one: not one["is_pinned"]),
        more=more,
        live=following,
        progress=_progress(session, about["show_id"], viewer),
        is_followed=viewer is not None
        and about["show_id"] in {one["show_id"] for one in follows.shows(session, viewer)},
        types=TYPES if kind is Kind.EPISODE else TYPES[:2],
        longest=TITLE,
    )


@blp.get("/threads/<id:thread_id>")
@in_transaction
def thread(thread_id: UUID) -> str:
    """One thread with its posts."""
    query, viewer, session = asked(ThreadPage), access.viewer(), request_session()
    branch, shown = query.pop("branch"), query
    page, offset = paged(POSTS)
    following = live(_room(threads.thread(session, thread_id, viewer)))
    head = threads.thread(session, thread_id, viewer, reveal=query["reveal"])
    top = [reading.post(session, branch, viewer, reveal=query["reveal"])] if branch and page == 1 else []
    found = reading.tree(session, thread_id, viewer, limit=POSTS + 1, offset=offset, root=branch, **shown)
    calls().extend(
        (url_for("Threads.Thread", thread_id=thread_id), url_for("Posts.Tree", thread_id=thread_id, **shown))
    )
    about = _about(session, head["entity_id"])
    return render_template(
        "console/thread.html",
        thread=head,
        about=about,
        posts=_nested(top + found[:POSTS]),
        branch=branch,
        orders=list(PostOrder),
        page=page,
        more=len(found) > POSTS,
        live=following,
        progress=_progress(session, about["show_id"], viewer),
        **shown,
        **_choices(),
    )


@blp.get("/talk")
@in_transaction
def talk() -> str:
    """What was said lately in what the reader follows; how far they have watched; whom they do not hear."""
    viewer = access.signed_in()
    session = request_session()
    found, more = follows.activity(session, viewer, limit=THREADS, cursor=request.args.get("cursor"))
    return render_template(
        "console/talk.html",
        threads=found,
        more=more,
        shows=follows.shows(session, viewer),
        progress=progress.all_of(session, viewer),
        relations=follows.relations(session, viewer),
    )


@blp.get("/threads/<id:thread_id>/news")
@in_transaction
def news(thread_id: UUID) -> str:
    """A thread's head and some of its posts, as they are now."""
    asked_for, viewer, session = wanted(), access.viewer(), request_session()
    head = threads.thread(session, thread_id, viewer, reveal=bool(asked_for["reveal"]))
    known = [id_ for id_ in asked_for["entry"] if id_ not in asked_for["reveal"]]
    found = reading.posts(session, known, viewer) + reading.posts(session, asked_for["reveal"], viewer, reveal=True)
    posts = sorted((one for one in found if one["thread_id"] == thread_id), key=lambda one: one["seq"])
    return render_template("console/thread_news.html", thread=head, posts=posts, **_choices())


@blp.get("/posts/<id:post_id>")
@in_transaction
def post(post_id: UUID) -> Any:
    """A post where it stands: with what it answers, and with its answers."""
    found = reading.post(request_session(), post_id, access.viewer())
    branch = reading.branch_of(request_session(), post_id)
    address = url_for(
        "console.thread",
        thread_id=found["thread_id"],
        branch=branch,
        order=PostOrder.OLDEST,
        _anchor=f"entry-{post_id}",
    )
    return redirect(address)


def wanted() -> dict[str, list[UUID]]:
    """The entries that a script asks for, and those of them that are to be revealed.

    Raises:
        Invalid: one is no id.
    """
    given = {name: request.args.getlist(name)[:MOST_NEWS] for name in ("entry", "reveal")}
    try:
        loaded: dict[str, list[UUID]] = News().load(given)
    except ValidationError as error:
        names = error.normalized_messages()
        raise Invalid((("query", name), "Holds what is no id.", "malformed") for name in names) from None
    return loaded


def _choices() -> Row:
    """What every post lets its readers choose from."""
    return {"reactions": list(ReactionType), "reasons": REASONS, "longest": BODY, "deepest": DEPTH}


def _room(thread: Row) -> Room:
    return Room(RoomKind(thread["level"]), thread["entity_id"])


def _about(session: Session, entity_id: UUID) -> Row:
    """What a thread is about, with the names of what it belongs to."""
    return dict(session.execute(_ABOUT, {"id": entity_id}).mappings().one())


def _progress(session: Session, show_id: UUID, viewer: Viewer | None) -> Row | None:
    """How far the reader says that they have watched; None where they keep no progress."""
    if viewer is None:
        return None
    try:
        return progress.of(session, show_id, viewer)
    except NotFound:
        return None


def _nested(posts: Iterable[Row]) -> list[Row]:
    """Posts with their answers inside them; the answers to a post of another page stand at the top."""
    known: dict[UUID, Row] = {}
    top: list[Row] = []
    for one in posts:
        known[one["id"]] = one
        one["answers"] = []
        parent = known.get(one["parent_post_id"])
        (parent["answers"] if parent else top).append(one)
    return top
