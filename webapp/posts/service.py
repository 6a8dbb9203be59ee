"""Commands about posts: saying, editing, deleting, reacting. Each announces what happened to the room of its thread."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlmodel import Session

from db.commands import notifications
from db.commands.events import announce
from models.rules.rooms import Room, RoomKind
from models.rules.talk import DEPTH, OPPOSITE, ReactionType, mentions
from models.social import Mention, Post, PostCount, PostEdit
from webapp.access.viewer import Viewer
from webapp.errors import BadRequest, Forbidden, Invalid, NotFound
from webapp.talk import standing
from webapp.talk.visibility import moderates
from webapp.threads import service as threads


def say(
    session: Session,
    thread_id: UUID,
    author: Viewer,
    *,
    body: str,
    parent_post_id: UUID | None = None,
    spoils_id: UUID | None = None,
) -> UUID:
    """Say something in a thread, or answer a post of it. The author follows the thread from then on.

    Raises:
        NotFound: there is no such thread or parent.
        BadRequest: the parent stands in another thread.
        Forbidden: the thread is locked, the author is banned, or the parent's author blocks them.
        Invalid: the answer would stand too deep, the words are filtered, or `spoils_id` is no episode of the show.
    """
    thread = threads.locked_row(session, thread_id)  # numbers follow the commits, as the lock is held until then
    if thread.is_locked:
        raise Forbidden("Thread is locked")
    standing.may_talk(session, author)
    parent = _parent(session, parent_post_id, thread_id) if parent_post_id else None
    if parent is not None:
        standing.may_answer(session, author, parent.user_id)
    if spoils_id is not None:
        _require_episode(session, spoils_id, thread.show_id)
    hide = standing.check_words(author, body)
    made = Post(
        id=uuid4(),
        thread_id=thread_id,
        seq=thread.last_seq + 1,
        parent_post_id=parent_post_id,
        depth=parent.depth + 1 if parent else 0,
        user_id=author.id,
        body=body,
        spoils_id=spoils_id,
    )
    session.add(made)
    session.flush()
    session.add(PostCount(post_id=made.id))
    session.flush()
    session.execute(
        text(
            "update social.thread_counts set posts = posts + 1, last_seq = :seq, last_post_at = now() where thread_id = :id"
        ),
        {"id": thread_id, "seq": made.seq},
    )
    if parent_post_id:
        _count_replies(session, parent_post_id, 1)
    _name(session, made.id, author, body)
    threads.follow(session, thread_id, author)
    threads.mark_read(session, thread_id, author, made.seq)
    if hide:
        standing.hold(session, made.id)
    told = {"parent_post_id": parent_post_id, "user_id": author.id, "seq": made.seq}
    _tell(session, thread, "post_created", made.id, told)
    notifications.tell_of_post(session, made.id, followers=True)
    return made.id


def edit(
    session: Session,
    post_id: UUID,
    editor: Viewer,
    *,
    check: Callable[[int], None] = lambda version: None,
    **changes: Any,
) -> None:
    """Change the words of one's own post; what it said before is kept for its author and moderators. `check` is told
    the version that there is.

    Raises:
        NotFound, Forbidden, Invalid: as for saying; a deleted post is not there, nor one of a hidden thread.
    """
    thread, found = _locked(session, post_id)
    if found.deleted_at is not None or thread.hidden_at is not None:
        raise NotFound("Post not found")
    if found.user_id != editor.id:
        raise Forbidden("Only its author may edit a post")
    if thread.is_locked:
        raise Forbidden("Thread is locked")
    standing.may_talk(session, editor)
    check(found.version)
    new = {"body": found.body, "spoils_id": found.spoils_id} | changes
    if new["spoils_id"] is not None:
        _require_episode(session, new["spoils_id"], thread.show_id)
    hide = standing.check_words(editor, new["body"])
    if new["body"] != found.body:
        session.add(PostEdit(post_id=post_id, user_id=editor.id, body=found.body))
    session.execute(
        text(
            "update social.posts set body = :body, spoils_id = :spoils_id, version = version + 1, edited_at = now()"
            " where id = :id"
        ),
        {"id": post_id, **new},
    )
    session.execute(text("delete from social.mentions where post_id = :id"), {"id": post_id})
    _name(session, post_id, editor, new["body"])
    if hide:
        standing.hold(session, post_id)
    _tell(session, thread, "post_updated", post_id)
    notifications.tell_of_post(session, post_id, followers=False)


def delete(session: Session, post_id: UUID, by: Viewer) -> None:
    """Take back one's own words, and all that the post said before, also in a thread that is locked or hidden. Its answers
    stay. Deleting twice is deleting.

    Raises:
        NotFound, Forbidden: it is not there, or is somebody else's.
    """
    thread, found = _locked(session, post_id)
    if found.user_id != by.id:
        if thread.hidden_at is not None and not moderates(by):
            raise NotFound("Post not found")
        raise Forbidden("Only its author may delete a post")
    if found.deleted_at is not None:
        return
    session.execute(
        text("update social.posts set body = null, deleted_at = now(), version = version + 1 where id = :id"),
        {"id": post_id},
    )
    for table in ("post_edits", "mentions"):
        session.execute(text(f"delete from social.{table} where post_id = :id"), {"id": post_id})
    session.execute(text("update social.thread_counts set posts = posts - 1 where thread_id = :id"), {"id": thread.id})
    if found.parent_post_id:
        _count_replies(session, found.parent_post_id, -1)
    _tell(session, thread, "post_deleted", post_id)
    notifications.tell_of_post(session, post_id, followers=False)


def react(session: Session, post_id: UUID, viewer: Viewer, reaction: str) -> str:
    """Add a reaction, or take it back; a vote takes back the opposite one. Answers `added` or `removed`.

    Raises:
        BadRequest: there is no such reaction.
        NotFound, Forbidden: as for answering.
    """
    if reaction not in set(ReactionType):
        raise BadRequest(f"Invalid reaction type; one of: {', '.join(ReactionType)}")
    found = session.execute(
        text(
            "select p.user_id, p.deleted_at, p.hidden_at, t.id, t.level, social.survivor(t.entity_id) as entity_id,"
            " t.is_locked from social.post_counts c"
            " join social.posts p on p.id = c.post_id join social.threads t on t.id = p.thread_id"
            " where p.id = :id and t.hidden_at is null for update of c"
        ),
        {"id": post_id},
    ).one_or_none()
    if found is None or found.deleted_at is not None or found.hidden_at is not None:
        raise NotFound("Post not found")
    if found.is_locked:
        raise Forbidden("Thread is locked")
    standing.may_talk(session, viewer)
    standing.may_answer(session, viewer, found.user_id)
    opposite = OPPOSITE.get(ReactionType(reaction))
    action = session.execute(
        text(_TOGGLE), {"post": post_id, "user": viewer.id, "reaction": reaction, "opposite": opposite}
    ).scalar_one()
    told = {"user_id": viewer.id, "reaction": reaction, "action": action}
    _tell(session, found, "reaction_toggled", post_id, told)
    return str(action)


_DELTAS = ", ".join(
    f"{reaction} = {reaction} + (select count(*) from added where reaction = '{reaction}')"
    f" - (select count(*) from removed where reaction = '{reaction}')"
    for reaction in ReactionType
)

_TOGGLE = f"""
    with removed as (
        delete from social.reactions
        where post_id = :post and user_id = :user and reaction in (:reaction, cast(:opposite as text))
        returning reaction
    ), added as (
        insert into social.reactions (post_id, user_id, reaction)
        select :post, :user, :reaction where not exists (select from removed where reaction = :reaction)
        returning reaction
    ), counted as (
        update social.post_counts set {_DELTAS} where post_id = :post returning 1
    )
    select case when exists (select from added) then 'added' else 'removed' end from counted
