"""What TMDb sends, as pydantic models: shows, seasons, episodes, people, lists, finds and the parts appended to them.

Only ids are required. Bodies differ by age and kind: those of 2019 lack `adult` and `tagline`, images before 2022 lack
`logos`, an unaired episode has null nearly everywhere, and an empty text stands for null.
"""

import re
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from flows.sources.payload import (
    Many,
    OptionalDate,
    OptionalFloat,
    OptionalInt,
    OptionalText,
    Payload,
)

_SEASON_PART = re.compile(r"season/(\d+)")


def _whole(value: int | None) -> int | None:
    """TMDb writes 0 where it has no such number."""
    return value or None


def _only_texts(value: Any) -> Any:
    """An array without its empty texts."""
    return [item for item in value or [] if item not in ("", None)] if isinstance(value, list | None) else value


PositiveOrNone = Annotated[OptionalInt, AfterValidator(_whole)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_only_texts)]


class TmdbPayload(Payload):
    source: ClassVar[str] = "tmdb"


class Named(TmdbPayload):
    """Something with an id and a name: a genre, a keyword."""

    id: int
    name: OptionalText = None


class Organisation(Named):
    """A network or production company."""

    logo_path: OptionalText = None
    origin_country: OptionalText = None


class Country(TmdbPayload):
    iso_3166_1: OptionalText = None
    name: OptionalText = None


class Language(TmdbPayload):
    iso_639_1: OptionalText = None
    english_name: OptionalText = None
    name: OptionalText = None


class Image(TmdbPayload):
    """One image; `iso_639_1` is the language of the text on it, None without text."""

    file_path: OptionalText = None
    width: OptionalInt = None
    height: OptionalInt = None
    aspect_ratio: OptionalFloat = None
    iso_639_1: OptionalText = None
    vote_average: OptionalFloat = None
    vote_count: OptionalInt = None


class Images(TmdbPayload):
    """The images of a show, season, episode or person; each kind of owner has its own arrays."""

    sometimes: ClassVar[frozenset[str]] = frozenset({"backdrops", "logos", "posters", "profiles", "stills"})

    backdrops: Many[Image] = ()
    logos: Many[Image] = ()
    posters: Many[Image] = ()
    profiles: Many[Image] = ()
    stills: Many[Image] = ()


class ExternalIds(TmdbPayload):
    """Ids elsewhere. Which keys are there depends on the kind of thing."""

    sometimes: ClassVar[frozenset[str]] = frozenset(
        {"imdb_id", "tvdb_id", "facebook_id", "instagram_id", "twitter_id", "tiktok_id", "youtube_id"}
    )

    imdb_id: OptionalText = None
    tvdb_id: PositiveOrNone = None
    tvrage_id: PositiveOrNone = None
    wikidata_id: OptionalText = None
    freebase_id: OptionalText = None
    freebase_mid: OptionalText = None
    facebook_id: OptionalText = None
    instagram_id: OptionalText = None
    twitter_id: OptionalText = None
    tiktok_id: OptionalText = None
    youtube_id: OptionalText = None


class AlternativeTitle(TmdbPayload):
    iso_3166_1: OptionalText = None
    title: OptionalText = None
    type: OptionalText = None


class AlternativeTitles(TmdbPayload):
    results: Many[AlternativeTitle] = ()


class ContentRating(TmdbPayload):
    iso_3166_1: OptionalText = None
    rating: OptionalText = None
    descriptors: Texts = ()


class ContentRatings(TmdbPayload):
    results: Many[ContentRating] = ()


class Keywords(TmdbPayload):
    results: Many[Named] = ()


class Provider(TmdbPayload):
    provider_id: int
    provider_name: OptionalText = None
    logo_path: OptionalText = None
    display_priority: OptionalInt = None


