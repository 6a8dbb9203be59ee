"""REST tells a room's events to the same viewers as a socket does, and says when it cannot."""

from datetime import timedelta
from uuid import uuid4

import urllib3
from sqlalchemy import text

from db.session import as_system
from models.accounts import Role
from models.rules.rooms import Room
from tests.realtime.conftest import a_conversation, a_user, tell
from webapp.access.minting import mint


def get(web, room, user=None, **query):
    headers = {}
    if user is not None:
        headers["Authorization"] = f"Bearer {mint(user, Role.USER, lifetime=timedelta(minutes=5))}"
    return urllib3.request("GET", f"{web.address}/api/v1/rooms/{room}/events", fields=query, headers=headers)


def test_the_events_are_those_that_a_socket_was_sent_page_by_page(web, connect):
    behind = a_user("behind")
    room = Room.survey(uuid4())
    ids = [str(uuid4()) for _ in range(5)]
    for event in ids:
        tell(room, 0, type="told", id=event)
    client = connect("/surveys", behind)
    client.call("subscribe", {"room": str(room), "since": 0})
    first = get(web, room, behind, limit=3)
    assert first.json() == client.wait("told", count=5)[:3]
    assert first.headers["Link"] == f'</api/v1/rooms/{room}/events?since=3&limit=3>; rel="next"'
    rest = get(web, room, behind, since=3, limit=3)
    assert rest.json() == client.of("told")[3:]
    assert "Link" not in rest.headers
    assert [event["payload"]["body"] for event in get(web, room).json()] == ["she wins"] * 5
    assert get(web, room, since=5).json() == []


def test_private_rooms_are_their_viewers_own(here, web):
    member, other = a_user(), a_user()
    conversation = a_conversation(member)
    tell(conversation, 1)
    for room in (conversation, Room.user(member)):
        assert get(web, room).status == 401
        assert get(web, room, member).status == 200
    assert get(web, conversation, other).status == 404
    assert get(web, Room.user(member), other).status == 403
    for name in ("x", f"dms:episode:{uuid4()}", f"{conversation}%00"):
        assert get(web, name, member).status == 422
    assert get(web, conversation, member, since=-1).status == 422


def test_events_that_are_no_longer_kept_are_gone(here, web):
    room = Room.survey(uuid4())
    tell(room, 1, 2, 3)
    with as_system() as session:
        session.execute(text("delete from ops.events where room = :room and seq = 1"), {"room": str(room)})
    gone = get(web, room, since=0)
    assert (gone.status, gone.headers["Content-Type"]) == (410, "application/problem+json")
    assert "read the state anew" in gone.json()["detail"]
    assert get(web, room, since=4).status == 410
    assert [event["seq"] for event in get(web, room, since=1).json()] == [2, 3]
