"""The shapes of what is found."""

from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf, Range

from models.entities import Kind
from models.search import SEARCHED
from webapp.schemas import Body, Written

SHORTEST, LONGEST = 2, 100
MATCHES = ("exact", "prefix", "word", "similar")
"""By the tier that `core.found` gives a term."""


def _written(least: int, most: int) -> list[Length | Written]:
    """Rules for words that somebody wrote, which PostgreSQL can take."""
    return [Length(least, most), Written(r"[^\x00-\x1f\x7f]*", error="Not plain text.")]


class SearchQuery(Schema):
    """What to look for."""

    q = fields.String(
        required=True,
        validate=_written(SHORTEST, LONGEST),
        metadata={"description": "A name or its beginning, an initialism, words of a title; `… s2e5` for an episode"},
    )
    type = fields.String(
        validate=OneOf([str(kind) for kind in SEARCHED]), metadata={"description": "Only show, person or episode"}
    )
    limit = fields.Integer(load_default=10, validate=Range(1, 100), metadata={"description": "How many at most"})


class SlugQuery(Schema):
    """A slug that is to be resolved."""

    slug = fields.String(required=True, validate=_written(1, 200), metadata={"description": "As in a client's address"})


class PersonSlugQuery(SlugQuery):
    """A person's slug."""

    show_id = fields.UUID(metadata={"description": "Of several people of that name, whoever is in this show"})


class LookupQuery(Schema):
    """Which of those that have the id."""

    kind = fields.String(
        validate=OneOf([str(kind) for kind in Kind]),
        metadata={"description": "Only show, season, episode, person, network, company or provider"},
    )


class FoundSchema(Body):
    """A show, a person or an episode that was found, with what tells it from others."""

    type = fields.String(metadata={"description": "show, person or episode"})
    id = fields.UUID()
    name = fields.String(allow_none=True)
    slug = fields.String(allow_none=True, metadata={"description": "Of a show or a person"})
    picture_url = fields.String(allow_none=True, metadata={"description": "Poster, portrait or still"})
    match = fields.String(metadata={"description": ", ".join(MATCHES)})
    matched = fields.String(metadata={"description": "The name that was found, without case and accents"})
    premiere_date = fields.Date(allow_none=True, metadata={"description": "Of a show"})
    known_for = fields.String(allow_none=True, metadata={"description": "Of a person"})
    show_id = fields.UUID(allow_none=True, metadata={"description": "An episode's show; a person's best known one"})
    show_name = fields.String(allow_none=True)
    show_slug = fields.String(allow_none=True)
    season_number = fields.Integer(allow_none=True)
    episode_number = fields.Integer(allow_none=True)
    air_date = fields.Date(allow_none=True)


class ShowSlugSchema(Body):
    """The show that a slug leads to."""

    show_id = fields.UUID()
    slug = fields.String(metadata={"description": "As asked"})
    canonical_slug = fields.String(metadata={"description": "The one to show in addresses"})
    show_name = fields.String()


class PersonSlugSchema(Body):
    """The person that a slug leads to."""

    person_id = fields.UUID()
    slug = fields.String(metadata={"description": "As asked"})
    canonical_slug = fields.String(metadata={"description": "The one to show in addresses"})
    full_name = fields.String()


class LookupSchema(Body):
    """What has an id of another catalogue."""

    kind = fields.String(metadata={"description": ", ".join(str(kind) for kind in Kind)})
    id = fields.UUID()
    name = fields.String(allow_none=True)
    slug = fields.String(allow_none=True, metadata={"description": "Of a show or a person"})
    is_primary = fields.Boolean(metadata={"description": "Whether it is the one in use of several, as after a merge"})
    show_id = fields.UUID(allow_none=True, metadata={"description": "Of a season or an episode"})
    season_number = fields.Integer(allow_none=True)
    episode_number = fields.Integer(allow_none=True)
