import json
import logging
import os
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests

from flows.settings import HttpSettings
from flows.sources import cache
from flows.sources.credentials import Credentials
from flows.sources.errors import (
    Challenge,
    MalformedAnswer,
    NotFound,
    RateLimited,
    Unauthorized,
    Unavailable,
    UpstreamError,
)
from flows.sources.http import HttpClient, Refresh
from flows.sources.limits import Rate
from flows.sources.retry import RetryPolicy, retry_after
from flows.sources.transport import CurlAdapter
from tests.sources.double import Reply, json_reply

SECRET = "s3cr3t-t0ken-value"


@pytest.fixture
def client(double, http):
    with new_client(double, http) as client:
        yield client


def new_client(double, http, **options):
    return HttpClient("tmdb", double.url, http, rate=Rate(1000, 100), connections=20, **options)


def with_etag(request):
    if request.headers.get("If-None-Match") == '"one"':
        return Reply(304, b"", {"ETag": '"one"'})
    return json_reply({"id": 1}, ETag='"one"')


def test_an_answer_is_asked_for_once_and_keeps_its_time(double, client):
    double.answer = with_etag
    first = client.get_json("3/tv/1", {"b": 1, "a": 2})
    again = client.get_json("3/tv/1", {"a": 2, "b": 1})
    assert len(double.asked) == 1
    assert (first.from_cache, again.from_cache) == (False, True)
    assert first.fetched_at == again.fetched_at and first.fetched_at.tzinfo is not None
    assert first.body == again.body == {"id": 1} and again.etag == '"one"'


def test_queries_in_a_body_are_kept_apart_and_each_asked_once(double, client):
    double.answer = lambda request: json_reply({"echo": json.loads(request.body)["query"]})
    bodies = [client.post_json("", {"query": query}).body["echo"] for query in ("{ a }", "{ b }", "{ a }")]
    assert bodies == ["{ a }", "{ b }", "{ a }"] and len(double.asked) == 2
    assert {(request.method, request.headers["Content-Type"]) for request in double.asked} == {
        ("POST", "application/json")
    }


def test_a_page_is_text_and_asked_for_once(double, client):
    double.answer = lambda request: Reply(200, "<p>Zoë</p>".encode(), {"Content-Type": "text/html; charset=utf-8"})
    first, again = client.get_text("wiki/Zoë"), client.get_text("wiki/Zoë")
    assert first.body == again.body == {"text": "<p>Zoë</p>"} and again.from_cache and len(double.asked) == 1


@pytest.mark.parametrize(("status", "body"), [(200, b" \n"), (202, b""), (403, b"<html>who are you?</html>")])
def test_a_wall_instead_of_a_page_is_a_challenge_and_not_kept(double, client, status, body):
    double.answer = lambda request: Reply(status, body, {"Content-Type": "text/html"})
    for _ in range(2):
        with pytest.raises(Challenge):
            client.get_text("title/tt1/")
    assert len(double.asked) == 2


def test_another_process_finds_the_answer_in_the_folder(double, http, client):
    client.get_json("3/tv/1")
    with new_client(double, http) as other:
        assert other.get_json("3/tv/1").from_cache
    assert len(double.asked) == 1


def test_a_due_answer_is_revalidated_and_counts_as_fetched_now(double, client):
    double.answer = with_etag
    first = client.get_json("3/tv/1")
    second = client.get_json("3/tv/1", refresh=Refresh.REVALIDATE)
    third = client.get_json("3/tv/1")
    assert double.asked[1].headers["If-None-Match"] == '"one"'
    assert second.revalidated and second.body == first.body and second.fetched_at > first.fetched_at
    assert third.fetched_at == second.fetched_at and third.expires_at == second.expires_at
    assert (client.stats.sent, client.stats.revalidated, client.stats.from_cache) == (2, 1, 1)


def test_an_expired_answer_is_revalidated_unasked(double, client):
    double.answer = with_etag
    first = client.get_json("3/tv/1", expires=timedelta(seconds=-1))
    kept = client._answers.responses[cache.cache_key(requests.Request("GET", first.url).prepare())]
    client._answers.save_response(kept, kept.cache_key, datetime.now(UTC) - timedelta(hours=1))
    assert client.get_json("3/tv/1").revalidated


