"""Routes of follows, activity, blocking and muting."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from webapp.api import Blueprint
from webapp.follows import service
from webapp.follows.schemas import ActivityQuery, ActivitySchema, AvoidedSchema, FollowedShowSchema
from webapp.frame import current_user, request_session
from webapp.schemas import DONE, DoneSchema

blp = Blueprint("Follows", __name__, description="What you follow, what is new there, and whom you do not want to hear")
Row = dict[str, Any]


@blp.route("/me/follows/shows")
class FollowedShows(MethodView):
    @blp.login_required
    @blp.response(200, FollowedShowSchema(many=True))
    def get(self) -> list[Row]:
        """List the shows that you follow, by name"""
        return service.shows(request_session(), current_user())


@blp.route("/me/follows/shows/<id:show_id>")
class FollowedShow(MethodView):
    @blp.login_required
    @blp.limited("personal")
    @blp.response(200, DoneSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def put(self, show_id: UUID) -> Row:
        """Follow a show"""
        service.follow_show(request_session(), show_id, current_user())
        return DONE

    @blp.login_required
    @blp.limited("personal")
    @blp.response(200, DoneSchema)
    def delete(self, show_id: UUID) -> Row:
        """Follow a show no more"""
        service.unfollow_show(request_session(), show_id, current_user())
        return DONE


@blp.route("/me/activity")
class Activity(MethodView):
    @blp.login_required
    @blp.arguments(ActivityQuery, location="query")
    @blp.response(200, ActivitySchema(many=True))
    @blp.paged
    def get(self, query: Row) -> tuple[list[Row], str | None]:
        """List threads in which something was said, of shows and threads that you follow, the latest first"""
        return service.activity(request_session(), current_user(), **query)


@blp.route("/me/relations")
class Relations(MethodView):
    @blp.login_required
    @blp.response(200, AvoidedSchema(many=True))
    def get(self) -> list[Row]:
        """List whom you block or mute"""
        return service.relations(request_session(), current_user())


class Relation(MethodView):
    """Blocking or muting one user."""

    kind: str

    @blp.login_required
    @blp.limited("personal")
    @blp.response(200, DoneSchema)
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    def put(self, user_id: UUID) -> Row:
        """Do not hear somebody; whom you block can moreover not answer you"""
        service.relate(request_session(), user_id, current_user(), self.kind)
        return DONE

    @blp.login_required
    @blp.limited("personal")
    @blp.response(200, DoneSchema)
    def delete(self, user_id: UUID) -> Row:
        """Hear somebody again"""
        service.unrelate(request_session(), user_id, current_user(), self.kind)
        return DONE


@blp.route("/me/blocks/<id:user_id>")
class Block(Relation):
    kind = "block"


@blp.route("/me/mutes/<id:user_id>")
class Mute(Relation):
    kind = "mute"
