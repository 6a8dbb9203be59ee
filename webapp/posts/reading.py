"""Queries about posts: pages in four orders, one level or a whole tree, and single ones."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.session import as_system
from models.rules.talk import PostOrder, ReactionType, has_marks
from webapp.access.viewer import Viewer
from webapp.errors import NotFound
from webapp.paging import Key, Order, Slice, bound, sliced
from webapp.talk.authors import AUTHOR, with_picture
from webapp.talk.visibility import SIGHT, THREAD, Sight, moderates, of, words

Row = dict[str, Any]

_SCORE = "(count.upvote - count.downvote)"
_FEWER, _MORE = "least(count.upvote, count.downvote)", "greatest(count.upvote, count.downvote, 1)"
_DISPUTE = f"({_FEWER} * 1000 / {_MORE} + {_FEWER})"
"""How disputed a post is: how even its votes are, in thousandths, and how many there are on the smaller side."""

ORDERS = {
    PostOrder.OLDEST: Order("oldest", (Key("post.seq", "bigint"),)),
    PostOrder.NEWEST: Order("newest", (Key("post.seq", "bigint", descending=True),)),
    PostOrder.TOP: Order("top", (Key(_SCORE, "bigint", descending=True), Key("post.seq", "bigint", descending=True))),
    PostOrder.CONTROVERSIAL: Order(
        "controversial", (Key(_DISPUTE, "bigint", descending=True), Key("post.seq", "bigint", descending=True))
    ),
}
"""Each ends in the number within the thread, which is unique."""

_COUNTS = ", ".join(f"'{reaction}', count.{reaction}" for reaction in ReactionType)

_COLUMNS = f"""
    post.id, post.thread_id, post.seq, post.parent_post_id, post.depth, post.user_id, post.body, post.spoils_id,
    post.version, post.created_at, post.edited_at, count.replies as reply_count,
    json_build_object({_COUNTS}) as reactions,
    (select coalesce(json_agg(mine.reaction order by mine.reaction), '[]') from social.reactions mine
     where mine.post_id = post.id and mine.user_id = cast(:viewer as uuid)) as my_reactions,
    (select coalesce(json_agg(json_build_object('id', named.id, 'username', named.username) order by named.id), '[]')
     from social.mentions mention join accounts.users named on named.id = mention.user_id
     where mention.post_id = post.id) as mentions,
    {AUTHOR.format(who="post.user_id")}, {SIGHT} as sight"""

_FROM = """
    from social.posts post
    join thread on thread.id = post.thread_id
    join social.post_counts count on count.post_id = post.id"""

_SEEN = "(thread.hidden_at is null or :moderates)"

_LEFT = f"({_SEEN} or post.deleted_at is not null and post.user_id = cast(:viewer as uuid))"
"""That a viewer sees a post, or what is left of it after they took it back in a hidden thread."""


def page(
    session: Session,
    thread_id: UUID,
    viewer: Viewer | None,
    *,
    limit: int,
    cursor: str | None = None,
    before: str | None = None,
    parent_post_id: UUID | None = None,
    order: str = PostOrder.OLDEST,
    reveal: bool = False,
) -> Slice:
    """One level of a thread: its top, or the answers to a post; the page after one cursor or before another.

    Raises:
        NotFound: there is no such thread, or no such parent in it.
        Invalid: the cursor is none of this order's.
    """
    _require(session, thread_id, parent_post_id, viewer)
    ordered = ORDERS[PostOrder(order)]
    way = ordered.backwards() if before else ordered
    named = cursor or before
    values = ordered.values(named) if named else ()
    after = f"and {way.after(values)}" if named else ""
    level = "post.parent_post_id = :parent" if parent_post_id else "post.parent_post_id is null"
    rows = session.execute(
        text(
            f"with {THREAD.format(which='thread.id = :thread_id')}"
            f" select {_COLUMNS}, {ordered.place()} :: text as place {_FROM}"
            f" where post.thread_id = :thread_id and {level} {after} order by {way.by()} limit :limit"
        ),
        {"thread_id": thread_id, "parent": parent_post_id, "limit": limit + 1}
        | of(viewer, reveal=reveal)
        | bound(values),
    )
    found = [dict(row) for row in rows.mappings()]
    page = sliced(ordered, found, limit, backwards=before is not None, from_start=named is None)
    return page._replace(rows=[shown(row) for row in page.rows])


def tree(
    session: Session,
    thread_id: UUID,
    viewer: Viewer | None,
    *,
    limit: int,
    offset: int = 0,
    root: UUID | None = None,
    order: str = PostOrder.TOP,
    reveal: bool = False,
) -> list[Row]:
    """The first posts of a thread, or below one post, with their answers, in the order in which a reader meets them: each
    before its answers, and at each level in the order asked for. `depth` says how far to indent. `offset` passes over
    as many of them.

    Raises:
        NotFound: there is no such thread, or no such post in it.
    """
    _require(session, thread_id, root, viewer)
    by = ORDERS[PostOrder(order)].by()
    rows = session.execute(
        text(
            f"""
            with recursive {THREAD.format(which="thread.id = :thread_id")}, ranked as (
                select post.id, post.parent_post_id, row_number() over (partition by post.parent_post_id order by {by}) as place
                {_FROM} where post.thread_id = :thread_id
            ), walk (id, path) as (
                select id, array[place] from ranked
                where parent_post_id is not distinct from cast(:root as uuid) and place <= :limit + :offset
                union all
                select below.id, walk.path || below.place
                from walk join ranked below on below.parent_post_id = walk.id and below.place <= :limit + :offset
            ), met as (select id, path from walk order by path limit :limit offset :offset)
            select {_COLUMNS} {_FROM} join met on met.id = post.id order by met.path
            """
        ),
        {"thread_id": thread_id, "root": root, "limit": limit, "offset": offset} | of(viewer, reveal=reveal),
    )
    return [shown(dict(row)) for row in rows.mappings()]


def post(session: Session, post_id: UUID, viewer: Viewer | None, *, reveal: bool = False) -> Row:
    """One post.

    Raises:
        NotFound: there is none.
    """
    return posts(session, [post_id], viewer, reveal=reveal)[0]


def posts(session: Session, ids: list[UUID], viewer: Viewer | None, *, reveal: bool = False) -> list[Row]:
    """Posts by their ids, in the order of these.

    Raises:
        NotFound: one of them is not there.
    """
    rows = session.execute(
        text(
            f"with {THREAD.format(which='thread.id in (select thread_id from social.posts where id = any(:ids))')}"
            f" select {_COLUMNS}, not {_SEEN} as is_left_alone {_FROM} where post.id = any(:ids) and {_LEFT}"
        ),
        {"ids": ids} | of(viewer, reveal=reveal),
    )
    found = {row["id"]: shown(dict(row)) for row in rows.mappings()}
    if len(found) < len(set(ids)):
        raise NotFound("Post not found")
    return [found[id_] for id_ in ids]


def branch_of(session: Session, post_id: UUID) -> UUID:
    """The post at the top of a thread below which a post stands; itself, where it stands there."""
    found = session.execute(
        text(
            "with recursive up (id, parent_post_id) as ("
            " select id, parent_post_id from social.posts where id = :id union all"
            " select p.id, p.parent_post_id from social.posts p join up on p.id = up.parent_post_id)"
            " select id from up where parent_post_id is null"
        ),
        {"id": post_id},
    )
    return UUID(str(found.scalar_one()))


def history(session: Session, post_id: UUID, viewer: Viewer) -> list[Row]:
    """What a post said before, the latest first: for its author, and for moderators.

    Raises:
        NotFound: there is no such post, or it is somebody else's.
    """
    author = session.execute(text("select user_id from social.posts where id = :id"), {"id": post_id}).scalar()
    if author is None or not (author == viewer.id or moderates(viewer)):
        raise NotFound("Post not found")
    statement = text(
        "select body, replaced_at from social.post_edits where post_id = :id order by replaced_at desc, id desc"
    )
    if author == viewer.id:
        return [dict(row) for row in session.execute(statement, {"id": post_id}).mappings()]
    with as_system() as system:
        return [dict(row) for row in system.execute(statement, {"id": post_id}).mappings()]


def shown(row: Row) -> Row:
    """A post as its viewer sees it."""
    sight = row.pop("sight")
    row.pop("place", None)
    row["author"] = with_picture(row["author"])
    untold = sight not in (Sight.FULL, Sight.MARKS)
    row["has_spoilers"] = not untold and has_marks(row["body"] or "")
    row["body"] = words(row["body"], sight)
    row |= {f"is_{kind}": sight == kind for kind in (Sight.DELETED, Sight.HIDDEN, Sight.MASKED, Sight.MUTED)}
    if untold:
        row["mentions"] = []
    if sight == Sight.DELETED:
        row |= {"user_id": None, "author": None}
    if row.pop("is_left_alone", False) or sight == Sight.MASKED:
        row |= {"reactions": None, "reply_count": None}
    return row


def _require(session: Session, thread_id: UUID, post_id: UUID | None, viewer: Viewer | None) -> None:
    there = session.execute(
        text(f"select 1 from social.threads thread where thread.id = :id and {_SEEN}"), {"id": thread_id} | of(viewer)
    ).first()
    if there is None:
        raise NotFound("Thread not found")
    if post_id is not None:
        found = session.execute(
            text("select 1 from social.posts where id = :id and thread_id = :thread"),
            {"id": post_id, "thread": thread_id},
        ).first()
        if found is None:
            raise NotFound("Post not found in this thread")
