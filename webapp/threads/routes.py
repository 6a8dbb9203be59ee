"""Routes of threads."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from models.entities import Kind
from webapp.api import Blueprint
from webapp.frame import current_user, match, optional_user, request_session, tag
from webapp.idempotency import Done
from webapp.schemas import DONE, DoneSchema
from webapp.talk import events  # noqa: F401  (declares what is told of talk, and who may listen)
from webapp.talk.schemas import Reveal
from webapp.threads import service
from webapp.threads.schemas import ReadMark, ThreadCreate, ThreadEdit, ThreadQuery, ThreadSchema

blp = Blueprint("Threads", __name__, description="Discussions of shows, seasons and episodes")
Row = dict[str, Any]


def _shown(thread_id: UUID) -> Row:
    return service.thread(request_session(), thread_id, current_user())


def _opened(done: Done, entity_id: UUID) -> Row:
    assert done.result_id is not None
    return _shown(done.result_id)


class OfEntity(MethodView):
    """The threads about one thing."""

    kind: Kind

    @blp.login_optional
    @blp.arguments(ThreadQuery, location="query")
    @blp.response(200, ThreadSchema(many=True))
    @blp.paged
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, query: Row, entity_id: UUID) -> tuple[list[Row], str | None]:
        """List threads, the newest first"""
        return service.threads_of(request_session(), self.kind, entity_id, optional_user(), **query)

    @blp.login_required
    @blp.limited("thread")
    @blp.arguments(ThreadCreate)
    @blp.response(200, ThreadSchema)
    @blp.alt_response(404, "NOT_FOUND")
    @blp.repeatable(_opened)
    def post(self, body: Row, entity_id: UUID) -> Row:
        """Open a thread"""
        return _shown(service.open_thread(request_session(), self.kind, entity_id, current_user(), **body))


@blp.route("/shows/<id:entity_id>/threads")
class ShowThreads(OfEntity):
    kind = Kind.SHOW


@blp.route("/seasons/<id:entity_id>/threads")
class SeasonThreads(OfEntity):
    kind = Kind.SEASON


@blp.route("/episodes/<id:entity_id>/threads")
class EpisodeThreads(OfEntity):
    kind = Kind.EPISODE


@blp.route("/threads/<id:thread_id>")
class Thread(MethodView):
    @blp.login_optional
    @blp.arguments(Reveal, location="query")
    @blp.response(200, ThreadSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, query: Row, thread_id: UUID) -> Row:
        """Tell about a thread"""
        found = service.thread(request_session(), thread_id, optional_user(), **query)
        tag(found["version"])
        return found

    @blp.login_required
    @blp.limited("post")
    @blp.if_match
    @blp.arguments(ThreadEdit)
    @blp.response(200, ThreadSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def patch(self, body: Row, thread_id: UUID) -> Row:
        """Change the title of a thread of your own"""
        service.edit_thread(request_session(), thread_id, current_user(), check=match, **body)
        changed = _shown(thread_id)
        tag(changed["version"])
        return changed


@blp.route("/threads/<id:thread_id>/follow")
class Follow(MethodView):
    @blp.login_required
    @blp.limited("personal")
    @blp.response(200, ThreadSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def put(self, thread_id: UUID) -> Row:
        """Follow a thread; whoever writes in one does"""
        service.follow(request_session(), thread_id, current_user())
        return _shown(thread_id)

    @blp.login_required
    @blp.limited("personal")
    @blp.response(200, DoneSchema)
    def delete(self, thread_id: UUID) -> Row:
        """Follow it no more"""
        service.unfollow(request_session(), thread_id, current_user())
        return DONE


@blp.route("/threads/<id:thread_id>/read")
class Read(MethodView):
    @blp.login_required
    @blp.limited("personal")
    @blp.arguments(ReadMark)
    @blp.response(200, ThreadSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def post(self, body: Row, thread_id: UUID) -> Row:
        """Say how far you have read a thread that you follow; only forward"""
        service.read(request_session(), thread_id, current_user(), body["seq"])
        return _shown(thread_id)
