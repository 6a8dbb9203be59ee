"""Shapes of air times."""

from zoneinfo import available_timezones

from marshmallow import Schema, ValidationError, fields
from marshmallow.validate import Range

from webapp.schemas import Body


def _is_known(zone: str) -> None:
    if zone not in available_timezones():
        raise ValidationError("Not a time zone of the IANA database, such as America/New_York.")


class AirTimeChange(Schema):
    """When a show's episodes air."""

    airs_at = fields.Time(required=True, metadata={"description": "Local time of the day: 20:00"})
    time_zone = fields.String(required=True, validate=_is_known, metadata={"description": "America/New_York"})
    opens_minutes = fields.Integer(
        load_default=30, validate=Range(0, 1440), metadata={"description": "How long before it airs its thread opens"}
    )


class AirTimeSchema(Body):
    """When a show's episodes air."""

    show_id = fields.UUID()
    airs_at = fields.Time()
    time_zone = fields.String()
    opens_minutes = fields.Integer()
    updated_at = fields.DateTime()
