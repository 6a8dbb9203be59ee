"""The data of a title's page and of its reference page.

Both say things twice: `aboveTheFoldData` what is seen first, `mainColumnData` the rest. Which of the two has a field
changed over the years.
"""

from flows.sources.imdb.pages.payloads.common import (
    Certificate,
    Connection,
    Countries,
    DateParts,
    Genres,
    Node,
    OptionalText,
    Picture,
    Plot,
    RatingsSummary,
    Runtime,
    Text,
    TitleId,
    TitleType,
    Whole,
    YearRange,
    keys,
)
from flows.sources.payload import Many


class SeriesTitle(Node):
    """The series of an episode; its other fields are those of its own page."""

    unused = Node.unused | {"titleText", "originalTitleText", "titleType", "releaseYear", "certificate", "runtime"}
    sometimes = frozenset({"id"})
    id: TitleId | None = None


class EpisodeNumber(Node):
    """An episode's numbers in its series."""

    episodeNumber: Whole = None
    seasonNumber: Whole = None


class Series(Node):
    """What an episode belongs to."""

    unused = Node.unused | {"nextEpisode", "previousEpisode"}
    sometimes = frozenset({"episodeNumber"})
    episodeNumber: EpisodeNumber | None = None
    series: SeriesTitle | None = None


class Season(Node):
    """A season; one without a number holds the episodes that IMDb has no season for."""

    number: Whole = None


class Episodes(Node):
    """How many episodes a series has, and which seasons."""

    unused = Node.unused | {"years", "totalEpisodes", "topRated", "unknownSeasonEpisodes"}
    episodes: Connection | None = None
    seasons: Many[Season] = ()


class KeywordName(Node):
    unused = Node.unused | {"id"}
    text: Text | None = None


class Keyword(Node):
    """A keyword; its words are in one of two places."""

    unused = Node.unused | {"legacyId", "itemCategory"}
    sometimes = frozenset({"text", "keyword"})
    text: OptionalText = None
    keyword: KeywordName | None = None

    @property
    def words(self) -> str | None:
        """The keyword itself."""
        return self.text or (self.keyword.text.text if self.keyword and self.keyword.text else None)


class KeywordEdge(Node):
    node: Keyword


class Keywords(Node):
    """The first keywords, and how many there are."""

    sometimes = frozenset({"total"})
    total: Whole = None
    edges: Many[KeywordEdge] = ()


class Interest(Node):
    unused = Node.unused | {"id"}
    primaryText: Text | None = None


class InterestEdge(Node):
    node: Interest


class Interests(Node):
    """IMDb's finer genres."""

    edges: Many[InterestEdge] = ()


class TitleNode(Node):
    """A title, as one half of a page has it."""

    unused = Node.unused | keys(
        "akas alternateVersions canHaveEpisodes canRate cast castPageTitle castV2 categories certificates companies "
        "companyCreditCategories connections contributionQuestions countriesDetails crazyCredits "
        "creators creatorsPageTitle creditCategories creditGroupings credits crewV2 criticReviewsTotal "
        "detailsExternalLinks directors directorsPageTitle engagementStatistics externalLinks faqs faqsTotal "
        "featuredReviews filmingLocations fullCredits goofs goofsTotal iframeAddReviewLink imageUploadLink images "
        "inIframeAddLink isAdult isWGAVerified lifetimeGross meta metacritic meterRanking moreLikeThisTitles news "
        "nominations nominationsExcludeWins notInIframeAddLink openingWeekendGross outlines parentsGuide "
        "plotContributionLink prestigiousAwardSummary primaryVideos principalCast principalCredits principalCreditsV2 "
        "production productionBudget productionStatus quotes quotesTotal reviews runtimes soundtrack spokenLanguages "
        "subNavCredits subNavFaqs subNavReviews subNavTopQuestions subNavTrivia summaries synopses taglines "
        "technicalSpecifications titleMainImages topQuestions trivia triviaTotal videoStrip videos wins "
        "worldwideGross writers"
    )
    id: TitleId
    titleText: Text | None = None
    originalTitleText: Text | None = None
    titleType: TitleType | None = None
    certificate: Certificate | None = None
    releaseYear: YearRange | None = None
    releaseDate: DateParts | None = None
    runtime: Runtime | None = None
    ratingsSummary: RatingsSummary | None = None
    primaryImage: Picture | None = None
    genres: Genres | None = None
    titleGenres: Genres | None = None
    plot: Plot | None = None
    series: Series | None = None
    keywords: Keywords | None = None
    storylineKeywords: Keywords | None = None
    interests: Interests | None = None
    countriesOfOrigin: Countries | None = None
    episodes: Episodes | None = None


class AboveTheFold(TitleNode):
    """What is seen first: all of a title's plain facts."""

    sometimes = frozenset(
        {
            *("releaseDate", "genres", "titleGenres", "keywords", "storylineKeywords", "interests", "episodes"),
            "countriesOfOrigin",
        }
    )


class MainColumn(TitleNode):
    """The rest; what it says again differs from page to page."""

    sometimes = frozenset(set(TitleNode.model_fields) - {"id", "episodes", "releaseDate", "countriesOfOrigin"})


class TitlePage(Node):
    """A title's page: both halves, wherever they were found."""

    aboveTheFoldData: AboveTheFold
    mainColumnData: MainColumn | None = None
