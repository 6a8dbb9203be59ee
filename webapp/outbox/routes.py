"""Routes of the outbox."""

from typing import Any

from flask.views import MethodView

from models.accounts import Role
from webapp.api import Blueprint
from webapp.frame import current_user
from webapp.outbox import service
from webapp.outbox.schemas import OutboxItemSchema, OutboxQuery, OutboxSchema

blp = Blueprint("Outbox", __name__, description="Work that follows commits, for admins: how it stands, and another try")


@blp.route("/admin/outbox")
class Outbox(MethodView):
    @blp.requires(Role.ADMIN)
    @blp.arguments(OutboxQuery, location="query")
    @blp.response(200, OutboxSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Tell how much work waits, and list what was given up, the newest first"""
        return service.standing(**query)


@blp.route("/admin/outbox/<number:item_id>/retry")
class OutboxRetry(MethodView):
    @blp.requires(Role.ADMIN)
    @blp.limited("admin")
    @blp.response(200, OutboxItemSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def post(self, item_id: int) -> dict[str, Any]:
        """Have a piece of work tried again at once that was given up, or waits after a failure"""
        return service.retry(current_user(), item_id)
