"""Raw SQL as the application, acting for somebody: of every guarded table it neither reads, changes nor makes another's rows.

A table joins by being guarded. One that refers to users and is not guarded must say here why everybody may see it.
"""

import psycopg
import pytest
from psycopg import errors, sql
from sqlalchemy import create_engine, text
from sqlmodel import SQLModel

from db.migrations.names import SCHEMAS
from tests.db.filled import fill

SEEN_BY_ALL = {
    "ops.action_limits": "who set a limit; only admins have a route to it",
}
"""Tables that refer to users and have no private rows, with the reason."""

PUBLIC_ROWS = {
    "social.threads": "talk is public; a thread is changed by its author and moderators alone",
    "social.posts": "talk is public; a post is changed by its author and moderators alone",
    "social.reactions": "who reacted how is public",
    "social.mentions": "whom a post names stands in it",
    "accounts.users": "profiles are public; the row is changed only by whose it is",
    "accounts.uploads": "the pictures of profiles; other uploads are private",
}
"""Guarded tables of which others may read rows, with the reason."""


@pytest.fixture(scope="module")
def victim_and_others(postgres, database_template):
    """A database with a row of one user in every table, and two further users who have none."""
    name = "adversary"
    postgres.create_database(name, owner="trr_owner", template=database_template)
    engine = create_engine(postgres.url(name))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as superuser:
        rows = fill(superuser)
        insert = text("insert into accounts.users (username) values (:name) returning id")
        other = superuser.execute(insert, {"name": "other"}).scalar_one()
    engine.dispose()
    yield name, rows, rows["accounts.users"]["id"], other
    postgres.drop_database(name)


@pytest.fixture
def application(postgres, victim_and_others):
    """A connection as the application's login, as raw as an injected statement would have it."""
    url = postgres.url(victim_and_others[0], "trr_app").replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        yield connection


def guarded(connection):
    """Every table with row level security."""
    found = connection.execute(
        "select format('%%s.%%s', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where c.relrowsecurity and n.nspname = any(%s) order by 1",
        [list(SCHEMAS)],
    ).fetchall()
    return [table for (table,) in found]


def act_for(connection, user):
    connection.execute("select set_config('app.user_id', %s, true)", [str(user or "")])


def identifier(table):
    return sql.Identifier(*table.split("."))


def count(connection, table):
    row = connection.execute(sql.SQL("select count(*) from {}").format(identifier(table))).fetchone()
    return row[0] if row else 0


def refused(connection, statement, *values):
    """How many rows a statement touched; none where it was not allowed at all."""
    try:
        with connection.transaction():
            return connection.execute(statement, values).rowcount
    except (errors.InsufficientPrivilege, errors.GeneratedAlways):
        return 0


def test_every_table_that_refers_to_users_is_guarded_or_says_why_not(application):
    about_users = {
        table.fullname
        for table in SQLModel.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.fullname == "accounts.users"
    } | {name for name in SQLModel.metadata.tables if name.startswith("accounts.")}
    tables = set(guarded(application))
    assert sorted(about_users - tables - set(SEEN_BY_ALL)) == []
    assert sorted(set(SEEN_BY_ALL) & tables) == []
    assert sorted(set(PUBLIC_ROWS) - tables) == []


@pytest.mark.parametrize("who", ["other", "nobody"])
def test_others_read_no_row(application, victim_and_others, who):
    act_for(application, victim_and_others[3] if who == "other" else None)
    seen = {table for table in guarded(application) if count(application, table)}
    assert seen == set(PUBLIC_ROWS)


def test_the_next_transaction_of_a_connection_acts_for_nobody(application, victim_and_others):
    act_for(application, victim_and_others[2])
    seen = {table for table in guarded(application) if count(application, table)}
    assert seen > set(PUBLIC_ROWS), "the victim sees rows of their own, or this suite proves nothing"
    application.commit()
    assert {table for table in guarded(application) if count(application, table)} == set(PUBLIC_ROWS)
    act_for(application, victim_and_others[2])
    application.rollback()
    assert {table for table in guarded(application) if count(application, table)} == set(PUBLIC_ROWS)


@pytest.mark.parametrize("who", ["other", "nobody"])
def test_others_change_and_delete_no_row(application, victim_and_others, who):
    act_for(application, victim_and_others[3] if who == "other" else None)
    touched = {}
    for table in guarded(application):
        column = next(c.name for c in SQLModel.metadata.tables[table].columns if c.identity is None)
        update = sql.SQL("update {} set {} = {}").format(identifier(table), *[sql.Identifier(column)] * 2)
        delete = sql.SQL("delete from {}").format(identifier(table))
        touched[table] = refused(application, update), refused(application, delete)
    touched.pop("accounts.users")  # of their own profile they may change what gives no rights
    assert {table: counts for table, counts in touched.items() if any(counts)} == {}


def test_others_make_no_row_for_somebody_else(application, victim_and_others):
    _, rows, victim, other = victim_and_others
    act_for(application, other)
    made = []
    for table in guarded(application):
        columns = SQLModel.metadata.tables[table].columns
        row = {name: value for name, value in rows[table].items() if columns[name].identity is None}
        if victim not in row.values():
            continue
        statement = sql.SQL("insert into {} ({}) values ({}) on conflict do nothing").format(
            identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(sql.Placeholder() * len(row)),
        )
        values = [psycopg.types.json.Jsonb(value) if isinstance(value, dict) else value for value in row.values()]
        try:
            with application.transaction():
                application.execute(statement, values)
            made.append(table)
        except errors.InsufficientPrivilege:
            pass
    assert made == []


def test_a_message_is_reported_by_who_may_read_it_alone(application, victim_and_others):
    _, rows, victim, other = victim_and_others
    report = (
        "insert into social.reports (reporter_id, target_kind, target_id, reason) values (%s, 'message', %s, 'abuse')"
    )
    told = {}
    for who in (other, victim):
        act_for(application, who)
        told[who] = refused(application, report, who, rows["social.messages"]["id"])
    assert told == {other: 0, victim: 1}
