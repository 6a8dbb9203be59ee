"""Shapes of the roster."""

from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf, Range

from models.people import RosterRole
from webapp.schemas import Body, Written


class RoleSaid(Schema):
    """What somebody is in a show or in a season."""

    role = fields.String(required=True, validate=OneOf(list(RosterRole)))
    billing_order = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=Range(0, 2**31 - 1),
        metadata={"description": "Their place in the cast, before whatever sources bill"},
    )
    notes = fields.String(
        load_default=None,
        allow_none=True,
        validate=[Length(1, 500), Written(r"[^\x00-\x1f\x7f]*", error="Not plain text.")],
    )


class RosterSchema(Body):
    """A role that an editor has said."""

    entity_id = fields.UUID(metadata={"description": "The show, or the season of it"})
    season_number = fields.Integer(allow_none=True, metadata={"description": "Null where it is of the whole show"})
    person_id = fields.UUID()
    full_name = fields.String()
    role = fields.String(validate=OneOf(list(RosterRole)))
    billing_order = fields.Integer(allow_none=True)
    notes = fields.String(allow_none=True)
    updated_at = fields.DateTime()
