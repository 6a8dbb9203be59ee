"""A connection that hears NOTIFY, as the system's login. It is not of the pool: it lives as long as whoever listens."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from db.session import system_engine


@contextmanager
def listening(*channels: str) -> Iterator["psycopg.Connection[Any]"]:
    """Listen to channels; what was notified before is not heard.

    Raises:
        psycopg.Error: the database does not answer, here or at any later use.
    """
    engine = system_engine()
    _, arguments = engine.dialect.create_connect_args(engine.url)
    keepalive: dict[str, Any] = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
    with psycopg.connect(
        **arguments, **keepalive, connect_timeout=10, application_name="trr-listen", autocommit=True
    ) as connection:
        for channel in channels:
            connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
        yield connection
