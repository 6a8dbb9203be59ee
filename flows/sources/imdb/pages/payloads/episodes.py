"""The data of an episodes page: one season of a series, and which seasons there are."""

from flows.sources.imdb.answers import ImdbImage
from flows.sources.imdb.pages.payloads.common import (
    DateParts,
    Name,
    Node,
    Numeral,
    OptionalText,
    Rating,
    TitleId,
    Whole,
    keys,
)
from flows.sources.imdb.pages.values import image
from flows.sources.payload import Many


class CardImage(Node):
    """A picture as lists show it: without its id."""

    sometimes = frozenset({"caption"})
    url: OptionalText = None
    maxWidth: Whole = None
    maxHeight: Whole = None
    caption: OptionalText = None

    @property
    def image(self) -> ImdbImage | None:
        """The picture, where it can be got."""
        return image(self.url, width=self.maxWidth, height=self.maxHeight, caption=self.caption)


class Episode(Node):
    """An episode. Numbers are texts, names and plots carry HTML entities; what is not rated has no rating."""

    sometimes = frozenset({"aggregateRating", "image", "plot", "releaseDate", "releaseYear"})
    unused = Node.unused | {"type", "canRate", "contributionUrl", "releaseYear", "watchOption", "recapUrl"}
    id: TitleId
    season: Numeral = None
    episode: Numeral = None
    titleText: OptionalText = None
    plot: OptionalText = None
    releaseDate: DateParts | None = None
    image: CardImage | None = None
    aggregateRating: Rating = None
    voteCount: Whole = None


class EpisodeList(Node):
    """The episodes that the page shows, and how many the season has."""

    unused = Node.unused | {"endCursor", "hasRatedEpisode"}
    items: Many[Episode] = ()
    total: Whole = None
    hasNextPage: bool | None = None


class SeasonTab(Node):
    """A season that can be chosen: its number, or `Unknown`."""

    unused = Node.unused | {"id"}
    value: Name


class Number(Node):
    """A season by its number; the unknown one has none."""

    number: Numeral = None


class Widget(Node):
    """The seasons once more; that both lists agree is how a shortened one is noticed."""

    unused = Node.unused | {"years", "topRated", "totalEpisodes", "unknownSeasonEpisodes", "episodes"}
    seasons: Many[Number] = ()


class Section(Node):
    """What the page is about."""

    unused = Node.unused | {"selectedTab", "years", "currentYear", "topTen", "queryVariables"}
    seasons: Many[SeasonTab] = ()
    episodesWidgetData: Widget | None = None
    currentSeason: Numeral = None
    episodes: EpisodeList


class EntityMetadata(Node):
    """The title that a sub-page belongs to; its fields are those of its own page."""

    unused = Node.unused | keys(
        "castPageTitle certificate countriesOfOrigin creatorsPageTitle directorsPageTitle meta originalTitleText plot "
        "primaryImage productionStatus ratingsSummary releaseYear runtime series subNavCredits subNavFaqs "
        "subNavReviews subNavTopQuestions subNavTrivia titleGenres titleText titleType"
    )
    id: TitleId


class EpisodesPage(Node):
    """`contentData` of an episodes page."""

    unused = Node.unused | {"sidebarProps", "contributionData", "data"}
    entityMetadata: EntityMetadata
    section: Section
