"""Routes of the limits of actions."""

from typing import Any

from flask.views import MethodView

from models.accounts import Role
from webapp.api import Blueprint
from webapp.frame import current_user, request_session
from webapp.limiting import service
from webapp.limiting.schemas import LimitEdit, LimitSchema

blp = Blueprint("Limits", __name__, description="How often users may do what")


@blp.route("/admin/limits")
class Limits(MethodView):
    @blp.requires(Role.ADMIN)
    @blp.response(200, LimitSchema(many=True))
    def get(self) -> list[dict[str, Any]]:
        """List the limits of actions"""
        return service.all_limits(request_session())

    @blp.requires(Role.ADMIN)
    @blp.limited("admin")
    @blp.arguments(LimitEdit(many=True))
    @blp.response(200, LimitSchema(many=True))
    def put(self, body: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Set the limits that differ from the defaults; what is not named goes back to its default"""
        return service.set_limits(request_session(), current_user().id, body)
