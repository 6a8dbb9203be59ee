"""The request frame: the order of its checks, its transaction, versions, its log, and what it says of itself."""

import logging
import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from db.session import read_as_system
from models.accounts import Role
from tests.webapp.conftest import configured
from tests.webapp.trial import trial_app

NOBODY = f"/api/v1/trial/{UUID(int=1)}"


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    """The app with a few routes more."""
    with configured():
        yield trial_app()


def bio_of(user_id: UUID) -> str | None:
    with read_as_system() as connection:
        bio: str | None = connection.execute(
            text("select bio from accounts.users where id = :id"), {"id": user_id}
        ).scalar_one()
        return bio


def test_checks_come_in_their_order(client, as_user):
    """Each request has every fault from its own on; the first one is told."""
    ann, path = as_user("ann"), "/api/v1/trial/no-uuid"
    steps = [
        (client, "{", 422, "Not valid JSON"),
        (client, '{"x": 1}', 401, "Authentication required"),
        (ann, '{"x": 1}', 422, "path.user_id: Not a valid UUID"),
    ]
    for who, data, status, detail in steps:
        answer = who.post(path, data=data, content_type="application/json")
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
        assert detail in answer.json["detail"]
    assert client.post(path, data='{"x": 1}', content_type="application/json").headers["WWW-Authenticate"] == "Bearer"
    assert ann.post(NOBODY, json={"x": 1}).json["errors"][0] == {
        "loc": ["json", "bio"], "msg": "Missing data for required field.", "type": "missing",
    }  # fmt: skip
    assert ann.post(NOBODY, json={"bio": "x", "unknown": 1}).status_code == 404
    assert ann.delete(path).status_code == 403, "who may not is not told what else is wrong"
    assert as_user("mo", Role.MODERATOR).delete(path).status_code == 422


def test_no_body_is_an_internal_error(as_user):
    ann = as_user("ann")
    bodies = ["{", "", "NaN", '{"bio": NaN}', "\ufeff{}", '{"bio": "\\ud800"}', '{"bio": "\\u0000"}', '{"\\u0000": 1}']
    for raw in (*(body.encode() for body in bodies), b"[" * 100_000, b"\xff", b'{"bio": "\xff"}', b"9" * 5000):
        answer = ann.post(f"/api/v1/trial/{ann.user_id}", data=raw, content_type="application/json")
        assert (raw[:20], answer.status_code) == (raw[:20], 422)
    large = ann.post(f"/api/v1/trial/{ann.user_id}", json={"bio": "x" * 1_000_001})
    assert (large.status_code, large.mimetype) == (413, "application/problem+json")


def test_roles_rise_and_a_service_is_none_of_them(as_user):
    allowed = {role: as_user(role.value, role).delete(NOBODY).status_code for role in Role}
    assert allowed == {Role.USER: 403, Role.MODERATOR: 200, Role.ADMIN: 200, Role.SERVICE: 403}


def test_a_view_that_fails_leaves_nothing_and_one_that_ends_is_committed(as_user):
    ann, ben = as_user("ann"), as_user("ben")
    path = f"/api/v1/trial/{ann.user_id}"
    assert ann.post(path, json={"bio": "kept"}).json == {"id": str(ann.user_id), "bio": "kept", "version": 2}
    assert ann.post(path, json={"bio": "refused"}).status_code == 409
    assert bio_of(ann.user_id) == "kept"
    assert ben.post(path, json={"bio": "by another"}).status_code == 409, "the database itself leaves the row alone"
    assert bio_of(ann.user_id) == "kept"


def test_a_view_that_may_know_its_viewer_refuses_a_token_that_is_not_good(client, as_user):
    ann = as_user("ann")
    assert client.get(NOBODY).json == {"viewer": None}
    for nothing in ("Basic YTpi", "Bearer", "Bearer a b", ""):
        assert client.get(NOBODY, headers={"Authorization": nothing}).json == {"viewer": None}
    answer = ann.get(NOBODY)
    assert answer.json == {"viewer": str(ann.user_id)}
    assert client.get(NOBODY, headers={"Authorization": f"bEARER   {ann.token}"}).json == answer.json
    assert answer.headers["Cache-Control"] == "private, no-cache" and "Authorization" in answer.headers["Vary"]
    refused = client.get(NOBODY, headers={"Authorization": "Bearer x.y.z"})
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, 'Bearer error="invalid_token"')


