"""The data of pages of pictures: a title's or a person's media index, and a person's own page."""

from typing import Any

from pydantic import model_validator

from flows.sources.imdb.pages.payloads.common import ImageId, NameId, Node, OptionalText, Picture, TitleId, Whole
from flows.sources.payload import Many


class NameRef(Node):
    unused = Node.unused | {"nameText"}
    id: NameId


class TitleRef(Node):
    unused = Node.unused | {"titleText", "titleType", "releaseYear", "originalTitleText"}
    id: TitleId


class GalleryPicture(Picture):
    """A picture with its id, and whom and what it shows."""

    sometimes = Picture.sometimes - {"id", "url"} | {"names", "titles", "imageType"}
    unused = Picture.unused - {"names", "titles", "imageType"} | {"dominantColor", "correctionLink", "reportingLink"}
    id: ImageId
    names: Many[NameRef] = ()
    titles: Many[TitleRef] = ()
    imageType: OptionalText = None


class PictureEdge(Node):
    unused = Node.unused | {"position", "cursor"}
    node: GalleryPicture


class PageInfo(Node):
    """Whether more follow, and from where."""

    unused = Node.unused | {"hasPreviousPage", "startCursor"}
    hasNextPage: bool | None = None
    endCursor: OptionalText = None

    @model_validator(mode="before")
    @classmethod
    def _either_spelling(cls, value: Any) -> Any:
        """IMDb's own requests spell them with underscores."""
        other = {"has_next_page": "hasNextPage", "end_cursor": "endCursor"}
        return {other.get(key, key): item for key, item in value.items()} if isinstance(value, dict) else value


class Pictures(Node):
    """Pictures that come in parts. A person's own page has no `pageInfo`: it shows only a few."""

    unused = Node.unused | {"types", "imageTypes", "facets", "imageTypeFacets", "facetsV2", "__typename"}
    sometimes = frozenset({"pageInfo"})
    total: Whole = None
    edges: Many[PictureEdge] = ()
    pageInfo: PageInfo | None = None


class Above(Node):
    """A person's page, what is seen first; here only the picture."""

    id: NameId
    primaryImage: Picture | None = None


class Column(Node):
    """The rest of it; here only the pictures."""

    images: Pictures | None = None


class NamePage(Node):
    """A person's page, as far as it holds pictures."""

    aboveTheFold: Above
    mainColumnData: Column | None = None
