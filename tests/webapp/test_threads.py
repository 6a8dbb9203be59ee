"""Threads: opened, listed, edited, followed, read."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from db.commands import live_threads
from db.session import as_system
from models.accounts import Role
from models.shows import Season
from tests.webapp import factories as make
from tests.webapp.talk import aired_show, open_thread, say


@pytest.fixture
def aired(client):
    return aired_show()


def test_a_thread_is_opened_listed_and_read(client, as_user, aired):
    fan = as_user("fan")
    assert client.get(f"/api/v1/episodes/{aired.episodes[0]}/threads").json == []
    made = open_thread(fan, aired.episodes[0], "Who won?", "episode_live")
    assert (made["title"], made["type"], made["episode_id"]) == ("Who won?", "episode_live", str(aired.episodes[0]))
    assert (made["created_by"], made["author"]["username"], made["is_followed"]) == (str(fan.user_id), "fan", True)
    listed = client.get(f"/api/v1/episodes/{aired.episodes[0]}/threads").json
    assert [thread["id"] for thread in listed] == [made["id"]]
    assert listed[0]["is_followed"] is False
    assert client.get(f"/api/v1/threads/{made['id']}").json["title"] == "Who won?"
    assert client.get(f"/api/v1/episodes/{aired.episodes[1]}/threads").json == []


def test_what_is_refused_and_how(client, as_user, aired):
    """Gaps 2 and 16: what is not there is 404 and what makes no sense 400 or 422, as JSON, with the words that clients know."""
    fan, episode = as_user("fan"), aired.episodes[0]
    address = f"/api/v1/episodes/{episode}/threads"
    assert "Authentication required" in client.post(address, json={"title": "x", "type": "general"}).json["detail"]
    invalid = fan.post(address, json={"title": "x", "type": "invalid_type"})
    assert (invalid.status_code, invalid.json["detail"].split(";")[0]) == (400, "Invalid thread type")
    for title in ("", "   ", "x" * 201, "a\u0000b"):
        assert fan.post(address, json={"title": title, "type": "general"}).status_code == 422, title
    nowhere = f"/api/v1/episodes/{uuid4()}/threads"
    assert (client.get(nowhere).status_code, client.get(nowhere).json["detail"]) == (404, "Episode not found")
    assert fan.post(nowhere, json={"title": "x", "type": "general"}).status_code == 404
    of_show = fan.post(f"/api/v1/shows/{aired.show}/threads", json={"title": "x", "type": "episode_live"})
    assert of_show.status_code == 400
    assert client.get(f"/api/v1/threads/{uuid4()}").status_code == 404


def test_what_clients_of_the_first_api_do_works_against_the_real_one(client, as_user, aired):
    """Gap 21: the scenarios that were tried against stand-ins alone, in their order, with a database behind them."""
    fan, episode = as_user("fan"), f"/api/v1/episodes/{aired.episodes[0]}"
    assert (client.get(f"{episode}/threads").status_code, client.get(f"{episode}/threads").json) == (200, [])
    assert client.post(f"{episode}/threads", json={"title": "x", "type": "general"}).status_code == 401
    thread = fan.post(f"{episode}/threads", json={"title": "Live", "type": "episode_live", "created_by": str(uuid4())})
    assert (thread.status_code, thread.json["title"], thread.json["created_by"]) == (200, "Live", str(fan.user_id))
    posts = f"/api/v1/threads/{thread.json['id']}/posts"
    assert (client.get(posts).status_code, client.get(posts).json) == (200, [])
    assert client.post(posts, json={"body": "x"}).status_code == 401
    first = fan.post(posts, json={"body": "First!", "user_id": str(uuid4())}).json
    assert (first["body"], first["user_id"], first["parent_post_id"]) == ("First!", str(fan.user_id), None)
    say(fan, thread.json, "Second!", first)
    assert [post["body"] for post in client.get(f"{posts}?parent_post_id={first['id']}").json] == ["Second!"]
    reactions = f"/api/v1/posts/{first['id']}/reactions"
    assert client.post(reactions, json={"reaction": "heart"}).status_code == 401
    assert client.get(f"/api/v1/posts/{uuid4()}/reactions").status_code == 404
    toggled = [fan.post(reactions, json={"reaction": "heart"}).json for _ in range(2)]
    assert [(one["action"], one["reaction"], one["reactions"]["heart"]) for one in toggled] == [
        ("added", "heart", 1), ("removed", "heart", 0),
    ]  # fmt: skip
    asked = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST"}
    for address in (f"{episode}/threads", f"/api/v1/threads/{thread.json['id']}", posts, reactions):
        assert client.options(address, headers=asked).status_code == 200, address


def test_threads_are_about_shows_and_seasons_too(client, as_user, aired):
    """Gap 17: not of episodes alone."""
    fan = as_user("fan")
    of_show = open_thread(fan, aired.show, "Best season?", of="shows")
    of_season = open_thread(fan, aired.seasons[0], "All of it", of="seasons")
    assert (of_show["level"], of_show["episode_id"]) == ("show", None)
    assert (of_season["level"], of_season["show_id"]) == ("season", str(aired.show))
    assert [t["id"] for t in client.get(f"/api/v1/shows/{aired.show}/threads").json] == [of_show["id"]]


def test_pages_come_newest_first_and_miss_nothing(client, as_user, aired):
    """Gap 11: by a cursor, while others come."""
    fan, address = as_user("fan"), f"/api/v1/episodes/{aired.episodes[0]}/threads?limit=2"
    made = [open_thread(fan, aired.episodes[0], f"{number}")["id"] for number in range(5)]
    met = []
    while address:
        answer = client.get(address)
        met += [thread["id"] for thread in answer.json]
        address = answer.headers.get("Link", "").partition(">")[0].removeprefix("<")
        if len(met) == 2:
            open_thread(fan, aired.episodes[0], "meanwhile")
    assert met == made[::-1]


def test_only_the_author_edits_and_only_what_they_read(as_user, aired):
    """Gap 17: editing threads."""
    fan, other = as_user("fan"), as_user("other")
    address = f"/api/v1/threads/{open_thread(fan, aired.episodes[0])['id']}"
    tag = fan.get(address).headers["ETag"]
    assert other.patch(address, json={"title": "mine"}, headers={"If-Match": tag}).status_code == 403
    assert fan.patch(address, json={"title": "new"}).status_code == 428
    changed = fan.patch(address, json={"title": "new"}, headers={"If-Match": tag})
    assert (changed.status_code, changed.json["title"], changed.json["version"]) == (200, "new", 2)
    assert changed.json["edited_at"]
    assert fan.patch(address, json={"title": "newer"}, headers={"If-Match": tag}).status_code == 412


def test_unread_is_what_was_said_since(as_user, aired):
    """Gap 17: following, unread counts."""
    fan, other = as_user("fan"), as_user("other")
    thread = open_thread(fan, aired.episodes[0])
    address = f"/api/v1/threads/{thread['id']}"
    for number in range(3):
        say(other, thread, f"{number}")
    assert (fan.get(address).json["unread"], other.get(address).json["unread"]) == (3, 0)
    assert fan.post(f"{address}/read", json={"seq": 2}).json["unread"] == 1
    assert fan.post(f"{address}/read", json={"seq": 1}).json["unread"] == 1, "reading goes forward only"
    assert fan.post(f"{address}/read", json={"seq": 99}).json["unread"] == 0
    fan.delete(f"{address}/follow")
    assert (fan.get(address).json["is_followed"], fan.get(address).json["unread"]) == (False, None)
    assert fan.post(f"{address}/read", json={"seq": 3}).status_code == 404
    assert fan.put(f"{address}/follow").json["unread"] == 0


def test_activity_is_what_was_said_lately_in_what_one_follows(as_user, aired):
    """Gap 17: subscriptions, threads' last activity."""
    fan, other = as_user("fan"), as_user("other")
    assert fan.get("/api/v1/me/activity").json == []
    first, second = (open_thread(other, aired.episodes[n], f"{n}") for n in (0, 1))
    say(other, first, "a")
    say(other, second, "b")
    assert fan.get("/api/v1/me/activity").json == []
    assert fan.put(f"/api/v1/me/follows/shows/{aired.show}").status_code == 200
    assert [row["title"] for row in fan.get("/api/v1/me/activity").json] == ["1", "0"]
    assert [row["show_name"] for row in fan.get("/api/v1/me/follows/shows").json] == ["Villa Imaginaria"]
    fan.put(f"/api/v1/me/progress/{aired.show}", json={"seen_through": str(aired.episodes[0])})
    assert [row["title"] for row in fan.get("/api/v1/me/activity").json] == ["0"]
    fan.delete(f"/api/v1/me/follows/shows/{aired.show}")
    assert fan.get("/api/v1/me/activity").json == []


