"""Connections: all of a unit of work or nothing, one writer after the other, and plain words where there is no database."""

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from db import session
from db.session import CATALOGUE_LOCK, check_reachable, engine, read, transaction, unit_of_work
from db.settings import ConfigurationError
from tests.db import rows as make

SHOWS = text("select count(*) from core.shows")


def shows():
    with read() as connection:
        return connection.execute(SHOWS).scalar_one()


def test_a_unit_of_work_is_kept_whole_or_not_at_all(database):
    with unit_of_work() as work:
        make.show(work)
    assert shows() == 1
    with pytest.raises(ZeroDivisionError), unit_of_work() as work:
        _fail_halfway(work)
    assert shows() == 1

    with unit_of_work(dry_run=True) as work:
        make.show(work)
        assert work.execute(SHOWS).scalar_one() == 2
    assert shows() == 1

    with pytest.raises(IntegrityError, match="ex_episodes_number"), unit_of_work(dry_run=True) as work:
        _two_episodes_of_one_number(work)
    with pytest.raises(IntegrityError, match="ex_episodes_number"), unit_of_work() as work:
        _two_episodes_of_one_number(work)
    assert shows() == 1

    with pytest.raises(ZeroDivisionError), transaction() as work:
        _fail_halfway(work)
    assert shows() == 1


def _fail_halfway(work):
    make.show(work)
    raise ZeroDivisionError


def _two_episodes_of_one_number(work):
    show = make.show(work)
    season = make.season(work, show, 1)
    make.episode(work, show, season, 1)
    make.episode(work, show, season, 1)


def test_writers_of_the_catalogue_follow_one_another_and_readers_do_not_wait(database):
    began, order = threading.Event(), []

    def second():
        began.set()
        with unit_of_work():
            order.append("second")

    with unit_of_work() as work:
        make.show(work)
        other = threading.Thread(target=second)
        other.start()
        began.wait(60)
        _wait_until_somebody_waits()
        assert shows() == 0
        with transaction() as beside:
            beside.execute(text("delete from ops.runs"))
        order.append("first")
    other.join(60)
    assert order == ["first", "second"]
    assert shows() == 1


def _wait_until_somebody_waits():
    waiting = text(
        "select count(*) from pg_locks where locktype = 'advisory' and objid = :key and not granted"
        " and database = (select oid from pg_database where datname = current_database())"
    )
    for _ in range(12_000):
        with read() as connection:
            if connection.execute(waiting, {"key": CATALOGUE_LOCK}).scalar_one():
                return
        threading.Event().wait(0.005)
    pytest.fail("the second writer never came to the lock")


def refusal():
    session.dispose()
    with pytest.raises(ConfigurationError) as refused:
        check_reachable()
    assert refused.value.variable == "DATABASE_URL"
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_a_migrated_database_is_reachable(database):
    check_reachable()
    session.dispose()
    check_reachable()  # with the settings read anew


def test_a_database_without_tables_says_what_to_do(empty_database):
    assert refusal() == "DATABASE_URL: the database has no tables yet; run `make migrate`"


def test_a_login_without_rights_says_what_to_do(database, postgres, monkeypatch):
    with postgres.connect(database.name) as connection:
        connection.execute("create role stranger login")
    try:
        monkeypatch.setenv("DATABASE_URL", postgres.url(database.name, "stranger"))
        assert "run `make migrate`" in refusal()
    finally:
        with postgres.connect() as connection:
            connection.execute("drop role stranger")


def test_a_database_that_does_not_answer_says_why(postgres, ports, monkeypatch):
    nobody = f"postgresql://trr_app:hush-hush@127.0.0.1:{ports.take('nobody-listens')}/trr"
    monkeypatch.setenv("DATABASE_URL", nobody)
    message = refusal()
    assert "does not answer" in message and "hush-hush" not in message
    monkeypatch.setenv("DATABASE_URL", postgres.url("no_such_database", "trr_app"))
    assert "no_such_database" in refusal()
    monkeypatch.setenv("DATABASE_URL", postgres.url("postgres", "no_such_role"))
    assert "no_such_role" in refusal()
    session.dispose()


def test_a_read_sees_what_was_committed_since_the_one_before(database):
    with read() as connection:
        before = connection.execute(SHOWS).scalar_one()
        with unit_of_work() as work:
            make.show(work)
        assert connection.execute(SHOWS).scalar_one() == before + 1


def test_the_engine_is_one_until_it_is_disposed_of(database):
    one = engine()
    assert engine() is one
    session.dispose()
    assert engine() is not one
