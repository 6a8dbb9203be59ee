"""Shows, their seasons and episodes."""

import re
from typing import Any, ClassVar

from pydantic import Field, model_validator

from flows.sources.payload import Many, OptionalDate, OptionalFloat, OptionalInt, OptionalText
from flows.sources.tmdb.payloads.credits import (
    AggregateCredits,
    CastCredit,
    Credits,
    CrewCredit,
)
from flows.sources.tmdb.payloads.parts import (
    AlternativeTitles,
    ContentRatings,
    Country,
    EpisodeGroups,
    ExternalIds,
    Images,
    Keywords,
    Language,
    Named,
    Organisation,
    PositiveOrNone,
    Texts,
    TmdbPayload,
    WatchProviders,
)

_SEASON_PART = re.compile(r"season/(\d+)")


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
