"""What changed when, as TMDb tells it; and the upstream steered from another process."""

from datetime import UTC, date, datetime, timedelta

import pytest
import requests

from deployments.upstream import Generated, Upstream
from deployments.upstream.changes import FIRST_FOREIGN
from deployments.upstream.generator import FIRST_PERSON, FIRST_SHOW
from tests.upstream.conftest import asking

NOON = datetime(2026, 7, 10, 12, tzinfo=UTC)
GLASS_HILL, MARLA = "tv/900000001", "person/900100001"


@pytest.fixture(autouse=True)
def noon(upstream):
    """It is noon at the upstream, of a day that does not end."""
    feed = upstream.feed
    truth, foreign = feed.clock, feed.foreign_per_day
    feed.clock = lambda: NOON
    yield
    feed.clock, feed.foreign_per_day = truth, foreign
    upstream.calm()


@pytest.fixture
def changed(ask):
    """The ids of the sample's shows or people that changed, by default in the last day; foreign ones left out."""

    def ids(kind="tv", **query):
        found, page, last = [], 1, 1
        while page <= last:
            body = ask(f"/3/{kind}/changes", page=page, **query).json()
            found += [entry["id"] for entry in body["results"]]
            page, last = page + 1, body["total_pages"]
        return [number for number in found if number >= 900_000_000]

    return ids


def test_what_was_amended_is_told_as_changed_latest_first(changed, upstream):
    assert changed() == changed("person") == []
    upstream.amend("tv/900000003", name="Renamed", at=NOON - timedelta(hours=3))
    upstream.amend("tv/900000001/season/1", overview="Told anew.")
    upstream.amend("tv/900000003/images", posters=[], at=NOON - timedelta(hours=5))
    upstream.withdraw("tv/900000004", at=NOON - timedelta(hours=23))
    upstream.amend(MARLA, name="Marla V.")
    assert changed() == [900000001, 900000003, 900000004]
    assert changed("person") == [900100001]
    upstream.restore()
    assert changed() == changed("person") == []


def test_a_feed_may_lie_both_ways(ask, changed, upstream):
    upstream.amend(GLASS_HILL, name="Silently renamed", announce=False)
    upstream.announce("tv/900000002")
    assert ask(f"/3/{GLASS_HILL}").json()["name"] == "Silently renamed"
    assert changed() == [900000002]


def test_both_days_of_a_range_count_and_without_one_the_last_24_hours(changed, upstream):
    for days in range(20):
        upstream.announce(f"tv/{900000001 + days}", NOON - timedelta(days=days, hours=1))
    assert changed() == [900000001]
    assert changed(start_date="2026-07-08", end_date="2026-07-09") == [900000002, 900000003]
    assert changed(start_date="2026-07-09") == [900000001, 900000002]
    assert changed(end_date="2026-07-08") == [900000003, 900000004]
    assert len(changed(start_date="2026-06-26", end_date="2026-07-10")) == 15


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"start_date": "2026-06-25", "end_date": "2026-07-10"}, 422, 20),
        ({"start_date": "2026-07-10", "end_date": "2026-07-09"}, 422, 5),
        ({"start_date": "10/07/2026"}, 400, 23),
        ({"end_date": "2026-02-30"}, 400, 23),
    ],
)
def test_an_impossible_range_is_refused_in_tmdbs_words(ask, query, status, code):
    for path in ("/3/tv/changes", "/3/person/changes", f"/3/{GLASS_HILL}/changes"):
        answer = ask(path, **query)
        assert (answer.status_code, answer.json()["status_code"]) == (status, code)
    message = ask("/3/tv/changes", start_date="2026-01-01", end_date="2026-02-01").json()["status_message"]
    assert message == "Invalid date range: Should be a range no longer than 14 days."


