"""Migrations: up, down and up again on a filled database; one at a time; with rights for the application alone to rows."""

import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlmodel import SQLModel

from db import migrate, session
from db.__main__ import main
from db.migrations.names import APPEND_ONLY, EXTENSIONS, MIGRATION_LOCK, SCHEMAS, SYSTEM_MADE, WITHHELD
from db.session import check_reachable
from tests.conftest import ROOT
from tests.db.filled import counts, fill


@pytest.fixture
def command(monkeypatch, capsys):
    """Run `python -m db` in this process; answers its exit code and what it printed."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["python -m db", *arguments])
        session.dispose()
        code = main()
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return run


STRUCTURE = {
    "column": """
        select format('%s.%s.%s', n.nspname, c.relname, a.attname),
               format('%s null=%s identity=%s default %s', format_type(a.atttypid, a.atttypmod), not a.attnotnull,
                      a.attidentity, pg_get_expr(d.adbin, d.adrelid))
        from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and n.nspname = any(:schemas)""",
    "constraint": """
        select format('%s.%s', k.conrelid::regclass, k.conname),
               format('%s deferrable=%s deferred=%s', pg_get_constraintdef(k.oid), k.condeferrable, k.condeferred)
        from pg_constraint k join pg_namespace n on n.oid = k.connamespace
        where k.conrelid <> 0 and n.nspname = any(:schemas)""",
    "index": "select format('%s.%s', schemaname, indexname), indexdef from pg_indexes where schemaname = any(:schemas)",
    "trigger": """
        select format('%s.%s', t.tgrelid::regclass, t.tgname), pg_get_triggerdef(t.oid)
        from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
        where not t.tgisinternal and n.nspname = any(:schemas)""",
    "policy": """
        select format('%s.%s.%s', schemaname, tablename, policyname), format('%s %s %s %s', roles, cmd, qual, with_check)
        from pg_policies where schemaname = any(:schemas)""",
    "view": "select format('%s.%s', schemaname, viewname), definition from pg_views where schemaname = any(:schemas)",
    "function": """
        select p.oid::regprocedure::text, pg_get_functiondef(p.oid)
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = any(:schemas)""",
}


def structure(connection, kinds=tuple(STRUCTURE)):
    """What our schemas consist of, as {(kind, name): definition}."""
    return {
        (kind, name): definition
        for kind in kinds
        for name, definition in connection.execute(text(STRUCTURE[kind]), {"schemas": list(SCHEMAS)})
    }


@pytest.fixture
def superuser(postgres, database):
    """A connection to the test's migrated database that may do anything."""
    engine = create_engine(postgres.url(database.name))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection
    engine.dispose()


def test_down_to_nothing_and_up_again_on_a_filled_database(superuser, command):
    fill(superuser)
    assert min(counts(superuser).values()) > 0
    superuser.execute(text("create table public.theirs as select unaccent('Été') as kept"))
    before = structure(superuser)
    identity = text("select database_id from ops.installation")
    first = superuser.execute(identity).scalar_one()

    assert command("downgrade", "--to", "base") == (0, "database at revision None\n")

    schemas = superuser.execute(text("select nspname from pg_namespace")).scalars().all()
    assert not set(SCHEMAS) & set(schemas)
    assert superuser.execute(text("select kept from public.theirs")).scalar_one() == "Ete"
    assert set(EXTENSIONS) <= set(superuser.execute(text("select extname from pg_extension")).scalars())
    code, message = command("check")
    assert code == 1 and "add_table" in message

    assert command("migrate") == (0, f"database at revision {migrate.head()}\n")

    assert structure(superuser) == before
    assert command("check") == (0, "the models and the database agree\n")
    assert superuser.execute(identity).scalar_one() != first, "a database that was emptied is another one"
    check_reachable()


def test_every_step_down_and_up_keeps_what_both_revisions_hold(superuser, command):
    fill(superuser)
    scripts = list(migrate.ScriptDirectory.from_config(migrate._config()).walk_revisions())
    for script in scripts[:-1]:  # the first revision of all has nothing to go down to but nothing
        held = _held(superuser)
        code, message = command("downgrade", "--to", script.down_revision)
        assert (code, message) == (0, f"database at revision {script.down_revision}\n")
        kept = _held(superuser)
        assert {name: held[name] for name in kept} == kept
        assert kept["core.shows"] == 1
    assert command("migrate")[0] == 0
    assert command("check") == (0, "the models and the database agree\n")
    fill(superuser)
    assert min(counts(superuser).values()) > 0


