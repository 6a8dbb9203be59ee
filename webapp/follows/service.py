"""Commands and queries about what somebody follows, and about whom they do not want to hear."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.commands.events import rights_changed
from models.accounts import UserStatus
from models.entities import Kind
from webapp.access.viewer import Viewer
from webapp.errors import Conflict, NotFound
from webapp.paging import Key, Order, bound
from webapp.talk import visibility
from webapp.talk.entities import NAMES, require_entity

LATEST = Order("activity", (Key("thread.last_post_at", "timestamptz", descending=True), Key("thread.id", "uuid")))

_CONCERNING = """
    followed as materialized (
        select distinct social.survivor(follow.show_id) as id from social.show_follows follow where follow.user_id = :viewer
    ), about as (
        select id from followed
        union all select season.id from core.seasons season join followed on followed.id = season.show_id
        union all select episode.id from core.episodes episode join followed on followed.id = episode.show_id
    ), named as (
        select id from about
        union all select loser.id from core.entities loser join about on about.id = loser.merged_into
    ), concerned as (
        select thread.id from social.threads thread join named on named.id = thread.entity_id
        union select follow.thread_id from social.thread_follows follow where follow.user_id = :viewer
    )"""
"""Threads that may be of what the viewer follows, found from that by keys: to look at every thread whether it is followed would
take the longer the more others talk."""

_LATELY = """
    select thread.*, show.id as show_id, show.name as show_name, count.posts, count.last_post_at,
           follow.thread_id is not null as is_followed, count.last_seq - follow.last_read_seq as unread
    from concerned join social.threads thread on thread.id = concerned.id and thread.hidden_at is null
    join social.thread_counts count on count.thread_id = thread.id and count.last_post_at is not null
    left join social.thread_follows follow on follow.thread_id = thread.id and follow.user_id = :viewer
    cross join lateral (select social.show_of(thread.entity_id) as id) part
    join core.shows show on show.id = part.id
    where follow.thread_id is not null or part.id in (select id from followed)
    order by count.last_post_at desc, thread.id offset 0"""
"""Those in which something was said, in the order of the pages: so whether one tells of what the viewer has not seen, which takes
longest, is asked only until a page is full."""


def follow_show(session: Session, show_id: UUID, viewer: Viewer) -> None:
    """Follow a show. Following twice is following.

    Raises:
        NotFound, Moved: there is no such show, or it was merged into another.
    """
    require_entity(session, Kind.SHOW, show_id)
    session.execute(
        text("insert into social.show_follows (user_id, show_id) values (:viewer, :show) on conflict do nothing"),
        {"viewer": viewer.id, "show": show_id},
    )


def unfollow_show(session: Session, show_id: UUID, viewer: Viewer) -> None:
    """Follow a show no more."""
    session.execute(
        text(f"delete from social.show_follows where user_id = :viewer and show_id in {NAMES.format(entity=':show')}"),
        {"viewer": viewer.id, "show": show_id},
    )


def shows(session: Session, viewer: Viewer) -> list[dict[str, Any]]:
    """The shows that the viewer follows, by name."""
    rows = session.execute(
        text(
            "select show.id as show_id, show.name as show_name, min(follow.created_at) as followed_at"
            " from social.show_follows follow join core.shows show on show.id = social.survivor(follow.show_id)"
            " where follow.user_id = :viewer group by show.id order by show.sort_name, show.id"
        ),
        {"viewer": viewer.id},
    )
    return [dict(row) for row in rows.mappings()]


def activity(
    session: Session, viewer: Viewer, *, limit: int, cursor: str | None = None
) -> tuple[list[dict[str, Any]], str | None]:
    """Threads in which something was said lately, of shows and threads that the viewer follows; and the next page's cursor.

    What a viewer has not seen yet is left out whole: that there is talk of it tells already.
    """
    values = LATEST.values(cursor) if cursor else ()
    after = f"and {LATEST.after(values)}" if cursor else ""
    rows = session.execute(
        text(
            f"""
            with {_CONCERNING}
            select thread.id as thread_id, thread.level, social.survivor(thread.entity_id) as entity_id, thread.show_id,
                   thread.show_name, thread.title, thread.type, thread.posts as post_count, thread.last_post_at,
                   thread.unread, thread.is_followed, {LATEST.place()} :: text as place
            from ({_LATELY}) thread
            where not {visibility.THREAD_IS_AHEAD} {after}
            order by {LATEST.by()} limit :limit
            """
        ),
        {"limit": limit + 1, "viewer": viewer.id} | bound(values),
    )
    found = [dict(row) for row in rows.mappings()]
    following = LATEST.cursor(found[limit - 1]["place"]) if len(found) > limit else None
    return found[:limit], following


def relate(session: Session, other_id: UUID, viewer: Viewer, kind: str) -> None:
    """Block or mute somebody. A muted one is not read; a blocked one moreover cannot answer, react, or name the viewer.

    Raises:
        NotFound: there is no such user.
        Conflict: it is the viewer.
    """
    if other_id == viewer.id:
        raise Conflict(f"Nobody can {kind} themselves")
    there = session.execute(
        text("select 1 from accounts.users where id = :id and status <> :deleted"),
        {"id": other_id, "deleted": UserStatus.DELETED},
    ).first()
    if there is None:
        raise NotFound("User not found")
    session.execute(
        text(
            "insert into social.user_relations (user_id, other_id, kind) values (:viewer, :other, :kind)"
            " on conflict do nothing"
        ),
        {"viewer": viewer.id, "other": other_id, "kind": kind},
    )
    for user_id in (viewer.id, other_id):  # a conversation of two ends for both
        rights_changed(session, user_id)


def unrelate(session: Session, other_id: UUID, viewer: Viewer, kind: str) -> None:
    """Block or mute somebody no more."""
    session.execute(
        text("delete from social.user_relations where user_id = :viewer and other_id = :other and kind = :kind"),
        {"viewer": viewer.id, "other": other_id, "kind": kind},
    )
    rights_changed(session, viewer.id)


def relations(session: Session, viewer: Viewer) -> list[dict[str, Any]]:
    """Whom the viewer blocks or mutes."""
    rows = session.execute(
        text(
            "select relation.other_id as user_id, other.username, relation.kind, relation.created_at"
            " from social.user_relations relation join accounts.users other on other.id = relation.other_id"
            " where relation.user_id = :viewer order by relation.created_at desc, relation.other_id, relation.kind"
        ),
        {"viewer": viewer.id},
    )
    return [dict(row) for row in rows.mappings()]
