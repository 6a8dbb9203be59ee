"""The request frame: the order of its checks, its transaction, and what it says of itself in the document."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.views import MethodView
from marshmallow import Schema, fields
from sqlalchemy import text

from db.session import read_as_system
from models.accounts import Role, User
from webapp import api as webapi
from webapp import app as webapp
from webapp.api import Blueprint
from webapp.errors import Conflict, NotFound
from webapp.frame import current_user, optional_user, request_session
from webapp.schemas import Body

blp = Blueprint("Trial", __name__, description="Routes that only these tests have")


class BioSchema(Body):
    """One's own biography."""

    id = fields.UUID()
    bio = fields.String(allow_none=True)


class BioEdit(Schema):
    """A biography."""

    bio = fields.String(required=True)


@blp.route("/trial/<id:user_id>")
class Trial(MethodView):
    @blp.login_optional
    @blp.response(200)
    def get(self, user_id: UUID) -> dict[str, Any]:
        """Tell who asks"""
        viewer = optional_user()
        return {"viewer": viewer and str(viewer.id)}

    @blp.login_required
    @blp.limited("change_limits")
    @blp.arguments(BioEdit)
    @blp.response(200, BioSchema)
    def post(self, body: dict[str, Any], user_id: UUID) -> User:
        """Change a biography"""
        session = request_session()
        user = session.get(User, user_id)
        if user is None:
            raise NotFound("User not found")
        user.bio = body["bio"]
        session.flush()
        if body["bio"] == "refused":
            raise Conflict("Not this one")
        return user

    @blp.requires(Role.MODERATOR)
    @blp.response(200)
    def delete(self, user_id: UUID) -> dict[str, Any]:
        """Do what a moderator may"""
        return {"role": current_user().role}


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    """The app with a few routes more."""
    from tests.webapp.conftest import _configure

    with pytest.MonkeyPatch.context() as patch:
        _configure(patch)
        made = webapp.create_app()
        documented = made.extensions["flask-smorest"]["apis"][""]["ext_obj"]
        documented.register_blueprint(blp, url_prefix=webapi.PREFIX)
        yield made


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
    nobody = f"/api/v1/trial/{UUID(int=1)}"
    assert ann.post(nobody, json={"x": 1}).json["errors"][0] == {
        "loc": ["json", "bio"], "msg": "Missing data for required field.", "type": "missing",
    }  # fmt: skip
    assert ann.post(nobody, json={"bio": "x", "unknown": 1}).status_code == 404
    assert ann.delete(path).status_code == 403, "who may not is not told what else is wrong"
    assert as_user("mo", Role.MODERATOR).delete(path).status_code == 422


@pytest.mark.parametrize(
    "body",
    ["{", "", "NaN", '{"bio": NaN}', "\ufeff{}", '{"bio": "\\ud800"}', '{"bio": "\\u0000"}', "[" * 100_000, "\xff"],
)
def test_no_body_is_an_internal_error(as_user, body):
    ann = as_user("ann")
    for raw in (body.encode(), body.encode("latin-1", "replace")):
        answer = ann.post(f"/api/v1/trial/{ann.user_id}", data=raw, content_type="application/json")
        assert answer.status_code == 422


def test_roles_rise_and_a_service_is_none_of_them(as_user):
    path = f"/api/v1/trial/{UUID(int=1)}"
    allowed = {role: as_user(role.value, role).delete(path).status_code for role in Role}
    assert allowed == {Role.USER: 403, Role.MODERATOR: 200, Role.ADMIN: 200, Role.SERVICE: 403}


def test_a_view_that_fails_leaves_nothing_and_one_that_ends_is_committed(as_user):
    ann, ben = as_user("ann"), as_user("ben")
    path = f"/api/v1/trial/{ann.user_id}"
    assert ann.post(path, json={"bio": "kept"}).json == {"id": str(ann.user_id), "bio": "kept"}
    assert ann.post(path, json={"bio": "refused"}).status_code == 409
    assert bio_of(ann.user_id) == "kept"
    assert ben.post(path, json={"bio": "by another"}).status_code >= 400, "the database itself refuses"
    assert bio_of(ann.user_id) == "kept"


def test_a_view_that_may_know_its_viewer_refuses_a_token_that_is_not_good(client, as_user):
    ann, path = as_user("ann"), f"/api/v1/trial/{UUID(int=1)}"
    assert client.get(path).json == {"viewer": None}
    assert client.get(path, headers={"Authorization": "Basic YTpi"}).json == {"viewer": None}
    answer = ann.get(path)
    assert answer.json == {"viewer": str(ann.user_id)}
    assert answer.headers["Cache-Control"] == "private, no-cache" and "Authorization" in answer.headers["Vary"]
    refused = client.get(path, headers={"Authorization": "Bearer x.y.z"})
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, 'Bearer error="invalid_token"')
