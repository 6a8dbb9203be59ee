"""The shapes of people."""

from marshmallow import Schema, fields
from marshmallow.validate import Range, Regexp

from models.people import Gender, Precision
from models.rules.dates import PATTERN
from models.rules.zodiac import Sign
from webapp.people.listing import LONGEST_RAIL
from webapp.schemas import AliasSchema, Body, ImageSchema, Line, Page, external_ids, slug


class PartialDate(fields.String):
    """A date as far as it is known."""

    def __init__(self) -> None:
        super().__init__(
            allow_none=True,
            validate=Regexp(PATTERN),
            metadata={"description": "As far as it is known: 1974, 1974-12 or 1974-12-14"},
        )


def precision() -> fields.String:
    """How exactly the date beside it is known."""
    return fields.String(allow_none=True, metadata={"description": " or ".join(str(word) for word in Precision)})


class PersonSchema(Body):
    """A person as part of something else."""

    id = fields.UUID()
    full_name = fields.String()
    slug = slug()
    known_for = fields.String(allow_none=True)
    external_ids = external_ids()
    gender = fields.String(metadata={"description": ", ".join(str(gender) for gender in Gender)})
    birth_date = PartialDate()
    birth_precision = precision()
    zodiac = fields.String(
        allow_none=True,
        metadata={"description": f"Of who was born on a known day: {', '.join(str(sign) for sign in Sign)}"},
    )
    imdb_id = fields.String(allow_none=True)
    tmdb_id = fields.Integer(allow_none=True)
    profile_url = fields.String(allow_none=True)


class PersonCreditSchema(Body):
    """What a person does in a show."""

    show_id = fields.UUID()
    show_name = fields.String()
    category = fields.String()
    role = fields.String()
    episodes = fields.Integer(allow_none=True)
    counts = fields.String(metadata={"description": "claimed: `episodes` is what a source says"})


class BiographySchema(Body):
    """What a source tells of a person's life. Who shows it names the source, and the page and licence where there are any."""

    source = fields.String()
    text = fields.String()
    url = fields.String(allow_none=True)
    licence = fields.String(allow_none=True)


class PersonDetailSchema(PersonSchema):
    """A person."""

    biography = fields.String(allow_none=True)
    death_date = PartialDate()
    death_precision = precision()
    birth_place = fields.String(allow_none=True)
    residence = fields.String(allow_none=True)
    occupations = fields.List(fields.String())
    homepage = fields.String(allow_none=True)
    adult = fields.Boolean(allow_none=True)
    tmdb_popularity = fields.Float(allow_none=True)
    aliases = fields.List(fields.Nested(AliasSchema))
    images = fields.List(fields.Nested(ImageSchema))
    credits = fields.List(fields.Nested(PersonCreditSchema))
    biographies = fields.List(
        fields.Nested(BiographySchema),
        metadata={"description": "Of every source; `biography` is the one that is shown"},
    )


class PeopleQuery(Page):
    """Which people."""

    q = Line(metadata={"description": "Only people one of whose names begins with this"})


class HomeQuery(Schema):
    """How much of each rail."""

    limit = fields.Integer(
        load_default=12, validate=Range(1, LONGEST_RAIL), metadata={"description": "How many people a rail has"}
    )


class ShowOfPersonSchema(Body):
    """A show as a person's."""

    id = fields.UUID()
    name = fields.String()


class CardSchema(Body):
    """A person on a rail."""

    person = fields.Nested(PersonSchema)
    show = fields.Nested(ShowOfPersonSchema, allow_none=True, metadata={"description": "Their most watched show"})
    metric = fields.String(metadata={"description": "shows, episodes or added_at"})
    value = fields.Integer(allow_none=True)
    latest_at = fields.DateTime(metadata={"description": "Since when the catalogue has them"})


class HomeSchema(Body):
    """Rails of people."""

    most_shows = fields.List(fields.Nested(CardSchema))
    most_episodes = fields.List(fields.Nested(CardSchema))
    recently_added = fields.List(fields.Nested(CardSchema))


class CostarSchema(Body):
    """Who is on screen in the same shows."""

    person = fields.Nested(PersonSchema)
    shared_shows = fields.Integer()
    shows = fields.List(fields.Nested(ShowOfPersonSchema))


class AppearanceSchema(Body):
    """An episode that a person is listed in."""

    episode_id = fields.UUID()
    episode_number = fields.Integer()
    title = fields.String(allow_none=True)
    air_date = fields.Date(allow_none=True)
    is_archive_footage = fields.Boolean()


class SeasonOfRoleSchema(Body):
    """The episodes of a role in a season."""

    season_id = fields.UUID()
    season_number = fields.Integer()
    episodes = fields.List(fields.Nested(AppearanceSchema))


class RoleSchema(Body):
    """What a person does in a show; without seasons where no source lists episodes of it."""

    category = fields.String()
    role = fields.String(metadata={"description": "A character or a job; empty where no source names one"})
    department = fields.String(allow_none=True)
    episodes = fields.Integer(metadata={"description": "How many are listed"})
    seasons = fields.List(fields.Nested(SeasonOfRoleSchema))


class SeasonTotalSchema(Body):
    """In how many episodes of a season a source says a person is."""

    season_number = fields.Integer()
    episodes = fields.Integer()


class TotalSchema(Body):
    """In how many episodes of a show a person is, whatever the role."""

    category = fields.String()
    episodes = fields.Integer(allow_none=True)
    counts = fields.String(metadata={"description": "counted or claimed"})
    seasons = fields.List(fields.Nested(SeasonTotalSchema))


class CreditedShowSchema(ShowOfPersonSchema):
    """A show that a person is credited for."""

    premiere_date = fields.Date(allow_none=True)
    status = fields.String(allow_none=True)
    poster_url = fields.String(allow_none=True)


class ShowCreditsSchema(Body):
    """All that a person does in a show."""

    show = fields.Nested(CreditedShowSchema)
    totals = fields.List(fields.Nested(TotalSchema))
    roles = fields.List(fields.Nested(RoleSchema))