def test_moderators_lock_pin_and_hide(client, as_user, aired):
    """Gap 17: locking, pinning, hiding; a locked thread takes no post."""
    fan, moderator = as_user("fan"), as_user("moderator", Role.MODERATOR)
    thread = open_thread(fan, aired.episodes[0])
    moderation = f"/api/v1/moderation/threads/{thread['id']}"
    assert fan.patch(moderation, json={"is_locked": True}).status_code == 403
    locked = moderator.patch(moderation, json={"is_locked": True, "is_pinned": True}).json
    assert (locked["is_locked"], locked["is_pinned"]) == (True, True)
    said = fan.post(f"/api/v1/threads/{thread['id']}/posts", json={"body": "x"})
    assert (said.status_code, said.json["detail"]) == (403, "Thread is locked")
    assert moderator.patch(moderation, json={"is_hidden": True}).json["is_hidden"] is True
    assert client.get(f"/api/v1/threads/{thread['id']}").status_code == 404
    assert client.get(f"/api/v1/threads/{thread['id']}/posts").status_code == 404
    assert client.get(f"/api/v1/episodes/{aired.episodes[0]}/threads").json == []
    assert moderator.patch(moderation, json={"is_hidden": False, "is_locked": False}).json["is_hidden"] is False
    assert client.get(f"/api/v1/threads/{thread['id']}").status_code == 200
    open_thread(fan, aired.episodes[0], "newer")
    listed = client.get(f"/api/v1/episodes/{aired.episodes[0]}/threads?limit=1")
    assert [row["id"] for row in listed.json] == [thread["id"]], "pinned ones come first"


