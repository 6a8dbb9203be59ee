"""Routes of messages."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from webapp.api import Blueprint
from webapp.frame import current_user, match, request_session, tag
from webapp.idempotency import Done, note_outcome
from webapp.messages import images, reading, service
from webapp.messages.schemas import (
    MessageCreate,
    MessageEdit,
    MessageImageSchema,
    MessageQuery,
    MessageReact,
    MessageSchema,
    MessageToggleSchema,
    SearchQuery,
)
from webapp.paging import Slice
from webapp.users import pictures

blp = Blueprint("Messages", __name__, description="What is written in conversations, privately")
Row = dict[str, Any]


def _shown(message_id: UUID) -> Row:
    return reading.one(request_session(), message_id, current_user())


def _sent(done: Done, conversation_id: UUID) -> Row:
    assert done.result_id is not None
    return _shown(done.result_id)


def _toggled(done: Done, message_id: UUID) -> Row:
    reaction, action = (done.outcome or "").split(" ")
    now = _shown(message_id)
    return {
        "message_id": message_id,
        "reaction": reaction,
        "action": action,
        "reactions": now["reactions"],
        "my_reactions": now["my_reactions"],
    }


@blp.route("/dms/<id:conversation_id>/messages")
class Messages(MethodView):
    @blp.login_required
    @blp.arguments(MessageQuery, location="query")
    @blp.response(200, MessageSchema(many=True))
    @blp.paged
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, query: Row, conversation_id: UUID) -> Slice:
        """List a conversation's messages, the newest first; `Link` leads both ways"""
        return reading.page(request_session(), conversation_id, current_user(), **query)

    @blp.login_required
    @blp.limited("message")
    @blp.arguments(MessageCreate)
    @blp.response(200, MessageSchema)
    @blp.alt_response(403, "FORBIDDEN")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.repeatable(_sent)
    def post(self, body: Row, conversation_id: UUID) -> Row:
        """Send a message"""
        return _shown(service.send(request_session(), conversation_id, current_user(), **body))


@blp.route("/dms/messages/<id:message_id>")
class Message(MethodView):
    @blp.login_required
    @blp.response(200, MessageSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, message_id: UUID) -> Row:
        """Tell a message"""
        found = _shown(message_id)
        tag(found["version"])
        return found

    @blp.login_required
    @blp.limited("message")
    @blp.if_match
    @blp.arguments(MessageEdit)
    @blp.response(200, MessageSchema)
    @blp.alt_response(403, "FORBIDDEN")
    @blp.alt_response(404, "NOT_FOUND")
    def patch(self, body: Row, message_id: UUID) -> Row:
        """Change a message of your own, up to fifteen minutes after it was sent"""
        service.edit(request_session(), message_id, current_user(), check=match, **body)
        changed = _shown(message_id)
        tag(changed["version"])
        return changed

    @blp.login_required
    @blp.limited("message")
    @blp.response(200, MessageSchema)
    @blp.alt_response(403, "FORBIDDEN")
    @blp.alt_response(404, "NOT_FOUND")
    def delete(self, message_id: UUID) -> Row:
        """Take a message of your own back; a tombstone stays"""
        service.delete(request_session(), message_id, current_user())
        return _shown(message_id)


@blp.route("/dms/messages/<id:message_id>/reactions")
class Reactions(MethodView):
    @blp.login_required
    @blp.limited("reaction")
    @blp.arguments(MessageReact)
    @blp.response(200, MessageToggleSchema)
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(403, "FORBIDDEN")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.repeatable(_toggled)
    def post(self, body: Row, message_id: UUID) -> Row:
        """Add a reaction, or take it back"""
        action = service.react(request_session(), message_id, current_user(), body["reaction"])
        outcome = f"{body['reaction']} {action}"
        note_outcome(outcome)
        return _toggled(Done(None, outcome), message_id)


@blp.route("/dms/search")
class Search(MethodView):
    @blp.login_required
    @blp.limited("find")
    @blp.arguments(SearchQuery, location="query")
    @blp.response(200, MessageSchema(many=True))
    @blp.paged
    def get(self, query: Row) -> tuple[list[Row], str | None]:
        """Search the messages of your conversations, the newest first"""
        return reading.search(request_session(), current_user(), **query)


@blp.route("/dms/images")
class Images(MethodView):
    @blp.login_required
    @blp.limited("image")
    @blp.doc(
        requestBody={
            "required": True,
            "description": f"The bytes of a JPEG, PNG, WebP, GIF or AVIF of {pictures.MOST_BYTES // 2**20} MB at most",
            "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}},
        }
    )
    @blp.response(200, MessageImageSchema)
    @blp.alt_response(413, "REQUEST_ENTITY_TOO_LARGE")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    def post(self) -> Row:
        """Upload an image, which is then sent by its id; one that is not sent goes after a day"""
        request.max_content_length = pictures.MOST_BYTES
        return images.put(request_session(), current_user().id, request.get_data(cache=False))
