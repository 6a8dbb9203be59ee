"""The files that clients load as they are."""

import pytest

from tests.conftest import ROOT


def test_the_client_is_served_as_it_is_and_kept_for_an_hour(bare_client):
    answer = bare_client.get("/static/realtime.js", buffered=True)
    assert answer.data == (ROOT / "webapp" / "static" / "realtime.js").read_bytes()
    assert answer.content_type == "text/javascript; charset=utf-8"
    assert (answer.cache_control.max_age, answer.cache_control.public) == (3600, True)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    same = bare_client.get("/static/realtime.js", headers={"If-None-Match": answer.headers["ETag"]}, buffered=True)
    assert (same.status_code, same.data) == (304, b"")
    types = bare_client.get("/static/realtime.d.ts", headers={"Origin": "https://app.example.org"}, buffered=True)
    assert types.content_type == "text/plain; charset=utf-8"
    assert types.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("name", ["nothing.js", "../app.py", "..%2fapp.py", "%2e%2e/app.py", ""])
def test_nothing_else_is_served(bare_client, name):
    answer = bare_client.get(f"/static/{name}")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
