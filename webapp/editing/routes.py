"""Routes for admins who mend the catalogue."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView
from sqlmodel import Session

from models.accounts import Role
from webapp import frame
from webapp.api import Blueprint
from webapp.editing import service
from webapp.editing.schemas import (
    CaseChoice,
    CaseQuery,
    CaseSchema,
    EditedSchema,
    EntityEdit,
    MergeQuery,
    MergeSchema,
    MergeStart,
    PageQuery,
    PageSchema,
    ShowWikiSchema,
    WikiPlace,
)
from webapp.frame import current_user, request_session
from webapp.idempotency import HEADER, Done
from webapp.jobs import service as jobs
from webapp.jobs.schemas import JobSchema

blp = Blueprint("Editing", __name__, description="Mending the catalogue; for admins, and noted in the audit log")


def _again(tell: Callable[[Session, UUID], dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """What tells again of what was done, as it is now."""

    def again(done: Done, **_path: Any) -> dict[str, Any]:
        assert done.result_id is not None
        return tell(request_session(), done.result_id)

    return again


@blp.route("/admin/entities/<id:entity_id>")
class Entity(MethodView):
    @blp.requires(Role.ADMIN)
    @blp.response(200, EditedSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, entity_id: UUID) -> dict[str, Any]:
        """Tell every field that can be edited, with all that is said of it"""
        return _tagged(service.entity(request_session(), entity_id))

    @blp.requires(Role.ADMIN)
    @blp.limited("admin")
    @blp.if_match
    @blp.arguments(EntityEdit)
    @blp.response(200, EditedSchema)
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    def patch(self, body: dict[str, Any], entity_id: UUID) -> dict[str, Any]:
        """Say what a field is, also that it is empty, or believe the sources again

        A picture is a field, too: `poster_image_id` and its sisters hold the id of an image of the entity.
        """
        return _tagged(service.edit(request_session(), current_user(), entity_id, body["set"], body["unset"]))


def _tagged(entity: dict[str, Any]) -> dict[str, Any]:
    frame.tag(entity["version"])
    return entity


@blp.route("/admin/cases")
class Cases(MethodView):
    @blp.requires(Role.ADMIN)
    @blp.arguments(CaseQuery, location="query")
    @blp.response(200, CaseSchema(many=True))
    def get(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        """List questions of identity, the oldest first"""
        return service.list_cases(request_session(), **query)


@blp.route("/admin/cases/<id:case_id>/choose")
class CaseChosen(MethodView):
    @blp.requires(Role.ADMIN)
    @blp.limited("admin")
    @blp.arguments(CaseChoice)
    @blp.response(200, CaseSchema)
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    @blp.repeatable(_again(service.case))
    def post(self, body: dict[str, Any], case_id: UUID) -> dict[str, Any]:
        """Say that a candidate is right"""
        return service.choose(request_session(), current_user(), case_id, **body)


@blp.route("/admin/cases/<id:case_id>/dismiss")
class CaseDismissed(MethodView):
    @blp.requires(Role.ADMIN)
    @blp.limited("admin")
    @blp.response(200, CaseSchema)
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    @blp.repeatable(_again(service.case))
    def post(self, case_id: UUID) -> dict[str, Any]:
        """Say that no candidate is right"""
        return service.dismiss(request_session(), current_user(), case_id)


@blp.route("/admin/wiki-pages")
class Pages(MethodView):
    @blp.requires(Role.ADMIN)
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, PageSchema(many=True))
    def get(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        """List pages of wikis that may be about somebody"""
        return service.list_pages(request_session(), **query)


@blp.route("/admin/wiki-pages/<id:page_id>/confirm")
class PageConfirmed(MethodView):
    @blp.requires(Role.ADMIN)
    @blp.limited("admin")
    @blp.response(200, PageSchema)
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    @blp.repeatable(_again(service.page))
    def post(self, page_id: UUID) -> dict[str, Any]:
        """Say that a page is about its person"""
        return service.confirm(request_session(), current_user(), page_id)


@blp.route("/admin/wiki-pages/<id:page_id>/reject")
class PageRejected(MethodView):
    @blp.requires(Role.ADMIN)
    @blp.limited("admin")
    @blp.response(200, PageSchema)
    @blp.alt_response(404, "NOT_FOUND")
    @blp.repeatable(_again(service.page))
    def post(self, page_id: UUID) -> dict[str, Any]:
        """Say that a page is not about its person; what it told is gone"""
        return service.reject(request_session(), current_user(), page_id)


@blp.route("/admin/shows/<id:show_id>/wikis")
class ShowWikis(MethodView):
    @blp.requires(Role.ADMIN)
    @blp.response(200, ShowWikiSchema(many=True))
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, show_id: UUID) -> list[dict[str, Any]]:
        """List the wikis that are asked for a show's people"""
        return service.list_wikis(request_session(), show_id)


@blp.route("/admin/shows/<id:show_id>/wikis/<wiki>")
class ShowWiki(MethodView):
    @blp.requires(Role.ADMIN)
    @blp.limited("admin")
    @blp.arguments(WikiPlace)
    @blp.response(200, ShowWikiSchema(many=True))
    @blp.alt_response(404, "NOT_FOUND")
    def put(self, body: dict[str, Any], show_id: UUID, wiki: str) -> list[dict[str, Any]]:
        """Have a wiki asked for a show's people"""
        return service.add_wiki(request_session(), current_user(), show_id, wiki, **body)

    @blp.requires(Role.ADMIN)
    @blp.limited("admin")
    @blp.response(200, ShowWikiSchema(many=True))
    @blp.alt_response(404, "NOT_FOUND")
    def delete(self, show_id: UUID, wiki: str) -> list[dict[str, Any]]:
        """Have a wiki no longer asked; no list brings it back"""
        return service.remove_wiki(request_session(), current_user(), show_id, wiki)


@blp.route("/admin/shows/<id:show_id>/refresh")
class ShowRefresh(MethodView):
    @blp.requires(Role.ADMIN)
    @blp.limited("start_job")
    @blp.response(200, JobSchema)
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(503, "SERVICE_UNAVAILABLE")
    @blp.repeatable(_again(jobs.job))
    def post(self, show_id: UUID) -> dict[str, Any]:
        """Have everything about a show asked again now; `/jobs` tells how that goes"""
        key = request.headers.get(HEADER)  # Prefect keeps it, too
        return service.refresh(request_session(), current_user(), show_id, key)


@blp.route("/admin/merges")
class Merges(MethodView):
    @blp.requires(Role.ADMIN)
    @blp.arguments(MergeQuery, location="query")
    @blp.response(200, MergeSchema(many=True))
    def get(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        """List merges, the newest first"""
        return service.list_merges(request_session(), **query)

    @blp.requires(Role.ADMIN)
    @blp.limited("admin")
    @blp.arguments(MergeStart)
    @blp.response(200, MergeSchema)
    @blp.alt_response(409, "CONFLICT")
    @blp.repeatable(_again(service.one_merge))
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Make two entities one; the loser leads to the winner from then on"""
        return service.make_one(request_session(), current_user(), **body)


@blp.route("/admin/merges/<id:merge_id>/undo")
class MergeUndone(MethodView):
    @blp.requires(Role.ADMIN)
    @blp.limited("admin")
    @blp.response(200, MergeSchema)
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    @blp.repeatable(_again(service.one_merge))
    def post(self, merge_id: UUID) -> dict[str, Any]:
        """Make two of what a merge made one"""
        return service.undo(request_session(), current_user(), merge_id)