def test_without_an_etag_a_due_answer_is_asked_for_again(double, client):
    double.answer = lambda request: json_reply({"n": len(double.asked)})
    client.get_json("3/tv/1")
    assert client.get_json("3/tv/1", refresh=Refresh.REVALIDATE).body == {"n": 2}


def test_a_forced_request_sends_no_etag_and_replaces_the_answer(double, client):
    double.answer = with_etag
    client.get_json("3/tv/1")
    forced = client.get_json("3/tv/1", refresh=Refresh.FORCE)
    assert "If-None-Match" not in double.asked[1].headers and not forced.from_cache
    assert client.get_json("3/tv/1").fetched_at == forced.fetched_at


def test_thirty_two_threads_ask_for_each_address_once(double, client):
    double.answer = lambda request: json_reply({"path": request.path})
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda n: client.get_json(f"3/tv/{n % 20}"), range(320)))
    assert len(double.asked) == client.stats.sent == 20
    assert all(answer.body["path"] == f"/3/tv/{n % 20}" for n, answer in enumerate(answers))


def opened(folder):
    """How many files of a folder this process holds open, each as often as it does."""
    found = 0
    for descriptor in os.listdir("/proc/self/fd"):
        try:
            found += os.readlink(f"/proc/self/fd/{descriptor}").startswith(f"{folder}/")
        except FileNotFoundError:  # closed meanwhile
            continue
    return found


def until(condition):
    """Wait for what must come; gives up where a test would hang."""
    for _ in range(12_000):
        if condition():
            return
        time.sleep(0.005)


def test_threads_that_refresh_one_address_together_send_one_request(double, http, client):
    client.get_json("3/tv/1")
    barrier = threading.Barrier(8)

    def slow(request):
        until(lambda: opened(http.http_state_dir / "locks") == 8)  # until all of them wait for this answer
        return json_reply({"new": True})

    double.answer = slow

    def refresh(_):
        barrier.wait()
        return client.get_json("3/tv/1", refresh=Refresh.FORCE)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(refresh, range(8)))
    assert all(answer.body == {"new": True} for answer in answers)
    assert len(double.asked) == 2


@pytest.mark.parametrize("as_date", [False, True])
def test_429_is_waited_out_as_long_as_the_server_asks(double, client, as_date):
    now = datetime.now(UTC).replace(microsecond=0)
    after = format_datetime(now + timedelta(seconds=1), usegmt=True) if as_date else "1"
    replies = [json_reply({}, 429, Retry_After=after, Date=format_datetime(now, usegmt=True)), json_reply({"id": 1})]
    double.answer = lambda request: replies[len(double.asked) - 1]
    assert client.get_json("3/tv/1").body == {"id": 1}
    assert double.asked[1].at - double.asked[0].at >= 1
    assert (client.stats.retries, client.stats.answered_429, client.stats.unanswered_429) == (1, 1, 0)


def test_a_wait_beyond_patience_is_not_begun(double, client):
    double.answer = lambda request: json_reply({"status_code": 25}, 429, Retry_After="600")
    with pytest.raises(RateLimited) as refused:
        client.get_json("3/tv/1")
    assert refused.value.status == 429 and len(double.asked) == 1
    assert client.stats.unanswered_429 == 1


def test_5xx_is_repeated_and_then_given_up(double, client):
    double.answer = lambda request: Reply(503, b"upstream down")
    with pytest.raises(Unavailable, match="503"):
        client.get_json("3/tv/1")
    assert len(double.asked) == 3


def test_no_connection_is_unavailable(double, http):
    with new_client(double, http) as client:
        double.close()
        with pytest.raises(Unavailable, match="no answer"):
            client.get_json("3/tv/1")
        assert client.stats.sent == 3


