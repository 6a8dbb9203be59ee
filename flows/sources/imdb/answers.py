"""What IMDb says, however it was asked: the one shape that every layer's answer is read into.

`graphql.py` and `pages/` each turn what they received into these; stages know nothing else of IMDb. Every answer says
whether it is complete: only a complete one may take anything away. A field that a layer cannot give is None or empty.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Layer(StrEnum):
    """A way IMDb is asked, or IMDb's data reached us."""

    GRAPHQL = "graphql"
    PAGES = "pages"
    DATASETS = "datasets"
    EXPORT = "export"
    """A list that its owner exported as CSV."""
    LIST = "list"
    """A list's line about a title, however the list was asked."""


_ON_SCREEN = frozenset({"actor", "actress", "cast", "self", "archive footage", "archive sound"})


def on_screen(category: str, characters: tuple[str, ...]) -> bool:
    """Whether a credit is for being seen rather than for work behind the camera; IMDb's `Self - Host` is a character."""
    words = [word.casefold() for word in (category, *characters)]
    return words[0] in _ON_SCREEN or any(word.startswith("self") for word in words)


def archive_footage(category: str, characters: tuple[str, ...], attributes: tuple[str, ...]) -> bool:
    """Whether a credit is for being seen in old pictures only."""
    return any("archive" in word.casefold() for word in (category, *characters, *attributes))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImdbImage:
    """A picture. `id` is IMDb's `rm…`, or the name of its file where no other is known; sizes in pixels."""

    id: str
    url: str
    width: int | None = None
    height: int | None = None
    caption: str | None = None
    kind: str | None = None
    """As IMDb calls it: poster, still_frame, publicity ..."""
    people: tuple[str, ...] = ()
    """`nm…` of whom it shows."""
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImdbListEntry:
    """A title on a list; `rank` counts from 1."""

    imdb_id: str
    rank: int | None = None
    note: str | None = None
    title: "ImdbTitle | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImdbList:
    """A list with the entries that were given. `total` is what IMDb says their number is."""

    list_id: str
    entries: tuple[ImdbListEntry, ...]
    is_complete: bool
    name: str | None = None
    description: str | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImdbTitle:
    """A title: a series, or whatever else stands on a list. Dates are whole ones; `year` also without."""

    imdb_id: str
    is_complete: bool
    name: str | None = None
    original_name: str | None = None
    kind: str | None = None
    """As IMDb's `titleType.id`: tvSeries, tvMiniSeries, tvSpecial, tvEpisode, movie ..."""
    description: str | None = None
    year: int | None = None
    end_year: int | None = None
    release_date: date | None = None
    runtime: int | None = None
    """Minutes."""
    rating: float | None = None
    votes: int | None = None
    content_rating: str | None = None
    genres: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    """IMDb's finer genres, such as `Dating Reality TV`."""
    season_total: int | None = None
    episode_total: int | None = None
    poster: ImdbImage | None = None
    series_id: str | None = None
    """Of an episode: the series it belongs to, with its numbers there."""
    season_number: int | None = None
    episode_number: int | None = None

    @property
    def is_television(self) -> bool:
        """Whether it can be a show of the catalogue; unknown kinds may be."""
        return self.kind is None or (self.kind.startswith("tv") and self.kind not in ("tvEpisode", "tvMovie"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImdbEpisode:
    """An episode; numbers are IMDb's own, None where IMDb has none (it says "unknown season")."""

    imdb_id: str
    season_number: int | None
    episode_number: int | None
    name: str | None = None
    overview: str | None = None
    air_date: date | None = None
    rating: float | None = None
    votes: int | None = None
    image: ImdbImage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImdbEpisodes:
    """The episodes of a show. `complete_seasons` are the season numbers whose episodes are all here.

    `is_complete` says that all seasons are: what is not here is not on IMDb.
    """

    imdb_id: str
    episodes: tuple[ImdbEpisode, ...]
    is_complete: bool
    seasons: tuple[int, ...] = ()
    """All season numbers that IMDb names, also those whose episodes are not here."""
    complete_seasons: tuple[int, ...] = ()
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImdbCredit:
    """A person's part in a title: one for each category (`Self`, `Actress`, `Producer` ...).

    `characters` as IMDb lists them, `attributes` its words in brackets (`archive footage`, `uncredited`, `as Jane`);
    `billing_order` counts from 1 within the category.
    """

    person_id: str
    name: str
    category: str
    """IMDb's words: Self, Actor, Actress, Producer, Director ..."""
    category_id: str | None = None
    job: str | None = None
    """What is said beside the category, such as `executive producer`."""
    characters: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    episodes: int | None = None
    """In how many episodes, as IMDb claims."""
    years: tuple[int, int] | None = None
    billing_order: int | None = None
    image: ImdbImage | None = None

    @property
    def is_self(self) -> bool:
        """Whether somebody appears as themselves."""
        roles = (self.category, *self.characters)
        return any(role.casefold().startswith("self") for role in roles)

    @property
    def is_cast(self) -> bool:
        """Whether it is on screen rather than behind it."""
        return on_screen(self.category, self.characters)

    @property
    def is_archive_footage(self) -> bool:
        """Whether the person is seen in old pictures only."""
        return archive_footage(self.category, self.characters, self.attributes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImdbCredits:
    """Cast and crew of a title. `complete_categories` are those whose people are all here."""

    imdb_id: str
    credits: tuple[ImdbCredit, ...]
    is_complete: bool
    complete_categories: tuple[str, ...] = ()
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImdbEpisodeCredit:
    """A person in one episode of a show, a row for each category."""

    episode_id: str
    category: str
    job: str | None = None
    characters: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    season_number: int | None = None
    episode_number: int | None = None
    year: int | None = None
    name: str | None = None

    @property
    def is_cast(self) -> bool:
        """Whether it is on screen rather than behind it."""
        return on_screen(self.category, self.characters)

    @property
    def is_archive_footage(self) -> bool:
        """Whether the person is seen in old pictures only."""
        return archive_footage(self.category, self.characters, self.attributes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImdbAppearances:
    """In which episodes of a show a person is."""

    imdb_id: str
    person_id: str
    credits: tuple[ImdbEpisodeCredit, ...]
    is_complete: bool
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImdbImages:
    """The pictures of a title or a person."""

    imdb_id: str
    images: tuple[ImdbImage, ...] = field(default=())
    is_complete: bool = False
    total: int | None = None
