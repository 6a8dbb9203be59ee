"""The pictures of a title or a person."""

from flows.sources.imdb.graphql.payloads.common import Connection, Named, Object, Picture, Text, TitleId
from flows.sources.payload import Many


class TitleName(Object):
    """A title that a picture belongs to."""

    id: TitleId
    title_text: Text | None = None


class PersonName(Named):
    """A person whom a picture shows."""

    name_text: Text | None = None


class GalleryPicture(Picture):
    """A picture with what it shows."""

    names: Many[PersonName] = ()
    titles: Many[TitleName] = ()


class Gallery(Object):
    """A title or a person with a page of pictures."""

    id: str
    images: Connection[GalleryPicture]