def test_most_ids_are_foreign_the_same_every_time_and_come_in_pages_of_a_hundred(ask):
    body = ask("/3/tv/changes").json()
    assert set(body) == {"results", "page", "total_pages", "total_results"}
    assert (body["page"], body["total_pages"], body["total_results"], len(body["results"])) == (1, 2, 150, 100)
    assert set(body["results"][0]) == {"id", "adult"}
    second = ask("/3/tv/changes", page=2).json()
    ids = [entry["id"] for entry in body["results"] + second["results"]]
    assert len(set(ids)) == 150
    assert {number // 100_000_000 for number in ids} == {FIRST_FOREIGN // 100_000_000}
    assert ask("/3/tv/changes").json() == body
    assert ask("/3/tv/changes", page=3).json()["results"] == []
    assert ask("/3/tv/changes", page=0).status_code == 422
    yesterday = ask("/3/tv/changes", start_date="2026-07-08", end_date="2026-07-08").json()
    assert {entry["id"] for entry in yesterday["results"]} != set(ids)


def test_nothing_is_told_before_it_happens(ask, upstream, changed):
    upstream.announce(GLASS_HILL, NOON + timedelta(hours=2))
    today = date(2026, 7, 10).isoformat()
    assert changed(start_date=today, end_date=today) == []
    assert ask("/3/tv/changes", start_date=today, end_date=today).json()["total_results"] == pytest.approx(75, abs=2)
    upstream.feed.clock = lambda: NOON + timedelta(hours=3)
    assert changed(start_date=today, end_date=today) == [900000001]


def test_what_changed_about_a_show_is_told_by_field(ask, upstream):
    assert ask(f"/3/{GLASS_HILL}/changes").json() == {"changes": []}
    upstream.amend(GLASS_HILL, name="Renamed")
    upstream.amend(f"{GLASS_HILL}/season/2", overview="")
    upstream.amend(f"{GLASS_HILL}/images", posters=[])
    told = {change["key"]: change["items"] for change in ask(f"/3/{GLASS_HILL}/changes").json()["changes"]}
    assert set(told) == {"name", "season", "images"}
    assert (told["name"][0]["original_value"], told["name"][0]["value"]) == ("Glass Hill Realty", "Renamed")
    assert told["name"][0]["time"] == "2026-07-10 12:00:00 UTC"
    assert told["season"][0]["value"]["season_number"] == 2
    assert ask(f"/3/{MARLA}/changes").json() == {"changes": []}
    assert ask("/3/tv/1/changes").status_code == 404


def test_another_process_amends_and_sets_conditions_over_http(ask, changed, upstream):
    def post(control, **body):
        return requests.post(f"{upstream.url}/_{control}", json=body, timeout=60)

    assert post("amend", path=GLASS_HILL, fields={"name": "Told over HTTP"}).status_code == 204
    assert post("amend", path="tv/900000002", withdraw=True, announce=False).status_code == 204
    assert post("amend", path="tv/900000003", at="2026-07-10T09:00:00").status_code == 204
    assert ask(f"/3/{GLASS_HILL}").json()["name"] == "Told over HTTP"
    assert ask("/3/tv/900000002").status_code == 404
    assert changed() == [900000001, 900000003]
    assert post("restore").status_code == 204
    assert (changed(), ask("/3/tv/900000002").status_code) == ([], 200)
    set_to = {"too_many": 1.0, "retry_after": 7, "rate": 40, "burst": 4, "latency_ms": 5, "foreign_changes": 3}
    stated = post("conditions", **set_to, now="2026-08-01T00:00:00+00:00").json()
    assert {key: stated[key] for key in set_to} == set_to
    assert stated["now"] == "2026-08-01T00:00:00+00:00"
    assert ask("/3/tv/900000002").status_code == 429
    assert requests.get(f"{upstream.url}/_conditions", timeout=60).json() == stated
    post("conditions", too_many=0, rate=None, latency_ms=0)
    assert ask("/3/tv/changes").json()["total_results"] == 3


@pytest.mark.parametrize(
    ("path", "body"),
    [
        *(("conditions", {"weather": "bad"}), ("conditions", {"too_many": 2}), ("conditions", {"drops": "many"})),
        *(("conditions", {"rate": 0}), ("conditions", {"rate": "40"}), ("conditions", {"latency_ms": -1})),
        *(("conditions", {"now": "soon"}), ("conditions", []), ("amend", {}), ("amend", {"path": "tv/1", "fields": 3})),
        ("amend", {"path": "tv/1", "at": "soon"}),
    ],
)
def test_what_cannot_be_set_is_refused_and_changes_nothing(ask, upstream, path, body):
    before = ask("/_conditions").json()
    answer = requests.post(f"{upstream.url}/_{path}", json=body, timeout=60)
    assert answer.status_code == 400
    assert ask("/_conditions").json() == before


def test_generated_shows_and_people_change_too():
    with Upstream(Generated(5), foreign_changes=0) as generated:
        generated.amend(f"tv/{FIRST_SHOW + 3}", name="New")
        generated.amend(f"person/{FIRST_PERSON + 2}", name="New")
        ask = asking(generated)
        assert ask("/3/tv/changes").json()["results"] == [{"id": FIRST_SHOW + 3, "adult": False}]
        assert ask("/3/person/changes").json()["results"] == [{"id": FIRST_PERSON + 2, "adult": False}]