class RegionOffers(TmdbPayload):
    """Where a show can be seen in one region: `link`, and an array of providers per kind of offer."""

    sometimes: ClassVar[frozenset[str]] = frozenset({"flatrate", "free", "ads", "rent", "buy"})

    link: OptionalText = None
    flatrate: Many[Provider] = ()
    free: Many[Provider] = ()
    ads: Many[Provider] = ()
    rent: Many[Provider] = ()
    buy: Many[Provider] = ()

    def offers(self) -> Iterator[tuple[str, Provider]]:
        """Kind of offer and provider, kinds that this model does not know included."""
        for kind in ("flatrate", "free", "ads", "rent", "buy"):
            yield from ((kind, provider) for provider in getattr(self, kind))
        for kind, value in (self.model_extra or {}).items():
            if isinstance(value, list):
                yield from ((kind, Provider.parse(item)) for item in value)


class WatchProviders(TmdbPayload):
    """Offers by region (ISO 3166-1); the data is JustWatch's and must be credited to them."""

    results: Annotated[dict[str, RegionOffers], BeforeValidator(lambda value: value or {})] = Field(
        default_factory=dict
    )


class EpisodeGroup(TmdbPayload):
    """Another order that a show's episodes can be told in."""

    id: str
    name: OptionalText = None
    description: OptionalText = None
    type: OptionalInt = None
    episode_count: OptionalInt = None
    group_count: OptionalInt = None
    network: Organisation | None = None


class EpisodeGroups(TmdbPayload):
    results: Many[EpisodeGroup] = ()


class Credited(TmdbPayload):
    """The person in a credit; `gender` is 0 unknown, 1 female, 2 male, 3 non-binary."""

    id: int
    name: OptionalText = None
    original_name: OptionalText = None
    gender: OptionalInt = None
    adult: bool | None = None
    known_for_department: OptionalText = None
    popularity: OptionalFloat = None
    profile_path: OptionalText = None


class CastCredit(Credited):
    """A part in a show, season or episode."""

    character: OptionalText = None
    credit_id: OptionalText = None
    order: OptionalInt = None


class CrewCredit(Credited):
    """A job in a show, season or episode."""

    job: OptionalText = None
    department: OptionalText = None
    credit_id: OptionalText = None


class Credits(TmdbPayload):
    """Regular cast and crew; guest stars stand with their episode."""

    cast: Many[CastCredit] = ()
    crew: Many[CrewCredit] = ()


class Role(TmdbPayload):
    credit_id: OptionalText = None
    character: OptionalText = None
    episode_count: OptionalInt = None


class Job(TmdbPayload):
    credit_id: OptionalText = None
    job: OptionalText = None
    episode_count: OptionalInt = None


class AggregateCast(Credited):
    """Everything a person was seen as, with the episodes counted."""

    roles: Many[Role] = ()
    total_episode_count: OptionalInt = None
    order: OptionalInt = None


class AggregateCrew(Credited):
    """Everything a person did in one department, with the episodes counted."""

    jobs: Many[Job] = ()
    department: OptionalText = None
    total_episode_count: OptionalInt = None


class AggregateCredits(TmdbPayload):
    cast: Many[AggregateCast] = ()
    crew: Many[AggregateCrew] = ()


class EpisodePayload(TmdbPayload):
    """An episode, as a season lists it or as its own request answers it."""

    sometimes: ClassVar[frozenset[str]] = frozenset({"crew", "guest_stars"})

    id: int
    episode_number: OptionalInt = None
    season_number: OptionalInt = None
    show_id: OptionalInt = None
    name: OptionalText = None
    overview: OptionalText = None
    air_date: OptionalDate = None
    episode_type: OptionalText = None
    production_code: OptionalText = None
    runtime: PositiveOrNone = None
    still_path: OptionalText = None
    vote_average: OptionalFloat = None
    vote_count: OptionalInt = None
    crew: Many[CrewCredit] = ()
    guest_stars: Many[CastCredit] = ()


class SeasonSummary(TmdbPayload):
    """A season as its show lists it."""

    id: int
    season_number: OptionalInt = None
    name: OptionalText = None
    overview: OptionalText = None
    air_date: OptionalDate = None
    episode_count: OptionalInt = None
    poster_path: OptionalText = None
    vote_average: OptionalFloat = None


