"""Notifications: telling users what concerns them, and what they have read of it.

    notify(session, [parent.user_id], NotificationKind.REPLY, actor_id=author.id, thread_id=thread.id, post_id=post.id)

`notify` and `tell_of_post` only queue, in the transaction of what happened; the worker tells (`webapp/tasks/notifying.py`), by
`deliver`. So whoever writes waits for nobody's rows: neither for ten thousand followers of a thread, nor for the lock of a
popular user's numbers. Nor do they need rights to rows of others. The outbox does each item once.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.commands.events import announce
from db.commands.outbox import enqueue
from models.rules.notifications import COLLAPSING, SUBJECTS, NotificationKind
from models.rules.rooms import Room

TOPIC = "notify"
"""The outbox's topic of telling users who are named."""

POST_TOPIC = "tell_of_post"
"""The outbox's topic of telling whomever a post concerns."""

IDS = ("thread_id", "post_id", "conversation_id", "message_id", "survey_id")
"""What a notification may name."""


@dataclass(frozen=True)
class Told:
    """A notification as it was made or raised."""

    id: UUID
    user_id: UUID
    seq: int
    count: int
    in_app: bool


def notify(
    session: Session,
    recipients: Collection[UUID],
    kind: NotificationKind,
    *,
    actor_id: UUID | None = None,
    **ids: UUID | None,
) -> None:
    """Have users told of something once this transaction has committed.

    Whoever is gone, did it themselves, blocks or mutes whoever did it, mutes the thread or the conversation, or does not want to
    hear of the kind is left out when it is told.

    Args:
        actor_id: whose doing it is, if it is one person's.
        ids: what it is about, of `IDS`; the kind's subject (`SUBJECTS`) must be there. Of a message or post, the first that
            is new stays named until the user has read it.
    """
    if recipients:
        payload = {"kind": kind.value, "recipients": [str(one) for one in recipients], "actor_id": _text(actor_id)}
        enqueue(session, TOPIC, payload | {name: _text(id_) for name, id_ in _checked(kind, ids).items()})


def tell_of_post(session: Session, post_id: UUID, *, followers: bool) -> None:
    """Have whom a post names and whom it answers told of it, and, if it is new to them, the thread's followers. Of a post that
    was deleted, what was told is taken back.
    """
    enqueue(session, POST_TOPIC, {"post_id": str(post_id), "followers": followers})


def deliver(
    session: Session,
    recipients: Iterable[UUID],
    kind: NotificationKind,
    *,
    actor_id: UUID | None = None,
    **ids: UUID | None,
) -> list[Told]:
    """Tell users now, as the system, by the rules of `notify`; answers what was told to whom."""
    named = _checked(kind, ids)
    rows = session.execute(
        text(_DELIVER),
        {
            "recipients": list(recipients),
            "kind": kind.value,
            "collapses": kind in COLLAPSING,
            "subject": named[SUBJECTS[kind]],
            "actor": actor_id,
            **{name: named.get(name) for name in ("thread_id", "post_id", "message_id")},
        },
    )
    told = [Told(*row) for row in rows]
    for one in told:
        if one.in_app:
            announce(
                session,
                Room.user(one.user_id),
                "notification_created",
                {"notification_id": one.id, "kind": kind.value, "notification_seq": one.seq, "count": one.count},
            )
    return told


