"""A premiere's night: 200 people listen, on trains; 2,000 posts are said; web processes are killed. All end with the same."""

import json
import threading
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import urllib3
from sqlalchemy import text

from db.session import as_system
from models.accounts import Role
from models.rules.rooms import Room
from tests.realtime.clients import PATIENCE
from tests.realtime.conftest import Web, a_user, stored
from tests.realtime.roaming import Roamer
from tests.webapp.talk import aired_show
from webapp.access.minting import mint

CLIENTS, WRITERS, POSTS, KILLS = 200, 25, 80, 3
"""80 posts of each writer: fewer than the limit of ten minutes."""

PLANTED = "Zanzibarwedding"
HTTP = urllib3.PoolManager(maxsize=WRITERS)


def token_of(user: UUID) -> str:
    return mint(user, Role.USER, lifetime=timedelta(hours=1))


def insist(webs: list[Web], method: str, path: str, body: Any, user: UUID, key: str | None = None) -> Any:
    """Ask one process after the other until one has answered; with a key it is done once all the same."""
    headers = {"Authorization": f"Bearer {token_of(user)}", "Content-Type": "application/json"}
    headers |= {"Idempotency-Key": key} if key else {}
    end, turn = time.monotonic() + PATIENCE, user.int
    while time.monotonic() < end:
        turn += 1
        address = f"{webs[turn % len(webs)].address}/api/v1{path}"
        try:
            answer = HTTP.request(method, address, body=json.dumps(body), headers=headers, retries=False, timeout=20)
        except urllib3.exceptions.HTTPError:
            time.sleep(0.1)
            continue
        if answer.status not in (409, 503):  # done already but not yet told, or its database was cut
            assert answer.status == 200, answer.data
            return answer.json()
    raise AssertionError(f"{method} {path} was never answered")


@pytest.mark.prove
def test_two_hundred_clients_converge_on_the_databases_order(here, variables, ports):
    settings = variables | {"REALTIME_REPLAY": "100000", "REALTIME_EVENTS_PER_SECOND": "100"}
    webs = [Web(ports.take(f"night{number}"), settings) for number in range(2)]
    over = threading.Event()
    try:
        for web in webs:
            web.ready()
        aired = aired_show()
        room, writers = Room.episode(aired.episodes[3]), [a_user() for _ in range(WRITERS)]
        behind = [a_user() for _ in range(CLIENTS // 5)]
        for user in behind:
            progress = {"seen_through": str(aired.episodes[2])}
            insist(webs, "PUT", f"/me/progress/{aired.show}", progress, user)
        opened = {"title": PLANTED, "type": "general"}
        thread = insist(webs, "POST", f"/episodes/{aired.episodes[3]}/threads", opened, writers[0])
        roamers = [
            Roamer(webs, room, seed, over.is_set, longest=6, token=None if seed % 5 else token_of(behind[seed // 5]))
            for seed in range(CLIENTS)
        ]
        said = [0] * WRITERS

        def write(writer: int) -> None:
            for number in range(POSTS):
                body = {"body": f"{PLANTED} {writer} {number}"}
                insist(webs, "POST", f"/threads/{thread['id']}/posts", body, writers[writer], f"{writer}-{number}")
                said[writer] = number + 1

        writing = [threading.Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
        for running in (*roamers, *writing):
            running.start()
        for kill in range(KILLS):
            while sum(said) < WRITERS * POSTS * (kill + 1) / (KILLS + 1):
                assert any(running.is_alive() for running in writing)
                time.sleep(0.05)
            webs[kill % 2].kill()
            webs[kill % 2].start()
        for running in writing:
            running.join()
        for web in webs:
            web.ready()
        over.set()
        for roamer in roamers:
            roamer.join(PATIENCE)
        with as_system() as session:
            posts = session.execute(
                text("select id, body from social.posts where thread_id = :id order by seq"), {"id": thread["id"]}
            ).all()
        assert sorted(post.body for post in posts) == sorted(
            f"{PLANTED} {writer} {number}" for writer in range(WRITERS) for number in range(POSTS)
        ), "each was said once, whatever was killed"
        events = stored(room)
        assert [payload["post_id"] for _, payload in events[1:]] == [str(post.id) for post in posts]
        words = {str(post.id): post.body for post in posts}
        for seed, roamer in enumerate(roamers):
            assert [(seq, told.get("post_id")) for seq, told in roamer.events] == [
                (seq, told.get("post_id")) for seq, told in events
            ], roamer.name
            told = {payload.get("post_id"): payload.get("body") for _, payload in roamer.events[1:]}
            assert told == (dict.fromkeys(words) if seed % 5 == 0 else words)
        assert sum(roamer.resyncs for roamer in roamers) == 0
        assert sum(roamer.connections for roamer in roamers) > 2 * CLIENTS
    finally:
        over.set()
        for web in webs:
            web.kill()