class SeasonPayload(TmdbPayload):
    """A season with its episodes; the appended parts are None when they were not asked for."""

    sometimes: ClassVar[frozenset[str]] = frozenset({"networks"})

    id: int
    object_id: OptionalText = Field(default=None, alias="_id")
    season_number: OptionalInt = None
    name: OptionalText = None
    overview: OptionalText = None
    air_date: OptionalDate = None
    poster_path: OptionalText = None
    vote_average: OptionalFloat = None
    episodes: Many[EpisodePayload] = ()
    networks: Many[Organisation] = ()
    external_ids: ExternalIds | None = None
    images: Images | None = None
    credits: Credits | None = None
    aggregate_credits: AggregateCredits | None = None


class AppendedSeason(SeasonPayload):
    """A season as a part of its show: it comes without parts of its own."""

    sometimes: ClassVar[frozenset[str]] = SeasonPayload.sometimes | {
        *("external_ids", "images", "credits", "aggregate_credits")
    }


class Creator(TmdbPayload):
    id: int
    credit_id: OptionalText = None
    name: OptionalText = None
    original_name: OptionalText = None
    gender: OptionalInt = None
    profile_path: OptionalText = None


class ShowPayload(TmdbPayload):
    """A show; the appended parts are None when they were not asked for.

    `season_details` holds the seasons that were appended (`season/1` …), by number.
    """

    id: int
    name: OptionalText = None
    original_name: OptionalText = None
    overview: OptionalText = None
    tagline: OptionalText = None
    status: OptionalText = None
    type: OptionalText = None
    first_air_date: OptionalDate = None
    last_air_date: OptionalDate = None
    in_production: bool | None = None
    adult: bool | None = None
    homepage: OptionalText = None
    original_language: OptionalText = None
    languages: Texts = ()
    origin_country: Texts = ()
    spoken_languages: Many[Language] = ()
    production_countries: Many[Country] = ()
    episode_run_time: Many[int] = ()
    number_of_seasons: OptionalInt = None
    number_of_episodes: OptionalInt = None
    popularity: OptionalFloat = None
    vote_average: OptionalFloat = None
    vote_count: OptionalInt = None
    poster_path: OptionalText = None
    backdrop_path: OptionalText = None
    genres: Many[Named] = ()
    created_by: Many[Creator] = ()
    networks: Many[Organisation] = ()
    production_companies: Many[Organisation] = ()
    seasons: Many[SeasonSummary] = ()
    last_episode_to_air: EpisodePayload | None = None
    next_episode_to_air: EpisodePayload | None = None
    external_ids: ExternalIds | None = None
    alternative_titles: AlternativeTitles | None = None
    content_ratings: ContentRatings | None = None
    keywords: Keywords | None = None
    aggregate_credits: AggregateCredits | None = None
    images: Images | None = None
    watch_providers: WatchProviders | None = Field(default=None, alias="watch/providers")
    episode_groups: EpisodeGroups | None = None
    season_details: dict[int, AppendedSeason] = Field(default_factory=dict, alias="season/*")

    @model_validator(mode="before")
    @classmethod
    def _gather_seasons(cls, body: Any) -> Any:
        """Bring `season/0`, `season/1` … under one key."""
        if not isinstance(body, dict):
            return body
        seasons = {key: match[1] for key in body if (match := _SEASON_PART.fullmatch(key))}
        rest = {key: value for key, value in body.items() if key not in seasons}
        return rest | {"season/*": {number: body[key] for key, number in seasons.items()}}


class PersonPayload(TmdbPayload):
    """A person; the appended parts are None when they were not asked for."""

    id: int
    name: OptionalText = None
    imdb_id: OptionalText = None
    also_known_as: Texts = ()
    biography: OptionalText = None
    birthday: OptionalDate = None
    deathday: OptionalDate = None
    gender: OptionalInt = None
    adult: bool | None = None
    homepage: OptionalText = None
    known_for_department: OptionalText = None
    place_of_birth: OptionalText = None
    popularity: OptionalFloat = None
    profile_path: OptionalText = None
    external_ids: ExternalIds | None = None
    images: Images | None = None