def test_a_late_answer_is_unavailable(double, http, tmp_path):
    late = threading.Event()

    def answer(request):
        late.wait(60)
        return Reply()

    double.answer = answer
    impatient = http.model_copy(update={"http_attempts": 1, "http_connect_timeout": 0.1, "http_read_timeout": 0.1})
    try:
        with new_client(double, impatient) as client, pytest.raises(Unavailable, match="timedout"):
            client.get_json("3/tv/1")
    finally:
        late.set()


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (json_reply({"status_code": 34}, 404), NotFound),
        (json_reply({"status_code": 7}, 401), Unauthorized),
        (json_reply({"errors": ["no"]}, 422), UpstreamError),
        (Reply(202, b""), Challenge),
        (Reply(200, b""), Challenge),
        (Reply(200, b"<!DOCTYPE html><html></html>"), Challenge),
        (Reply(403, b"<html>prove you are human</html>"), Challenge),
        (Reply(200, b'{"id": 1'), MalformedAnswer),
        (Reply(200, b"[1]"), MalformedAnswer),
    ],
)
def test_what_is_no_answer_is_an_error_and_is_not_kept(double, http, client, reply, error):
    double.answer = lambda request: reply
    with pytest.raises(error) as refused:
        client.get_json("3/tv/1")
    assert type(refused.value) is error
    double.answer = lambda request: json_reply({"id": 1})
    assert client.get_json("3/tv/1").body == {"id": 1}


def test_a_damaged_cache_file_is_asked_for_again(double, http, client):
    client.get_json("3/tv/1")
    (kept,) = http.http_cache_dir.rglob("*.json.z")
    kept.write_bytes(kept.read_bytes()[:20])
    assert not client.get_json("3/tv/1").from_cache


def test_redirects_are_followed_and_take_no_credentials_to_another_host(double, http):
    other = type(double)()
    double.answer = lambda request: Reply(302, b"", {"Location": f"{other.url}/elsewhere"})
    other.answer = lambda request: json_reply({"id": 2})
    credentials = Credentials(double.url, "TMDB_BEARER_TOKEN", headers={"Authorization": f"Bearer {SECRET}"})
    with new_client(double, http, credentials=credentials) as client:
        assert client.get_json("3/tv/1").body == {"id": 2}
    assert double.asked[0].headers["Authorization"] == f"Bearer {SECRET}"
    assert "Authorization" not in other.asked[0].headers
    other.close()


@pytest.mark.parametrize("by", ["headers", "params"])
def test_a_secret_is_sent_and_appears_nowhere_else(double, http, by, caplog):
    caplog.set_level(logging.DEBUG)
    secret = {"headers": {"Authorization": f"Bearer {SECRET}"}, "params": {"api_key": SECRET}}[by]
    credentials = Credentials(double.url, "TMDB_API_KEY", **{by: secret})
    said = [repr(credentials)]
    with new_client(double, http, credentials=credentials) as client:
        said += [repr(client.get_json("3/tv/1", {"language": "en-US"}).url), repr(vars(client))]
        for status in (401, 429, 500):
            double.answer = lambda request, status=status: Reply(status, f"{request.path} {SECRET}".encode())
            with pytest.raises(UpstreamError) as refused:
                client.get_json(f"3/tv/{status}")
            said += [str(refused.value), repr(vars(refused.value)), refused.value.snippet]
            assert "[secret]" in refused.value.snippet
        double.close()
        with pytest.raises(Unavailable) as refused:
            client.get_json("3/tv/5")
        said += [str(refused.value), repr(refused.value.__context__)]
    sent = double.asked[0]
    assert SECRET in sent.path + sent.headers.get("Authorization", "")
    kept = [zlib.decompress(path.read_bytes()).decode() for path in http.http_cache_dir.rglob("*.json.z")]
    names = [str(path) for folder in (http.http_cache_dir, http.http_state_dir) for path in folder.rglob("*")]
    assert kept and not [text for text in [*said, *kept, *names, caplog.text] if SECRET in text]


def test_a_refused_token_names_the_setting_to_put_right(double, http):
    double.answer = lambda request: json_reply({"status_code": 7}, 401)
    credentials = Credentials(double.url, "TMDB_BEARER_TOKEN", headers={"Authorization": "Bearer x"})
    with (
        new_client(double, http, credentials=credentials) as client,
        pytest.raises(Unauthorized, match="TMDB_BEARER_TOKEN") as refused,
    ):
        client.get_json("3/tv/1")
    assert refused.value.variable == "TMDB_BEARER_TOKEN"


