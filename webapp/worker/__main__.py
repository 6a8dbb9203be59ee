"""`python -m webapp.worker`: do the work that the outbox holds, until SIGTERM or Ctrl-C."""

import argparse
import logging
import signal
import sys
from types import FrameType

from db.commands import outbox
from db.session import as_system, check_reachable, system_engine
from db.settings import ConfigurationError
from webapp.settings import (
    account_settings,
    mail_settings,
    retention_settings,
    webhook_settings,
    worker_settings,
)
from webapp.tasks.registry import HANDLERS, SLOW
from webapp.tasks.sweeps import SWEEPS
from webapp.worker.handling import drain
from webapp.worker.loop import Worker

log = logging.getLogger(__name__)


def main() -> int:
    """Work until asked to stop; 1 with a sentence when that cannot be."""
    parser = argparse.ArgumentParser(prog="python -m webapp.worker", description="Do the work that the outbox holds.")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--once", action="store_true", help="do what is due now, then end")
    how.add_argument("--status", action="store_true", help="tell what waits and what was given up, and end")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        settings = worker_settings()
        retention_settings()
        webhook_settings()
        if mail_settings().mail_url is None and account_settings().auth_builtin:
            log.warning("MAIL_URL is not set: nobody can confirm an address or get a new password")
        system_engine()
        check_reachable()
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 1
    if arguments.status:
        print(status())
    elif arguments.once:
        print(f"{drain(HANDLERS, attempts=settings.worker_attempts)} items were handled")
    else:
        serve(Worker(HANDLERS, SWEEPS, settings, SLOW))
    return 0


def serve(worker: Worker) -> None:
    """Run a worker until SIGTERM or Ctrl-C. A second signal ends the process at once; what it did comes again."""

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        worker.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    log.info("waiting for work")
    worker.run()


def status() -> str:
    """What waits and what was given up, in lines."""
    with as_system() as session:
        lines = [
            f"{s.topic}: {s.due} due{f' since {s.oldest_due_at:%Y-%m-%d %H:%M:%SZ}' if s.oldest_due_at else ''}, "
            f"{s.later} later, {s.failing} failed before, {s.dead} given up"
            for s in outbox.standings(session)
        ]
        lines += [
            f"given up: {item.topic} {item.id} at {item.dead_at:%Y-%m-%d %H:%M:%SZ}"
            f" after {item.attempts} attempts: {item.last_error}"
            for item in outbox.dead(session)
        ]
    return "\n".join(lines) or "nothing waits, nothing was given up"


if __name__ == "__main__":
    raise SystemExit(main())
