"""Bad weather: refusals, disconnections, rubbish answers, a cap on requests in flight, an outage; and the counts of it all."""

import threading
import time
from collections import Counter
from email.utils import parsedate_to_datetime

import pytest
import requests

from deployments.upstream import Sample, Upstream, Weather
from deployments.upstream.weather import MALFORMED
from tests.upstream.conftest import asking

SHOW = "/3/tv/900000001"


@pytest.fixture(autouse=True)
def fair_again(upstream):
    """Whatever weather a test makes ends with it."""
    upstream.stats.reset()
    yield
    upstream.calm()


def drawn(weather, addresses=20_000):
    return Counter(trouble.kind for n in range(addresses) if (trouble := weather.drawn(f"GET /3/tv/{n}", 1)))


def test_each_share_is_met_and_what_befalls_an_address_depends_on_seed_and_time_alone():
    weather = Weather(too_many=0.01, server_errors=0.02, timeouts=0.005, drops=0.03, malformed=0.04, seed=3)
    found = drawn(weather)
    for kind, share in weather.shares.items():
        assert found[kind] == pytest.approx(20_000 * share, rel=0.25)
    assert drawn(weather) == found
    assert drawn(Weather(too_many=0.01, seed=4)) != drawn(Weather(too_many=0.01, seed=3))
    assert len({weather.drawn(f"GET {SHOW}", time) is None for time in range(1, 200)}) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        *({"too_many": -0.1}, {"drops": 1.1}, {"too_many": 0.6, "drops": 0.6}, {"malformed_kinds": ()}),
        *({"malformed_kinds": ("odd",)}, {"in_flight_status": 500}, {"max_in_flight": 0}, {"retry_after": -1}),
    ],
)
def test_impossible_weather_is_refused(upstream, wrong):
    with pytest.raises(ValueError, match=r"must|are|is"):
        upstream.set_weather(**wrong)


def test_a_repeated_run_meets_the_same_faults_whatever_the_order(ask, upstream):
    def run(paths):
        upstream.set_weather(too_many=0.2, server_errors=0.2, seed=5)
        return {(path, time): ask(path).status_code for time in range(3) for path in paths}

    paths = [f"{SHOW}/season/{number}" for number in (1, 2, 3)] + [SHOW, f"{SHOW}/images"]
    first = run(paths)
    assert len(set(first.values())) > 1
    assert run(paths[::-1]) == first


def test_refusals_say_when_to_come_again_in_seconds_or_as_a_date(ask, upstream):
    upstream.set_weather(too_many=1, retry_after=3)
    answers = [ask(f"/3/tv/{number}") for number in range(40)]
    assert {answer.status_code for answer in answers} == {429}
    assert {answer.json()["status_code"] for answer in answers} == {25}
    said = Counter(answer.headers["Retry-After"] == "3" for answer in answers)
    assert said[True] > said[False] > 0
    dates = [answer.headers["Retry-After"] for answer in answers if answer.headers["Retry-After"] != "3"]
    assert all(parsedate_to_datetime(text).tzinfo is not None for text in dates)
    assert upstream.stats.as_json()["faults"] == {"too_many": 40}


def test_server_errors_are_of_four_kinds(ask, upstream):
    upstream.set_weather(server_errors=1)
    assert {ask(f"/3/tv/{number}").status_code for number in range(40)} == {500, 502, 503, 504}


def test_dropped_connections_end_before_the_answer_or_in_its_middle(upstream):
    upstream.set_weather(drops=1)
    ends = set()
    for number in range(12):
        with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)) as ended:
            requests.get(f"{upstream.url}{SHOW}/season/1?n={number}", headers=upstream.headers, timeout=60)
        ends.add(type(ended.value))
    assert len(ends) == 2
    assert upstream.stats.as_json()["by_status"] == {"0": 12}
    assert upstream.requests.count(status=0) == 12


def test_a_request_that_times_out_is_accepted_and_never_answered(sample):
    with Upstream(sample, weather=Weather(timeouts=1, timeout_seconds=3600)) as running:
        with pytest.raises(requests.ReadTimeout):
            requests.get(running.url + SHOW, headers=running.headers, timeout=(60, 0.1))
        running.set_weather(timeout_seconds=0.01)
        with pytest.raises(requests.ConnectionError):
            requests.get(running.url + SHOW, headers=running.headers, timeout=60)


def test_stopping_does_not_wait_for_requests_that_are_never_answered(sample):
    with Upstream(sample, weather=Weather(timeouts=1, timeout_seconds=3600)) as running:
        with pytest.raises(requests.ReadTimeout):
            requests.get(running.url + SHOW, headers=running.headers, timeout=(60, 0.1))
        stopping = threading.Thread(target=running.stop, daemon=True)
        stopping.start()
        stopping.join(60)
        assert not stopping.is_alive()


