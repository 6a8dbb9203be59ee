"""Latency, rate limit, faults, changed answers and the request log of the sample upstream."""

import socket
import time

import pytest
import requests
from flask import Response

from deployments.upstream import Sample, Upstream
from deployments.upstream.arrival import StampedReader
from deployments.upstream.conditions import TokenBucket

SHOW = "/3/tv/900000001"


def test_beyond_the_burst_the_api_answers_429_with_retry_after_and_code_25(ask, upstream):
    upstream.limit_to(rate=0.001, burst=2)
    statuses = [ask(SHOW).status_code for _ in range(3)]
    refused = ask(SHOW)
    assert statuses == [200, 200, 429]
    assert 900 < int(refused.headers["Retry-After"]) <= 1000
    assert refused.json()["status_code"] == 25
    assert "over the allowed limit of (2)" in refused.json()["status_message"]
    upstream.limit_to(None)
    assert ask(SHOW).status_code == 200
    assert upstream.requests.count(status=429) == 2


def test_images_and_health_are_not_limited(ask, upstream):
    poster = ask(SHOW).json()["poster_path"]
    upstream.limit_to(rate=0.001, burst=1)
    ask(SHOW)
    assert ask(SHOW).status_code == 429
    assert ask(f"/t/p/w92{poster}").status_code == 200
    assert ask("/_health").json()["status"] == "ok"


def test_a_bucket_lets_its_rate_pass_over_time_and_never_more_than_its_burst_at_once():
    now = 100.0
    bucket = TokenBucket(rate=4, burst=3, clock=lambda: now)
    assert [bucket.take() for _ in range(4)] == [0, 0, 0, 1]
    now += 0.5
    assert [bucket.take() == 0 for _ in range(3)] == [True, True, False]
    now += 3600
    assert [bucket.take() == 0 for _ in range(4)] == [True, True, True, False]


def test_a_bucket_counts_a_request_from_when_it_arrived_and_never_fills_twice():
    bucket = TokenBucket(rate=10, burst=1, clock=lambda: 100.0)
    assert [bucket.take(at) for at in (100.0, 100.05, 100.11, 100.1, 100.22)] == [0, 1, 0, 1, 0]
    assert (bucket.passed, bucket.refused) == (3, 2)


def test_what_waited_to_be_read_arrived_when_it_was_sent():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
        server.accept()[0] as accepted,
    ):
        reader = StampedReader(accepted)

        def waited_and_was_stamped() -> bool:
            client.send(b"request")
            time.sleep(0.05)
            reading = time.monotonic()
            assert reader.read(100) == b"request"
            return reader.arrived < reading

        # The kernel starts to stamp a moment after the first socket of the machine asked for it.
        assert any(waited_and_was_stamped() for _ in range(100))


@pytest.mark.parametrize(("rate", "burst"), [(0, None), (-1, 5), (10, 0)])
def test_an_impossible_limit_is_refused(upstream, rate, burst):
    with pytest.raises(ValueError, match="rate must be above 0"):
        upstream.limit_to(rate, burst)


def test_latency_delays_the_next_answers(ask, upstream):
    ask(SHOW)
    upstream.latency = 0.15
    started = time.monotonic()
    ask(SHOW)
    assert time.monotonic() - started >= 0.15


def test_a_fault_is_sent_instead_of_the_answer_until_it_is_taken_away(ask, upstream):
    def broken(request):
        return Response("<html>", 503) if request.path.endswith("/keywords") else None

    upstream.faults.append(broken)
    assert (ask(f"{SHOW}/keywords").status_code, ask(SHOW).status_code) == (503, 200)
    upstream.faults.remove(broken)
    assert ask(f"{SHOW}/keywords").status_code == 200


def test_the_log_states_method_path_with_query_status_and_bytes_of_every_answer(ask, upstream):
    first = ask(SHOW, append_to_response="images,season/1")
    ask(SHOW, {"If-None-Match": first.headers["ETag"]}, append_to_response="images,season/1")
    ask("/3/tv/1")
    ask("/_health")
    path = f"{SHOW}?append_to_response=images%2Cseason%2F1"
    served = [(entry.method, entry.status, entry.bytes) for entry in upstream.requests]
    assert served[:2] == [("GET", 200, len(first.content)), ("GET", 304, 0)]
    assert [entry.status for entry in upstream.requests] == [200, 304, 404]
    assert [requests.utils.unquote(found) for found in upstream.requests.paths(SHOW)] == [
        requests.utils.unquote(path)
    ] * 2
    assert upstream.requests.count("/3/tv", status=404) == 1
    upstream.requests.clear()
    assert (len(upstream.requests), upstream.requests.total) == (0, 0)


def test_a_part_can_be_changed_and_a_show_withdrawn_and_both_restored(ask, upstream):
    upstream.amend("tv/900000001/keywords", results=[])
    upstream.amend("tv/900000001/season/1", lambda season: {**season, "episodes": season["episodes"][:2]})
    upstream.withdraw("tv/900000002")
    upstream.withdraw("find/tt990000002")
    upstream.withdraw("list/900000001")
    body = ask(SHOW, append_to_response="keywords,season/1").json()
    assert body["keywords"] == {"results": []}
    assert len(body["season/1"]["episodes"]) == 2
    assert ask("/3/tv/900000002").status_code == ask("/3/list/900000001").status_code == 404
    assert ask("/3/find/tt990000002", external_source="imdb_id").json()["tv_results"] == []
    upstream.restore()
    assert len(ask(f"{SHOW}/season/1").json()["episodes"]) == 6
    assert ask("/3/tv/900000002").status_code == 200


def test_a_stopped_upstream_ends_the_connections_still_open(sample):
    session = requests.Session()
    with Upstream(sample) as running:
        assert session.get(f"{running.url}/_health", timeout=60).json()["shows"] == len(sample.show_ids())
    with pytest.raises(requests.ConnectionError):
        session.get(f"{running.url}/_health", timeout=60)


def test_two_upstreams_in_one_process_share_nothing():
    with Upstream(Sample()) as one, Upstream(Sample(), token="other") as other:
        one.amend("tv/900000001", name="Changed")
        answers = [requests.get(up.url + SHOW, headers=up.headers, timeout=60).json()["name"] for up in (one, other)]
        assert answers == ["Changed", "Glass Hill Realty"]
        assert requests.get(one.url + SHOW, headers=other.headers, timeout=60).status_code == 401
        assert (one.requests.total, other.requests.total) == (2, 1)
