"""What the data of all kinds of IMDb's pages share: texts, pictures, dates, counts."""

from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints

from flows.sources.imdb.answers import ImdbImage
from flows.sources.imdb.pages.document import SOURCE
from flows.sources.imdb.pages.values import LARGEST, image, whole_date
from flows.sources.payload import Many, OptionalText, Payload


def _number(value: Any) -> Any:
    """A number or its digits; IMDb sends both, and never a truth value."""
    if isinstance(value, bool):
        raise ValueError("is a truth value where a number was due")
    return (value.strip() or None) if isinstance(value, str) else value


def _numeral(value: Any) -> Any:
    """A season's or an episode's number, which IMDb writes as a text; `Unknown` (formerly -1) is none."""
    value = _number(value)
    return None if value in ("Unknown", "unknown", "-1", -1) else value


_Count = Annotated[int, Field(ge=0, le=LARGEST)]
Whole = Annotated[_Count | None, BeforeValidator(_number)]
Numeral = Annotated[_Count | None, BeforeValidator(_numeral)]
Rating = Annotated[Annotated[float, Field(ge=0, le=10)] | None, BeforeValidator(_number)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""A text that is never empty."""
TitleId = Annotated[str, Field(pattern=r"^tt\d+$")]
NameId = Annotated[str, Field(pattern=r"^nm\d+$")]
ImageId = Annotated[str, Field(pattern=r"^rm\d+$")]


def keys(names: str) -> frozenset[str]:
    """Keys in one text, divided by spaces."""
    return frozenset(names.split())


class Node(Payload):
    """An object in the data of a page. A number never stands for a text here."""

    model_config = ConfigDict(coerce_numbers_to_str=False)
    source: ClassVar[str] = SOURCE
    unused: ClassVar[frozenset[str]] = frozenset({"__typename"})


class Text(Node):
    """A text; the words are in `text`."""

    unused = Node.unused | {"id", "language", "isOriginalTitle"}
    text: OptionalText = None


class Markdown(Node):
    """A text that may hold links; here without them."""

    unused = Node.unused | {"plaidHtml", "markdown"}
    plainText: OptionalText = None


class Country(Node):
    """A country, by its two letters."""

    unused = Node.unused | {"text"}
    id: OptionalText = None


class Countries(Node):
    """Where a title was made."""

    countries: Many[Country] = ()


class DateParts(Node):
    """A date in parts; month and day are missing where they are not known. It is the date of one country."""

    sometimes = frozenset({"country"})
    country: Country | None = None
    year: Whole = None
    month: Whole = None
    day: Whole = None

    @property
    def day_of(self) -> date | None:
        """The date, where all of it is known."""
        return whole_date(self.year, self.month, self.day)


class Picture(Node):
    """A picture. Some places give only its id, others all but that."""

    sometimes = frozenset({"id", "url", "width", "height", "caption", "type"})
    unused = Node.unused | {
        "createdBy",
        "copyright",
        "source",
        "names",
        "titles",
        "countries",
        "languages",
        "imageType",
    }
    id: ImageId | None = None
    url: OptionalText = None
    width: Whole = None
    height: Whole = None
    caption: Markdown | None = None
    type: OptionalText = None

    @property
    def image(self) -> ImdbImage | None:
        """The picture, where it can be got."""
        words = self.caption.plainText if self.caption else None
        return image(self.url, id=self.id, width=self.width, height=self.height, caption=words, kind=self.type)


class Genre(Node):
    """A genre, as both forms of the list have it."""

    unused = Node.unused | {"id"}
    sometimes = frozenset({"text", "genre"})
    text: OptionalText = None
    genre: Text | None = None


class Genres(Node):
    """The genres of a title."""

    genres: Many[Genre] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Their names, each once."""
        found = (genre.text or (genre.genre.text if genre.genre else None) for genre in self.genres)
        return tuple(dict.fromkeys(name for name in found if name))


class RatingsSummary(Node):
    """How IMDb's users rate a title; a place in a chart comes along in some places only."""

    sometimes = frozenset({"aggregateRating", "voteCount"})
    unused = Node.unused | {"topRanking"}
    aggregateRating: Rating = None
    voteCount: Whole = None


class YearRange(Node):
    """The years of a title; a running series has no last one."""

    sometimes = frozenset({"endYear"})
    year: Whole = None
    endYear: Whole = None


class Runtime(Node):
    """How long it runs, in seconds."""

    unused = Node.unused | {"displayableProperty"}
    seconds: Whole = None

    @property
    def minutes(self) -> int | None:
        """Whole minutes; None for less than one."""
        return (self.seconds or 0) // 60 or None


class TitleType(Node):
    """What kind of title it is: `tvSeries`, `tvEpisode` ..."""

    unused = Node.unused | {"text", "isSeries", "isEpisode", "canHaveEpisodes", "categories", "displayableProperty"}
    id: OptionalText = None


class Certificate(Node):
    """For whom it is fit, in the words of the page's country."""

    unused = Node.unused | {"ratingReason", "ratingsBody"}
    rating: OptionalText = None


class Plot(Node):
    """What it is about."""

    unused = Node.unused | {"language", "author"}
    plotText: Markdown | None = None

    @property
    def words(self) -> str | None:
        """The plain words."""
        return self.plotText.plainText if self.plotText else None


class Connection(Node):
    """Of a list that comes in parts, how long it is in all."""

    unused = Node.unused | {"edges", "pageInfo", "restriction"}
    total: Whole = None
