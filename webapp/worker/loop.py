"""The worker's life: threads that do one item after another, woken by the database, and by the clock as a safety net."""

import logging
import random
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from db.commands.outbox import CHANNEL
from db.listening import listening
from db.session import as_system
from webapp.settings import WorkerSettings
from webapp.tasks.handler import Handler
from webapp.tasks.sweeps import Sweep, schedule
from webapp.worker.handling import handle_next

log = logging.getLogger(__name__)

GLANCE = 0.5
"""Seconds after which a worker that listens looks whether it should stop."""

RECOVERY = 4.0
"""Seconds at most, and half of that at least, before a database that did not answer is asked again."""


class Worker:
    """Threads of one process that do the work of the outbox.

    Args:
        handlers: who does which topic.
        sweeps: what is queued once a period.
        slow: topics whose work waits for others' servers: half of the threads leave them alone, so that nothing else has to
            wait for these. A single thread does all.
        settings: how many threads, how patient.
    """

    def __init__(
        self,
        handlers: Mapping[str, Handler],
        sweeps: Sequence[Sweep],
        settings: WorkerSettings,
        slow: Collection[str] = (),
    ) -> None:
        self._handlers = handlers
        self._quick = {topic: handler for topic, handler in handlers.items() if topic not in slow}
        self._sweeps = sweeps
        self._settings = settings
        self._scheduled = ""
        self._calls = 0
        self._called = threading.Condition()
        self._stopping = False

    def stop(self) -> None:
        """Ask for the end, from a signal handler or another thread: what is in hand is finished, nothing more is taken."""
        self._stopping = True

    def run(self) -> None:
        """Work until asked to stop."""
        threads = [
            threading.Thread(
                target=self._work,
                args=(self._handlers if number % 2 else self._quick,),
                name=f"worker-{number}",
            )
            for number in range(1, self._settings.worker_threads + 1)
        ]
        for thread in threads:
            thread.start()
        try:
            while not self._stopping:
                self._listen()
        finally:
            self._stopping = True
            log.info("stopping: what is in hand is finished, nothing more is taken")
            self._call()
            for thread in threads:
                thread.join()

    def _listen(self) -> None:
        """Call the threads whenever something was queued, until the connection breaks or it is time to stop."""
        try:
            with listening(CHANNEL) as connection:
                while not self._stopping:
                    self._schedule()
                    self._call()  # also what fell due by the clock, or was queued while nobody listened
                    until = time.monotonic() + self._settings.worker_poll_seconds
                    while not self._stopping and time.monotonic() < until:
                        for _ in connection.notifies(timeout=GLANCE, stop_after=1):
                            self._call()
        except (SQLAlchemyError, psycopg.Error) as error:
            self._wait_for_the_database(error)

    def _schedule(self) -> None:
        now = datetime.now(UTC)
        periods = ",".join(sweep.key(now) for sweep in self._sweeps)
        if periods != self._scheduled:
            with as_system() as session:
                schedule(session, self._sweeps, now)
            self._scheduled = periods

    def _call(self) -> None:
        with self._called:
            self._calls += 1
            self._called.notify_all()

    def _work(self, handlers: Mapping[str, Handler]) -> None:
        while not self._stopping:
            calls = self._calls  # noted before looking, so that a call in between is not missed
            try:
                if handle_next(handlers, attempts=self._settings.worker_attempts):
                    continue
            except SQLAlchemyError as error:
                self._wait_for_the_database(error)
                continue
            with self._called:
                self._called.wait_for(lambda calls=calls: self._calls != calls or self._stopping)  # type: ignore[misc]

    def _wait_for_the_database(self, error: Exception) -> None:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        log.warning("the database does not answer as it should, and is asked again: %s", reason)
        until = time.monotonic() + RECOVERY * (0.5 + random.random() / 2)
        while not self._stopping and time.monotonic() < until:
            time.sleep(GLANCE)
