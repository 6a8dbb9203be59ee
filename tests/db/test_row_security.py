"""Row level security: whoever a transaction acts for sees their private rows and nobody else's, whatever the query says."""

from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from db import session as sessions
from db.session import acting_as, as_system, engine
from db.settings import ConfigurationError

KEYS = "select user_id from ops.idempotency_keys"


@pytest.fixture
def two(database):
    """Two users, each with a private row."""
    ids = sorted([uuid4(), uuid4()])
    with as_system() as session:
        for user in ids:
            session.execute(text("insert into accounts.users (id) values (:id)"), {"id": user})
            session.execute(
                text("insert into accounts.identities (issuer, subject, user_id) values ('i', :id, :user)"),
                {"id": str(user), "user": user},
            )
    for user in ids:
        with acting_as(user) as session:
            session.execute(_key(user))
    return ids


def _key(user):
    return text(
        "insert into ops.idempotency_keys (user_id, key, route, digest) values (:user, 'k', 'GET /', 'd')"
    ).bindparams(user=user)


def test_a_user_sees_and_changes_only_their_own_rows(two):
    one, other = two
    with acting_as(one) as session:
        assert session.execute(text(KEYS)).scalars().all() == [one]
        assert session.execute(text("delete from ops.idempotency_keys")).rowcount == 1  # type: ignore[attr-defined]
    with as_system() as session:
        assert session.execute(text(KEYS)).scalars().all() == [other]


def test_nobody_sees_nothing_and_neither_does_the_next_user_of_a_connection(two):
    with acting_as(two[0]) as session:
        pid = session.execute(text("select pg_backend_pid()")).scalar_one()
    with engine().connect() as connection:
        assert connection.execute(text("select pg_backend_pid()")).scalar_one() == pid
        assert connection.execute(text(KEYS)).all() == []
    with acting_as(None) as session:
        assert session.execute(text(KEYS)).all() == []


def test_a_row_for_somebody_else_cannot_be_written(two):
    one, other = two
    with acting_as(one) as session, pytest.raises(DBAPIError, match="row-level security"):
        session.execute(text("update ops.idempotency_keys set user_id = :other"), {"other": other})
    with acting_as(None) as session, pytest.raises(DBAPIError, match="row-level security"):
        session.execute(_key(one))


def test_a_user_changes_their_own_profile_and_no_right(two):
    one, _ = two
    with acting_as(one) as session:
        assert session.execute(text("update accounts.users set bio = 'x'")).rowcount == 1  # type: ignore[attr-defined]
        assert session.execute(text("select id from accounts.users where bio = 'x'")).scalars().all() == [one]
    with acting_as(one) as session, pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text("update accounts.users set role = 'admin'"))


def test_the_system_alone_sees_identities_and_the_audit_log(two):
    one, other = two
    with acting_as(one) as session:
        session.execute(text("insert into ops.audit_log (actor_id, action) values (:one, 'a')"), {"one": one})
        for table in ("accounts.identities", "ops.audit_log"):
            assert session.execute(text(f"select * from {table}")).all() == []
    with acting_as(one) as session, pytest.raises(DBAPIError, match="row-level security"):
        session.execute(text("insert into ops.audit_log (actor_id, action) values (:other, 'a')"), {"other": other})
    with as_system() as session:
        assert session.execute(text("select count(*) from accounts.identities")).scalar_one() == 2
        assert session.execute(text("select actor_id from ops.audit_log")).scalars().all() == [one]


def test_the_owner_of_the_tables_is_no_exception(two, database):
    owner = create_engine(database.owner_url)
    with owner.connect() as connection:
        assert connection.execute(text(KEYS)).all() == []
    owner.dispose()


def test_every_guarded_table_lets_the_system_pass(database):
    with psycopg.connect(database.owner_url.replace("+psycopg", "")) as owner:
        open_to = owner.execute(
            "select c.oid::regclass::text, coalesce((select array_agg(p.polroles::regrole[]::text) from pg_policy p"
            " where p.polrelid = c.oid and p.polname = 'system'), '{}')"
            " from pg_class c where relrowsecurity"
        ).fetchall()
        half = owner.execute(
            "select oid::regclass from pg_class where relrowsecurity <> relforcerowsecurity"
        ).fetchall()
    assert len(open_to) >= 4
    assert {roles[0] if roles else None for _, roles in open_to} == {"{trr_system}"}
    assert half == []


@pytest.mark.parametrize(
    ("url", "message"),
    [(None, "SYSTEM_DATABASE_URL: is not set"), ("app", "SYSTEM_DATABASE_URL: must be another login")],
)
def test_the_system_needs_a_login_of_its_own(database, monkeypatch, url, message):
    monkeypatch.setenv("SYSTEM_DATABASE_URL", database.url if url else "")
    sessions.dispose()
    with pytest.raises(ConfigurationError, match=f"^{message}"), as_system():
        pass