def _held(connection):
    """How many rows each table of our schemas has, whatever the models say."""
    names = text("select format('%s.%s', schemaname, tablename) from pg_tables where schemaname = any(:schemas)")
    tables = connection.execute(names, {"schemas": list(SCHEMAS)}).scalars().all()
    return {name: connection.execute(text(f"select count(*) from {name}")).scalar_one() for name in tables}


def test_the_migrations_make_exactly_what_the_models_describe(superuser, postgres, empty_database):
    engine = create_engine(postgres.url(empty_database.name))
    with engine.begin() as connection:
        for extension in EXTENSIONS:
            connection.execute(text(f"create extension if not exists {extension}"))
        for schema in SCHEMAS:
            connection.execute(text(f"create schema {schema}"))
        SQLModel.metadata.create_all(connection)
        kinds = ("column", "constraint", "index")
        described = structure(connection, kinds)
    engine.dispose()
    assert _unordered(structure(superuser, kinds)) == _unordered(described)


def _unordered(parts):
    """The same where a check names its values in an order of their own: a migration can only add to the end."""
    return {
        key: (re.sub(r"'[^']*'", "", definition), sorted(re.findall(r"'[^']*'", definition)))
        for key, definition in parts.items()
    }


def test_check_names_what_differs(superuser, command):
    superuser.execute(text("alter table core.shows drop column tagline"))
    code, message = command("check")
    assert code == 1
    assert "differ" in message and "tagline" in message


def test_migrating_again_changes_nothing(superuser, command):
    fill(superuser)
    before = structure(superuser), counts(superuser)
    assert command("migrate") == (0, f"database at revision {migrate.head()}\n")
    assert (structure(superuser), counts(superuser)) == before


def test_two_that_migrate_at_once_both_succeed(empty_database, postgres, command):
    with postgres.connect(empty_database.name) as first, ThreadPoolExecutor(1) as pool:
        first.execute("select pg_advisory_lock(%s)", [MIGRATION_LOCK])
        here = pool.submit(migrate.upgrade)
        there = subprocess.Popen([sys.executable, "-m", "db", "migrate"], cwd=ROOT, stderr=subprocess.PIPE)
        waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
        while first.execute(waiting).fetchone() != (2,):  # a command that failed ends this, too
            assert there.poll() is None and not here.done()
            time.sleep(0.02)
        assert first.execute("select to_regnamespace('core')").fetchone() == (None,)
        first.execute("select pg_advisory_unlock(%s)", [MIGRATION_LOCK])
        assert there.communicate(timeout=60)[1] == b""
        assert (there.returncode, here.result(60)) == (0, migrate.head())
    assert command("check") == (0, "the models and the database agree\n")


NOTE_CONDITIONS = """
    create table public.noted (tag text, lock_timeout interval, statement_timeout interval, alone bool);
    grant insert on public.noted to public;
    create function public.note() returns event_trigger language plpgsql as $$ begin
        insert into public.noted values (
            tg_tag, current_setting('lock_timeout')::interval, current_setting('statement_timeout')::interval,
            exists (select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid() and granted));
    end $$;
    create event trigger note on ddl_command_start execute function public.note();
"""


def test_every_statement_of_a_migration_runs_alone_and_neither_waits_nor_runs_for_ever(
    postgres, empty_database, command
):
    """Grants included: PostgreSQL fails one of two that grant on the same table at once."""
    with postgres.connect(empty_database.name) as connection:
        connection.execute(NOTE_CONDITIONS)
        assert command("migrate")[0] == 0
        connection.execute("drop event trigger note")
        noted = connection.execute(
            "select tag, extract(epoch from lock_timeout), extract(epoch from statement_timeout), alone"
            " from public.noted where tag <> 'DROP EVENT TRIGGER'"
        ).fetchall()
    tags = {tag for tag, *_ in noted}
    assert {"CREATE SCHEMA", "CREATE TABLE", "CREATE INDEX", "GRANT"} <= tags
    assert [(tag, lock) for tag, lock, _, _ in noted if not 0 < lock <= 10] == []
    assert [(tag, statement) for tag, _, statement, _ in noted if not 0 < statement <= 3600] == []
    assert [tag for tag, _, _, alone in noted if not alone] == []


@pytest.mark.parametrize("code", ["lock_not_available", "query_canceled"])
def test_a_migration_that_meets_a_busy_table_says_so_and_leaves_nothing_half_done(
    postgres, empty_database, command, code
):
    with postgres.connect(empty_database.name) as connection:
        connection.execute(
            "create function public.refuse() returns event_trigger language plpgsql as $$ begin"
            " if exists (select from pg_event_trigger_ddl_commands() where object_identity = 'core.shows')"
            f" then raise {code} using message = 'canceling statement due to lock timeout'; end if; end $$"
        )
        connection.execute("create event trigger refuse on ddl_command_end execute function public.refuse()")
        failed, message = command("migrate")
        assert failed == 1
        assert message.strip().count("\n") == 0 and "lock timeout" in message
        assert connection.execute("select 1 from pg_namespace where nspname = 'core'").fetchall() == []
        connection.execute("drop event trigger refuse")
        assert command("migrate")[0] == 0


