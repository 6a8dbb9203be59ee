"""Shapes of messages."""

from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf, Range

from models.rules.messages import BODY, IMAGES, REACTIONS, MessageOrder
from webapp.paging import LONGEST
from webapp.schemas import Body, Written
from webapp.talk.schemas import AuthorSchema, Said

LIMIT = {"description": "How many rows at most"}


class MessageQuery(Schema):
    """Which messages of a conversation."""

    limit = fields.Integer(load_default=50, validate=Range(1, 100), metadata=LIMIT)
    cursor = fields.String(
        load_default=None,
        validate=Length(1, LONGEST),
        metadata={"description": "Where to go on, as the `Link` of the page before says"},
    )
    before = fields.String(
        load_default=None,
        validate=Length(1, LONGEST),
        metadata={"description": "Where to go back, as the `Link` (prev) of a page says"},
    )
    order = fields.String(load_default=MessageOrder.NEWEST, validate=OneOf(list(MessageOrder)))
    since = fields.Integer(
        load_default=0,
        validate=Range(0, 2**31 - 1),
        metadata={"description": "Only what comes after this `seq`: with the order `oldest`, what was missed"},
    )


class MessageCreate(Schema):
    """A message to send."""

    body = Said(longest=BODY, load_default=None, allow_none=True)
    client_id = fields.String(
        load_default=None,
        allow_none=True,
        validate=Written(r"[\x21-\x7e]{1,64}", error="1 to 64 visible characters of ASCII."),
        metadata={"description": "A name of the app's for this message: sent again with it, it is sent once"},
    )
    reply_to_id = fields.UUID(load_default=None, allow_none=True)
    attachment_ids = fields.List(
        fields.UUID(),
        load_default=list,
        validate=Length(max=IMAGES),
        metadata={"description": "Images that were uploaded before"},
    )


class MessageEdit(Schema):
    """Other words."""

    body = Said(required=True, longest=BODY)


class MessageReact(Schema):
    """A reaction to add or to take back."""

    reaction = fields.String(required=True, metadata={"enum": list(REACTIONS)})


class SearchQuery(Schema):
    """What to look for."""

    q = Said(required=True, longest=100)
    conversation_id = fields.UUID(load_default=None, metadata={"description": "Only in this one"})
    limit = fields.Integer(load_default=20, validate=Range(1, 100), metadata=LIMIT)
    cursor = fields.String(load_default=None, validate=Length(1, LONGEST))


class MessageImageSchema(Body):
    """An image of a message."""

    id = fields.UUID(allow_none=True)
    width = fields.Integer()
    height = fields.Integer()
    url = fields.String(
        allow_none=True, metadata={"description": "Good for an hour at least; null where its sender has left"}
    )


class MessageSchema(Body):
    """What somebody wrote to a conversation."""

    id = fields.UUID()
    conversation_id = fields.UUID()
    seq = fields.Integer(metadata={"description": "Its number within the conversation, counted from 1 without gaps"})
    client_id = fields.String(allow_none=True, metadata={"description": "Of one's own messages"})
    sender_id = fields.UUID(allow_none=True)
    sender = fields.Nested(AuthorSchema, allow_none=True)
    body = fields.String(
        allow_none=True, metadata={"description": "Null where there are only images, or an `is_` field is true"}
    )
    attachments = fields.List(fields.Nested(MessageImageSchema))
    reply_to_id = fields.UUID(allow_none=True)
    reactions = fields.Dict(keys=fields.String(), values=fields.Integer())
    my_reactions = fields.List(fields.String())
    is_deleted = fields.Boolean()
    is_muted = fields.Boolean(metadata={"description": "In a group, by somebody whom you block or mute"})
    version = fields.Integer()
    created_at = fields.DateTime()
    edited_at = fields.DateTime(allow_none=True)


class MessageToggleSchema(Body):
    """What became of a reaction."""

    message_id = fields.UUID()
    reaction = fields.String()
    action = fields.String(validate=OneOf(("added", "removed")))
    reactions = fields.Dict(keys=fields.String(), values=fields.Integer())
    my_reactions = fields.List(fields.String())
