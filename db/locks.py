"""Locks between runs: one run of a stage at a time, on however many machines; and who may take objects away.

A lock is PostgreSQL's, held by a connection of its own, so it ends with the process that holds it, however that ends.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text
from sqlmodel import Session

from db.session import engine

NAMESPACE = 7_465
POLL = 0.5
"""Seconds between two tries: PostgreSQL tells nobody that a lock which was only tried is free."""

OBJECTS = "media objects"
"""The lock on the object store. Whoever looks what the store holds and then writes rows that rely on it shares it meanwhile;
whoever removes objects has it alone. So no object is removed between a look and the row.
"""


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


class Lost(Exception):
    """A lock ended before its work, because its connection did."""


class Share:
    """A share in a lock, while it lasts."""

    def __init__(self, name: str, pid: int) -> None:
        self._name = name
        self._pid = pid

    def confirm(self, session: Session) -> None:
        """Make sure, within the transaction that relies on it, that the share is still held.

        Who has the lock alone reads rows under the catalogue's lock; so a transaction that has the catalogue's lock and
        found its share held is seen by whoever comes after it.

        Raises:
            Lost: it is not.
        """
        held = session.execute(
            text(
                "select exists (select from pg_locks where locktype = 'advisory' and granted and pid = :pid"
                " and mode = 'ShareLock' and classid = :space"
                " and objid = cast(cast(hashtext(:name) as bigint) & 4294967295 as oid))"
            ),
            {"pid": self._pid, "space": NAMESPACE, "name": self._name},
        ).scalar_one()
        if not held:
            raise Lost(f"the lock on {self._name} was lost, because the connection that held it was")


@contextmanager
def shared(name: str) -> Iterator[Share]:
    """Hold a share in the lock of this name, together with others who share it; waits for who has it alone."""
    with _connected("pg_advisory_lock_shared", name) as connection:
        yield Share(name, int(connection.execute(text("select pg_backend_pid()")).scalar_one()))


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Hold the lock of this name alone; waits for all who share it, while those who come later wait."""
    with _connected("pg_advisory_lock", name):
        yield


@contextmanager
def _connected(function: str, name: str) -> Iterator[Connection]:
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        try:
            connection.execute(text(f"select {function}(:space, hashtext(:name))"), {"space": NAMESPACE, "name": name})
            yield connection
        finally:
            if not connection.invalidated:
                connection.invalidate()


def _try(connection: Connection, name: str) -> bool:
    return bool(
        connection.execute(
            text("select pg_try_advisory_lock(:space, hashtext(:name))"), {"space": NAMESPACE, "name": name}
        ).scalar_one()
    )