@pytest.mark.parametrize(
    ("contact", "agent"), [(None, "TheRealityReport/0.1"), ("me@example.org", "TheRealityReport/0.1 (+me@example.org)")]
)
def test_requests_say_honestly_who_asks(double, http, contact, agent):
    with new_client(double, http.model_copy(update={"http_contact": contact})) as client:
        client.get_json("3/tv/1")
    assert double.asked[0].headers["User-Agent"] == agent


def test_the_transport_carries_cookies_streams_and_gzip(double):
    double.answer = lambda request: Reply(200, b'{"id": 1}', {"Set-Cookie": "seen=yes", "Content-Type": "text/plain"})
    session = requests.Session()
    session.mount("http://", CurlAdapter(max_bytes=1000))
    response = session.get(double.url, stream=True, timeout=(60, 60))
    assert b"".join(response.iter_content(4)) == b'{"id": 1}'
    assert session.cookies["seen"] == "yes"
    session.get(double.url)
    assert double.asked[1].headers["Cookie"] == "seen=yes"
    session.close()


def test_an_answer_past_the_cap_is_refused(double, http):
    double.answer = lambda request: Reply(200, json.dumps({"text": "x" * 5000}).encode())
    small = http.model_copy(update={"http_max_bytes": 1000})
    with new_client(double, small) as client, pytest.raises(Unavailable):
        client.get_json("3/tv/1")


def test_every_thread_has_a_curl_session_of_its_own_and_all_are_closed(double):
    adapter = CurlAdapter(max_bytes=1000)
    barrier = threading.Barrier(32)

    def session(_):
        barrier.wait()
        return adapter._session()

    with ThreadPoolExecutor(32) as pool:
        sessions = list(pool.map(session, range(32)))
    assert len(set(map(id, sessions))) == 32
    adapter.close()
    assert all(session._closed for session in sessions)


def test_no_more_requests_are_under_way_than_the_cap_allows(double, http):
    lock, under_way, most = threading.Lock(), [0], [0]
    together = threading.Barrier(3)

    def answer(request):
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        together.wait(60)  # three at a time are let through, so three must be under way together
        with lock:
            under_way[0] -= 1
        return json_reply({})

    double.answer = answer
    with (
        HttpClient("tmdb", double.url, http, rate=Rate(1000, 100), connections=3) as client,
        ThreadPoolExecutor(12) as pool,
    ):
        list(pool.map(lambda n: client.get_json(f"3/tv/{n}"), range(24)))
    assert most[0] == 3


def test_pauses_double_with_full_jitter_and_end_with_patience():
    policy = RetryPolicy(5, 1, 100, uniform=lambda low, high: high)
    assert [policy.pause(attempt, 0) for attempt in (1, 2, 3, 4, 5)] == [1, 2, 4, 8, None]
    assert policy.pause(1, 0, retry_after=20) == 21
    assert policy.pause(1, 90, retry_after=20) is None


def test_retry_after_is_read_as_seconds_and_as_a_date():
    assert retry_after("120") == 120
    assert retry_after("Fri, 21 Nov 2025 10:00:30 GMT", answered_at="Fri, 21 Nov 2025 10:00:00 GMT") == 30
    assert retry_after("Fri, 21 Nov 2025 10:00:00 GMT", now=datetime(2026, 1, 1, tzinfo=UTC)) == 0
    assert retry_after("soon") is retry_after(None) is retry_after("-5") is None


def test_answers_that_nobody_asked_for_in_six_months_are_swept(double, http, client):
    client.get_json("3/tv/1")
    assert cache.sweep(http.http_cache_dir) == 0
    assert cache.sweep(http.http_cache_dir, older_than=timedelta(seconds=-1)) == 1
    assert not client.get_json("3/tv/1").from_cache


def test_settings_are_what_the_client_uses(double, tmp_path):
    settings = HttpSettings(http_cache_dir=tmp_path / "c", http_state_dir=tmp_path / "s", http_contact="me@example.org")
    with new_client(double, settings) as client:
        client.get_json("x")
    assert list((tmp_path / "c").rglob("*.json.z")) and list((tmp_path / "s" / "rates").iterdir())
