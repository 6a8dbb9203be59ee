"""Shapes of progress."""

from marshmallow import Schema, fields

from webapp.schemas import Body


class ProgressChange(Schema):
    """How far somebody has watched a show."""

    seen_through = fields.UUID(
        required=True, allow_none=True, metadata={"description": "The last episode seen; null for nothing yet"}
    )


class SeenSchema(Body):
    """How far somebody has watched a show. Talk of what comes later is masked for them."""

    show_id = fields.UUID()
    show_name = fields.String()
    seen_through = fields.UUID(allow_none=True)
    season_number = fields.Integer(allow_none=True)
    episode_number = fields.Integer(allow_none=True)
    updated_at = fields.DateTime()
