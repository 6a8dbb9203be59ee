"""Sweeps: what grows with use is kept for a stated time. A small schedule, whose work goes through the outbox.

Every worker queues a sweep when its period begins, under a key that names the period; so it is done once, whoever comes
first, and is tried again when it fails.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from db.commands import live_threads, logins, notifications, outbox, retention, webhooks
from webapp.messages import images
from webapp.notifications import digest
from webapp.settings import retention_settings
from webapp.tasks.handler import GiveUp

log = logging.getLogger(__name__)

TOPIC = "sweep"


@dataclass(frozen=True)
class Sweep:
    """Something that is done once a period. `run` answers how many rows it dropped, or made."""

    name: str
    every: timedelta
    run: Callable[[Session], int]

    def key(self, now: datetime) -> str:
        """The name of the period that this moment lies in."""
        begin = datetime.min.replace(tzinfo=UTC)
        return f"{self.name} {now - (now - begin) % self.every:%Y-%m-%dT%H:%MZ}"


OFTEN = timedelta(minutes=5)
HOURLY = timedelta(hours=1)
DAILY = timedelta(days=1)

SWEEPS = (
    Sweep("idempotency-keys", HOURLY, lambda s: retention.drop_idempotency_keys(s, retention_settings().idempotency)),
    Sweep("action-uses", HOURLY, retention.drop_action_uses),
    Sweep("logins", HOURLY, lambda s: logins.drop_expired(s, retention_settings().sessions)),
    Sweep("exports", HOURLY, logins.drop_exports),
    Sweep("unsent-images", HOURLY, images.drop_unsent),
    Sweep("live-threads", OFTEN, live_threads.open_due),
    Sweep("digests", DAILY, digest.send_all),
    Sweep("notifications", DAILY, lambda s: notifications.drop(s, retention_settings().notifications)),
    Sweep("webhook-changes", OFTEN, webhooks.tell_changes),
    Sweep("webhook-deliveries", DAILY, lambda s: webhooks.drop_deliveries(s, retention_settings().deliveries)),
    Sweep("outbox-done", HOURLY, lambda s: retention.drop_done_work(s, retention_settings().done_work)),
    Sweep("outbox-dead", DAILY, lambda s: retention.drop_dead_work(s, retention_settings().dead_work)),
)
_BY_NAME = {sweep.name: sweep for sweep in SWEEPS}


def schedule(session: Session, sweeps: Iterable[Sweep], now: datetime) -> None:
    """Queue what is to be done in the present period and was not queued yet."""
    for sweep in sweeps:
        outbox.enqueue(session, TOPIC, {"name": sweep.name}, key=sweep.key(now))


def handle(session: Session, item: outbox.Taken) -> None:
    """Do one sweep."""
    sweep = _BY_NAME.get(str(item.payload.get("name")))
    if sweep is None:
        raise GiveUp(f"there is no sweep {item.payload.get('name')!r}")
    dropped = sweep.run(session)
    if dropped:
        log.info("sweep %s: %d rows", sweep.name, dropped)
