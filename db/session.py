"""Connections to the catalogue: one engine a process, `read` for single statements, `unit_of_work` for what changes it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from psycopg import errors
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlmodel import Session

from db.settings import ConfigurationError, database_settings

log = logging.getLogger(__name__)

CATALOGUE_LOCK = 7_465_001
"""Key of the advisory lock that orders all transactions which write the catalogue."""


@cache
def engine() -> Engine:
    """The process's engine, as the application's role."""
    settings = database_settings()
    return create_engine(
        settings.database_url,
        pool_size=settings.database_pool_size,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 10, "application_name": "trr", "options": "-c timezone=UTC"},
    )


def dispose() -> None:
    """Close every connection and forget the settings, so that the next use reads them anew."""
    if engine.cache_info().currsize:
        engine().dispose()
    engine.cache_clear()
    database_settings.cache_clear()


@contextmanager
def read() -> Iterator[Connection]:
    """A connection in autocommit, for reads of one statement."""
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


@contextmanager
def transaction() -> Iterator[Session]:
    """One transaction on `ops`: records, states, runs. It takes no lock, so such writes run beside each other."""
    with Session(engine()) as session, session.begin():
        yield session


@contextmanager
def unit_of_work(*, dry_run: bool = False) -> Iterator[Session]:
    """One transaction that writes the catalogue: all of it or nothing.

    It takes the catalogue's advisory lock first, so writers follow one another in commit order and cannot deadlock. A
    dry run does the same work, so that its counts are true and what a commit would refuse is refused, and rolls it back.
    """
    with Session(engine()) as session:
        session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": CATALOGUE_LOCK})
        yield session
        if dry_run:
            session.flush()
            session.execute(text("set constraints all immediate"))
            session.rollback()
        else:
            session.commit()


def check_reachable() -> None:
    """Fail early and plainly where there is no database, or one without our tables.

    Raises:
        ConfigurationError: naming DATABASE_URL, and what to do.
    """
    try:
        with read() as connection:
            connection.execute(text("select 1 from ops.installation"))
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise ConfigurationError("DATABASE_URL", f"the database does not answer: {reason}") from None
    except ProgrammingError as error:
        if isinstance(error.orig, errors.UndefinedTable):
            raise ConfigurationError("DATABASE_URL", "the database has no tables yet; run `make migrate`") from None
        if isinstance(error.orig, errors.InsufficientPrivilege):
            raise ConfigurationError("DATABASE_URL", "this login has no rights yet; run `make migrate`") from None
        raise