def test_an_edit_names_the_version_that_it_edits(as_user):
    ann = as_user("ann")
    path = f"/api/v1/trial/{ann.user_id}"
    tag = ann.get(f"{path}/own").headers["ETag"]
    assert tag == '"1"'
    assert ann.get(f"{path}/own", headers={"If-None-Match": tag}).status_code == 304
    for condition, status in (("*", 200), (tag, 200), ('"7"', 412)):
        assert ann.get(f"{path}/own", headers={"If-Match": condition}).status_code == status, condition
    known = {"If-Match": "*", "If-None-Match": tag}
    assert ann.get(f"{path}/own", headers=known).status_code == 304
    assert ann.patch(path, json={"bio": "one"}).status_code == 428
    first = ann.patch(path, json={"bio": "one"}, headers={"If-Match": tag})
    assert (first.status_code, first.headers["ETag"]) == (200, '"2"')
    late = ann.patch(path, json={"bio": "two"}, headers={"If-Match": tag})
    assert (late.status_code, late.headers["ETag"], bio_of(ann.user_id)) == (412, '"2"', "one")
    assert "version is now 2" in late.json["detail"]
    for other in ('W/"2"', '"22"', "garbage", '""', ""):
        assert ann.patch(path, json={"bio": "two"}, headers={"If-Match": other}).status_code == 412
    assert ann.patch(path, json={"bio": "two"}, headers={"If-Match": '"7", "2"'}).status_code == 200
    assert ann.patch(path, json={"bio": "three"}, headers={"If-Match": "*"}).json["version"] == 4


def test_the_log_tells_a_route_and_no_address_token_or_query(client, as_user, caplog):
    ann = as_user("ann")
    with caplog.at_level(logging.INFO):
        ann.get(f"/api/v1/trial/{ann.user_id}/own?token=hush-hush", environ_base={"REMOTE_ADDR": "203.0.113.77"})
        client.get("/no/such/secret-path", environ_base={"REMOTE_ADDR": "203.0.113.77"})
        client.get(NOBODY, environ_base={"REMOTE_ADDR": "203.0.113.78"})
    lines = [record.getMessage() for record in caplog.records if record.name == "webapp.requests"]
    hashes = [re.search(r"client=([0-9a-f]{16})$", line) for line in lines]
    assert re.match(
        rf"GET /api/v1/trial/<id:user_id>/own 200 [\d.]+ ms request=[0-9a-f]{{32}} user={ann.user_id} client=", lines[0]
    )
    assert lines[1].startswith("GET - 404 ")
    assert [found and found[1] for found in hashes[:1]] == [found and found[1] for found in hashes[1:2]]
    assert hashes[1] and hashes[2] and hashes[1][1] != hashes[2][1]
    for secret in ("203.0.113", "hush-hush", "secret-path", ann.token):
        assert secret not in caplog.text


def test_what_views_demand_is_documented(bare_client):
    path = bare_client.get("/openapi.json").json["paths"]["/api/v1/trial/{user_id}"]
    assert path["post"]["security"] == [{"bearer": []}] and path["get"]["security"] == [{}, {"bearer": []}]
    assert {"401", "409", "422", "429"} <= set(path["post"]["responses"])
    assert {"401", "412", "428"} <= set(path["patch"]["responses"]) and {"401", "403"} <= set(
        path["delete"]["responses"]
    )
    headers = {p["name"]: p["required"] for verb in ("post", "patch") for p in path[verb]["parameters"]}
    assert headers == {"Idempotency-Key": False, "If-Match": True}
    assert path["post"]["requestBody"]["content"]["application/json"]
    document = bare_client.get("/openapi.json").json
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
