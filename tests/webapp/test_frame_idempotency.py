"""`Idempotency-Key`: what a client named is done once, whatever comes twice, at once or after a kill."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import urllib3
from flask import Flask
from sqlalchemy import text
from urllib3.exceptions import HTTPError

from db.session import read_as_system
from tests.webapp.conftest import configured
from tests.webapp.test_process import free_port
from tests.webapp.trial import trial_app

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    """The app with a few routes more."""
    with configured():
        yield trial_app()


def written(client, bio="x", key="k-1", path=None):
    return client.post(path or f"/api/v1/trial/{client.user_id}", json={"bio": bio}, headers={"Idempotency-Key": key})


def keys() -> list[tuple[str, int, bool]]:
    with read_as_system() as connection:
        kept = "select key, status, result_id is not null from ops.idempotency_keys order by key"
        return [tuple(row) for row in connection.execute(text(kept))]


def test_a_repetition_is_answered_and_not_done(as_user):
    ann, ben = as_user("ann"), as_user("ben")
    first = written(ann)
    again = written(ann)
    assert first.json == again.json == {"id": str(ann.user_id), "bio": "x", "version": 2}
    assert "Idempotency-Replayed" not in first.headers and again.headers["Idempotency-Replayed"] == "true"
    assert written(ann, key='"k-1"').json == first.json, "as RFC 8941 writes a string"
    for other in (written(ann, "y"), written(ann, path=f"/api/v1/trial/{ben.user_id}")):
        assert (other.status_code, other.json["errors"][0]["type"]) == (422, "reused")
    assert written(ben).json["version"] == 2, "a key is its user's own"
    assert written(ann, key="k-2").json["version"] == 3
    assert keys() == [("k-1", 200, True), ("k-1", 200, True), ("k-2", 200, True)]


def test_what_failed_may_be_tried_again(as_user):
    ann = as_user("ann")
    assert written(ann, "refused").status_code == 409
    assert ann.post(f"/api/v1/trial/{ann.user_id}", json={}, headers={"Idempotency-Key": "k-1"}).status_code == 422
    assert keys() == []
    assert written(ann).json["version"] == 2
    for odd in ("", "ü", "x" * 256, "two words", '"open'):
        answer = ann.post(
            f"/api/v1/trial/{ann.user_id}",
            json={"bio": "x"},
            headers={"Idempotency-Key": odd.encode().decode("latin-1")},
        )
        assert (odd, answer.status_code) == (odd, 422)


def test_a_word_of_the_answer_is_kept_where_the_result_cannot_tell(as_user):
    ann = as_user("ann")
    answers = [ann.post("/api/v1/trial/toggle", headers={"Idempotency-Key": key}).json["was"] for key in "abab"]
    assert answers == ["on", "off", "on", "off"]


def test_of_twenty_at_once_one_does_it_and_all_say_so(app, as_user):
    ann = as_user("ann")
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: written(as_user_again(app, ann)), range(20)))
    assert [answer.status_code for answer in answers] == [200] * 20
    assert {answer.json["version"] for answer in answers} == {2}
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 19


def as_user_again(app, user):
    """Another client of the same user: one client is for one thread."""
    client = type(user)(app, app.response_class)
    client.user_id = user.user_id
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {user.token}"
    return client


@pytest.fixture
def killable(environment, database) -> Iterator[str]:
    """The address of a server that dies when it is asked to, and begins anew."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.webapp.trial", str(port)],
        cwd=ROOT, env=dict(os.environ), text=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=60)


def test_killed_between_any_two_steps_it_is_done_once_by_the_retry(killable, as_user):
    ann = as_user("ann")
    address = f"{killable}/api/v1/trial/{ann.user_id}"
    headers = {"Authorization": f"Bearer {ann.token}", "Content-Type": "application/json"}
    replayed = []
    for step in range(1, 30):
        named = headers | {"Idempotency-Key": f"key-{step}"}
        try:
            answer = urllib3.request(
                "POST",
                address,
                body='{"bio": "x"}',
                headers=named | {"X-Die-At": str(step)},
                retries=False,
                timeout=120,
            )
            break
        except HTTPError:  # it died at that step
            answer = urllib3.request("POST", address, body='{"bio": "x"}', headers=named, retries=False, timeout=120)
        assert (answer.status, answer.json()["version"]) == (200, step + 1), f"killed at step {step}"
        replayed.append("Idempotency-Replayed" in answer.headers)
    assert answer.status == 200 and answer.json()["version"] == step + 1
    assert len(replayed) >= 9 and replayed[-1] and not any(replayed[:-1]), "only after the commit it was done already"
