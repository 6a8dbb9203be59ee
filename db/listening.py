"""Being woken by the database: PostgreSQL's LISTEN, on a connection of its own.

A notification is a hint and may be lost with its connection. Whoever listens looks for itself after connecting, and now
and then.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import Engine


class Ear:
    """A connection that listens to channels."""

    def __init__(self, connection: "psycopg.Connection[object]") -> None:
        self._connection = connection

    def heard(self, timeout: float) -> list[tuple[str, str]]:
        """What was notified since the last call, as (channel, payload); waits for the first up to `timeout` seconds.

        Raises:
            psycopg.OperationalError: the connection is gone; what came in between is unknown.
        """
        notes = self._connection.notifies(timeout=timeout, stop_after=1)
        return [(note.channel, note.payload) for note in notes]


@contextmanager
def listening(engine: Engine, *channels: str) -> Iterator[Ear]:
    """Listen to channels with a connection of this engine's login, until the block ends.

    Raises:
        sqlalchemy.exc.OperationalError: the database does not answer.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as borrowed:
        connection = borrowed.connection.driver_connection
        assert isinstance(connection, psycopg.Connection)
        try:
            for channel in channels:
                connection.execute(SQL("listen {}").format(Identifier(channel)))
            yield Ear(connection)
        finally:
            borrowed.invalidate()  # closed, not given back: nobody else should inherit what it listens to
