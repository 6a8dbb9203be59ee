"""Subscriptions: who may listen to what, what they are sent from when on, and how a right or a token ends them."""

from datetime import timedelta
from uuid import uuid4

import pytest
import socketio
from sqlalchemy import text

from db.commands.events import rights_changed
from db.session import as_system
from models.accounts import Role
from models.rules.rooms import Room
from tests.realtime.clients import wait_until
from tests.realtime.conftest import a_conversation, a_user, heard, hears_all, settle, stored, tell
from webapp.access.minting import mint


def test_events_come_in_order_from_the_number_that_the_client_knows(connect):
    room = Room.survey(uuid4())
    tell(room, 1, 2, 3, 4)
    old, new, half = connect("/surveys"), connect("/surveys"), connect("/surveys")
    assert old.call("subscribe", {"survey_id": str(room.id), "since": 0})["replayed"] == 4
    assert half.call("subscribe", {"room": str(room), "since": 3})["replayed"] == 1
    answer = new.call("subscribe", {"room": str(room)})
    assert answer == {
        "ok": True, "room": str(room), "seq": 4, "replayed": 0, "resync": False, "present": [], "typing": [],
    }  # fmt: skip
    tell(room, 5, 6)
    for client, after in ((old, 0), (half, 3), (new, 4)):
        hears_all(client, room, after)
    assert old.events[0]["payload"] == {"room": str(room), "seq": 0, "resync": False}
    assert old.call("unsubscribe", {"room": str(room)}) == {"ok": True, "room": str(room)}
    assert old.call("unsubscribe", {"room": str(room)})["status"] == 404
    tell(room, 7)
    hears_all(new, room, 4)
    assert heard(old) == stored(room)[:6]
    again = old.call("subscribe", {"room": str(room), "since": 6})
    assert (again["seq"], heard(old)) == (7, stored(room))


def test_who_was_away_too_long_is_told_to_read_the_state_anew(connect):
    room = Room.survey(uuid4())
    tell(room, *range(60))
    far, swept, ahead = connect("/surveys"), connect("/surveys"), connect("/surveys")
    assert far.call("subscribe", {"room": str(room), "since": 5})["resync"] is True  # 50 are replayed at most
    with as_system() as session:
        session.execute(text("delete from ops.events where room = :room and seq <= 30"), {"room": str(room)})
    answer = swept.call("subscribe", {"room": str(room), "since": 29})
    assert (answer["resync"], answer["seq"], answer["replayed"]) == (True, 60, 0)
    assert swept.of("subscribed")[0]["payload"] == {"room": str(room), "seq": 60, "resync": True}
    assert ahead.call("subscribe", {"room": str(room), "since": 61})["resync"] is True
    assert connect("/surveys").call("subscribe", {"room": str(room), "since": 30})["replayed"] == 30
    tell(room, 60)
    for client in (far, swept, ahead):
        client.wait("tick")
        assert heard(client) == stored(room)[-1:]


def test_rooms_are_open_to_those_whose_they_are(connect):
    one, other = a_user(), a_user()
    conversation = a_conversation(one)
    for namespace in ("/dms", "/notifications"):
        with pytest.raises(socketio.exceptions.ConnectionError):
            connect(namespace)
    with pytest.raises(socketio.exceptions.ConnectionError):
        connect("/surveys", token="forged")
    mine = connect("/notifications", one)
    assert mine.call("subscribe")["room"] == str(Room.user(one))
    assert mine.call("subscribe", {"user_id": str(other)})["status"] == 403
    assert mine.call("subscribe", {"room": str(conversation)})["status"] == 422
    assert connect("/dms", one).call("subscribe", {"conversation_id": str(conversation.id)})["ok"] is True
    assert connect("/dms", other).call("subscribe", {"conversation_id": str(conversation.id)})["status"] == 404
    assert connect("/discussions").call("subscribe", {"episode_id": str(uuid4())})["status"] == 404


