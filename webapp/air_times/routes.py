"""Routes of air times."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from models.accounts import Role
from webapp.air_times import service
from webapp.air_times.schemas import AirTimeChange, AirTimeSchema
from webapp.api import Blueprint
from webapp.frame import current_user, request_session
from webapp.schemas import DONE, DoneSchema

blp = Blueprint("Air times", __name__, description="When episodes air, so that each has a live thread in time")


@blp.route("/shows/<id:show_id>/air-time")
class AirTime(MethodView):
    @blp.login_optional
    @blp.response(200, AirTimeSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, show_id: UUID) -> dict[str, Any]:
        """Tell when a show's episodes air"""
        return service.of(request_session(), show_id)

    @blp.requires(Role.ADMIN)
    @blp.limited("moderate")
    @blp.arguments(AirTimeChange)
    @blp.response(200, AirTimeSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def put(self, body: dict[str, Any], show_id: UUID) -> dict[str, Any]:
        """Say when they air; a live thread opens for each in time"""
        return service.put(request_session(), show_id, current_user(), **body)

    @blp.requires(Role.ADMIN)
    @blp.limited("moderate")
    @blp.response(200, DoneSchema)
    def delete(self, show_id: UUID) -> dict[str, Any]:
        """Have no live threads opened any more"""
        service.remove(request_session(), show_id, current_user())
        return DONE
