"""The peer's answers as pydantic models: the same fields as the API's."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel


class ShowOut(BaseModel):
    """A show in a list."""

    id: UUID
    name: str
    slug: str
    description: str | None
    premiere_date: date | None
    external_ids: dict[str, str]
    original_name: str | None
    tagline: str | None
    homepage: str | None
    status: str | None
    type: str | None
    in_production: bool | None
    adult: bool | None
    last_air_date: date | None
    content_rating: str | None
    original_language: str | None
    origin_countries: list[str]
    runtimes: list[int]
    season_total: int | None
    episode_total: int | None
    totals_counted: bool
    tmdb_vote_average: float | None
    tmdb_vote_count: int | None
    tmdb_popularity: float | None
    imdb_rating: float | None
    imdb_vote_count: int | None
    imdb_id: str | None
    tmdb_id: int | None
    genres: list[str]
    networks: list[str]
    poster_url: str | None
    backdrop_url: str | None
    logo_url: str | None


class Logo(BaseModel):
    """A logo's fields."""

    tmdb_logo_path: str | None = None
    logo_path: str | None = None
    hosted_logo_key: str | None = None
    hosted_logo_url: str | None = None
    hosted_logo_sha256: str | None = None
    hosted_logo_content_type: str | None = None
    hosted_logo_bytes: int | None = None
    hosted_logo_etag: str | None = None
    hosted_logo_at: datetime | None = None
    logo_url: str | None = None


class CompanyOut(Logo):
    """A network or company."""

    id: int
    uuid: UUID
    name: str
    origin_country: str | None


class ProviderOut(Logo):
    """A provider in an offer."""

    provider_id: int
    uuid: UUID
    provider_name: str
    display_priority: int | None


class OfferOut(BaseModel):
    """Who offers a show in a region in one way."""

    region: str
    offer_type: str
    link: str | None
    providers: list[ProviderOut]


class RatingOut(BaseModel):
    """A content rating."""

    country: str
    rating: str
    descriptors: list[str]


class AliasOut(BaseModel):
    """Another name."""

    name: str
    country: str
    kind: str


class ShowDetailOut(ShowOut):
    """A show with everything."""

    keywords: list[str]
    tags: list[str]
    streaming_providers: list[str]
    listed_on: list[str]
    tmdb_network_ids: list[int]
    tmdb_production_company_ids: list[int]
    tmdb_networks: list[CompanyOut]
    tmdb_production_companies: list[CompanyOut]
    watch_providers: list[OfferOut]
    languages: list[str]
    spoken_languages: list[str]
    production_countries: list[str]
    production_companies: list[str]
    most_recent_episode: dict[str, Any] | None
    next_episode: dict[str, Any] | None
    content_ratings: list[RatingOut]
    aliases: list[AliasOut]


class EpisodeOut(BaseModel):
    """An episode."""

    id: UUID
    season_id: UUID
    episode_number: int
    title: str | None
    air_date: date | None
    synopsis: str | None
    external_ids: dict[str, str]
    show_name: str
    show_id: UUID
    season_number: int
    overview: str | None
    runtime: int | None
    episode_type: str | None
    production_code: str | None
    tmdb_vote_average: float | None
    tmdb_vote_count: int | None
    imdb_rating: float | None
    imdb_vote_count: int | None
    imdb_id: str | None
    tmdb_id: int | None
    still_url: str | None


class PersonOut(BaseModel):
    """A person in short."""

    id: UUID
    full_name: str
    slug: str
    known_for: str | None
    external_ids: dict[str, str]
    gender: str
    birth_date: str | None
    birth_precision: str | None
    zodiac: str | None
    imdb_id: str | None
    tmdb_id: int | None
    profile_url: str | None


class CastSeasonOut(BaseModel):
    """A member's part in a season."""

    season_id: UUID
    season_number: int
    episodes: int | None
    counts: str
    archive_footage_episodes: int
    is_regular: bool


class CastMemberOut(BaseModel):
    """A person's part in a show."""

    id: UUID
    show_id: UUID
    season_id: UUID | None
    person_id: UUID
    role: str
    billing_order: int | None
    notes: str | None
    person: PersonOut
    category: str
    episodes: int | None
    counts: str
    archive_footage_episodes: int
    is_regular: bool
    episodes_in_season: int | None
    latest_season: int | None
    curated_role: str | None
    seasons: list[CastSeasonOut]
