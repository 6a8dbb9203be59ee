"""Shapes of webhooks."""

from typing import Any

from marshmallow import Schema, ValidationError, fields
from marshmallow.validate import Length, OneOf, Range

from models.rules.webhooks import TEST, DeliveryStatus, WebhookEvent
from webapp.paging import LONGEST
from webapp.schemas import Body
from webapp.webhooks.sending import LONGEST_URL, check

EVENTS = [event.value for event in WebhookEvent]


class Target(fields.String):
    """An address that may be told of events."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"format": "uri", "minLength": 1, "maxLength": LONGEST_URL}, **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        url = super()._deserialize(value, *args, **kwargs)
        try:
            check(url)
        except ValueError as error:
            raise ValidationError(f"Not an address for a webhook: {error}.") from None
        return url


def _events(**kwargs: Any) -> fields.List:
    return fields.List(fields.String(validate=OneOf(EVENTS)), validate=Length(1, len(EVENTS)), **kwargs)


class WebhookCreate(Schema):
    """A new webhook."""

    url = Target(required=True)
    events = _events(required=True)


class WebhookEdit(Schema):
    """What is to change of a webhook."""

    url = Target()
    events = _events()
    is_enabled = fields.Boolean(metadata={"description": "true forgets its failures and tries again"})


class WebhookSchema(Body):
    """A webhook, without its secret."""

    id = fields.UUID()
    url = fields.String()
    events = fields.List(fields.String(metadata={"enum": EVENTS}))
    is_enabled = fields.Boolean()
    failures = fields.Integer(metadata={"description": "Attempts that failed since one succeeded"})
    failing_since = fields.DateTime(allow_none=True)
    disabled_at = fields.DateTime(allow_none=True)
    told_seq = fields.Integer(metadata={"description": "Up to which change of the catalogue it was told"})
    previous_until = fields.DateTime(
        allow_none=True, metadata={"description": "Until when the secret before also signs"}
    )
    version = fields.Integer()
    created_at = fields.DateTime()


class SecretSchema(WebhookSchema):
    """A webhook with its secret."""

    secret = fields.String(metadata={"description": "Told here and never again"})


class DeliveryQuery(Schema):
    """Which deliveries."""

    limit = fields.Integer(load_default=50, validate=Range(1, 100), metadata={"description": "How many rows at most"})
    cursor = fields.String(
        load_default=None, validate=Length(1, LONGEST), metadata={"description": "Where to go on, as `Link` says"}
    )
    status = fields.String(load_default=None, validate=OneOf([status.value for status in DeliveryStatus]))


class DeliverySchema(Body):
    """A delivery, and how it went."""

    id = fields.UUID(metadata={"description": "The same at every attempt, in `Trr-Delivery` and in the body"})
    event = fields.String(metadata={"enum": [*EVENTS, TEST]})
    data = fields.Dict(metadata={"description": "What the body tells: ids"})
    status = fields.String(metadata={"enum": [status.value for status in DeliveryStatus]})
    attempts = fields.Integer()
    last_status = fields.Integer(allow_none=True, metadata={"description": "Of the last answer; none: there was none"})
    last_error = fields.String(allow_none=True)
    created_at = fields.DateTime()
    attempted_at = fields.DateTime(allow_none=True)
