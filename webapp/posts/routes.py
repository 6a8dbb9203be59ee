"""Routes of posts and reactions."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from webapp.api import Blueprint
from webapp.frame import current_user, match, optional_user, request_session, tag
from webapp.idempotency import Done, note_outcome
from webapp.paging import Slice
from webapp.posts import reading, service
from webapp.posts.schemas import (
    PostCreate,
    PostEdit,
    PostQuery,
    PostSchema,
    PriorSchema,
    React,
    ReactionsSchema,
    ToggleSchema,
    TreeQuery,
)
from webapp.talk.schemas import Reveal

blp = Blueprint("Posts", __name__, description="What is said in threads, and how it is taken")
Row = dict[str, Any]


def _shown(post_id: UUID) -> Row:
    return reading.post(request_session(), post_id, current_user())


def _said(done: Done, thread_id: UUID) -> Row:
    assert done.result_id is not None
    return _shown(done.result_id)


def _toggled(done: Done, post_id: UUID) -> Row:
    reaction, action = (done.outcome or "").split(" ")
    now = _shown(post_id)
    return {
        "post_id": post_id,
        "reaction": reaction,
        "action": action,
        "reactions": now["reactions"],
        "my_reactions": now["my_reactions"],
    }


@blp.route("/threads/<id:thread_id>/posts")
class Posts(MethodView):
    @blp.login_optional
    @blp.arguments(PostQuery, location="query")
    @blp.response(200, PostSchema(many=True))
    @blp.paged
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, query: Row, thread_id: UUID) -> Slice:
        """List one level of a thread's posts, a page at a time in either direction"""
        return reading.page(request_session(), thread_id, optional_user(), **query)

    @blp.login_required
    @blp.limited("post")
    @blp.arguments(PostCreate)
    @blp.response(200, PostSchema)
    @blp.alt_response(403, "FORBIDDEN")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.repeatable(_said)
    def post(self, body: Row, thread_id: UUID) -> Row:
        """Say something, or answer a post"""
        return _shown(service.say(request_session(), thread_id, current_user(), **body))


@blp.route("/threads/<id:thread_id>/tree")
class Tree(MethodView):
    @blp.login_optional
    @blp.arguments(TreeQuery, location="query")
    @blp.response(200, PostSchema(many=True))
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, query: Row, thread_id: UUID) -> list[Row]:
        """List posts each before its answers; `depth` says how far to indent"""
        return reading.tree(request_session(), thread_id, optional_user(), **query)


@blp.route("/posts/<id:post_id>")
class Post(MethodView):
    @blp.login_optional
    @blp.arguments(Reveal, location="query")
    @blp.response(200, PostSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, query: Row, post_id: UUID) -> Row:
        """Tell a post"""
        found = reading.post(request_session(), post_id, optional_user(), **query)
        tag(found["version"])
        return found

    @blp.login_required
    @blp.limited("post")
    @blp.if_match
    @blp.arguments(PostEdit)
    @blp.response(200, PostSchema)
    @blp.alt_response(403, "FORBIDDEN")
    @blp.alt_response(404, "NOT_FOUND")
    def patch(self, body: Row, post_id: UUID) -> Row:
        """Change a post of your own"""
        service.edit(request_session(), post_id, current_user(), check=match, **body)
        changed = _shown(post_id)
        tag(changed["version"])
        return changed

    @blp.login_required
    @blp.limited("post")
    @blp.response(200, PostSchema)
    @blp.alt_response(403, "FORBIDDEN")
    @blp.alt_response(404, "NOT_FOUND")
    def delete(self, post_id: UUID) -> Row:
        """Take your own words back; the post stays as a tombstone, with its answers"""
        service.delete(request_session(), post_id, current_user())
        return _shown(post_id)


@blp.route("/posts/<id:post_id>/history")
class History(MethodView):
    @blp.login_required
    @blp.response(200, PriorSchema(many=True))
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, post_id: UUID) -> list[Row]:
        """List what a post of your own said before, the latest first; moderators see everybody's"""
        return reading.history(request_session(), post_id, current_user())


@blp.route("/posts/<id:post_id>/reactions")
class Reactions(MethodView):
    @blp.login_optional
    @blp.response(200, ReactionsSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, post_id: UUID) -> Row:
        """Tell how a post was taken"""
        found = reading.post(request_session(), post_id, optional_user())
        return {"post_id": post_id, "reactions": found["reactions"], "my_reactions": found["my_reactions"]}

    @blp.login_required
    @blp.limited("reaction")
    @blp.arguments(React)
    @blp.response(200, ToggleSchema)
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(403, "FORBIDDEN")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.repeatable(_toggled)
    def post(self, body: Row, post_id: UUID) -> Row:
        """Add a reaction, or take it back; a vote takes back the opposite one"""
        action = service.react(request_session(), post_id, current_user(), body["reaction"])
        outcome = f"{body['reaction']} {action}"
        note_outcome(outcome)
        return _toggled(Done(None, outcome), post_id)
