"""A title with its facts, and the episodes of a series."""

from flows.sources.imdb.graphql.payloads.common import (
    Connection,
    Day,
    Edges,
    Id,
    Markdown,
    Object,
    Picture,
    Place,
    Text,
    TitleId,
    Total,
    YearRange,
)
from flows.sources.payload import Many, OptionalFloat, OptionalInt, OptionalText


class TitleType(Object):
    """The kind of a title, such as `tvSeries`."""

    id: OptionalText = None
    can_have_episodes: bool | None = None


class Runtime(Object):
    """How long a title is."""

    seconds: OptionalInt = None


class Plot(Object):
    """What a title is about."""

    plot_text: Markdown | None = None


class Ratings(Object):
    """What the audience gave."""

    aggregate_rating: OptionalFloat = None
    vote_count: OptionalInt = None


class Certificate(Object):
    """For what age a title is."""

    rating: OptionalText = None


class Genre(Object):
    """A genre of a title."""

    genre: Text | None = None


class Genres(Object):
    """The genres of a title."""

    genres: Many[Genre] = ()


class Series(Place):
    """The series that an episode belongs to."""

    series: Id | None = None


class Title(Object):
    """A title, as it is also given in a list."""

    id: TitleId
    title_text: Text | None = None
    original_title_text: Text | None = None
    title_type: TitleType | None = None
    release_year: YearRange | None = None
    release_date: Day | None = None
    runtime: Runtime | None = None
    plot: Plot | None = None
    ratings_summary: Ratings | None = None
    certificate: Certificate | None = None
    title_genres: Genres | None = None
    primary_image: Picture | None = None
    series: Series | None = None


class Counted(Object):
    """How many episodes a series has."""

    episodes: Total | None = None


class Interest(Object):
    """One of IMDb's finer genres."""

    id: OptionalText = None
    primary_text: Text | None = None


class Season(Object):
    """A season by its number in text; `unknown` for episodes without."""

    season: OptionalText = None


class Seasons(Counted):
    """The seasons and the number of episodes of a series."""

    is_ongoing: bool | None = None
    displayable_seasons: Edges[Season] | None = None


class FullTitle(Title):
    """A title by itself."""

    keywords: Edges[Text] | None = None
    interests: Edges[Interest] | None = None
    episodes: Seasons | None = None


class Episode(Object):
    """An episode of a series."""

    id: TitleId
    title_text: Text | None = None
    plot: Plot | None = None
    release_date: Day | None = None
    ratings_summary: Ratings | None = None
    primary_image: Picture | None = None
    series: Place | None = None


class EpisodePage(Object):
    """A page of a series' episodes, and all its seasons."""

    is_ongoing: bool | None = None
    displayable_seasons: Edges[Season] | None = None
    episodes: Connection[Episode]


class SeriesEpisodes(Object):
    """A title with a page of its episodes; a title that can have none has null."""

    id: TitleId
    title_type: TitleType | None = None
    episodes: EpisodePage | None = None
