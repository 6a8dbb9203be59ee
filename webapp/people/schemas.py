"""The shapes of people."""

from marshmallow import fields
from marshmallow.validate import Regexp

from models.people import Gender, Precision
from models.rules.dates import PATTERN
from models.rules.zodiac import Sign
from webapp.schemas import AliasSchema, Body, ImageSchema, external_ids


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
