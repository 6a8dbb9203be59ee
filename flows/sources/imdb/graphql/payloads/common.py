"""Texts, dates, pictures and pages: what all answers of IMDb's GraphQL endpoint are made of."""

from typing import Annotated, Generic, TypeVar

from pydantic import ConfigDict, StringConstraints
from pydantic.alias_generators import to_camel

from flows.sources.payload import OptionalInt, OptionalText, Payload

TitleId = Annotated[str, StringConstraints(pattern=r"^tt\d+$")]
PersonId = Annotated[str, StringConstraints(pattern=r"^nm\d+$")]
Url = Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]
NodeT = TypeVar("NodeT")


class Object(Payload):
    """An object of the schema."""

    model_config = ConfigDict(alias_generator=to_camel)
    source = "imdb-graphql"
    unused = frozenset({"__typename"})


class Text(Object):
    """A text in a language."""

    text: OptionalText = None


class Markdown(Object):
    """A text without its markup."""

    plain_text: OptionalText = None


class Described(Object):
    """What a list's owner wrote of it, or of an entry."""

    original_text: Markdown | None = None


class Id(Object):
    """A title that is only named."""

    id: TitleId


class YearRange(Object):
    """The years that something lasted."""

    year: OptionalInt = None
    end_year: OptionalInt = None


class Year(Object):
    """The year that something began."""

    year: OptionalInt = None


class Day(Object):
    """A date, of which any part may be unknown."""

    year: OptionalInt = None
    month: OptionalInt = None
    day: OptionalInt = None


class Picture(Object):
    """A picture."""

    id: OptionalText = None
    url: Url
    width: OptionalInt = None
    height: OptionalInt = None
    type: OptionalText = None
    caption: Markdown | None = None


class PageInfo(Object):
    """Whether a page is the last, and after what the next one begins."""

    has_next_page: bool
    end_cursor: OptionalText = None


class Edge(Object, Generic[NodeT]):
    """An entry of a connection; null where an error kept it away."""

    unused = frozenset({"__typename", "position", "cursor"})
    node: NodeT | None


class Edges(Object, Generic[NodeT]):
    """A connection that is asked for at once."""

    unused = frozenset({"__typename", "total"})
    edges: tuple[Edge[NodeT], ...]

    @property
    def nodes(self) -> tuple[NodeT, ...]:
        """What came."""
        return tuple(edge.node for edge in self.edges if edge.node is not None)


class Connection(Edges[NodeT], Generic[NodeT]):
    """A page of a connection, and how many entries there are in all."""

    unused = frozenset({"__typename"})
    total: OptionalInt = None
    page_info: PageInfo


class Total(Object):
    """Only how many there are."""

    total: OptionalInt = None


class Numbers(Object):
    """An episode's numbers."""

    season_number: OptionalInt = None
    episode_number: OptionalInt = None


class Place(Object):
    """Which episode of a series something is."""

    episode_number: Numbers | None = None


class Named(Object):
    """A person who is only named."""

    id: PersonId