class ListEntry(TmdbPayload):
    """An item of a list or of a find: a show where `media_type` is `tv`, with `name`; a film has `title`."""

    sometimes: ClassVar[frozenset[str]] = frozenset(
        {"media_type", "name", "title", "original_name", "original_title", "first_air_date", "release_date", "video"}
        | {"origin_country", "adult", "backdrop_path", "poster_path", "genre_ids", "original_language", "overview"}
        | {"popularity", "vote_average", "vote_count"}
    )

    id: int
    media_type: OptionalText = None
    name: OptionalText = None
    title: OptionalText = None
    original_name: OptionalText = None
    original_title: OptionalText = None
    first_air_date: OptionalDate = None
    release_date: OptionalDate = None
    origin_country: Texts = ()
    original_language: OptionalText = None
    overview: OptionalText = None
    adult: bool | None = None
    video: bool | None = None
    backdrop_path: OptionalText = None
    poster_path: OptionalText = None
    genre_ids: Many[int] = ()
    popularity: OptionalFloat = None
    vote_average: OptionalFloat = None
    vote_count: OptionalInt = None


class ListPayload(TmdbPayload):
    """A page of a list. Version 3 calls the entries `items`, version 4 `results` and adds `comments` by `tv:1399`."""

    sometimes: ClassVar[frozenset[str]] = frozenset(
        {"created_by", "page", "total_pages", "total_results", "item_count", "items", "results", "comments"}
    )

    id: str
    name: OptionalText = None
    description: OptionalText = None
    created_by: Any = None
    page: OptionalInt = None
    total_pages: OptionalInt = None
    total_results: OptionalInt = None
    item_count: OptionalInt = None
    items: Many[ListEntry] = ()
    results: Many[ListEntry] = ()
    comments: Annotated[dict[str, OptionalText], BeforeValidator(lambda value: value or {})] = Field(
        default_factory=dict
    )

    @property
    def entries(self) -> tuple[ListEntry, ...]:
        """The entries of this page, whatever the version."""
        return self.results or self.items

    @property
    def total(self) -> int | None:
        """The number of entries that the list says it has."""
        return self.total_results if self.total_results is not None else self.item_count


class FindPayload(TmdbPayload):
    """What goes by an id elsewhere; nearly always one thing of one kind, or nothing."""

    tv_results: Many[ListEntry] = ()
    movie_results: Many[ListEntry] = ()
    person_results: Many[Credited] = ()
    tv_episode_results: Many[EpisodePayload] = ()
    tv_season_results: Many[SeasonSummary] = ()


class ChangedId(TmdbPayload):
    id: int
    adult: bool | None = None


class ChangesPayload(TmdbPayload):
    """A page of the ids that changed."""

    results: Many[ChangedId] = ()
    page: OptionalInt = None
    total_pages: OptionalInt = None
    total_results: OptionalInt = None


class OrderedEpisode(EpisodePayload):
    """An episode in an alternative order, with its place there."""

    order: OptionalInt = None


class EpisodeGroupPart(TmdbPayload):
    """A part of an alternative order: a season of it, a story arc, the reunions."""

    id: OptionalText = None
    name: OptionalText = None
    order: OptionalInt = None
    locked: bool | None = None
    episodes: Many[OrderedEpisode] = ()


class EpisodeGroupPayload(EpisodeGroup):
    """An alternative order with its parts and their episodes."""

    groups: Many[EpisodeGroupPart] = ()


class ImageConfiguration(TmdbPayload):
    base_url: OptionalText = None
    secure_base_url: OptionalText = None
    backdrop_sizes: Texts = ()
    logo_sizes: Texts = ()
    poster_sizes: Texts = ()
    profile_sizes: Texts = ()
    still_sizes: Texts = ()


class ConfigurationPayload(TmdbPayload):
    """Where images are and in which sizes."""

    images: ImageConfiguration
    change_keys: Texts = ()
