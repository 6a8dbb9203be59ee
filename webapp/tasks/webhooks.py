"""Deliveries of webhooks: who is told of an event, and one attempt to tell them.

A delivery that fails is tried again by the outbox, with the same id and body, until `WORKER_ATTEMPTS` are used up. Each attempt
is noted in a transaction of its own, for the one of a failed piece of work is undone.
"""

import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from db.commands.outbox import Taken
from db.commands.webhooks import DELIVERY_TOPIC, EVENT_TOPIC, LIVE, fan_out, miss
from db.session import as_system
from webapp.settings import webhook_settings, worker_settings
from webapp.tasks.handler import GiveUp
from webapp.webhooks.sending import Refused, send

__all__ = ["DELIVERY_TOPIC", "EVENT_TOPIC", "handle", "handle_event"]

log = logging.getLogger(__name__)

PATIENCE = 10
"""Attempts that must have failed in a row, at least, before a webhook is disabled."""


class NotDelivered(Exception):
    """The receiver did not take a delivery this time."""


def handle_event(session: Session, item: Taken) -> None:
    """Make a delivery for each webhook that wants an event."""
    fan_out(session, item.payload["event"], json.dumps(item.payload["data"]))


def handle(session: Session, item: Taken) -> None:
    """Try once to deliver."""
    found = session.execute(
        text(
            f"""
            select delivery.id, delivery.event, delivery.data, delivery.created_at, webhook.id as webhook_id, webhook.url,
                   webhook.secret, case when webhook.previous_until > now() then webhook.previous_secret end as previous,
                   {LIVE} as is_live
            from ops.webhook_deliveries delivery join ops.webhooks webhook on webhook.id = delivery.webhook_id
            where delivery.id = :id and delivery.status = 'waiting'
            """
        ),
        {"id": item.payload["delivery_id"]},
    ).one_or_none()
    if found is None:
        return
    if not found.is_live and miss(session, found.id):
        return
    answered, problem = _attempt(found)
    if problem is None:
        _note(session, found, status="delivered", answered=answered)
        session.execute(
            text("update ops.webhooks set failures = 0, failing_since = null where id = :id and failures > 0"),
            {"id": found.webhook_id},
        )
        return
    final = item.attempts >= worker_settings().worker_attempts
    with as_system() as own:
        _note(own, found, status="failed" if final else "waiting", answered=answered, error=problem)
        _count_failure(own, found.webhook_id)
    raise (GiveUp if final else NotDelivered)(f"delivery {found.id}: {problem}")


def _attempt(found: Any) -> tuple[int | None, str | None]:
    """The status of the receiver's answer, and what is wrong, if anything is."""
    told = {"id": str(found.id), "event": found.event, "created_at": found.created_at.isoformat(), "data": found.data}
    body = json.dumps(told, separators=(",", ":")).encode()
    secrets = [secret for secret in (found.secret, found.previous) if secret]
    try:
        status = send(found.url, body, secrets, event=found.event, delivery_id=found.id)
    except Refused as refused:
        return None, str(refused)
    if 200 <= status < 300:
        return status, None
    return status, f"the receiver answered {status}" + (", and no redirect is followed" if 300 <= status < 400 else "")


def _note(
    session: Session,
    found: Any,
    *,
    status: str,
    answered: int | None = None,
    error: str | None = None,
) -> None:
    session.execute(
        text(
            "update ops.webhook_deliveries set status = :status, attempts = attempts + 1, last_status = :answered,"
            " last_error = :error, attempted_at = now() where id = :id"
        ),
        {"id": found.id, "status": status, "answered": answered, "error": error},
    )


def _count_failure(session: Session, webhook_id: Any) -> None:
    """Count a failed attempt, and disable a webhook that has failed for long."""
    since = datetime.now(UTC) - timedelta(hours=webhook_settings().webhook_disable_hours)
    disabled = session.execute(
        text(
            """
            update ops.webhooks webhook set failures = counted.failures, failing_since = counted.since,
                disabled_at = case when over then now() end, version = webhook.version + cast(over as integer)
            from (select id, failures + 1 as failures, coalesce(failing_since, now()) as since
                  from ops.webhooks where id = :id and disabled_at is null for update) counted
            cross join lateral (select counted.failures >= :patience and counted.since <= :since as over) decided
            where webhook.id = counted.id returning webhook.disabled_at
            """
        ),
        {"id": webhook_id, "patience": PATIENCE, "since": since},
    ).scalar()
    if disabled is not None:
        log.warning("webhook %s is disabled: it has failed for too long", webhook_id)
