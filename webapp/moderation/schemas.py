"""Shapes of moderation."""

from marshmallow import Schema, fields
from marshmallow.validate import OneOf, Range

from webapp.schemas import Body
from webapp.talk.schemas import Said

REASONS = ("spam", "abuse", "spoiler", "off_topic", "illegal", "other")
TARGETS = ("post", "thread", "user", "message")


class ReportCreate(Schema):
    """Something that moderators should look at."""

    target_kind = fields.String(required=True, validate=OneOf(TARGETS))
    target_id = fields.UUID(required=True)
    reason = fields.String(required=True, validate=OneOf(REASONS))
    note = Said(longest=1000, load_default=None, allow_none=True)


class ReportedSchema(Body):
    """A report that was taken."""

    id = fields.UUID()


class QueueQuery(Schema):
    """Which part of the queue."""

    limit = fields.Integer(load_default=50, validate=Range(1, 100), metadata={"description": "How many rows at most"})
    cursor = fields.String(load_default=None, metadata={"description": "Where a page begins, from the header Link"})


class WaitingSchema(Body):
    """Something that waits for a moderator."""

    target_kind = fields.String(validate=OneOf(TARGETS))
    target_id = fields.UUID()
    since = fields.DateTime()
    reports = fields.Integer()
    reasons = fields.List(fields.String(), metadata={"description": "As reported; `filtered` where a filter held it"})
    user_id = fields.UUID(allow_none=True)
    username = fields.String(allow_none=True)
    thread_id = fields.UUID(allow_none=True)
    title = fields.String(allow_none=True)
    body = fields.String(allow_none=True, metadata={"description": "Of a post or a message, as it is now"})
    said_at = fields.DateTime(allow_none=True, metadata={"description": "When the post or message was written"})


class Dismissal(Schema):
    """What nothing is wrong with."""

    target_kind = fields.String(required=True, validate=OneOf(TARGETS))
    target_id = fields.UUID(required=True)


class SettledSchema(Body):
    """How many reports were settled."""

    reports = fields.Integer()


class Hiding(Schema):
    """Whether a post is hidden."""

    is_hidden = fields.Boolean(required=True)
    reason = Said(longest=1000, load_default=None, allow_none=True)


class ThreadChange(Schema):
    """What a moderator says about a thread."""

    is_locked = fields.Boolean()
    is_pinned = fields.Boolean()
    is_hidden = fields.Boolean()


class SanctionCreate(Schema):
    """A warning or a ban."""

    kind = fields.String(required=True, validate=OneOf(("warning", "ban")))
    reason = Said(required=True, longest=1000)
    hours = fields.Integer(load_default=None, allow_none=True, validate=Range(1, 8760))


class SanctionedSchema(Body):
    """A warning or a ban that was given."""

    id = fields.UUID()


class SanctionSchema(Body):
    """A warning or a ban."""

    id = fields.UUID()
    kind = fields.String(validate=OneOf(("warning", "ban")))
    reason = fields.String()
    until = fields.DateTime(allow_none=True, metadata={"description": "Null for a warning, and for a ban for good"})
    created_at = fields.DateTime()
    lifted_at = fields.DateTime(allow_none=True)


class FilterCreate(Schema):
    """Words to filter."""

    words = Said(required=True, longest=100)
    action = fields.String(required=True, validate=OneOf(("refuse", "hide")))


class FilterSchema(Body):
    """Filtered words."""

    id = fields.UUID()
    words = fields.String()
    action = fields.String()
    created_by = fields.UUID(allow_none=True)
    created_at = fields.DateTime()
