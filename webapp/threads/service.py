"""Commands and queries about threads. Who sees what of them stands in `webapp/talk/visibility.py`."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.commands import notifications, webhooks
from db.commands.events import announce
from models.entities import Kind
from models.rules.rooms import Room, RoomKind
from models.rules.talk import ThreadLevel, ThreadType
from models.rules.webhooks import WebhookEvent
from models.social import Thread, ThreadCount
from webapp.access.viewer import Viewer
from webapp.errors import BadRequest, Forbidden, NotFound
from webapp.paging import Key, Order, bound
from webapp.talk import standing, visibility
from webapp.talk.authors import AUTHOR, with_picture
from webapp.talk.entities import NAMES, require_entity

NEWEST = Order(
    "newest",
    (
        Key("thread.is_pinned :: int", "bigint", descending=True),
        Key("thread.created_at", "timestamptz", descending=True),
        Key("thread.id", "uuid"),
    ),
)
"""Pinned ones come before all others."""

LEVELS = {Kind.SHOW: ThreadLevel.SHOW, Kind.SEASON: ThreadLevel.SEASON, Kind.EPISODE: ThreadLevel.EPISODE}

_THREAD = f"""
    select thread.id, thread.level, named.entity_id, social.show_of(thread.entity_id) as show_id,
           case when thread.level = 'episode' then named.entity_id end as episode_id,
           case when not ahead.it then thread.title end as title, thread.type, thread.created_by, thread.is_automatic,
           thread.is_locked, thread.is_pinned, thread.hidden_at is not null as is_hidden, ahead.it as is_masked,
           thread.version, thread.created_at, thread.edited_at,
           case when not ahead.it then count.posts end as post_count,
           case when not ahead.it then count.last_post_at end as last_post_at,
           follow.thread_id is not null as is_followed,
           case when not ahead.it then count.last_seq - follow.last_read_seq end as unread,
           {AUTHOR.format(who="thread.created_by")}, {NEWEST.place()} :: text as place
    from social.threads thread
    join social.thread_counts count on count.thread_id = thread.id
    left join social.thread_follows follow on follow.thread_id = thread.id and follow.user_id = cast(:viewer as uuid)
    cross join lateral (select social.survivor(thread.entity_id) as entity_id) named
    cross join lateral (select {visibility.THREAD_IS_AHEAD} and not :reveal as it) ahead
    where (thread.hidden_at is null or :moderates)"""


def threads_of(
    session: Session,
    kind: Kind,
    entity_id: UUID,
    viewer: Viewer | None,
    *,
    limit: int,
    cursor: str | None = None,
    offset: int = 0,
    type: str | None = None,
    reveal: bool = False,
) -> tuple[list[dict[str, Any]], str | None]:
    """An entity's threads, pinned ones first, then the newest; and the cursor of the next page.

    Raises:
        NotFound, Moved: there is no such entity, or it was merged into another.
        Invalid: the cursor is none of this list's.
    """
    require_entity(session, kind, entity_id)
    values = NEWEST.values(cursor) if cursor else ()
    after = f"and {NEWEST.after(values)}" if cursor else ""
    rows = session.execute(
        text(
            f"{_THREAD} and thread.entity_id in {NAMES.format(entity=':entity_id')}"
            f" and (cast(:type as text) is null or thread.type = :type) {after}"
            f" order by {NEWEST.by()} limit :limit offset :offset"
        ),
        {"entity_id": entity_id, "type": type, "limit": limit + 1, "offset": offset}
        | visibility.of(viewer, reveal=reveal)
        | bound(values),
    )
    found = [_shown(dict(row)) for row in rows.mappings()]
    following = NEWEST.cursor(found[limit - 1]["place"]) if len(found) > limit else None
    return found[:limit], following


def thread(session: Session, thread_id: UUID, viewer: Viewer | None, *, reveal: bool = False) -> dict[str, Any]:
    """One thread.

    Raises:
        NotFound: there is none, or it is hidden from the viewer.
    """
    row = (
        session.execute(
            text(f"{_THREAD} and thread.id = :id"), {"id": thread_id} | visibility.of(viewer, reveal=reveal)
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise NotFound("Thread not found")
    return _shown(dict(row))


def open_thread(session: Session, kind: Kind, entity_id: UUID, author: Viewer, *, title: str, type: str) -> UUID:
    """Open a thread, follow it, and announce it to the room of what it is about.

    Raises:
        BadRequest: there is no such type, or it is not for what the thread is about.
        NotFound, Moved: there is no such entity, or it was merged into another.
        Forbidden: the author may not talk at present.
        Invalid: the title holds filtered words.
    """
    if type not in set(ThreadType):
        raise BadRequest(f"Invalid thread type; one of: {', '.join(ThreadType)}")
    if type in (ThreadType.EPISODE_LIVE, ThreadType.POST_EPISODE) and kind is not Kind.EPISODE:
        raise BadRequest(f"Invalid thread type: {type} is for episodes alone")
    show_id = require_entity(session, kind, entity_id)
    standing.may_talk(session, author)
    standing.check_title(author, title)
    made = Thread(level=LEVELS[kind], entity_id=entity_id, title=title, type=type, created_by=author.id)
    session.add(made)
    session.flush()
    session.add(ThreadCount(thread_id=made.id))
    session.flush()
    follow(session, made.id, author)
    told = {"thread_id": made.id, "type": type, "created_by": author.id}
    announce(session, room_of(kind, entity_id), "thread_created", told | _about(kind, entity_id))
    webhooks.emit(session, WebhookEvent.THREAD_CREATED, told | _about(kind, entity_id) | {"show_id": show_id})
    return made.id


def edit_thread(
    session: Session,
    thread_id: UUID,
    editor: Viewer,
    *,
    title: str,
    check: Callable[[int], None] = lambda version: None,
) -> None:
    """Change the title of one's own thread. `check` is told the version that there is.

    Raises:
        NotFound, Forbidden, Invalid: it is not there, is somebody else's, is locked, or would hold filtered words.
    """
    found = locked_row(session, thread_id)
    if found.created_by != editor.id:
        raise Forbidden("Only its author may edit a thread")
    if found.is_locked:
        raise Forbidden("Thread is locked")
    standing.may_talk(session, editor)
    standing.check_title(editor, title)
    check(found.version)
    session.execute(
        text("update social.threads set title = :title, version = version + 1, edited_at = now() where id = :id"),
        {"id": thread_id, "title": title},
    )
    tell_changed(session, found)


def follow(session: Session, thread_id: UUID, viewer: Viewer) -> None:
    """Follow a thread, from what it holds now. Following twice is following."""
    done = session.execute(
        text(
            "insert into social.thread_follows (user_id, thread_id, last_read_seq)"
            " select :viewer, c.thread_id, c.last_seq from social.thread_counts c where c.thread_id = :id"
            " on conflict do nothing returning 1"
        ),
        {"viewer": viewer.id, "id": thread_id},
    ).first()
    if done is None:
        thread(session, thread_id, viewer)


def unfollow(session: Session, thread_id: UUID, viewer: Viewer) -> None:
    """Follow a thread no more."""
    session.execute(
        text("delete from social.thread_follows where user_id = :viewer and thread_id = :id"),
        {"viewer": viewer.id, "id": thread_id},
    )


def mark_read(session: Session, thread_id: UUID, viewer: Viewer, seq: int) -> None:
    """Remember how far a followed thread was read: forward only, and no further than it goes.

    Raises:
        NotFound: the viewer does not follow such a thread.
    """
    found = session.execute(
        text(
            "update social.thread_follows f set last_read_seq = greatest(f.last_read_seq, least(:seq, c.last_seq))"
            " from social.thread_counts c where c.thread_id = f.thread_id and f.thread_id = :id and f.user_id = :viewer"
            " returning 1"
        ),
        {"id": thread_id, "viewer": viewer.id, "seq": seq},
    ).first()
    if found is None:
        raise NotFound("Thread not found among those that you follow")


def read(session: Session, thread_id: UUID, viewer: Viewer, seq: int) -> None:
    """Remember how far the viewer has read a followed thread, and that they need not be told of that any more.

    Raises:
        NotFound: the viewer does not follow such a thread.
    """
    mark_read(session, thread_id, viewer, seq)
    notifications.seen_in_thread(session, viewer.id, thread_id, seq)


def locked_row(session: Session, thread_id: UUID) -> Any:
    """A thread's row with its counts, which are locked until the transaction ends. Whoever changes a thread or says something
    in it takes that lock, for it is everybody's; the thread's own row is its author's.

    Raises:
        NotFound: there is none, or it is hidden.
    """
    found = locked_even_if_hidden(session, thread_id)
    if found.hidden_at is not None:
        raise NotFound("Thread not found")
    return found


def locked_even_if_hidden(session: Session, thread_id: UUID) -> Any:
    """The same of a thread that a moderator may have hidden, as `hidden_at` says.

    Raises:
        NotFound: there is none.
    """
    found = session.execute(
        text(
            "select t.id, t.level, social.survivor(t.entity_id) as entity_id, social.show_of(t.entity_id) as show_id,"
            " t.created_by, t.is_locked, t.hidden_at, t.version, c.posts, c.last_seq"
            " from social.thread_counts c join social.threads t on t.id = c.thread_id"
            " where t.id = :id for update of c"
        ),
        {"id": thread_id},
    ).one_or_none()
    if found is None:
        raise NotFound("Thread not found")
    return found


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"author": with_picture(row["author"])}


def tell_changed(session: Session, thread_row: Any) -> None:
    """Announce that a thread is no longer as it was."""
    announce(
        session,
        Room(RoomKind(thread_row.level), thread_row.entity_id),
        "thread_updated",
        {"thread_id": thread_row.id} | _about(Kind(thread_row.level), thread_row.entity_id),
    )


def room_of(kind: Kind, entity_id: UUID) -> Room:
    """Where talk about something is told."""
    return {Kind.SHOW: Room.show, Kind.SEASON: Room.season, Kind.EPISODE: Room.episode}[kind](entity_id)


def _about(kind: Kind, entity_id: UUID) -> dict[str, Any]:
    return {"episode_id": entity_id if kind is Kind.EPISODE else None, "entity_id": entity_id}
