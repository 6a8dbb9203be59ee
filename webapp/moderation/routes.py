"""Routes of moderation. Whatever is done is audited."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from models.accounts import Role
from webapp.api import Blueprint
from webapp.frame import current_user, request_session, system_session
from webapp.moderation import service
from webapp.moderation.schemas import (
    Dismissal,
    FilterCreate,
    FilterSchema,
    Hiding,
    QueueQuery,
    ReportCreate,
    ReportedSchema,
    SanctionCreate,
    SanctionedSchema,
    SanctionSchema,
    SettledSchema,
    ThreadChange,
    WaitingSchema,
)
from webapp.posts import reading as posts
from webapp.posts.schemas import PostSchema
from webapp.schemas import DONE, DoneSchema
from webapp.threads import service as threads
from webapp.threads.schemas import ThreadSchema

blp = Blueprint("Moderation", __name__, description="Keeping talk in order")
Row = dict[str, Any]


@blp.route("/reports")
class Reports(MethodView):
    @blp.login_required
    @blp.limited("report")
    @blp.arguments(ReportCreate)
    @blp.response(200, ReportedSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def post(self, body: Row) -> Row:
        """Tell moderators of a post, a thread, a user or a private message"""
        kind, target = body.pop("target_kind"), body.pop("target_id")
        return {"id": service.report(request_session(), current_user(), kind, target, **body)}


@blp.route("/moderation/queue")
class Queue(MethodView):
    @blp.requires(Role.MODERATOR)
    @blp.arguments(QueueQuery, location="query")
    @blp.response(200, WaitingSchema(many=True))
    @blp.paged
    def get(self, query: Row) -> tuple[list[Row], str | None]:
        """List what waits for a moderator, the oldest first"""
        return service.queue(**query)


@blp.route("/moderation/dismissals")
class Dismissals(MethodView):
    @blp.requires(Role.MODERATOR)
    @blp.limited("moderate")
    @blp.arguments(Dismissal)
    @blp.response(200, SettledSchema)
    def post(self, body: Row) -> Row:
        """Say that nothing is wrong with something: its reports are settled"""
        return {"reports": service.dismiss(current_user(), body["target_kind"], body["target_id"])}


@blp.route("/moderation/posts/<id:post_id>")
class Post(MethodView):
    @blp.requires(Role.MODERATOR)
    @blp.limited("moderate")
    @blp.arguments(Hiding)
    @blp.response(200, PostSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def patch(self, body: Row, post_id: UUID) -> Row:
        """Hide a post, or show it again"""
        service.hide_post(current_user(), post_id, hidden=body["is_hidden"], reason=body["reason"])
        return posts.post(request_session(), post_id, current_user())


@blp.route("/moderation/messages/<id:message_id>")
class Message(MethodView):
    @blp.requires(Role.MODERATOR)
    @blp.limited("moderate")
    @blp.response(200, DoneSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def delete(self, message_id: UUID) -> Row:
        """Remove a private message that was reported"""
        service.remove_message(current_user(), message_id)
        return DONE


@blp.route("/moderation/threads/<id:thread_id>")
class Thread(MethodView):
    @blp.requires(Role.MODERATOR)
    @blp.limited("moderate")
    @blp.arguments(ThreadChange)
    @blp.response(200, ThreadSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def patch(self, body: Row, thread_id: UUID) -> Row:
        """Lock, pin or hide a thread, or undo that"""
        service.change_thread(current_user(), thread_id, **body)
        return threads.thread(request_session(), thread_id, current_user())


@blp.route("/moderation/users/<id:user_id>/sanctions")
class Sanctions(MethodView):
    @blp.requires(Role.MODERATOR)
    @blp.response(200, SanctionSchema(many=True))
    def get(self, user_id: UUID) -> list[Row]:
        """List the warnings and bans that somebody was given, the latest first"""
        return service.sanctions_of(system_session(), user_id)

    @blp.requires(Role.MODERATOR)
    @blp.limited("moderate")
    @blp.arguments(SanctionCreate)
    @blp.response(200, SanctionedSchema)
    @blp.alt_response(404, "NOT_FOUND")
    @blp.repeatable(lambda done, user_id: {"id": done.result_id}, transaction=system_session)
    def post(self, body: Row, user_id: UUID) -> Row:
        """Warn somebody, or ban them from discussions"""
        return {"id": service.sanction(system_session(), current_user(), user_id, body.pop("kind"), **body)}


@blp.route("/me/sanctions")
class OwnSanctions(MethodView):
    @blp.login_required
    @blp.response(200, SanctionSchema(many=True))
    def get(self) -> list[Row]:
        """List the warnings and bans that you were given, the latest first"""
        return service.sanctions_of(request_session(), current_user().id)


@blp.route("/moderation/sanctions/<id:sanction_id>")
class Sanction(MethodView):
    @blp.requires(Role.MODERATOR)
    @blp.limited("moderate")
    @blp.response(200, DoneSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def delete(self, sanction_id: UUID) -> Row:
        """Lift a ban"""
        service.lift(current_user(), sanction_id)
        return DONE


@blp.route("/moderation/filters")
class Filters(MethodView):
    @blp.requires(Role.MODERATOR)
    @blp.response(200, FilterSchema(many=True))
    def get(self) -> list[Row]:
        """List filtered words"""
        return service.filters()

    @blp.requires(Role.MODERATOR)
    @blp.limited("moderate")
    @blp.arguments(FilterCreate)
    @blp.response(200, FilterSchema)
    @blp.alt_response(409, "CONFLICT")
    def post(self, body: Row) -> Row:
        """Filter words: posts with them are refused, or hidden until a moderator has looked"""
        return service.add_filter(current_user(), **body)


@blp.route("/moderation/filters/<id:filter_id>")
class Filter(MethodView):
    @blp.requires(Role.MODERATOR)
    @blp.limited("moderate")
    @blp.response(200, DoneSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def delete(self, filter_id: UUID) -> Row:
        """Filter words no more"""
        service.remove_filter(current_user(), filter_id)
        return DONE
