"""Routes of progress."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from webapp.api import Blueprint
from webapp.frame import current_user, request_session
from webapp.progress import service
from webapp.progress.schemas import ProgressChange, SeenSchema
from webapp.schemas import DONE, DoneSchema

blp = Blueprint("Progress", __name__, description="How far you have watched; what comes later is masked in talk")
Row = dict[str, Any]


@blp.route("/me/progress")
class AllProgress(MethodView):
    @blp.login_required
    @blp.response(200, SeenSchema(many=True))
    def get(self) -> list[Row]:
        """List how far you have watched what"""
        return service.all_of(request_session(), current_user())


@blp.route("/me/progress/<id:show_id>")
class Progress(MethodView):
    @blp.login_required
    @blp.response(200, SeenSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, show_id: UUID) -> Row:
        """Tell how far you have watched a show"""
        return service.of(request_session(), show_id, current_user())

    @blp.login_required
    @blp.limited("personal")
    @blp.arguments(ProgressChange)
    @blp.response(200, SeenSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def put(self, body: Row, show_id: UUID) -> Row:
        """Say how far you have watched a show"""
        return service.keep(request_session(), show_id, current_user(), **body)

    @blp.login_required
    @blp.limited("personal")
    @blp.response(200, DoneSchema)
    def delete(self, show_id: UUID) -> Row:
        """Keep no progress of a show: nothing of it is masked"""
        service.forget(request_session(), show_id, current_user())
        return DONE
