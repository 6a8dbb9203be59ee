"""Shapes of notifications."""

from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf, Range

from models.rules.notifications import NotificationKind
from webapp.paging import LONGEST
from webapp.schemas import Body
from webapp.talk.schemas import AuthorSchema

KINDS = [kind.value for kind in NotificationKind]


class NotificationQuery(Schema):
    """Which notifications."""

    limit = fields.Integer(load_default=50, validate=Range(1, 100), metadata={"description": "How many rows at most"})
    cursor = fields.String(
        load_default=None, validate=Length(1, LONGEST), metadata={"description": "Where to go on, as `Link` says"}
    )
    kind = fields.String(load_default=None, validate=OneOf(KINDS), metadata={"description": "Only of this kind"})
    unread = fields.Boolean(load_default=False, metadata={"description": "Only those that are not read"})


class NotificationSchema(Body):
    """What somebody is told. No words of anybody: those are read where they stand."""

    id = fields.UUID()
    kind = fields.String(metadata={"enum": KINDS})
    seq = fields.Integer(metadata={"description": "Its number among yours; a new one when more comes"})
    count = fields.Integer(metadata={"description": "How much is new since you read it"})
    actor = fields.Nested(
        AuthorSchema, allow_none=True, metadata={"description": "Whose doing it is; none: of several"}
    )
    show_id = fields.UUID(allow_none=True)
    show_name = fields.String(allow_none=True)
    thread_id = fields.UUID(allow_none=True)
    title = fields.String(allow_none=True, metadata={"description": "Of the thread, unless it is masked for you"})
    is_masked = fields.Boolean(metadata={"description": "About what you have not seen yet"})
    post_id = fields.UUID(allow_none=True, metadata={"description": "The first post that is new"})
    conversation_id = fields.UUID(allow_none=True)
    message_id = fields.UUID(allow_none=True, metadata={"description": "The first message that is new"})
    survey_id = fields.UUID(allow_none=True)
    is_read = fields.Boolean()
    created_at = fields.DateTime()
    told_at = fields.DateTime(metadata={"description": "When it was raised last"})


class UnreadSchema(Body):
    """How many notifications are not read."""

    total = fields.Integer()
    kinds = fields.Dict(keys=fields.String(validate=OneOf(KINDS)), values=fields.Integer())


class ReadOne(Schema):
    """What of a notification was seen."""

    seq = fields.Integer(
        required=True, validate=Range(0, 2**63 - 1), metadata={"description": "The number that it had when you saw it"}
    )


class ReadAll(Schema):
    """Which notifications were seen."""

    up_to = fields.Integer(
        required=True, validate=Range(0, 2**63 - 1), metadata={"description": "The `seq` of the newest that you saw"}
    )
    kind = fields.String(load_default=None, allow_none=True, validate=OneOf(KINDS))


class ReadSchema(Body):
    """How many notifications were marked as read."""

    read = fields.Integer()


class SettingEdit(Schema):
    """How somebody wants to be told of a kind."""

    kind = fields.String(required=True, validate=OneOf(KINDS))
    in_app = fields.Boolean(load_default=True, metadata={"description": "Listed, counted and pushed"})
    in_digest = fields.Boolean(
        load_default=False, metadata={"description": "Told by a daily mail, while it is not read"}
    )


class SettingSchema(Body):
    """How somebody is told of a kind."""

    kind = fields.String(metadata={"enum": KINDS})
    in_app = fields.Boolean()
    in_digest = fields.Boolean()
