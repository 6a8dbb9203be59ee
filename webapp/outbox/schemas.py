"""The shapes of the outbox."""

from marshmallow import Schema, fields
from marshmallow.validate import Length, Range

from webapp.schemas import Body


class OutboxQuery(Schema):
    """Which of the work that was given up."""

    topic = fields.String(load_default=None, validate=Length(1, 64), metadata={"description": "Only this topic"})
    before = fields.Integer(
        load_default=None, validate=Range(1, 2**63 - 1), metadata={"description": "Only ids below this one"}
    )
    limit = fields.Integer(load_default=50, validate=Range(1, 100), metadata={"description": "How many rows at most"})


class StandingSchema(Body):
    """How a topic stands that has work left."""

    topic = fields.String()
    due = fields.Integer(metadata={"description": "Items that a worker should take now"})
    later = fields.Integer(metadata={"description": "Items that wait for their time, or for the pause after a failure"})
    failing = fields.Integer(metadata={"description": "Those of both that failed before"})
    dead = fields.Integer(metadata={"description": "Items that were given up"})
    oldest_due_at = fields.AwareDateTime(allow_none=True, metadata={"description": "Since when work is due"})


class OutboxItemSchema(Body):
    """A piece of work, without its contents."""

    id = fields.Integer()
    topic = fields.String()
    key = fields.String(allow_none=True)
    queued_at = fields.AwareDateTime()
    available_at = fields.AwareDateTime(metadata={"description": "When it is tried next"})
    attempts = fields.Integer()
    last_error = fields.String(allow_none=True)
    dead_at = fields.AwareDateTime(allow_none=True, metadata={"description": "When it was given up"})


class OutboxSchema(Body):
    """How the outbox stands."""

    topics = fields.List(fields.Nested(StandingSchema))
    dead = fields.List(fields.Nested(OutboxItemSchema), metadata={"description": "What was given up, the newest first"})
