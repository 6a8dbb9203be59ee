"""What all of TMDb's payloads are made of, and the parts that are appended to a show."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field

from flows.sources.payload import Many, OptionalFloat, OptionalInt, OptionalText, Payload


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
