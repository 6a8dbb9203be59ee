"""Presence and typing: counted per connection, across web processes, told to the others and never to oneself."""

import random
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from db.session import as_system
from models.rules.rooms import Room
from tests.realtime.clients import Client, wait_until
from tests.realtime.conftest import a_conversation, a_user, settle
from webapp.realtime.presence import PresenceBook


def told(client):
    return [(event["type"], *event["payload"].values()) for event in client.of("presence", "typing")]


@pytest.fixture
def room():
    """A conversation of two."""
    users = a_user(), a_user()
    return a_conversation(*users), *users


def test_the_first_socket_of_a_user_comes_and_the_last_one_goes(connect, web, green_web, room):
    """Gap 13: presence counts sockets, and who comes is told who is there."""
    conversation, one, other = room
    watching = connect("/dms", other)
    assert watching.call("subscribe", {"room": str(conversation)})["present"] == [str(other)]
    tabs = [connect("/dms", one, to=process) for process in (web, green_web)]
    for tab in tabs:
        assert tab.call("subscribe", {"room": str(conversation)})["present"] == sorted([str(one), str(other)])
    tabs[0].close()
    watching.wait("presence")
    settle()
    assert told(watching) == [("presence", str(one), True)]
    tabs[1].close()
    watching.wait("presence", count=2)
    assert told(watching) == [("presence", str(one), True), ("presence", str(one), False)]
    assert told(tabs[0]) == told(tabs[1]) == []


def test_typing_is_told_once_and_ends_by_word_by_silence_and_with_the_socket(connect, room):
    """Gap 13: typing ends whatever happens to who types, who is not told of it themselves."""
    conversation, one, other = room
    typing, watching, second = connect("/dms", one), connect("/dms", other), connect("/dms", one)
    for client in (typing, watching, second):
        client.call("subscribe", {"room": str(conversation)})
    for _ in range(3):
        assert typing.call("typing_start", {"conversation_id": str(conversation.id)})["ok"]
    assert connect("/dms", other).call("subscribe", {"room": str(conversation)})["typing"] == [str(one)]
    assert typing.call("typing_stop", {"room": str(conversation)})["ok"]
    watching.wait("typing", count=2)
    typing.call("typing_start", {"room": str(conversation)})
    with as_system() as session:
        session.execute(
            text("update ops.presence set typing_until = now() - interval '1 second' where user_id = :id"), {"id": one}
        )
    watching.wait("typing", count=4)
    typing.call("typing_start", {"room": str(conversation)})
    typing.close()
    watching.wait("typing", count=6)
    assert [event["payload"]["is_typing"] for event in watching.of("typing")] == [True, False] * 3
    assert {event["payload"]["conversation_id"] for event in watching.of("typing")} == {str(conversation.id)}
    assert second.of("typing") == []


def test_who_may_type_where(connect, room):
    conversation, one, other = room
    client = connect("/dms", one)
    assert client.call("typing_start", {"room": str(conversation)})["status"] == 403
    assert client.call("typing_start", {"room": "dms:conversation:x"})["status"] == 422
    assert connect("/surveys", other).call("typing_start", {"room": str(Room.survey(uuid4()))})["status"] == 403
    assert connect("/discussions").call("typing_start", {"episode_id": str(uuid4())})["status"] == 401


def test_users_of_a_process_that_died_are_gone_once_nobody_vouches_for_them(connect, room):
    conversation, one, other = room
    watching = connect("/dms", other)
    watching.call("subscribe", {"room": str(conversation)})
    with as_system() as session:
        session.execute(
            text(
                "insert into ops.presence (room, connection, process, user_id, typing_until, seen_at)"
                " values (:room, 'dead', :process, :user, now(), now() - interval '46 seconds')"
            ),
            {"room": str(conversation), "process": uuid4(), "user": one},
        )
    PresenceBook(uuid4()).beat()  # as every living process does
    watching.wait("presence")
    watching.wait("typing")
    assert sorted(told(watching)) == [
        ("presence", str(one), False),
        ("typing", str(conversation.id), str(one), False),
    ]
    assert connect("/dms", other).call("subscribe", {"room": str(conversation)})["present"] == [str(other)]


def test_the_snapshot_of_before_and_the_events_give_the_snapshot_of_after(connect, web, green_web):
    watcher, *users = [a_user() for _ in range(4)]
    conversation = a_conversation(watcher, *users)
    watching = connect("/dms", watcher)
    before = watching.call("subscribe", {"room": str(conversation)})
    chance = random.Random(11)
    tabs: list[tuple[UUID, Client]] = []
    for _ in range(30):
        does = chance.choice(["come", "come", "go", "type", "type", "stop"])
        if does == "come" and len(tabs) < 8:
            user = chance.choice(users)
            tabs.append((user, connect("/dms", user, to=chance.choice([web, green_web]))))
            assert tabs[-1][1].call("subscribe", {"room": str(conversation)})["ok"]
        elif tabs:
            user, tab = chance.choice(tabs)
            if does == "go":
                tabs.remove((user, tab))
                tab.call("unsubscribe", {"room": str(conversation)})
            else:
                tab.call(f"typing_{'start' if does == 'type' else 'stop'}", {"room": str(conversation)})

    def applied() -> tuple[set[str], set[str]]:
        present, typing = set(before["present"]), set(before["typing"])
        for event in watching.of("presence", "typing"):
            is_so = event["payload"]["is_online" if event["type"] == "presence" else "is_typing"]
            change = set.add if is_so else set.discard
            change(present if event["type"] == "presence" else typing, event["payload"]["user_id"])
        return present, typing

    def after() -> tuple[set[str], set[str]]:
        answer = watching.call("subscribe", {"room": str(conversation)})
        return set(answer["present"]), set(answer["typing"])

    def agree() -> bool:
        settle(0.2)  # a socket may not ask without end
        return applied() == after()

    assert {str(user) for user, _ in tabs} < after()[0]
    wait_until(agree, "the events do not lead to the state")
