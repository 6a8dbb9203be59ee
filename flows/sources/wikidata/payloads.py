"""What Wikidata sends: items with names and statements, as the documentation of Wikibase's JSON describes them.

An empty object comes as an empty array, because PHP knows no difference.
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from flows.sources.payload import Many, OptionalInt, OptionalText, Payload


def _mapping(value: Any) -> Any:
    return {} if value is None or value == [] else value


class Wikidata(Payload):
    """A JSON object of Wikidata's."""

    source: ClassVar[str] = "wikidata"


class Text(Wikidata):
    """A name in a language."""

    language: str
    value: str


class Time(Wikidata):
    """A moment: `+1974-12-14T00:00:00Z` with precision 11 (day); 10 is a month, 9 a year, less is vaguer."""

    time: str
    precision: int
    calendarmodel: str
    timezone: OptionalInt = None
    before: OptionalInt = None
    after: OptionalInt = None


class Reference(Wikidata):
    """Another item."""

    sometimes: ClassVar[frozenset[str]] = frozenset({"id", "numeric-id"})
    entity_type: OptionalText = Field(default=None, alias="entity-type")
    numeric_id: OptionalInt = Field(default=None, alias="numeric-id")
    id: OptionalText = None

    @property
    def item(self) -> str | None:
        """Its name; older answers give the number alone."""
        return self.id or (f"Q{self.numeric_id}" if self.numeric_id and self.entity_type == "item" else None)


class TimeValue(Wikidata):
    """A value that is a moment."""

    type: Literal["time"]
    value: Time


class ItemValue(Wikidata):
    """A value that is an item."""

    type: Literal["wikibase-entityid"]
    value: Reference


class OtherValue(Wikidata):
    """A value of any other type: of the properties that we read, always a text."""

    type: str
    value: Any


def _type_of(value: Any) -> str:
    type_ = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return str(type_) if type_ in ("time", "wikibase-entityid") else "other"


Value = Annotated[
    Annotated[TimeValue, Tag("time")]
    | Annotated[ItemValue, Tag("wikibase-entityid")]
    | Annotated[OtherValue, Tag("other")],
    Discriminator(_type_of),
]


class Snak(Wikidata):
    """A property with a value, or with the word that there is none (`novalue`), or an unknown one (`somevalue`)."""

    sometimes: ClassVar[frozenset[str]] = frozenset({"datavalue", "datatype", "hash"})
    snaktype: str
    property: str
    datavalue: Value | None = None
    datatype: OptionalText = None
    hash: OptionalText = None


class Statement(Wikidata):
    """What an item is said to be; `preferred` ones stand for all, `deprecated` ones are known to be wrong."""

    sometimes: ClassVar[frozenset[str]] = frozenset({"qualifiers"})
    id: OptionalText = None
    type: OptionalText = None
    mainsnak: Snak
    rank: str
    qualifiers: Annotated[dict[str, Many[Snak]], BeforeValidator(_mapping)] = {}


class Redirect(Wikidata):
    """That an item became part of another."""

    to: str
    from_: OptionalText = Field(default=None, alias="from")


class Item(Wikidata):
    """An item. `id` is what it is called now; where it was asked for by an older name, `redirects` tells."""

    sometimes: ClassVar[frozenset[str]] = frozenset({"redirects"})
    id: str
    type: OptionalText = None
    redirects: Redirect | None = None
    labels: Annotated[dict[str, Text], BeforeValidator(_mapping)] = {}
    aliases: Annotated[dict[str, Many[Text]], BeforeValidator(_mapping)] = {}
    claims: Annotated[dict[str, Many[Statement]], BeforeValidator(_mapping)] = {}


class Label(Wikidata):
    """What an item is called: in English, else in all languages, else in one of them."""

    id: str
    labels: Annotated[dict[str, Text], BeforeValidator(_mapping)] = {}


class Found(Wikidata):
    """The items that have an id of another catalogue; usually one or none."""

    items: Many[str] = ()
