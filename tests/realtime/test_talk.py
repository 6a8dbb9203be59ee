"""Talk as it is heard: everybody in order, nobody more than they have seen; the feed equals the state."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import urllib3

from models.accounts import Role
from models.rules.rooms import Room
from tests.realtime.clients import Client, wait_until
from tests.realtime.conftest import a_user, stored
from tests.webapp.talk import aired_show
from webapp.access.minting import mint

KINDS = ("thread_created", "thread_updated", "post_created", "post_updated", "post_deleted", "reaction_toggled")
PLANTED = "Zanzibarwedding"


class Fan:
    """A user who talks over REST."""

    def __init__(self, address: str) -> None:
        self.id = a_user()
        self._address = address

    def send(self, method: str, path: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
        """Ask for something; answers the answer's JSON."""
        token = mint(self.id, Role.USER, lifetime=timedelta(minutes=5))
        all_headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **headers}
        sent = json.dumps(body) if body is not None else None
        answer = urllib3.request(method, f"{self._address}/api/v1{path}", body=sent, headers=all_headers)
        assert answer.status == 200, answer.data
        return answer.json()


def told(client: Client) -> list[dict[str, Any]]:
    return client.of(*KINDS)


def test_who_is_behind_hears_that_something_was_said_and_not_what(web, connect):
    """Gap 17: spoilers in live events."""
    aired = aired_show()
    author, seen, behind, muting = (Fan(web.address) for _ in range(4))
    later = aired.episodes[3]
    behind.send("PUT", f"/me/progress/{aired.show}", {"seen_through": str(aired.episodes[2])})
    seen.send("PUT", f"/me/progress/{aired.show}", {"seen_through": str(aired.episodes[5])})
    muting.send("PUT", f"/me/mutes/{author.id}")
    room = Room.episode(later)
    clients = {
        name: connect("/discussions", fan.id) for name, fan in (("seen", seen), ("behind", behind), ("muting", muting))
    }
    clients["nobody"] = connect("/discussions")
    for client in clients.values():
        assert client.call("subscribe", {"episode_id": str(later)})["ok"]
    thread = author.send("POST", f"/episodes/{later}/threads", {"title": PLANTED, "type": "post_episode"})
    post = author.send("POST", f"/threads/{thread['id']}/posts", {"body": f"The {PLANTED}!"})
    author.send("PATCH", f"/posts/{post['id']}", {"body": f"{PLANTED}?"}, **{"If-Match": "*"})
    seen.send("POST", f"/posts/{post['id']}/reactions", {"reaction": "fire"})
    author.send("DELETE", f"/posts/{post['id']}")
    expected = [seq for seq, _ in stored(room)]
    assert len(expected) == 5
    for name, client in clients.items():
        wait_until(lambda: len(told(client)) == 5, f"{name} heard {told(client)}")  # noqa: B023
        assert [event["seq"] for event in told(client)] == expected
        knows = PLANTED in json.dumps(told(client))
        assert knows is (name in ("seen", "nobody")), name
    assert [event["type"] for event in told(clients["behind"])] == [
        "thread_created", "post_created", "post_updated", "reaction_toggled", "post_deleted",
    ]  # fmt: skip


