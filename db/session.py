"""Connections to the database, one engine a process and login.

| for | use |
|---|---|
| a public read of one row | `read_row` |
| other reads of one statement | `read` |
| counting, whatever becomes of what is counted | `autocommit` |
| one of the system's, such as looking up a token | `read_as_system` |
| what a user does or may see | `acting_as` |
| what the platform does across users | `as_system` |
| a change of the catalogue | `unit_of_work` |
| records, states, runs of collecting | `transaction` |
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, cast
from uuid import UUID

import psycopg
from psycopg import errors
from psycopg.rows import tuple_row
from sqlalchemy import Connection, Engine, create_engine, make_url, text
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
    return _engine(settings.database_url, "trr", settings.database_pool_size)


@cache
def system_engine() -> Engine:
    """The process's engine as the system's role, which sees the private rows of all users.

    Raises:
        ConfigurationError: there is no such login, or it is the application's own.
    """
    settings = database_settings()
    url = settings.system_database_url
    if url is None:
        raise ConfigurationError(
            "SYSTEM_DATABASE_URL",
            "is not set (the same database as DATABASE_URL, as a login of its own for the system)",
        )
    if make_url(url).username == make_url(settings.database_url).username:
        raise ConfigurationError("SYSTEM_DATABASE_URL", "must be another login than that of DATABASE_URL")
    return _engine(url, "trr-system", settings.database_pool_size)


@cache
def reading_engine() -> Engine:
    """The engine of `read_row`: always in autocommit, and no connection is tried before it is used.

    A statement is planned once a connection, and not for each of its parameters: planning takes longer than most of them.
    """
    settings = database_settings()
    return _engine(
        settings.database_url, "trr-read", settings.database_pool_size, "-c plan_cache_mode=force_generic_plan",
        pool_pre_ping=False, isolation_level="AUTOCOMMIT", pool_reset_on_return=None,
    )  # fmt: skip


def _engine(url: str, name: str, size: int, modes: str = "", **options: Any) -> Engine:
    connection = {"connect_timeout": 10, "application_name": name, "options": f"-c timezone=UTC {modes}"}
    return create_engine(url, pool_size=size, connect_args=connection, **{"pool_pre_ping": True, **options})


def dispose() -> None:
    """Close every connection and forget the settings, so that the next use reads them anew."""
    for made in (engine, system_engine, reading_engine):
        if made.cache_info().currsize:
            made().dispose()
        made.cache_clear()
    database_settings.cache_clear()


@contextmanager
def read() -> Iterator[Connection]:
    """A connection in autocommit, for reads of one statement."""
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


class ConnectionCut(psycopg.OperationalError):
    """A connection turned out to be cut."""


def read_row(statement: str, parameters: Sequence[Any]) -> tuple[Any, ...] | None:
    """The one row of a reading statement in PostgreSQL's own words (`$1`), in the order of its columns; None without one.

    It goes straight to the driver: what SQLAlchemy does around a statement takes longer than most of these. A connection that
    turns out to be cut is replaced and the statement asked again: to try each connection first, as the other engines do, costs
    a public read as much as its statement.

    Raises:
        psycopg.Error: of whatever kind.
    """
    try:
        return _row(statement, parameters)
    except ConnectionCut:
        reading_engine().dispose()  # whatever cut this one has cut the others, too
        return _row(statement, parameters)


def _row(statement: str, parameters: Sequence[Any]) -> tuple[Any, ...] | None:
    pooled = reading_engine().raw_connection()
    connection = cast("psycopg.Connection[Any]", pooled.driver_connection)
    try:
        return psycopg.RawCursor(connection, row_factory=tuple_row).execute(statement, parameters).fetchone()
    except psycopg.Error as error:
        if not connection.closed:
            raise
        pooled.invalidate(error)
        raise ConnectionCut(*error.args) from error
    finally:
        pooled.close()


@contextmanager
def autocommit() -> Iterator[Connection]:
    """A connection in autocommit, for one statement that writes and belongs to no transaction, such as counting a use."""
    with read() as connection:
        yield connection


@contextmanager
def read_as_system() -> Iterator[Connection]:
    """The same as the system, which sees all private rows. Whoever uses it checks rights itself."""
    with system_engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


@contextmanager
def transaction() -> Iterator[Session]:
    """One transaction on `ops`: records, states, runs. It takes no lock, so such writes run beside each other."""
    with Session(engine()) as session, session.begin():
        yield session


@contextmanager
def acting_as(user_id: UUID | None) -> Iterator[Session]:
    """One transaction as the application for one user: it sees their private rows and nobody else's; without one, none.

    The user is set for this transaction alone, so the connection's next one acts for nobody again.
    """
    with Session(engine()) as session, session.begin():
        _act_for(session, user_id)
        yield session


@contextmanager
def as_system(user_id: UUID | None = None) -> Iterator[Session]:
    """One transaction as the system, which sees all private rows. Whoever uses it checks rights itself.

    Args:
        user_id: for whom functions of the database answer that ask for whom the transaction acts.
    """
    with Session(system_engine()) as session, session.begin():
        if user_id is not None:
            _act_for(session, user_id)
        yield session


def _act_for(session: Session, user_id: UUID | None) -> None:
    session.execute(text("select set_config('app.user_id', :id, true)"), {"id": str(user_id or "")})


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
