"""Shapes of air times."""

import re
from typing import Any
from zoneinfo import available_timezones

from marshmallow import Schema, ValidationError, fields
from marshmallow.validate import Range

from webapp.schemas import Body

TIME = "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"


def _is_known(zone: str) -> None:
    if zone not in available_timezones():
        raise ValidationError("Not a time zone of the IANA database, such as America/New_York.")


class LocalTime(fields.Time):
    """A time of the day to the minute or the second. Python's own reading of ISO 8601 would let offsets pass."""

    def __init__(self, **kwargs: Any) -> None:
        described = {"description": "Local time of the day: 20:00", "pattern": TIME}
        super().__init__(metadata=described, **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(TIME, value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return super()._deserialize(value, *args, **kwargs)


class AirTimeChange(Schema):
    """When a show's episodes air."""

    airs_at = LocalTime(required=True)
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
