"""The shapes of a show's cast."""

from marshmallow import fields
from marshmallow.validate import OneOf, Range

from models.people import CreditCategory, RosterRole
from webapp.people.schemas import PersonSchema
from webapp.schemas import Body, Page


def category() -> fields.String:
    """A category in a query."""
    return fields.String(
        load_default=CreditCategory.CAST.value,
        validate=OneOf([one.value for one in CreditCategory]),
        metadata={"description": "On screen (cast), behind it (crew), or creators"},
    )


class CastQuery(Page):
    """Which members of a show."""

    category = category()
    season_number = fields.Integer(
        validate=Range(0, 2**31 - 1),
        metadata={"description": "Only who takes part in this season, in its billing order"},
    )


class CategoryQuery(Page):
    """On screen or behind it."""

    category = category()


class CountSchema(Body):
    """In how many episodes, and whose word that is."""

    episodes = fields.Integer(allow_none=True)
    counts = fields.String(
        metadata={"description": "counted: they are listed one by one; claimed: `episodes` is what a source says"}
    )
    archive_footage_episodes = fields.Integer(
        allow_none=True, metadata={"description": "Listed ones in old pictures only"}
    )


class CastSeasonSchema(CountSchema):
    """A member's part in a season."""

    season_id = fields.UUID()
    season_number = fields.Integer()
    is_regular = fields.Boolean()


class CastMemberSchema(CountSchema):
    """A person's part in a show: `episodes` are those of the whole show. `season_id` is set when the list is of one season."""

    id = fields.UUID()
    show_id = fields.UUID()
    season_id = fields.UUID(allow_none=True)
    person_id = fields.UUID()
    role = fields.String(
        metadata={"description": "Characters or jobs, divided by ` / `; empty where no source names one"}
    )
    billing_order = fields.Integer(allow_none=True)
    notes = fields.String(allow_none=True, metadata={"description": "An editor's"})
    person = fields.Nested(PersonSchema)
    category = fields.String()
    is_regular = fields.Boolean(metadata={"description": "In any numbered season"})
    episodes_in_season = fields.Integer(allow_none=True, metadata={"description": "Where the list is of one season"})
    latest_season = fields.Integer(allow_none=True)
    curated_role = fields.String(
        allow_none=True, metadata={"description": f"As an editor says: {', '.join(RosterRole)}"}
    )
    seasons = fields.List(fields.Nested(CastSeasonSchema))


class EpisodeMemberSchema(Body):
    """A person in an episode."""

    episode_id = fields.UUID()
    person_id = fields.UUID()
    person = fields.Nested(PersonSchema)
    category = fields.String()
    role = fields.String(metadata={"description": "Characters or jobs, divided by ` / `"})
    attributes = fields.List(fields.String(), metadata={"description": "What the source adds, such as (uncredited)"})
    is_archive_footage = fields.Boolean(metadata={"description": "In old pictures only"})
    billing_order = fields.Integer(allow_none=True)
    sources = fields.List(fields.String())


class CreditedSchema(Body):
    """A person in short, and what they do in a show."""

    person_id = fields.UUID()
    full_name = fields.String()
    profile_url = fields.String(allow_none=True)
    roles = fields.List(fields.String(), metadata={"description": "Characters or jobs"})
    episodes = fields.Integer(allow_none=True)
    counts = fields.String(metadata={"description": "counted or claimed"})
    first_year = fields.Integer(allow_none=True, metadata={"description": "Of the first dated episode listed"})
    last_year = fields.Integer(allow_none=True)
    billing_order = fields.Integer(allow_none=True)


class DepartmentSchema(Body):
    """The crew of a department."""

    department = fields.String(metadata={"description": "Empty where no source names one"})
    members = fields.List(fields.Nested(CreditedSchema))


class CreditsSchema(Body):
    """Everybody of a show."""

    show_id = fields.UUID()
    creators = fields.List(fields.Nested(CreditedSchema))
    cast = fields.List(fields.Nested(CreditedSchema))
    crew = fields.List(fields.Nested(DepartmentSchema))
