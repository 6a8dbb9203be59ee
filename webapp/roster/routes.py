"""Routes of the roster, for admins."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from models.accounts import Role
from webapp.api import Blueprint
from webapp.frame import current_user, request_session
from webapp.roster import service
from webapp.roster.schemas import RoleSaid, RosterSchema

blp = Blueprint("Roster", __name__, description="What people are in a show; for admins, and noted in the audit log")
Row = dict[str, Any]


@blp.route("/admin/shows/<id:show_id>/roster")
class Roster(MethodView):
    @blp.requires(Role.ADMIN)
    @blp.response(200, RosterSchema(many=True))
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, show_id: UUID) -> list[Row]:
        """List what people are in a show and in its seasons, as editors have said"""
        return service.roster(request_session(), show_id)


@blp.route("/admin/entities/<id:entity_id>/roster/<id:person_id>")
class Member(MethodView):
    @blp.requires(Role.ADMIN)
    @blp.limited("admin")
    @blp.arguments(RoleSaid)
    @blp.response(200, RosterSchema)
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    def put(self, body: Row, entity_id: UUID, person_id: UUID) -> Row:
        """Say what somebody is in a show, or in a season"""
        return service.say(request_session(), current_user(), entity_id, person_id, **body)

    @blp.requires(Role.ADMIN)
    @blp.limited("admin")
    @blp.response(200, RosterSchema(many=True))
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    def delete(self, entity_id: UUID, person_id: UUID) -> list[Row]:
        """Say it no longer; answers the roster that is left"""
        return service.withdraw(request_session(), current_user(), entity_id, person_id)
