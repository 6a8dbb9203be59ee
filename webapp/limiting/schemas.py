"""The shapes of limits."""

from marshmallow import Schema, fields
from marshmallow.validate import OneOf, Range

from webapp.limits import DEFAULTS
from webapp.schemas import Body


class LimitEdit(Schema):
    """A limit that differs from the one in the code."""

    action = fields.String(required=True, validate=OneOf(sorted(DEFAULTS)))
    allowed = fields.Integer(required=True, strict=True, validate=Range(1, 1_000_000))
    seconds = fields.Integer(required=True, strict=True, validate=Range(1, 604_800))


class LimitSchema(Body):
    """How often an action may be done."""

    action = fields.String()
    allowed = fields.Integer(metadata={"description": "Times in so many seconds"})
    seconds = fields.Integer()
    default_allowed = fields.Integer()
    default_seconds = fields.Integer()
    updated_at = fields.AwareDateTime(allow_none=True, metadata={"description": "Empty where it is the default"})
    updated_by = fields.UUID(allow_none=True)