"""


def _locked(session: Session, post_id: UUID) -> tuple[Any, Any]:
    """A post's thread, locked, and the post as it is then. The thread may be hidden, and the post deleted."""
    thread_id = session.execute(text("select thread_id from social.posts where id = :id"), {"id": post_id}).scalar()
    if thread_id is None:
        raise NotFound("Post not found")
    thread = threads.locked_even_if_hidden(session, thread_id)
    return thread, session.execute(text("select * from social.posts where id = :id"), {"id": post_id}).one()


def _parent(session: Session, post_id: UUID, thread_id: UUID) -> Any:
    found = session.execute(text("select * from social.posts where id = :id"), {"id": post_id}).one_or_none()
    if found is None or found.deleted_at is not None or found.hidden_at is not None:
        raise NotFound("Parent post not found")
    if found.thread_id != thread_id:
        raise BadRequest("Parent post belongs to another thread")
    if found.depth >= DEPTH:
        raise Invalid(
            [(("json", "parent_post_id"), f"Answers stand at most {DEPTH} deep; answer its parent.", "depth")]
        )
    return found


def _require_episode(session: Session, episode_id: UUID, show_id: UUID) -> None:
    there = session.execute(
        text("select 1 from core.episodes where id = social.survivor(:id) and show_id = :show"),
        {"id": episode_id, "show": show_id},
    ).first()
    if there is None:
        raise Invalid([(("json", "spoils_id"), "Not an episode of this show.", "unknown")])


def _count_replies(session: Session, post_id: UUID, by: int) -> None:
    session.execute(
        text("update social.post_counts set replies = replies + :by where post_id = :id"), {"id": post_id, "by": by}
    )


def _name(session: Session, post_id: UUID, author: Viewer, body: str) -> None:
    """Remember whom a post names; whoever blocks its author is not told."""
    names = mentions(body)
    if not names:
        return
    ids = session.execute(
        text(
            "select id from accounts.users where lower(username) = any(:names) and status = 'active' and id <> :author"
            " and not social.blocks(id, :author) order by id"
        ),
        {"names": names, "author": author.id},
    ).scalars()
    session.add_all([Mention(post_id=post_id, user_id=id_) for id_ in ids])
    session.flush()


def _tell(session: Session, thread: Any, type: str, post_id: UUID, more: dict[str, Any] | None = None) -> None:
    room = Room(RoomKind(thread.level), thread.entity_id)
    announce(session, room, type, {"post_id": post_id, "thread_id": thread.id} | (more or {}))
