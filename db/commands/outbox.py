"""The outbox: work is queued in the transaction that makes it necessary, taken by one worker at a time, done or given up.

`enqueue` is for everybody; all else is for the worker and for admins, as the system.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, desc, select

from models.outbox import OPEN, OutboxItem

CHANNEL = "outbox"
"""The channel of PostgreSQL's NOTIFY on which workers are woken."""

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_ERROR = 500
"""Characters of an error that are kept."""

_PAUSE = "least(cast(:first as interval) * power(2, least({}, 20)), cast(:longest as interval)) * (0.5 + random() / 2)"
"""How long until the next attempt, after so many: it doubles, and half of it is chance, so that what failed together is not
tried again together.
"""
_PAUSES = {"first": FIRST_PAUSE, "longest": LONGEST_PAUSE}


@dataclass(frozen=True)
class Taken:
    """An item that a worker has taken: the how-manieth attempt this is, counted from 1."""

    id: int
    topic: str
    payload: Mapping[str, Any]
    attempts: int
    queued_at: datetime


def enqueue(
    session: Session,
    topic: str,
    payload: Mapping[str, Any],
    *,
    not_before: datetime | None = None,
    key: str | None = None,
) -> None:
    """Queue work, to be done once this transaction has committed, or never.

    Args:
        payload: what the handler of the topic needs to know, as JSON values; ids rather than contents.
        not_before: a moment until which it is left alone.
        key: what was queued under the same topic and key before, done or not, is not queued again. A key is forgotten with
            its item (`WORKER_KEEP_DONE_DAYS`).
    """
    session.execute(
        text(
            "insert into ops.outbox (topic, key, payload, available_at)"
            " values (:topic, :key, cast(:payload as jsonb), coalesce(cast(:not_before as timestamptz), now()))"
            " on conflict do nothing"
        ),
        {"topic": topic, "key": key, "payload": json.dumps(payload), "not_before": not_before},
    )
    session.execute(text("select pg_notify(:channel, '')"), {"channel": CHANNEL})


def take(session: Session, topics: Collection[str]) -> Taken | None:
    """Take the item that is due longest, and count the attempt before it is made.

    So work that ends its worker is not tried for ever, and it comes again after a pause. The caller commits, and then
    holds the item.
    """
    row = session.execute(
        text(
            f"""
            with next as (
                select id from ops.outbox where {OPEN} and available_at <= now() and topic = any(:topics)
                order by available_at, id limit 1 for update skip locked
            )
            update ops.outbox o
            set attempts = o.attempts + 1, available_at = now() + {_PAUSE.format("o.attempts")}
            from next where o.id = next.id
            returning o.id, o.topic, o.payload, o.attempts, o.queued_at
            """
        ),
        {"topics": list(topics), **_PAUSES},
    ).one_or_none()
    return Taken(*row) if row else None


def hold(session: Session, item: Taken) -> bool:
    """Keep the item from others until this transaction ends, however it ends; false when it is another's already."""
    row = session.execute(
        text(f"select from ops.outbox where id = :id and attempts = :attempts and {OPEN} for update skip locked"),
        {"id": item.id, "attempts": item.attempts},
    )
    return row.one_or_none() is not None


def finish(session: Session, item: Taken) -> None:
    """The work was done. What it had to know is forgotten."""
    session.execute(
        text("update ops.outbox set done_at = now(), payload = '{}', last_error = null where id = :id"),
        {"id": item.id},
    )


def fail(session: Session, item: Taken, error: str, *, final: bool) -> None:
    """The work was not done: it is tried again after a pause, or given up if this was the `final` attempt."""
    session.execute(
        text(
            f"""
            update ops.outbox
            set last_error = :error, available_at = now() + {_PAUSE.format(":attempts - 1")},
                dead_at = case when :final then now() end
            where id = :id and attempts = :attempts and {OPEN}
            """
        ),
        {"id": item.id, "attempts": item.attempts, "error": error[:LONGEST_ERROR], "final": final, **_PAUSES},
    )


def retry(session: Session, item_id: int) -> OutboxItem | None:
    """Have work that was given up, or that waits for its next attempt, tried at once; None when there is no such item."""
    item = session.get(OutboxItem, item_id, with_for_update=True)
    if item is None or item.done_at is not None:
        return None
    item.attempts = 0
    item.dead_at = None
    session.flush()
    session.execute(text("update ops.outbox set available_at = now() where id = :id"), {"id": item_id})
    session.execute(text("select pg_notify(:channel, '')"), {"channel": CHANNEL})
    session.refresh(item)
    return item


def dead(session: Session, *, topic: str | None = None, before: int | None = None, most: int = 50) -> list[OutboxItem]:
    """What was given up, the newest first; `before` an item's id."""
    query = select(OutboxItem).where(OutboxItem.dead_at != None)  # noqa: E711
    if topic is not None:
        query = query.where(OutboxItem.topic == topic)
    if before is not None:
        query = query.where(OutboxItem.id < before)  # type: ignore[operator]
    return list(session.exec(query.order_by(desc(OutboxItem.id)).limit(most)))


@dataclass(frozen=True)
class Standing:
    """How a topic stands: items by what they wait for, and since when the oldest due one has been waiting."""

    topic: str
    due: int
    later: int
    failing: int
    dead: int
    oldest_due_at: datetime | None


def standings(session: Session) -> list[Standing]:
    """How each topic stands that has work left; `failing` counts those of `due` and `later` that failed before."""
    rows = session.execute(
        text(
            f"""
            select topic,
                   count(*) filter (where {OPEN} and available_at <= now()),
                   count(*) filter (where {OPEN} and available_at > now()),
                   count(*) filter (where {OPEN} and last_error is not null),
                   count(*) filter (where dead_at is not null),
                   min(available_at) filter (where {OPEN} and available_at <= now())
            from ops.outbox where done_at is null group by topic order by topic
            """
        )
    )
    return [Standing(*row) for row in rows]