_DELIVER = """
    with wanted as (
        select person.id as user_id, coalesce(setting.in_app, true) as in_app
        from accounts.users person
        left join social.notification_settings setting on setting.user_id = person.id and setting.kind = :kind
        where person.id = any(cast(:recipients as uuid[])) and person.status = 'active'
          and person.id is distinct from cast(:actor as uuid)
          and (coalesce(setting.in_app, true) or coalesce(setting.in_digest, false))
          and not exists (select from social.user_relations relation
                          where relation.user_id = person.id and relation.other_id = cast(:actor as uuid))
          and not exists (select from social.thread_mutes mute
                          where mute.user_id = person.id and mute.thread_id = cast(:thread_id as uuid))
          and (:collapses or not exists (
              select from social.notifications known
              where known.user_id = person.id and known.kind = :kind and known.subject_id = :subject))
        order by person.id
    ), numbered as (
        insert into social.notification_counts as counted (user_id, last_seq) select user_id, 1 from wanted
        on conflict (user_id) do update set last_seq = counted.last_seq + 1
        returning user_id, last_seq
    )
    insert into social.notifications as kept
        (user_id, kind, subject_id, seq, actor_id, thread_id, post_id, message_id, in_app)
    select user_id, :kind, :subject, last_seq, cast(:actor as uuid), cast(:thread_id as uuid), cast(:post_id as uuid),
           cast(:message_id as uuid), wanted.in_app
    from numbered join wanted using (user_id) order by user_id
    on conflict on constraint uq_notifications_subject do update set
        seq = excluded.seq, told_at = now(), read_at = null, in_app = excluded.in_app,
        count = case when kept.read_at is null then kept.count else 0 end + 1,
        actor_id = case when kept.read_at is not null or kept.actor_id = excluded.actor_id then excluded.actor_id end,
        post_id = case when kept.read_at is null then kept.post_id else excluded.post_id end,
        message_id = case when kept.read_at is null then kept.message_id else excluded.message_id end
    where :collapses
    returning id, user_id, seq, count, in_app
"""
"""Numbers are taken in the order of the users, so two who tell cannot wait for each other."""


def seen(session: Session, user_id: UUID, kind: NotificationKind, subject_id: UUID) -> int:
    """Mark as read what a user was told of a subject, because they have read the subject itself; answers how many that were."""
    return _read(session, user_id, "kind = :kind and subject_id = :subject", kind=kind.value, subject=subject_id)


def seen_in_thread(session: Session, user_id: UUID, thread_id: UUID, seq: int) -> int:
    """Mark as read what a user was told of a thread's posts up to a number, and of the thread if nothing is left of it."""
    condition = """
        thread_id = :thread and case kind
            when 'thread' then :seq >= (select c.last_seq from social.thread_counts c where c.thread_id = :thread)
            else :seq >= (select p.seq from social.posts p where p.id = post_id) end"""
    return _read(session, user_id, condition, thread=thread_id, seq=seq)


def read_up_to(session: Session, user_id: UUID, seq: int, kind: NotificationKind | None = None) -> int:
    """Mark as read everything up to a notification's number, of one kind or all; what came later stays unread."""
    condition = "seq <= :seq and (cast(:kind as text) is null or kind = :kind)"
    return _read(session, user_id, condition, seq=seq, kind=kind.value if kind else None)


def read_one(session: Session, user_id: UUID, notification_id: UUID, seq: int) -> int:
    """Mark one notification as read, as it was when it had this number."""
    return _read(session, user_id, "id = :id and seq <= :seq", id=notification_id, seq=seq)


def withdraw(session: Session, post_id: UUID) -> int:
    """Take back, as the system, what users were told of a post that was deleted; answers how much that was."""
    gone = session.execute(
        text("delete from social.notifications where post_id = :post and kind in ('mention', 'reply')"),
        {"post": post_id},
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


def drop(session: Session, age: timedelta) -> int:
    """Forget, as the system, what users were told longer ago than this, read or not; answers how much that was."""
    gone = session.execute(
        text("delete from social.notifications where told_at < now() - cast(:age as interval)"), {"age": age}
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _read(session: Session, user_id: UUID, condition: str, **values: Any) -> int:
    """Mark as read what fulfils a condition, and tell the user's other devices."""
    rows = session.execute(
        text(
            "update social.notifications set read_at = now()"
            f" where user_id = :user and read_at is null and {condition} returning id"
        ),
        {"user": user_id, **values},
    ).scalars()
    ids = [str(id_) for id_ in rows]
    if ids:
        announce(session, Room.user(user_id), "notifications_read", {"notification_ids": ids})
    return len(ids)


def _checked(kind: NotificationKind, ids: dict[str, UUID | None]) -> dict[str, UUID | None]:
    unknown = set(ids) - set(IDS)
    if unknown or ids.get(SUBJECTS[kind]) is None:
        raise TypeError(
            f"a notification of a {kind} names {SUBJECTS[kind]} and of {', '.join(IDS)} what else it is about"
        )
    return ids


def _text(id_: UUID | None) -> str | None:
    return str(id_) if id_ is not None else None
