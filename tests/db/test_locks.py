"""The lock on the store: shared by those who rely on objects, alone for who removes them, and never believed for longer."""

import threading

import pytest
from sqlalchemy import text

from db.locks import Lost, alone, shared
from db.session import read, unit_of_work

NAME = "a test's objects"


def test_shares_go_together_and_who_wants_it_alone_waits_for_all_of_them(database):
    had = threading.Event()

    def remove():
        with alone(NAME):
            had.set()

    with shared(NAME), shared(NAME):
        remover = threading.Thread(target=remove)
        remover.start()
        waiting = text("select count(*) from pg_locks where locktype = 'advisory' and not granted")
        with read() as connection:
            while connection.execute(waiting).scalar_one() != 1:
                assert not had.is_set()
        assert not had.is_set()
    remover.join(60)
    assert had.is_set()


def test_a_share_is_confirmed_while_it_is_held_and_not_after_its_connection_was_lost(database):
    with shared(NAME) as share, unit_of_work() as session:
        share.confirm(session)
        session.execute(text("select pg_terminate_backend(:pid, 5000)"), {"pid": share._pid})
        with pytest.raises(Lost, match=NAME):
            share.confirm(session)
    with shared(NAME) as other, unit_of_work() as session:
        other.confirm(session)
        other._name = "another lock"
        with pytest.raises(Lost):
            other.confirm(session)
