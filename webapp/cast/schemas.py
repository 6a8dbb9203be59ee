"""The shapes of a show's cast."""

from marshmallow import fields
from marshmallow.validate import OneOf, Range

from models.people import CreditCategory
from webapp.people.schemas import PersonSchema
from webapp.schemas import Body, Page


class CastQuery(Page):
    """Which members of a show."""

    category = fields.String(
        load_default=CreditCategory.CAST.value,
        validate=OneOf([category.value for category in CreditCategory]),
        metadata={"description": "On screen (cast), behind it (crew), or creators"},
    )
    season_number = fields.Integer(
        validate=Range(0, 2**31 - 1),
        metadata={"description": "Only who takes part in this season, in its billing order"},
    )


class CastSeasonSchema(Body):
    """A member's part in a season."""

    season_id = fields.UUID()
    season_number = fields.Integer()
    episodes = fields.Integer()
    is_regular = fields.Boolean()


class CastMemberSchema(Body):
    """A person's part in a show. `season_id` is set when the list is of one season."""

    id = fields.UUID()
    show_id = fields.UUID()
    season_id = fields.UUID(allow_none=True)
    person_id = fields.UUID()
    role = fields.String(
        metadata={"description": "Characters or jobs, divided by ` / `; empty where no source names one"}
    )
    billing_order = fields.Integer(allow_none=True)
    notes = fields.String(allow_none=True)
    person = fields.Nested(PersonSchema)
    category = fields.String()
    episodes = fields.Integer(allow_none=True, metadata={"description": "Episodes of the whole show"})
    counts = fields.String(metadata={"description": "claimed: `episodes` is what a source says"})
    is_regular = fields.Boolean(metadata={"description": "In any numbered season"})
    seasons = fields.List(fields.Nested(CastSeasonSchema))
