"""Telling users what concerns them: those who are named, and those whom a post concerns."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.commands import notifications
from db.commands.notifications import IDS, POST_TOPIC, TOPIC, deliver
from db.commands.outbox import Taken, enqueue
from models.rules.notifications import NotificationKind

__all__ = ["POST_TOPIC", "TOPIC", "handle", "handle_post"]

AT_ONCE = 200
"""Followers who are told in one transaction, which holds their numbers' locks; the next ones are another piece of work."""


def handle(session: Session, item: Taken) -> None:
    """Tell those who are named."""
    told = item.payload
    ids = {name: UUID(told[name]) for name in IDS if told.get(name)}
    recipients = [UUID(one) for one in told["recipients"]]
    if told["kind"] == NotificationKind.MESSAGE:
        recipients = _who_wants_to_know(session, recipients, ids)
    deliver(session, recipients, NotificationKind(told["kind"]), actor_id=_id(told["actor_id"]), **ids)


def _who_wants_to_know(session: Session, recipients: list[UUID], ids: dict[str, UUID]) -> list[UUID]:
    """Those members of a conversation who are still in it, have not muted it and have not read a message yet; of a request only
    the first time. How far they have read is locked until they are told: who reads it meanwhile waits, and then finds what they
    were told.
    """
    rows = session.execute(
        text(
            "select member.user_id from social.conversation_members member"
            " join social.messages message on message.id = :message and message.conversation_id = member.conversation_id"
            " where member.conversation_id = :conversation and member.user_id = any(:recipients)"
            " and not member.is_muted and member.last_read_seq < message.seq"
            " and (member.state = 'accepted' or member.state = 'requested' and member.last_read_seq = message.seq - 1)"
            " order by member.user_id for share of member"
        ),
        {"message": ids["message_id"], "conversation": ids["conversation_id"], "recipients": recipients},
    )
    return list(rows.scalars())


def handle_post(session: Session, item: Taken) -> None:
    """Tell whom a post names, whom it answers, and who follows its thread: each once, for the first of these reasons.

    A post that is hidden concerns nobody; whoever shows it again queues it again. It is locked, so that it is not deleted while
    others are told of it.
    """
    post = session.execute(
        text(
            "select id, thread_id, seq, user_id, parent_post_id, hidden_at, deleted_at from social.posts where id = :id for share"
        ),
        {"id": item.payload["post_id"]},
    ).one_or_none()
    if post is None:
        return
    if post.deleted_at is not None:
        notifications.withdraw(session, post.id)
    elif post.hidden_at is None:
        after = item.payload.get("after")
        if after is None:
            _tell_of(session, post, NotificationKind.MENTION, "select user_id from social.mentions where post_id = :id")
            _tell_of(session, post, NotificationKind.REPLY, "select user_id from social.posts where id = :parent")
        if item.payload["followers"]:
            _tell_followers(session, post, after)


def _tell_of(session: Session, post: Any, kind: NotificationKind, whom: str) -> None:
    """Tell whom a statement finds and who was not told of the post yet."""
    recipients = session.execute(
        text(
            f"select user_id from ({whom}) concerned where user_id is not null and not exists ("
            " select from social.notifications known where known.user_id = concerned.user_id"
            " and known.kind in ('mention', 'reply') and known.subject_id = :id)"
        ),
        {"id": post.id, "parent": post.parent_post_id},
    ).scalars()
    deliver(session, recipients, kind, actor_id=post.user_id, thread_id=post.thread_id, post_id=post.id)


def _tell_followers(session: Session, post: Any, after: str | None) -> None:
    """Tell the next followers, in the order of their ids. How far they have read is locked meanwhile: who reads on waits, and
    then finds what they were told.
    """
    followers = list(
        session.execute(
            text(
                """
                select follow.user_id from social.thread_follows follow
                where follow.thread_id = :thread and follow.last_read_seq < :seq
                  and (cast(:after as uuid) is null or follow.user_id > cast(:after as uuid))
                  and not exists (select from social.notifications known where known.user_id = follow.user_id
                                  and known.kind in ('mention', 'reply') and known.subject_id = :post)
                order by follow.user_id limit :most for share of follow
                """
            ),
            {"thread": post.thread_id, "seq": post.seq, "post": post.id, "after": after, "most": AT_ONCE},
        ).scalars()
    )
    deliver(
        session, followers, NotificationKind.THREAD, actor_id=post.user_id, thread_id=post.thread_id, post_id=post.id
    )
    if len(followers) == AT_ONCE:
        enqueue(session, POST_TOPIC, {"post_id": str(post.id), "followers": True, "after": str(followers[-1])})


def _id(text_: str | None) -> UUID | None:
    return UUID(text_) if text_ else None
