"""The shapes of images, and what may be asked of them."""

from marshmallow import Schema, fields
from marshmallow.validate import Range

from models.entities import Kind
from webapp.schemas import Body, ImageSchema, Page, Word


def _pixels(description: str) -> fields.Integer:
    return fields.Integer(validate=Range(1, 100_000), metadata={"description": description})


class ImageFilters(Schema):
    """Which images."""

    kind = Word(metadata={"description": "Only images of this kind: poster, backdrop, logo, still, profile, media"})
    language = Word(
        metadata={"description": "Only images with words of this language (ISO 639-1), or `none` for no words"}
    )
    min_width = _pixels("Only images known to be this wide, in pixels")
    min_height = _pixels("Only images known to be this high, in pixels")


class GalleryQuery(Page, ImageFilters):
    """Which images of a show and of all that belongs to it."""

    season_number = fields.Integer(
        validate=Range(0, 2**31 - 1), metadata={"description": "Only images of this season and its episodes"}
    )


class ShowImageSchema(ImageSchema):
    """An image of a show."""

    show_id = fields.UUID()
    show_name = fields.String()
    tmdb_id = fields.Integer(allow_none=True)
    fetched_at = fields.DateTime(allow_none=True)


class EntityImageSchema(ImageSchema):
    """An image of whatever it is."""

    entity_id = fields.UUID()
    is_chosen = fields.Boolean(metadata={"description": "It is one of those that stand for the entity elsewhere"})


class GalleryOwnerSchema(Body):
    """Of whom or what an image is."""

    id = fields.UUID()
    kind = fields.String(metadata={"description": ", ".join((Kind.SHOW, Kind.SEASON, Kind.EPISODE, Kind.PERSON))})
    name = fields.String(allow_none=True)
    season_number = fields.Integer(allow_none=True)
    episode_number = fields.Integer(allow_none=True)


class GalleryImageSchema(ImageSchema):
    """An image of a show's gallery."""

    owner = fields.Nested(GalleryOwnerSchema)