def test_the_application_reads_and_writes_rows_and_changes_no_table(database, superuser):
    fill(superuser)
    engine = create_engine(database.url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as app:
        for table in SQLModel.metadata.sorted_tables:
            app.execute(table.select())
            column = next(iter(table.columns)).name
            if table.fullname in (*APPEND_ONLY, *WITHHELD, *SYSTEM_MADE):
                continue
            app.execute(text(f"delete from {table.fullname} where false"))
            if not table.columns[column].identity:
                app.execute(text(f"update {table.fullname} set {column} = {column} where false"))
        for forbidden in (
            "create table core.mine (id int)",
            "create table public.mine (id int)",
            "create schema mine",
            "alter table core.shows add column mine int",
            "drop table core.aliases",
            "truncate core.aliases",
            "alter table core.shows disable trigger all",
            "create index on core.shows (name)",
            "drop schema ops cascade",
            "update public.alembic_version set version_num = 'mine'",
            "update ops.audit_log set action = 'mine'",
            "delete from ops.audit_log",
            "update accounts.users set role = 'admin'",
            "update accounts.users set status = 'active'",
            "insert into accounts.users (role) values ('admin')",
            "delete from accounts.users",
        ):
            with pytest.raises(Exception, match=r"(permission denied|must be owner)"):
                app.execute(text(forbidden))
    engine.dispose()


def test_a_table_of_a_later_migration_needs_no_grant_of_its_own(superuser, database, command):
    superuser.execute(text("create table core.later (id bigint generated by default as identity)"))
    superuser.execute(text("alter table core.later owner to trr_owner"))
    assert command("migrate")[0] == 0
    with psycopg.connect(database.url.replace("+psycopg", "")) as app:
        app.execute("insert into core.later default values")


def test_one_login_does_both_where_there_is_only_one(empty_database, monkeypatch, command):
    monkeypatch.setenv("DATABASE_URL", empty_database.owner_url)
    monkeypatch.delenv("MIGRATION_DATABASE_URL")
    assert command("migrate") == (0, f"database at revision {migrate.head()}\n")
    check_reachable()


def test_a_database_that_does_not_answer_is_one_sentence(ports, monkeypatch, command):
    nobody = f"postgresql://trr_owner:hush-hush@127.0.0.1:{ports.take('nobody-listens')}/trr"
    monkeypatch.setenv("DATABASE_URL", nobody)
    for variable in ("DATABASE_URL", "MIGRATION_DATABASE_URL"):
        monkeypatch.setenv(variable, nobody)
        for arguments in (["migrate"], ["downgrade", "--to", "base"], ["check"]):
            code, message = command(*arguments)
            assert code == 1
            assert message.startswith(f"{variable}: the database does not answer: ") and message.count("\n") == 1
            assert "hush-hush" not in message


def test_without_any_address_the_variable_is_named(monkeypatch, command):
    for variable in ("DATABASE_URL", "MIGRATION_DATABASE_URL"):
        monkeypatch.delenv(variable, raising=False)
    code, message = command("migrate")
    assert code == 1 and message.startswith("DATABASE_URL: is not set")


def test_a_login_that_may_not_make_tables_is_one_sentence(empty_database, monkeypatch, command):
    monkeypatch.setenv("MIGRATION_DATABASE_URL", empty_database.url)
    code, message = command("migrate")
    assert code == 1
    assert message.startswith("MIGRATION_DATABASE_URL: ") and "permission denied" in message
    assert message.count("\n") == 1


def test_an_application_login_that_does_not_exist_is_one_sentence(empty_database, postgres, monkeypatch, command):
    monkeypatch.setenv("DATABASE_URL", postgres.url(empty_database.name, "no_such_role"))
    code, message = command("migrate")
    assert code == 1
    assert message.startswith("DATABASE_URL: ") and "no_such_role" in message and message.count("\n") == 1


def test_an_unknown_revision_is_one_sentence(database, command):
    for arguments in (["migrate", "--to", "nonsense"], ["downgrade", "--to", "nonsense"]):
        code, message = command(*arguments)
        assert code == 1
        assert "nonsense" in message and message.count("\n") == 1


def test_a_database_that_is_ahead_of_the_code_is_one_sentence(superuser, command):
    superuser.execute(text("update public.alembic_version set version_num = '9999'"))
    code, message = command("migrate")
    assert code == 1
    assert "9999" in message and message.count("\n") == 1
