"""Notifications over real sockets, told by a real worker: each user hears of their own, in order, once, and nothing of others."""

import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from tests.realtime.clients import wait_until
from tests.realtime.test_talk import PLANTED, Fan
from tests.webapp.talk import aired_show
from webapp.settings import WorkerSettings
from webapp.tasks.registry import HANDLERS
from webapp.worker.loop import Worker


@pytest.fixture
def worker(here: None) -> Iterator[None]:
    """A worker with four threads, woken by the database."""
    worker = Worker(HANDLERS, (), WorkerSettings(worker_poll_seconds=30))
    thread = threading.Thread(target=worker.run)
    thread.start()
    yield
    worker.stop()
    thread.join()


def test_each_hears_of_their_own_in_order_and_finds_it_in_the_list(web, connect, worker):
    aired = aired_show()
    author, fans = Fan(web.address), [Fan(web.address) for _ in range(3)]
    episode = aired.episodes[0]
    thread = author.send("POST", f"/episodes/{episode}/threads", {"title": PLANTED, "type": "general"})
    for fan in fans:
        fan.send("PUT", f"/threads/{thread['id']}/follow")
    clients = [connect("/notifications", fan.id) for fan in fans]
    for client in clients:
        assert client.call("subscribe", {})["ok"]
    for number in range(6):
        author.send("POST", f"/threads/{thread['id']}/posts", {"body": f"{PLANTED} {number}"})
    mine = fans[0].send("POST", f"/threads/{thread['id']}/posts", {"body": "mine"})
    author.send("POST", f"/threads/{thread['id']}/posts", {"body": "yours", "parent_post_id": mine["id"]})

    def listed(fan: Fan, query: str = "") -> Any:
        return fan.send("GET", f"/me/notifications{query}")

    def heard(client: Any) -> Any:
        return [event["payload"] for event in client.of("notification_created")]

    wait_until(lambda: "reply" in [one["kind"] for one in heard(clients[0])], "the answer is not told")
    for fan, client in zip(fans[1:], clients[1:], strict=True):
        wait_until(lambda: [one["count"] for one in listed(fan)] == [8], "not every post is told")  # noqa: B023
        (kept,) = listed(fan)
        wait_until(lambda: heard(client)[-1]["notification_seq"] == kept["seq"], "not every notification is heard")  # noqa: B023
        assert [one["notification_seq"] for one in heard(client)] == list(range(1, 9))
        assert {one["notification_id"] for one in heard(client)} == {kept["id"]}
    for client in clients:
        assert PLANTED not in str(client.events)
    elsewhere = connect("/notifications", fans[1].id)
    assert elsewhere.call("subscribe", {"since": 0})["replayed"] == 8
    fans[1].send("POST", "/me/notifications/read", {"up_to": listed(fans[1])[0]["seq"]})
    wait_until(lambda: elsewhere.of("notifications_read"), "reading is not told")
    assert elsewhere.of("notifications_read")[0]["payload"]["notification_ids"] == [listed(fans[1])[0]["id"]]
    assert listed(fans[1], "?unread=true") == []
    assert UUID(listed(fans[2])[0]["thread_id"]) == UUID(thread["id"])
