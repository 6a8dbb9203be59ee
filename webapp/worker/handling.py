"""One item of the outbox, from being taken to being done, put off or given up."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime

from db.commands import outbox
from db.commands.outbox import Taken
from db.session import as_system
from webapp.tasks.handler import GiveUp, Handler

log = logging.getLogger(__name__)


def handle_next(handlers: Mapping[str, Handler], *, attempts: int) -> bool:
    """Do the work that is due longest; false when none is due.

    The attempt is counted in a transaction of its own. A second one holds the item, does the work and marks it as done. So a
    worker that is killed leaves everything as it was before the attempt, and the item to be tried again.

    Args:
        attempts: after how many an item is given up.
    """
    with as_system() as session:
        item = outbox.take(session, handlers.keys())
    if item is None:
        return False
    if item.attempts > attempts:
        _fail(item, "the worker ended in the middle of it, the last time too", final=True)
        return True
    try:
        with as_system() as session:
            if not outbox.hold(session, item):
                return True
            handlers[item.topic](session, item)
            outbox.finish(session, item)
    except GiveUp as error:
        _fail(item, str(error), final=True)
    except Exception as error:
        log.warning("%s %d failed", item.topic, item.id, exc_info=error)
        _fail(item, _in_a_line(error), final=item.attempts >= attempts)
    else:
        waited = (datetime.now(UTC) - item.queued_at).total_seconds()
        log.info("%s %d is done, %.1f s after it was queued", item.topic, item.id, waited)
    return True


def drain(handlers: Mapping[str, Handler], *, attempts: int) -> int:
    """Do everything that is due now; answers how many items that were."""
    done = 0
    while handle_next(handlers, attempts=attempts):
        done += 1
    return done


def _fail(item: Taken, error: str, *, final: bool) -> None:
    with as_system() as session:
        outbox.fail(session, item, error, final=final)
    if final:
        log.error("%s %d was given up after %d attempts: %s", item.topic, item.id, item.attempts, error)


def _in_a_line(error: Exception) -> str:
    """The error's first line: what follows may repeat a statement with its values."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
