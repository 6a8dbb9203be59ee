"""Events of rooms: written with what happened or not at all, numbered in the order of commits, private where the room is."""

import random
import threading
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlmodel import Session

from db.commands.events import announce, rights_changed
from db.session import acting_as, as_system, engine
from models.rules.rooms import Room

EPISODE = Room.episode(uuid4())
PRIVATE = Room.user(uuid4())


def events(room):
    with as_system() as session:
        found = session.execute(
            text("select seq, type, payload from ops.events where room = :room order by seq"), {"room": str(room)}
        )
        return [tuple(row) for row in found]


def test_what_was_announced_is_there_after_the_commit_in_order_and_not_before(database):
    user = uuid4()
    with acting_as(user) as session:
        announce(session, EPISODE, "first", {"id": user})
        announce(session, PRIVATE, "other", {})
        announce(session, EPISODE, "second", {"n": None})
        assert events(EPISODE) == []
    assert events(EPISODE) == [(1, "first", {"id": str(user)}), (2, "second", {"n": None})]
    with acting_as(user) as session:
        announce(session, EPISODE, "third", {})
    assert [seq for seq, *_ in events(EPISODE)] == [1, 2, 3]
    assert events(PRIVATE) == [(1, "other", {})]


def test_what_is_rolled_back_was_never_announced(database):
    with Session(engine()) as session:
        for _ in range(2):
            session.connection()
            announce(session, EPISODE, "lost", {})
            session.rollback()
        announce(session, EPISODE, "kept", {})
        outer = session.begin_nested()
        announce(session, EPISODE, "lost", {})
        with session.begin_nested():
            announce(session, EPISODE, "lost", {})
        outer.rollback()
        with session.begin_nested():
            announce(session, EPISODE, "kept", {})
        session.commit()
    assert [(seq, type) for seq, type, _ in events(EPISODE)] == [(1, "kept"), (2, "kept")]


def test_the_application_reads_events_of_public_rooms_and_writes_none(database):
    with acting_as(uuid4()) as session:
        announce(session, EPISODE, "seen", {})
        announce(session, PRIVATE, "hidden", {})
        announce(session, Room.conversation(uuid4()), "hidden", {})
        announce(session, Room.survey(uuid4()), "seen", {})
    with acting_as(PRIVATE.id) as session:
        assert session.execute(text("select type from ops.events")).scalars().all() == ["seen", "seen"]
        assert session.execute(text("select * from ops.rooms")).all() == []
        assert session.execute(text("select * from ops.presence")).all() == []
        assert session.execute(text("update ops.events set type = 'x'")).rowcount == 0  # type: ignore[attr-defined]
        assert session.execute(text("delete from ops.events")).rowcount == 0  # type: ignore[attr-defined]
    for table, columns in (("events", "(room, seq, type)"), ("rooms", "(room, seq)")):
        values = ("'surveys:survey:x'", "1", "'x'")[: columns.count(",") + 1]
        with acting_as(PRIVATE.id) as session, pytest.raises(Exception, match="row-level security"):
            session.execute(text(f"insert into ops.{table} {columns} values ({', '.join(values)})"))


def test_writers_of_the_same_rooms_never_wait_for_each_other_and_leave_no_gap(database):
    rooms = [Room.episode(uuid4()) for _ in range(4)]
    failures: list[Exception] = []

    def write(seed):
        chance = random.Random(seed)
        try:
            for _ in range(25):
                with acting_as(uuid4()) as session:
                    for room in chance.sample(rooms, 3):
                        announce(session, room, "tick", {"seed": seed})
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    told = [events(room) for room in rooms]
    assert sum(map(len, told)) == 6 * 25 * 3
    assert all([seq for seq, *_ in of_room] == list(range(1, len(of_room) + 1)) for of_room in told)


def test_a_commit_tells_each_room_once_and_whose_rights_changed(database):
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for channel in ("trr_events", "trr_rights"):
            connection.execute(text(f"listen {channel}"))
        with acting_as(None) as session:
            announce(session, EPISODE, "a", {})
            announce(session, EPISODE, "b", {})
            rights_changed(session, PRIVATE.id)
            rights_changed(session, EPISODE)
        driver = connection.connection.driver_connection
        assert driver is not None
        told = [(notice.channel, notice.payload) for notice in driver.notifies(timeout=60, stop_after=3)]
    rights = {("trr_rights", str(PRIVATE.id)), ("trr_rights", str(EPISODE))}
    assert len(told) == 3 and set(told) == {("trr_events", str(EPISODE)), *rights}
