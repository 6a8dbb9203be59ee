"""The shapes of people."""

from marshmallow import fields

from webapp.schemas import AliasSchema, Body, ImageSchema, external_ids


class PersonSchema(Body):
    """A person as part of something else."""

    id = fields.UUID()
    full_name = fields.String()
    known_for = fields.String(allow_none=True)
    external_ids = external_ids()
    gender = fields.String()
    birth_date = fields.Date(allow_none=True)
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
    death_date = fields.Date(allow_none=True)
    birth_place = fields.String(allow_none=True)
    homepage = fields.String(allow_none=True)
    adult = fields.Boolean(allow_none=True)
    tmdb_popularity = fields.Float(allow_none=True)
    aliases = fields.List(fields.Nested(AliasSchema))
    images = fields.List(fields.Nested(ImageSchema))
    credits = fields.List(fields.Nested(PersonCreditSchema))
