"""Routes of conversations and groups."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from webapp.api import Blueprint
from webapp.conversations import events, groups, reading, service  # noqa: F401  (events are declared)
from webapp.conversations.schemas import (
    ConversationEdit,
    ConversationQuery,
    ConversationSchema,
    DirectCreate,
    GroupCreate,
    GroupEdit,
    MemberEdit,
    MessageMark,
    MessageSettingsEdit,
    MessageSettingsSchema,
    ReceiptSchema,
)
from webapp.frame import current_user, request_session, system_session
from webapp.idempotency import Done
from webapp.schemas import DONE, DoneSchema

blp = Blueprint("Conversations", __name__, description="Private talk of two people, or of a group")
Row = dict[str, Any]


def _shown(conversation_id: UUID) -> Row:
    return reading.one(request_session(), conversation_id, current_user())


def _group(conversation_id: UUID) -> Row:
    """As the system's transaction has it, which has just changed it."""
    return reading.one(system_session(), conversation_id, current_user())


def _made(done: Done) -> Row:
    assert done.result_id is not None
    return _group(done.result_id)


@blp.route("/dms")
class Conversations(MethodView):
    @blp.login_required
    @blp.arguments(ConversationQuery, location="query")
    @blp.response(200, ConversationSchema(many=True))
    @blp.paged
    def get(self, query: Row) -> tuple[list[Row], str | None]:
        """List your conversations, the one of the latest message first"""
        return reading.page(request_session(), current_user(), **query)

    @blp.login_required
    @blp.limited("conversation")
    @blp.arguments(DirectCreate)
    @blp.response(200, ConversationSchema)
    @blp.alt_response(403, "FORBIDDEN")
    @blp.alt_response(404, "NOT_FOUND")
    def post(self, body: Row) -> Row:
        """Open the conversation with somebody; there is one, whoever opens it"""
        return _shown(service.open_direct(request_session(), current_user(), body["other_user_id"]))


@blp.route("/dms/<id:conversation_id>")
class Conversation(MethodView):
    @blp.login_required
    @blp.response(200, ConversationSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, conversation_id: UUID) -> Row:
        """Tell a conversation"""
        return _shown(conversation_id)

    @blp.login_required
    @blp.limited("personal")
    @blp.arguments(ConversationEdit)
    @blp.response(200, ConversationSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def patch(self, body: Row, conversation_id: UUID) -> Row:
        """Mute or archive a conversation for yourself"""
        service.keep(request_session(), conversation_id, current_user(), **body)
        return _shown(conversation_id)


@blp.route("/dms/<id:conversation_id>/accept")
class Accept(MethodView):
    @blp.login_required
    @blp.limited("personal")
    @blp.response(200, ConversationSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def post(self, conversation_id: UUID) -> Row:
        """Accept what a stranger asks; writing back accepts it, too"""
        service.accept(request_session(), conversation_id, current_user())
        return _shown(conversation_id)


@blp.route("/dms/<id:conversation_id>/decline")
class Decline(MethodView):
    @blp.login_required
    @blp.limited("personal")
    @blp.response(200, DoneSchema)
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    def post(self, conversation_id: UUID) -> Row:
        """Decline what a stranger asks; they cannot write any more"""
        groups.decline(system_session(), conversation_id, current_user())
        return DONE


@blp.route("/dms/<id:conversation_id>/read")
class Read(MethodView):
    @blp.login_required
    @blp.limited("receipt")
    @blp.arguments(MessageMark)
    @blp.response(200, ReceiptSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def post(self, body: Row, conversation_id: UUID) -> Row:
        """Say up to which message you have read; it only moves forward"""
        service.mark_read(request_session(), conversation_id, current_user(), body["last_read_message_id"])
        return reading.receipt(request_session(), conversation_id, current_user())


@blp.route("/dms/groups")
class Groups(MethodView):
    @blp.login_required
    @blp.limited("conversation")
    @blp.arguments(GroupCreate)
    @blp.response(200, ConversationSchema)
    @blp.alt_response(403, "FORBIDDEN")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.repeatable(_made, transaction=system_session)
    def post(self, body: Row) -> Row:
        """Make a group; whom you have not written with before is asked"""
        return _group(groups.create(system_session(), current_user(), **body))


@blp.route("/dms/groups/<id:conversation_id>")
class Group(MethodView):
    @blp.login_required
    @blp.limited("group")
    @blp.arguments(GroupEdit)
    @blp.response(200, ConversationSchema)
    @blp.alt_response(403, "FORBIDDEN")
    @blp.alt_response(404, "NOT_FOUND")
    def patch(self, body: Row, conversation_id: UUID) -> Row:
        """Give a group of which you are an admin another title"""
        groups.rename(system_session(), conversation_id, current_user(), **body)
        return _group(conversation_id)


@blp.route("/dms/groups/<id:conversation_id>/members/<id:user_id>")
class Member(MethodView):
    @blp.login_required
    @blp.limited("group")
    @blp.response(200, ConversationSchema)
    @blp.alt_response(403, "FORBIDDEN")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    def put(self, conversation_id: UUID, user_id: UUID) -> Row:
        """Add somebody to a group of which you are an admin; they read what is said from then on"""
        groups.add(system_session(), conversation_id, current_user(), user_id)
        return _group(conversation_id)

    @blp.login_required
    @blp.limited("group")
    @blp.arguments(MemberEdit)
    @blp.response(200, ConversationSchema)
    @blp.alt_response(403, "FORBIDDEN")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    def patch(self, body: Row, conversation_id: UUID, user_id: UUID) -> Row:
        """Make a member an admin, or no longer one"""
        groups.set_role(system_session(), conversation_id, current_user(), user_id, **body)
        return _group(conversation_id)

    @blp.login_required
    @blp.limited("group")
    @blp.response(200, DoneSchema)
    @blp.alt_response(403, "FORBIDDEN")
    @blp.alt_response(404, "NOT_FOUND")
    def delete(self, conversation_id: UUID, user_id: UUID) -> Row:
        """Take somebody out of a group, or leave it"""
        groups.remove(system_session(), conversation_id, current_user(), user_id)
        return DONE


@blp.route("/me/message-settings")
class MessageSettings(MethodView):
    @blp.login_required
    @blp.response(200, MessageSettingsSchema)
    def get(self) -> Row:
        """Tell what you let others know, and whether strangers may write to you"""
        return reading.settings(request_session(), current_user())

    @blp.login_required
    @blp.limited("personal")
    @blp.arguments(MessageSettingsEdit)
    @blp.response(200, MessageSettingsSchema)
    def patch(self, body: Row) -> Row:
        """Change that; what is not named stays"""
        service.change_settings(request_session(), current_user(), **body)
        return reading.settings(request_session(), current_user())