def test_rubbish_comes_in_all_its_kinds(ask, upstream):
    truth = ask(SHOW, append_to_response="keywords").json()
    answers = {}
    for kind in MALFORMED:
        upstream.set_weather(malformed=1, malformed_kinds=(kind,))
        answers[kind] = ask(SHOW, append_to_response="keywords")
    assert {kind: answer.status_code for kind, answer in answers.items()} == dict.fromkeys(MALFORMED, 200) | {
        "challenge": 202
    }
    assert answers["empty"].content == answers["challenge"].content == b""
    assert answers["html"].content.startswith(b"<!DOCTYPE html>")
    with pytest.raises(requests.JSONDecodeError):
        answers["cut"].json()
    assert 0 < len(truth) - len(answers["missing"].json()) <= 4
    types = {key: type(value) for key, value in answers["retyped"].json().items()}
    assert 0 < sum(types[key] is not type(value) for key, value in truth.items()) <= 4


def test_a_spoiled_answer_does_not_carry_the_etag_of_the_true_one(ask, upstream):
    etag = ask(SHOW).headers["ETag"]
    upstream.set_weather(malformed=1, malformed_kinds=("retyped",))
    spoiled = ask(SHOW, {"If-None-Match": etag})
    assert (spoiled.status_code, "ETag" in spoiled.headers) == (200, False)
    upstream.calm()
    assert ask(SHOW, {"If-None-Match": etag}).status_code == 304


def test_images_meet_the_weather_only_when_told_to(ask, upstream):
    poster = f"/t/p/w92{ask(SHOW).json()['poster_path']}"
    upstream.set_weather(server_errors=1)
    assert (ask(poster).status_code, ask(SHOW).status_code >= 500) == (200, True)
    upstream.set_weather(on_images=True)
    assert ask(poster).status_code >= 500
    assert ask("/_health").status_code == 200


@pytest.mark.parametrize("status", [429, 503])
def test_requests_beyond_those_that_may_be_in_flight_are_refused(upstream, status):
    upstream.set_weather(max_in_flight=2, in_flight_status=status)

    def held(request):
        """Keep those that may be in flight there until all others were refused."""
        for _ in range(12_000):
            if upstream.stats.as_json()["faults"].get("max_in_flight") == 3:
                return
            time.sleep(0.005)

    upstream.faults.append(held)
    found = []
    threads = [threading.Thread(target=lambda: found.append(asking(upstream)(SHOW).status_code)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counted = upstream.stats.as_json()
    assert Counter(found) == {200: 2, status: 3}
    assert (counted["in_flight"], counted["faults"]) == (0, {"max_in_flight": 3})
    assert 3 <= counted["max_in_flight"] <= 5


def test_in_an_outage_nobody_is_answered_until_it_is_over(ask, upstream):
    poster = f"/t/p/w92{ask(SHOW).json()['poster_path']}"
    upstream.outage(3600)
    for path in (SHOW, poster):
        with pytest.raises(requests.ConnectionError):
            ask(path)
    assert ask("/_conditions").json()["outage_seconds"] > 50
    upstream.outage(0)
    assert ask(SHOW).status_code == 200
    upstream.outage(0.05)
    time.sleep(0.06)
    assert ask(SHOW).status_code == 200


def test_stats_count_requests_by_kind_and_status(ask, upstream, monkeypatch):
    monkeypatch.setattr(upstream.stats, "_clock", lambda: 1000.0)
    upstream.limit_to(rate=0.001, burst=5)
    paths = (SHOW, f"{SHOW}/season/1", "/3/person/900100001", "/3/tv/1", "/4/list/900000001", SHOW)
    assert [ask(path).status_code for path in paths] == [200, 200, 200, 404, 200, 429]
    counted = ask("/_stats").json()
    assert counted["by_kind"] == {
        "show": {"200": 1, "404": 1, "429": 1},
        **{kind: {"200": 1} for kind in ("season", "person", "list")},
    }
    assert counted["by_status"] == {"200": 4, "404": 1, "429": 1}
    assert (counted["requests"], counted["busiest_second"], counted["max_in_flight"]) == (6, 6, 1)
    assert counted["faults"] == {"rate_limit": 1}
    limit = upstream.conditions.limit
    assert limit is not None and (limit.passed, limit.refused) == (5, 1)
    assert upstream.stats.count("show", status=200) == 1
    assert requests.post(f"{upstream.url}/_stats/reset", timeout=60).status_code == 204
    assert ask("/_stats").json()["requests"] == 0


def test_weather_can_be_given_at_the_start():
    with Upstream(Sample(), weather=Weather(server_errors=1)) as stormy:
        assert asking(stormy)(SHOW).status_code >= 500
