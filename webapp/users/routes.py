"""Routes of users."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from webapp import frame
from webapp.api import Blueprint
from webapp.frame import current_user, request_session
from webapp.idempotency import Done
from webapp.users import avatars, exports, pictures, service
from webapp.users.schemas import (
    AvatarSchema,
    ExportSchema,
    LeaveSchema,
    LeftSchema,
    MePatch,
    MeSchema,
    ProfileSchema,
)

blp = Blueprint("Users", __name__, description="One's own profile, picture and data, and what others see of one")


def _tagged(me: dict[str, Any]) -> dict[str, Any]:
    frame.tag(me["version"])
    return me


@blp.route("/me")
class Me(MethodView):
    @blp.login_required
    @blp.response(200, MeSchema)
    def get(self) -> dict[str, Any]:
        """Tell who one is"""
        return _tagged(service.me(request_session(), current_user().id))

    @blp.login_required
    @blp.limited("profile")
    @blp.if_match
    @blp.arguments(MePatch)
    @blp.response(200, MeSchema)
    @blp.alt_response(409, "CONFLICT")
    def patch(self, body: dict[str, Any]) -> dict[str, Any]:
        """Change one's profile; what is not named stays"""
        session, viewer = request_session(), current_user()
        service.change(session, viewer.id, body)
        return _tagged(service.me(session, viewer.id))

    @blp.login_required
    @blp.limited("account")
    @blp.arguments(LeaveSchema)
    @blp.response(200, LeftSchema)
    @blp.alt_response(403, "FORBIDDEN")
    def delete(self, body: dict[str, Any]) -> dict[str, str]:
        """Delete oneself: profile, sessions and what is only one's own; what others answered stays, without a name"""
        service.leave(request_session(), current_user(), body["password"])
        return {"status": "deleted"}


@blp.route("/me/avatar")
class Avatar(MethodView):
    @blp.login_required
    @blp.limited("upload")
    @blp.doc(
        requestBody={
            "required": True,
            "description": f"The bytes of a JPEG, PNG, WebP, GIF or AVIF of {pictures.MOST_BYTES // 2**20} MB at most",
            "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}},
        }
    )
    @blp.response(200, AvatarSchema)
    @blp.alt_response(413, "REQUEST_ENTITY_TOO_LARGE")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    def put(self) -> dict[str, str]:
        """Make an image one's picture; it is cut down to 512 pixels and loses all that it tells besides"""
        request.max_content_length = pictures.MOST_BYTES
        return {"avatar_url": avatars.put(request_session(), current_user().id, request.get_data(cache=False))}

    @blp.login_required
    @blp.limited("upload")
    @blp.response(200, AvatarSchema)
    def delete(self) -> dict[str, None]:
        """Take one's picture away"""
        avatars.remove(request_session(), current_user().id)
        return {"avatar_url": None}


def _asked(done: Done) -> dict[str, Any]:
    assert done.result_id is not None
    return exports.one(request_session(), done.result_id)


@blp.route("/me/export")
class Export(MethodView):
    @blp.login_required
    @blp.response(200, ExportSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self) -> dict[str, Any]:
        """Tell about the copy of one's data that was asked for last, and where it is"""
        return exports.newest(request_session(), current_user().id)

    @blp.login_required
    @blp.limited("export")
    @blp.response(200, ExportSchema)
    @blp.repeatable(_asked)
    def post(self) -> dict[str, Any]:
        """Ask for a copy of one's data"""
        return exports.ask(request_session(), current_user().id)


@blp.route("/users/<id:user_id>")
class User(MethodView):
    @blp.response(200, ProfileSchema)
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    def get(self, user_id: UUID) -> dict[str, Any]:
        """Tell what everybody may see of a user"""
        return service.profile(user_id)


@blp.route("/users/by-name/<username>")
class UserByName(MethodView):
    @blp.response(200, ProfileSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, username: str) -> dict[str, Any]:
        """Tell what everybody may see of the user who has a name now, in whatever case"""
        return service.profile_by_name(username)
