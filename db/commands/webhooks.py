"""Webhooks: telling programs of events. `emit` only queues; the worker makes a delivery for each webhook that wants it
(`webapp/tasks/webhooks.py`).
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.commands.outbox import enqueue
from models.rules.webhooks import DeliveryStatus, WebhookEvent
from models.webhooks import WebhookDelivery

EVENT_TOPIC = "webhook_event"
"""The outbox's topic of finding out who is told of an event."""

DELIVERY_TOPIC = "webhook"
"""The outbox's topic of one delivery."""

MOST_MISSED = 1000
"""Deliveries that are kept for a disabled webhook; what happens after these is not told it later."""

_ALLOWED = """
    exists (select from accounts.users owner
            where owner.id = webhook.user_id and owner.status = 'active' and owner.role in ('service', 'admin'))"""
"""That whose a row of `webhook` is may still have one."""

LIVE = f"(webhook.disabled_at is null and {_ALLOWED})"
"""That a row of `webhook` is told anything: it is not disabled, and whose it is may still have one."""

_FANNED = text(f"""
    with concerned as (
        select webhook.id, webhook.disabled_at is null as is_enabled from ops.webhooks webhook
        where {_ALLOWED} and cast(:event as text) = any(webhook.events) order by webhook.id for share of webhook
    )
    insert into ops.webhook_deliveries (webhook_id, event, data, status)
    select id, cast(:event as text), cast(:data as jsonb), case when is_enabled then 'waiting' else 'missed' end
    from concerned
    where is_enabled or (select count(*) from (
        select from ops.webhook_deliveries kept where kept.webhook_id = concerned.id and kept.status = 'missed'
        limit :most) counted) < :most
    order by id returning id, status
""")
"""Whether a webhook is enabled holds until the commit: whoever enables it waits, and then finds what it missed."""

_CHANGED = text(f"""
    with newest as (
        select max(seq) as seq from ops.changes
    ), due as (
        select webhook.id, webhook.told_seq, newest.seq from ops.webhooks webhook cross join newest
        where {LIVE} and '{WebhookEvent.CATALOGUE_CHANGED}' = any(webhook.events) and webhook.told_seq < newest.seq
          and not exists (select from ops.webhook_deliveries waiting where waiting.webhook_id = webhook.id
                          and waiting.event = '{WebhookEvent.CATALOGUE_CHANGED}' and waiting.status = 'waiting')
        order by webhook.id for update of webhook
    ), told as (
        update ops.webhooks webhook set told_seq = due.seq from due where due.id = webhook.id
    )
    insert into ops.webhook_deliveries (webhook_id, event, data)
    select id, '{WebhookEvent.CATALOGUE_CHANGED}', jsonb_build_object('since', told_seq, 'up_to', seq) from due returning id
""")


def emit(session: Session, event: WebhookEvent, data: Mapping[str, Any]) -> None:
    """Have programs told of an event once this transaction has committed.

    Args:
        data: ids and other values that any program may know.
    """
    enqueue(session, EVENT_TOPIC, {"event": event.value, "data": {name: _plain(value) for name, value in data.items()}})


def fan_out(session: Session, event: str, data: str) -> None:
    """Make a delivery for each webhook that wants an event, as the system; for a disabled one it is kept. `data` is JSON."""
    made = session.execute(_FANNED, {"event": event, "data": data, "most": MOST_MISSED})
    _queue(session, [row.id for row in made if row.status == DeliveryStatus.WAITING])


def tell_changes(session: Session) -> int:
    """Tell each webhook that wants it how far the change feed has come, as the system; answers how many were told.

    While a program has not taken what it was told last, it is told nothing more: the next range holds it all.
    """
    ids = session.execute(_CHANGED).scalars().all()
    _queue(session, ids)
    return len(ids)


def test(session: Session, webhook_id: UUID, event: str) -> UUID:
    """Make a delivery that tells nothing; answers its id."""
    made = WebhookDelivery(webhook_id=webhook_id, event=event, data={})
    session.add(made)
    session.flush()
    _queue(session, [made.id])
    return made.id


def miss(session: Session, delivery_id: UUID) -> bool:
    """Keep a delivery for when its webhook is told things again, as the system; false where that is so already."""
    kept = session.execute(
        text(
            f"""
            with off as (
                select webhook.id from ops.webhooks webhook
                join ops.webhook_deliveries delivery on delivery.webhook_id = webhook.id and delivery.id = :id
                where not {LIVE} for share of webhook
            )
            update ops.webhook_deliveries delivery
            set status = 'missed', last_error = 'the webhook is disabled'
            from off where delivery.webhook_id = off.id and delivery.id = :id
            """
        ),
        {"id": delivery_id},
    )
    return bool(kept.rowcount)  # type: ignore[attr-defined]


def make_up(session: Session, webhook_id: UUID) -> int:
    """Deliver what a webhook missed while it was disabled, the oldest first; answers how much that was."""
    return _again(session, "webhook_id = :id and status = 'missed'", webhook_id)


def redeliver(session: Session, delivery_id: UUID) -> bool:
    """Deliver once more, under the same id and with the same body; false where the delivery waits already."""
    return _again(session, "id = :id and status <> 'waiting'", delivery_id) > 0


def newest_change(session: Session) -> int:
    """The number of the newest change of the catalogue: a new webhook is told of what comes after it."""
    return int(session.execute(text("select coalesce(max(seq), 0) from ops.changes")).scalar_one())


def drop_deliveries(session: Session, age: timedelta) -> int:
    """Forget deliveries made longer ago than this, but those that still wait."""
    done = text(
        "delete from ops.webhook_deliveries where status <> 'waiting' and created_at < now() - cast(:age as interval)"
    )
    return int(session.execute(done, {"age": age}).rowcount)  # type: ignore[attr-defined]


def _again(session: Session, which: str, id_: UUID) -> int:
    """Queue those deliveries that a condition finds."""
    ids = session.execute(
        text(
            f"with again as (update ops.webhook_deliveries set status = 'waiting' where {which} returning id, created_at)"
            " select id from again order by created_at, id"
        ),
        {"id": id_},
    )
    found = ids.scalars().all()
    _queue(session, found)
    return len(found)


def _queue(session: Session, ids: Any) -> None:
    for id_ in ids:
        enqueue(session, DELIVERY_TOPIC, {"delivery_id": str(id_)})


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value