def test_a_right_that_is_taken_away_ends_the_subscription_at_once_and_at_the_latest_by_the_next_check(connect):
    """Gap 16: rights are asked for again while a socket lives."""
    member, other = a_user(), a_user()
    rooms = [a_conversation(member, other), a_conversation(member, other)]
    leaving, staying = connect("/dms", member), connect("/dms", other)
    for room in rooms:
        leaving.call("subscribe", {"room": str(room)})
        staying.call("subscribe", {"room": str(room)})
    for number, room in enumerate(rooms):
        with as_system() as session:
            gone = text("delete from accounts.identities where issuer = :room and user_id = :user")
            session.execute(gone, {"room": str(room.id), "user": member})
            if number == 0:
                rights_changed(session, member)
        leaving.wait("unsubscribed", count=number + 1)
        tell(room, number)
        staying.wait("tick", count=number + 1)
    assert [event["payload"]["status"] for event in leaving.of("error")] == [404, 404]
    assert [event["payload"]["room"] for event in leaving.of("unsubscribed")] == [str(room) for room in rooms]
    assert leaving.of("tick") == []


def test_the_end_of_a_token_ends_the_socket_unless_a_new_one_comes_in_time(connect):
    user, other = a_user(), a_user()
    token = _token(user)
    kept = connect("/notifications", user, seconds=6)
    assert kept.call("authenticate", {"token": token})["user_id"] == str(user)
    ending = connect("/notifications", user, seconds=6)  # ends after the first token of the other
    assert ending.call("subscribe")["ok"]
    suspended = connect("/notifications", other)
    for client in (kept, suspended):
        assert client.call("subscribe")["ok"]
    fresh = connect("/surveys", user)  # a token for somebody who is nobody yet
    assert kept.call("authenticate", {"token": _token(other)})["status"] == 403
    assert kept.call("authenticate", {"token": "forged"})["status"] == 401
    assert kept.call("authenticate")["status"] == 422
    assert fresh.call("authenticate", {"token": token})["ok"]
    with as_system() as session:
        session.execute(text("update accounts.users set status = 'suspended' where id = :id"), {"id": other})
    for client in (ending, suspended):
        wait_until(client.gone.is_set)
        assert client.of("error")[-1]["payload"]["code"] == "AUTH_REQUIRED"
    tell(Room.user(user), 1)
    kept.wait("tick")
    assert ending.of("tick") == []


def test_what_may_spoil_is_masked_for_those_who_are_behind_and_bodies_are_each_viewers_own(connect):
    behind, ahead = a_user("behind"), a_user("ahead")
    survey, conversation, event = Room.survey(uuid4()), a_conversation(behind, ahead), str(uuid4())
    tell(survey, 0, type="told", id=event)
    clients = {user: connect("/surveys", user) for user in (behind, ahead)}
    dms = {user: connect("/dms", user) for user in (behind, ahead)}
    for user in (behind, ahead):
        clients[user].call("subscribe", {"room": str(survey), "since": 0})
        dms[user].call("subscribe", {"room": str(conversation), "since": 0})
    tell(survey, 0, type="told", id=event)
    tell(conversation, 0, type="whispered", id=event)
    for user, body in ((behind, None), (ahead, "she wins")):
        told = clients[user].wait("told", count=2)
        assert [one["payload"] for one in told] == [{"id": event, "body": body}] * 2
        (whispered,) = dms[user].wait("whispered")
        assert whispered["payload"] == {"id": event, "viewer": str(user)}
    with as_system() as session:
        session.execute(text("update accounts.users set display_name = 'ahead' where id = :id"), {"id": behind})
        rights_changed(session, survey)
    settle(0.5)
    tell(survey, 0, type="told", id=event)
    assert clients[behind].wait("told", count=3)[-1]["payload"]["body"] == "she wins"


def _token(user):
    return mint(user, Role.USER, lifetime=timedelta(seconds=600))
