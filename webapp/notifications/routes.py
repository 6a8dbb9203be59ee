"""Routes of notifications."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from webapp.api import Blueprint
from webapp.frame import current_user, request_session
from webapp.notifications import (
    events,  # noqa: F401  (declares what is told of them)
    reading,
    service,
)
from webapp.notifications.schemas import (
    NotificationQuery,
    NotificationSchema,
    ReadAll,
    ReadOne,
    ReadSchema,
    SettingEdit,
    SettingSchema,
    UnreadSchema,
)
from webapp.schemas import DONE, DoneSchema

blp = Blueprint("Notifications", __name__, description="What you are told: who named or answered you, and what goes on")
Row = dict[str, Any]


@blp.route("/me/notifications")
class Notifications(MethodView):
    @blp.login_required
    @blp.arguments(NotificationQuery, location="query")
    @blp.response(200, NotificationSchema(many=True))
    @blp.paged
    def get(self, query: Row) -> tuple[list[Row], str | None]:
        """List your notifications, the newest first"""
        return reading.page(request_session(), current_user(), **query)


@blp.route("/me/notifications/unread")
class Unread(MethodView):
    @blp.login_required
    @blp.response(200, UnreadSchema)
    def get(self) -> Row:
        """Count your notifications that are not read, by kind"""
        return reading.unread(request_session(), current_user())


@blp.route("/me/notifications/read")
class AllRead(MethodView):
    @blp.login_required
    @blp.limited("personal")
    @blp.arguments(ReadAll)
    @blp.response(200, ReadSchema)
    def post(self, body: Row) -> Row:
        """Mark as read all notifications up to one, so that none that came meanwhile is"""
        return {"read": service.read_all(request_session(), current_user(), **body)}


@blp.route("/me/notifications/<id:notification_id>/read")
class OneRead(MethodView):
    @blp.login_required
    @blp.limited("personal")
    @blp.arguments(ReadOne)
    @blp.response(200, ReadSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def post(self, body: Row, notification_id: UUID) -> Row:
        """Mark a notification as read, as you saw it"""
        return {"read": service.read_one(request_session(), current_user(), notification_id, body["seq"])}


@blp.route("/me/notifications/settings")
class Settings(MethodView):
    @blp.login_required
    @blp.response(200, SettingSchema(many=True))
    def get(self) -> list[Row]:
        """List how you are told of each kind"""
        return reading.settings(request_session(), current_user())

    @blp.login_required
    @blp.limited("personal")
    @blp.arguments(SettingEdit(many=True))
    @blp.response(200, SettingSchema(many=True))
    def put(self, body: list[Row]) -> list[Row]:
        """Say how you are told of each kind; what is not named goes back to its default"""
        service.keep_settings(request_session(), current_user(), body)
        return reading.settings(request_session(), current_user())


@blp.route("/threads/<id:thread_id>/mute")
class Mute(MethodView):
    @blp.login_required
    @blp.limited("personal")
    @blp.response(200, DoneSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def put(self, thread_id: UUID) -> Row:
        """Be told nothing of a thread"""
        service.mute_thread(request_session(), thread_id, current_user())
        return DONE

    @blp.login_required
    @blp.limited("personal")
    @blp.response(200, DoneSchema)
    def delete(self, thread_id: UUID) -> Row:
        """Be told of it again"""
        service.unmute_thread(request_session(), thread_id, current_user())
        return DONE
