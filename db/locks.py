"""Locks between runs: one run of a stage at a time, on however many machines.

The lock is PostgreSQL's, held by a connection of its own, so it ends with the process that holds it, however that ends.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from db.session import engine

NAMESPACE = 7_465
POLL = 0.5


class Busy(Exception):
    """Somebody else holds the lock; `holder` says who."""

    def __init__(self, name: str, holder: str) -> None:
        super().__init__(f"{name} is already running: {holder}")
        self.holder = holder


@contextmanager
def held(name: str, *, patience: float, holder: Callable[[], str]) -> Iterator[None]:
    """Hold the lock of this name.

    Args:
        patience: seconds to wait for whoever holds it.
        holder: tells who that is.

    Raises:
        Busy: it was not given up in that time.
    """
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        until = time.monotonic() + patience
        while not _try(connection, name):
            if time.monotonic() >= until:
                raise Busy(name, holder())
            time.sleep(POLL)
        try:
            yield
        finally:
            # A connection that broke in between has lost the lock already, and must not hide what went wrong.
            if not connection.invalidated:
                connection.invalidate()


def _try(connection: Connection, name: str) -> bool:
    return bool(
        connection.execute(
            text("select pg_try_advisory_lock(:space, hashtext(:name))"), {"space": NAMESPACE, "name": name}
        ).scalar_one()
    )
