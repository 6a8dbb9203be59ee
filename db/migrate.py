"""Bring the database to the newest schema, and let the logins of application and system use it.

Runs as the owner (`MIGRATION_DATABASE_URL`). The application's login (the user of `DATABASE_URL`) gets the rights to
read and write rows, never to change tables; the system's login (of `SYSTEM_DATABASE_URL`) the same, and sees all rows
of private tables. Both are granted anew after each run, so a new table needs no grant of its own.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from psycopg import errors
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from db.migrations.names import APPEND_ONLY, MIGRATION_LOCK, SCHEMAS, SYSTEM_MADE, WITHHELD
from db.settings import ConfigurationError, database_settings


class NotMigrated(Exception):
    """The schema stays at the revision it had. The message says why; there is no need for a traceback."""


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _owner() -> Iterator[Connection]:
    settings = database_settings()
    name = "MIGRATION_DATABASE_URL" if settings.migration_database_url else "DATABASE_URL"
    url = settings.migration_database_url or settings.database_url
    engine = create_engine(url, connect_args={"connect_timeout": 10, "application_name": "trr-migrate"})
    try:
        with engine.connect() as connection:
            yield connection
    except CommandError as error:
        raise NotMigrated(f"the migrations of this release do not fit: {error}") from None
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0]
        if error.connection_invalidated or error.statement is None:
            raise ConfigurationError(name, f"the database does not answer: {reason}") from None
        if isinstance(error.orig, errors.InsufficientPrivilege):
            raise ConfigurationError(name, f"must be the login that owns the database: {reason}") from None
        if isinstance(error.orig, errors.LockNotAvailable | errors.QueryCanceled):
            raise NotMigrated(f"the database is busy, try again: {reason}") from None
        raise
    finally:
        engine.dispose()


def upgrade(revision: str = "head") -> str | None:
    """Apply what is missing up to a revision; says the revision that the database has then. A second run does nothing.

    Raises:
        ConfigurationError: the database does not answer, or a login is missing or has not the rights.
        NotMigrated: a table is in use for long, or the database's revision is not one of ours.
    """
    with _owner() as connection:
        command.upgrade(_config(connection), revision)
        _grant(connection)
        return _current(connection)


def downgrade(revision: str) -> str | None:
    """Undo migrations down to a revision (`base`: all of them)."""
    with _owner() as connection:
        command.downgrade(_config(connection), revision)
        return _current(connection)


def pending() -> list[str]:
    """What the models say and the database lacks, as Alembic words it; empty when they agree."""
    with _owner() as connection:
        from alembic.autogenerate import compare_metadata  # costs 0.2 s that only this check needs
        from sqlalchemy.dialects.postgresql.base import ischema_names
        from sqlmodel import SQLModel

        import models  # noqa: F401
        from models.base import TransactionId

        ischema_names["xid8"] = TransactionId
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "include_name": lambda name, kind, _: kind != "schema" or name in SCHEMAS,
                "version_table_schema": "public",
            },
        )
        return [str(difference) for difference in compare_metadata(context, SQLModel.metadata)]


def head() -> str | None:
    """The newest revision there is."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _current(connection: Connection) -> str | None:
    revision = MigrationContext.configure(connection, opts={"version_table_schema": "public"}).get_current_revision()
    connection.rollback()
    return revision


def _grant(connection: Connection) -> None:
    """Let the application's and the system's login use what the owner made, and no more."""
    settings = database_settings()
    owner = connection.execute(text("select current_user")).scalar_one()
    app = make_url(settings.database_url).username
    system = make_url(settings.system_database_url).username if settings.system_database_url else None
    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
    for variable, login in (("DATABASE_URL", app), ("SYSTEM_DATABASE_URL", system)):
        if login and login != owner:
            if connection.execute(text("select to_regrole(quote_ident(:name))"), {"name": login}).scalar_one() is None:
                raise ConfigurationError(variable, f"the database has no login {login}; create it, then migrate again")
            _grant_rows(connection, _quoted(login))
    if app and app != owner:
        _withhold(connection, _quoted(app))
    if system:
        _let_pass(connection, _quoted(system))
    connection.commit()


def _grant_rows(connection: Connection, role: str) -> None:
    for schema in _there(connection, "to_regnamespace", SCHEMAS):
        for grant in (
            f"grant usage on schema {schema} to {role}",
            f"grant select, insert, update, delete on all tables in schema {schema} to {role}",
            f"grant usage, select on all sequences in schema {schema} to {role}",
        ):
            connection.execute(text(grant))
    connection.execute(text(f"grant select on public.alembic_version to {role}"))


def _withhold(connection: Connection, app: str) -> None:
    """Take from the application what only the system may do."""
    for table in _there(connection, "to_regclass", APPEND_ONLY):
        connection.execute(text(f"revoke update, delete on {table} from {app}"))
    for table in _there(connection, "to_regclass", SYSTEM_MADE):
        connection.execute(text(f"revoke insert, delete on {table} from {app}"))
    for table in _there(connection, "to_regclass", WITHHELD):
        columns = connection.execute(
            text(
                "select quote_ident(attname) from pg_attribute where attrelid = to_regclass(:table) and attnum > 0"
                " and not attisdropped and attname <> all(:withheld) order by attnum"
            ),
            {"table": table, "withheld": list(WITHHELD[table])},
        ).scalars()
        connection.execute(text(f"revoke update on {table} from {app}"))
        connection.execute(text(f"grant update ({', '.join(columns)}) on {table} to {app}"))


def _let_pass(connection: Connection, system: str) -> None:
    """Show the system's login every row of every guarded table. A policy names a login, which no migration can know."""
    guarded = connection.execute(
        text(
            "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relforcerowsecurity and n.nspname = any(:schemas) order by 1"
        ),
        {"schemas": list(SCHEMAS)},
    ).scalars()
    for table in guarded.all():
        connection.execute(text(f"drop policy if exists system on {table}"))
        connection.execute(text(f"create policy system on {table} to {system} using (true) with check (true)"))


def _there(connection: Connection, exists: str, names: Iterable[str]) -> list[str]:
    return [n for n in names if connection.execute(text(f"select {exists}(:name)"), {"name": n}).scalar_one()]


def _quoted(login: str) -> str:
    return '"' + login.replace('"', '""') + '"'