def test_what_clients_of_the_first_api_do_over_sockets_works(web, connect):
    """Gaps 13, 14 and 21: nobody in particular listens, hears what is said over REST, and survives what means nothing."""
    aired = aired_show()
    author, episode = Fan(web.address), aired.episodes[0]
    nobody, typing = connect("/discussions"), connect("/discussions", author.id)
    for client in (nobody, typing):
        assert client.call("subscribe", {"episode_id": str(episode)})["room"] == f"discussions:episode:{episode}"
        assert client.events[0]["type"] == "subscribed"
    assert nobody.call("no_such_event", {"x": 1})["status"] in (400, 404, 422)
    assert nobody.call("typing_start", {"episode_id": str(episode)})["status"] == 401
    assert typing.call("typing_start", {"episode_id": str(episode)})["ok"]
    (told,) = nobody.wait("typing")
    assert (told["payload"]["user_id"], told["payload"]["is_typing"], told["seq"]) == (str(author.id), True, None)
    thread = author.send("POST", f"/episodes/{episode}/threads", {"title": "Live", "type": "episode_live"})
    post = author.send("POST", f"/threads/{thread['id']}/posts", {"body": "Hello"})
    author.send("POST", f"/posts/{post['id']}/reactions", {"reaction": "heart"})
    created, said, reacted = (event["payload"] for event in nobody.wait(*KINDS, count=3))
    assert (created["title"], created["type"], created["created_by"]) == ("Live", "episode_live", str(author.id))
    assert (said["body"], said["user_id"], said["parent_post_id"]) == ("Hello", str(author.id), None)
    assert (reacted["thread_id"], reacted["action"], reacted["reactions"]["heart"]) == (thread["id"], "added", 1)
    assert typing.of("typing") == [], "nobody is told of their own typing"


def test_progress_that_changes_changes_what_is_heard_at_once(web, connect):
    aired = aired_show()
    author, fan = Fan(web.address), Fan(web.address)
    later = aired.episodes[3]
    thread = author.send("POST", f"/episodes/{later}/threads", {"title": "x", "type": "general"})
    client = connect("/discussions", fan.id)
    assert client.call("subscribe", {"episode_id": str(later)})["ok"]

    def says(words: str) -> Any:
        said = author.send("POST", f"/threads/{thread['id']}/posts", {"body": words})
        wait_until(lambda: said["id"] in [event["payload"].get("post_id") for event in told(client)])
        return next(e["payload"].get("body") for e in told(client) if e["payload"].get("post_id") == said["id"])

    assert says("one") == "one"
    fan.send("PUT", f"/me/progress/{aired.show}", {"seen_through": str(aired.episodes[0])})
    wait_until(lambda: says("two") is None, "words are still told")
    fan.send("PUT", f"/me/progress/{aired.show}", {"seen_through": str(aired.episodes[5])})
    wait_until(lambda: says("three") == "three", "words are not told again")


def test_the_feed_equals_the_state(web, connect):
    """Gap 14: events have numbers, ids of post and thread, and counts, so that a client needs no more to keep in step."""
    aired = aired_show()
    fans = [Fan(web.address) for _ in range(3)]
    episode = aired.episodes[0]
    client = connect("/discussions", fans[0].id)
    assert client.call("subscribe", {"episode_id": str(episode)})["ok"]
    thread = fans[0].send("POST", f"/episodes/{episode}/threads", {"title": "x", "type": "general"})
    posts: list[Any] = []
    for number, fan in enumerate(fans * 3):
        posts.append(fan.send("POST", f"/threads/{thread['id']}/posts", {"body": f"{number}"}))
        fan.send("POST", f"/posts/{posts[number // 2]['id']}/reactions", {"reaction": "heart"})
    fans[0].send("PATCH", f"/posts/{posts[0]['id']}", {"body": "edited"}, **{"If-Match": "*"})
    fans[1].send("DELETE", f"/posts/{posts[1]['id']}")
    wait_until(lambda: len(told(client)) == len(stored(Room.episode(UUID(str(episode))))))
    bodies: dict[str, Any] = {}
    hearts: dict[str, int] = {}
    for event in told(client):
        payload = event["payload"]
        match event["type"]:
            case "post_created" | "post_updated":
                bodies[payload["post_id"]] = payload["body"]
            case "post_deleted":
                bodies[payload["post_id"]] = None
            case "reaction_toggled":
                by = 1 if payload["action"] == "added" else -1
                hearts[payload["post_id"]] = hearts.get(payload["post_id"], 0) + by
    listed = fans[0].send("GET", f"/threads/{thread['id']}/posts")
    assert bodies == {post["id"]: post["body"] for post in listed}
    assert {id_: n for id_, n in hearts.items() if n} == {
        post["id"]: post["reactions"]["heart"] for post in listed if post["reactions"]["heart"]
    }
