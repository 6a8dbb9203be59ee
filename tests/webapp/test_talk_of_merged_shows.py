"""A show and its episodes become another's and come back: what was said and kept of them is found all the while."""

from datetime import timedelta

from sqlalchemy import text

from db.session import as_system
from models.accounts import Role
from models.shows import Episode, Season
from tests.webapp import factories as make
from tests.webapp.talk import FIRST_AIRED, aired_show, open_thread, say

TABLES = ("threads", "posts", "reactions", "thread_follows", "show_follows", "progress", "air_times")


def counted() -> dict[str, int]:
    with as_system() as session:
        return {table: session.execute(text(f"select count(*) from social.{table}")).scalar_one() for table in TABLES}


def titles(client, of, about):
    return sorted(thread["title"] for thread in client.get(f"/api/v1/{of}/{about}/threads?reveal=true").json)


def merged(admin, winner, loser):
    body = {"kind": "show", "winner_id": str(winner.show), "loser_id": str(loser.show), "reason": "the same"}
    answer = admin.post("/api/v1/admin/merges", json=body)
    assert answer.status_code == 200, answer.json
    return answer.json["id"]


def test_talk_progress_follows_and_air_times_go_along_and_come_back(client, as_user):
    fan, other, admin = as_user("fan"), as_user("other"), as_user("admin", Role.ADMIN)
    winner, loser = aired_show(), aired_show("Villa Imaginaria II")
    with make.catalogue() as session:
        for id_ in (*winner.episodes, *loser.episodes):
            told = session.get_one(Episode, id_)
            make.fact(session, id_, "tmdb", name=told.name, air_date=str(told.air_date))
        last = session.get_one(Season, loser.seasons[1])
        extra = make.episode(session, last, 4, air_date=FIRST_AIRED + timedelta(days=42)).id
        make.fact(session, extra, "tmdb", name="Episode 4", air_date=(FIRST_AIRED + timedelta(days=42)).isoformat())
    places = {"shows": loser.show, "seasons": loser.seasons[0], "episodes": loser.episodes[3]}
    threads = {of: open_thread(other, about, f"of {of}", of=of) for of, about in places.items()}
    alone = open_thread(other, extra, "of the fourth")
    said = say(other, threads["episodes"], "Well!")
    fan.post(f"/api/v1/posts/{said['id']}/reactions", json={"reaction": "fire"})
    fan.put(f"/api/v1/threads/{threads['shows']['id']}/follow")
    fan.put(f"/api/v1/me/follows/shows/{loser.show}")
    fan.put(f"/api/v1/me/progress/{loser.show}", json={"seen_through": str(loser.episodes[2])})
    for show, seen in ((winner, 0), (loser, 1)):
        other.put(f"/api/v1/me/progress/{show.show}", json={"seen_through": str(show.episodes[seen])})
    admin.put(f"/api/v1/shows/{loser.show}/air-time", json={"airs_at": "20:00", "time_zone": "Europe/London"})
    before = counted()

    merge_id = merged(admin, winner, loser)

    assert counted() == before
    moved = client.get(f"/api/v1/shows/{loser.show}/threads?limit=5")
    assert (moved.status_code, moved.headers["Location"]) == (301, f"/api/v1/shows/{winner.show}/threads?limit=5")
    opening = fan.post(f"/api/v1/shows/{loser.show}/threads", json={"title": "x", "type": "general"})
    assert opening.status_code == 308, "a redirect that keeps method and body"
    assert titles(client, "shows", winner.show) == ["of shows"]
    assert titles(client, "seasons", winner.seasons[0]) == ["of seasons"]
    assert titles(client, "episodes", winner.episodes[3]) == ["of episodes"]
    assert titles(client, "episodes", extra) == ["of the fourth"]
    found = client.get(f"/api/v1/threads/{threads['episodes']['id']}").json
    assert (found["episode_id"], found["show_id"]) == (str(winner.episodes[3]), str(winner.show))
    assert client.get(f"/api/v1/threads/{alone['id']}").json["show_id"] == str(winner.show)

    (kept,) = fan.get("/api/v1/me/progress").json
    assert (kept["show_id"], kept["seen_through"]) == (str(winner.show), str(winner.episodes[2]))
    assert fan.get(f"/api/v1/posts/{said['id']}").json["is_masked"] is True
    assert [row["show_id"] for row in fan.get("/api/v1/me/follows/shows").json] == [str(winner.show)]
    assert fan.get("/api/v1/me/activity").json == []
    (furthest,) = other.get("/api/v1/me/progress").json
    assert furthest["seen_through"] == str(winner.episodes[1])
    at = f"/api/v1/me/progress/{winner.show}"
    assert other.put(at, json={"seen_through": str(winner.episodes[0])}).json["seen_through"] == str(winner.episodes[0])
    assert len(other.get("/api/v1/me/progress").json) == 1, "who says anew how far they are, says it for both"
    air_time = client.get(f"/api/v1/shows/{winner.show}/air-time").json
    assert (air_time["show_id"], air_time["time_zone"]) == (str(winner.show), "Europe/London")
    answer = say(fan, threads["episodes"], "Well?", said)
    told = other.get(f"/api/v1/rooms/discussions:episode:{winner.episodes[3]}/events?since=0").json
    assert [event["payload"]["post_id"] for event in told] == [answer["id"]]
    meanwhile = open_thread(fan, extra, "of the fourth, meanwhile")

    assert admin.post(f"/api/v1/admin/merges/{merge_id}/undo").status_code == 200

    assert titles(client, "shows", winner.show) == titles(client, "episodes", winner.episodes[3]) == []
    for of, about in places.items():
        assert titles(client, of, about) == [f"of {of}"]
    assert titles(client, "episodes", extra) == ["of the fourth", "of the fourth, meanwhile"]
    assert client.get(f"/api/v1/threads/{meanwhile['id']}").json["show_id"] == str(loser.show)
    (kept,) = fan.get("/api/v1/me/progress").json
    assert (kept["show_id"], kept["seen_through"]) == (str(loser.show), str(loser.episodes[2]))
    assert {row["show_id"] for row in other.get("/api/v1/me/progress").json} == {str(winner.show), str(loser.show)}
    assert [row["show_id"] for row in fan.get("/api/v1/me/follows/shows").json] == [str(loser.show)]
    assert client.get(f"/api/v1/shows/{winner.show}/air-time").status_code == 404
    assert client.get(f"/api/v1/shows/{loser.show}/air-time").json["airs_at"] == "20:00:00"
    assert counted() == before | {"threads": before["threads"] + 1, "posts": before["posts"] + 1} | {
        "thread_follows": before["thread_follows"] + 2  # who writes in a thread follows it
    }
    fan.delete(f"/api/v1/me/follows/shows/{loser.show}")
    fan.delete(f"/api/v1/me/progress/{loser.show}")
    assert (fan.get("/api/v1/me/follows/shows").json, fan.get("/api/v1/me/progress").json) == ([], [])
