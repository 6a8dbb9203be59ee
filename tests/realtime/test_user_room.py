"""A user's own room: the state before and the events give the state after; the end of a session ends its sockets."""

import json
import random
from datetime import timedelta
from uuid import UUID

import urllib3
from sqlalchemy import text

from db.session import acting_as, as_system
from models.accounts import Role
from tests.realtime.clients import Client, wait_until
from tests.realtime.conftest import a_user
from webapp.access.minting import mint
from webapp.accounts import sessions


def rename(web, user: UUID, name: str, version: int) -> None:
    """Change a user's profile by REST."""
    token = mint(user, Role.USER, lifetime=timedelta(minutes=5))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "If-Match": f'"{version}"'}
    body = json.dumps({"display_name": name})
    answer = urllib3.request("PATCH", f"{web.address}/api/v1/me", body=body, headers=headers)
    assert answer.status == 200, answer.data


def test_the_state_before_and_the_events_give_the_state_after(web, connect):
    user, other = a_user(), a_user()
    listening: Client = connect("/notifications", user)
    assert listening.call("subscribe")["ok"]

    def state() -> tuple[int, set[str]]:
        with as_system() as session:
            version = session.execute(text("select version from accounts.users where id = :id"), {"id": user})
            lasting = {str(one["id"]) for one in sessions.of_user(session, user, current=None)}
            return version.scalar_one(), lasting

    version, lasting = state()
    chance = random.Random(5)
    for number in range(20):
        does = chance.choice(["begin", "begin", "end", "rename", "other"])
        with as_system() as session:
            begun = sorted(UUID(one) for one in state()[1])
            if does == "end" and begun:
                sessions.end_one(session, user, chance.choice(begun))
            elif does in ("begin", "other"):
                sessions.begin(session, user if does == "begin" else other, None)
        if does == "rename" and number % 2:
            rename(web, user, f"Name {number}", state()[0])

    def applied() -> tuple[int, set[str]]:
        now, ids = version, set(lasting)
        for event in listening.of("profile_updated", "session_started", "session_ended"):
            payload = event["payload"]
            assert payload["user_id"] == str(user)
            if event["type"] == "profile_updated":
                now = payload["version"]
            else:
                (ids.add if event["type"] == "session_started" else ids.discard)(payload["session_id"])
        return now, ids

    wait_until(lambda: applied() == state(), "the events do not lead to the state")
    assert state()[0] > version and state()[1]


def test_the_end_of_a_session_ends_its_sockets_and_no_others(connect):
    user = a_user()
    with as_system() as session:
        begun = [sessions.begin(session, user, None) for _ in range(2)]
    ending, staying = (connect("/notifications", token=one.access_token) for one in begun)
    for client in (ending, staying):
        assert client.call("subscribe")["ok"]
    with acting_as(user) as session:
        sessions.end_one(session, user, begun[0].session_id)
    wait_until(ending.gone.is_set)
    assert ending.of("error")[-1]["payload"]["code"] == "AUTH_REQUIRED"
    (told,) = staying.wait("session_ended")
    assert told["payload"] == {"user_id": str(user), "session_id": str(begun[0].session_id)}
    assert staying.call("heartbeat")["ok"]
