"""Lists, searches by another catalogue's id, feeds of changes, and the configuration."""

from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from flows.sources.payload import Many, OptionalDate, OptionalFloat, OptionalInt, OptionalText
from flows.sources.tmdb.payloads.credits import Credited
from flows.sources.tmdb.payloads.parts import Texts, TmdbPayload
from flows.sources.tmdb.payloads.shows import EpisodePayload, SeasonSummary


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
