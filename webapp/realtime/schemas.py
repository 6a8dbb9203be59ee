"""Shapes of what REST tells of events."""

from marshmallow import Schema, fields, validate

from webapp.schemas import Body


class EventsQuery(Schema):
    """From where on, and how many."""

    since = fields.Integer(
        load_default=0,
        validate=validate.Range(0, 2**63 - 1),
        metadata={"description": "The number of the last event that the client knows; 0 knows none"},
    )
    limit = fields.Integer(
        load_default=50, validate=validate.Range(1, 100), metadata={"description": "At most so many"}
    )


class EventSchema(Body):
    """An event, as a socket is sent it."""

    type = fields.String(metadata={"description": "What happened; docs/realtime.md lists them"})
    ts = fields.String(metadata={"format": "date-time", "description": "When it was announced"})
    seq = fields.Integer(metadata={"description": "Its place in the room, from 1 on without gaps"})
    room = fields.String()
    payload = fields.Dict(metadata={"description": "As `/realtime/schemas.json` says for its type"})