def test_an_airing_episode_gets_one_live_thread_in_time(client, as_user, aired):
    """Gap 17: one live thread of each episode, at its time."""
    admin = as_user("admin", Role.ADMIN)
    address = f"/api/v1/shows/{aired.show}/air-time"
    assert client.get(address).status_code == 404
    now = datetime.now(ZoneInfo("America/New_York"))
    body = {"airs_at": f"{now:%H:%M:%S}", "time_zone": "America/New_York"}
    for wrong in ({"time_zone": "Mars/Base"}, {"airs_at": "25:00"}, {"opens_minutes": -1}):
        assert admin.put(address, json=body | wrong).status_code == 422
    assert as_user("fan").put(address, json=body).status_code == 403
    assert admin.put(address, json=body).json["opens_minutes"] == 30
    with make.catalogue() as session:
        for number, date in ((4, now.date()), (5, now.date() + timedelta(days=7))):
            make.episode(session, session.get_one(Season, aired.seasons[1]), number, air_date=date)
    opened = []
    for _ in range(2):
        with as_system() as session:
            opened.append(live_threads.open_due(session))
    assert opened == [1, 0]
    with as_system() as session:
        (thread,) = session.execute(text("select * from social.threads where is_automatic")).all()
        told = session.execute(text("select payload ->> 'thread_id' from ops.events")).scalars().all()
    assert (thread.title, thread.type, thread.created_by) == ("Villa Imaginaria 2×04", "episode_live", None)
    assert told == [str(thread.id)]
    fan = as_user("fan")
    assert fan.post(f"/api/v1/threads/{thread.id}/posts", json={"body": "It begins"}).status_code == 200
    assert admin.delete(address).status_code == 200
