"""Shapes of conversations."""

from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf

from models.rules.messages import GROUP_MEMBERS, TITLE, Folder, MemberRole, MemberState
from webapp.schemas import Body, Page
from webapp.talk.schemas import AuthorSchema, Said


def moment() -> fields.String:
    """A time as PostgreSQL writes it into JSON."""
    return fields.String(metadata={"format": "date-time"})


class ConversationQuery(Page):
    """Which of one's conversations."""

    folder = fields.String(
        load_default=Folder.INBOX,
        validate=OneOf(list(Folder)),
        metadata={"description": "Those that are accepted, those put away, or what strangers ask"},
    )


class DirectCreate(Schema):
    """Somebody to write to."""

    other_user_id = fields.UUID(required=True)


class GroupCreate(Schema):
    """A new group."""

    title = Said(required=True, longest=TITLE)
    user_ids = fields.List(
        fields.UUID(), required=True, validate=Length(1, GROUP_MEMBERS), metadata={"description": "Who else is in it"}
    )


class GroupEdit(Schema):
    """Another title."""

    title = Said(required=True, longest=TITLE)


class MemberEdit(Schema):
    """Another role."""

    role = fields.String(required=True, validate=OneOf(list(MemberRole)))


class ConversationEdit(Schema):
    """How one keeps a conversation; what is not named stays."""

    is_muted = fields.Boolean(metadata={"description": "No notifications of it"})
    is_archived = fields.Boolean(metadata={"description": "Put away until the next message comes"})


class MessageMark(Schema):
    """How far somebody has read."""

    last_read_message_id = fields.UUID(required=True)


class ReceiptSchema(Body):
    """How far you have read a conversation."""

    conversation_id = fields.UUID()
    user_id = fields.UUID()
    last_read_message_id = fields.UUID(allow_none=True)
    last_read_seq = fields.Integer()
    last_read_at = fields.DateTime(allow_none=True)
    unread_count = fields.Integer()


class MemberSchema(Body):
    """Somebody in a conversation."""

    user_id = fields.UUID()
    role = fields.String(metadata={"enum": list(MemberRole)})
    state = fields.String(metadata={"enum": list(MemberState)})
    joined_at = moment()
    last_read_seq = fields.Integer(
        allow_none=True, metadata={"description": "As far as they let you know; null while you let nobody know yours"}
    )
    user = fields.Nested(AuthorSchema)


class LastMessageSchema(Body):
    """The last message of a conversation."""

    id = fields.UUID()
    seq = fields.Integer()
    sender_id = fields.UUID(allow_none=True)
    body = fields.String(allow_none=True)
    images = fields.Integer(metadata={"description": "How many it has"})
    is_deleted = fields.Boolean()
    created_at = moment()


class ConversationSchema(Body):
    """A conversation as one of its members has it."""

    id = fields.UUID()
    is_group = fields.Boolean()
    title = fields.String(allow_none=True, metadata={"description": "Of a group"})
    created_by = fields.UUID(allow_none=True)
    created_at = fields.DateTime()
    last_message_at = fields.DateTime(allow_none=True)
    last_message = fields.Nested(LastMessageSchema, allow_none=True)
    last_seq = fields.Integer(metadata={"description": "The number of the last message"})
    last_read_seq = fields.Integer(metadata={"description": "The number up to which you have read"})
    unread_count = fields.Integer()
    role = fields.String(metadata={"enum": list(MemberRole), "description": "Yours"})
    state = fields.String(metadata={"enum": list(MemberState), "description": "Whether you have accepted it"})
    is_muted = fields.Boolean()
    is_archived = fields.Boolean()
    is_ended = fields.Boolean(
        metadata={"description": "One blocks the other, or has left: nothing more can be written"}
    )
    members = fields.List(fields.Nested(MemberSchema))


class MessageSettingsSchema(Body):
    """What you let others know, and whether strangers may write to you."""

    shows_receipts = fields.Boolean()
    takes_requests = fields.Boolean()


class MessageSettingsEdit(Schema):
    """Other settings; what is not named stays."""

    shows_receipts = fields.Boolean(
        metadata={"description": "Others see how far you have read; while not, you see it of nobody"}
    )
    takes_requests = fields.Boolean(metadata={"description": "Strangers may write to you, and invite you to groups"})
