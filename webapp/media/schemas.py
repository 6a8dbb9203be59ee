"""What may be asked of an image."""

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from models.rules.variants import WIDTHS


class VariantQuery(Schema):
    """Which size."""

    w = fields.Integer(
        validate=OneOf(WIDTHS, error="Must be one of: {choices}."),
        metadata={"description": "The width in pixels; without it, where the original is"},
    )
