"""What collecting can be told: environment variables, or `.env`.

A start with a missing or sample secret is refused by `load` with the variable's name.
"""

from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from db.settings import ConfigurationError, load
from flows.sources.imdb.references import parse_imdb_list_id
from flows.sources.tmdb.plan import parse_tmdb_list_id
from models.rules.origins import origin_of

__all__ = [
    "ConfigurationError",
    "FandomSettings",
    "HttpSettings",
    "ImageSettings",
    "ImdbSettings",
    "ListSettings",
    "TmdbSettings",
    "WikidataSettings",
    "load",
]

CONFIG = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")


def _split(value: Any) -> Any:
    """The parts of a comma-separated value."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _list_ids(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_sentence(parse_tmdb_list_id, value) for value in values))


def _imdb_list_ids(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_sentence(parse_imdb_list_id, value) for value in values))


def _layers(values: tuple[str, ...]) -> tuple[str, ...]:
    known = get_args(ImdbLayer)
    if values == ("none",):
        return ()
    if unknown := [value for value in values if value not in known]:
        problem = f"{unknown[0]!r} is none of {', '.join(known)}; `none` alone switches IMDb off"
        raise PydanticCustomError("value", "{problem}", {"problem": problem})
    return tuple(layer for layer in known if layer in values)


def _origins(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_sentence(origin_of, value) for value in values))


def _web_address(value: str) -> str:
    _sentence(origin_of, value)
    return value.rstrip("/")


def _sentence(check: Any, value: str) -> Any:
    """Apply a check that raises ValueError; its sentence reaches the reader without pydantic's prefix."""
    try:
        return check(value)
    except ValueError as error:
        raise PydanticCustomError("value", "{problem}", {"problem": str(error)}) from None


ImdbLayer = Literal["graphql", "pages", "datasets"]
"""The ways IMDb can be asked, the richest first."""

CommaSeparated = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
WebAddress = Annotated[str, AfterValidator(_web_address)]


class HttpSettings(BaseSettings):
    """How every upstream is talked to."""

    model_config = CONFIG

    http_cache_dir: Path = Field(
        default=Path(".local/http-cache"),
        description="The folder where answers of the upstreams are kept between runs.",
    )
    http_state_dir: Path = Field(
        default=Path(".local/http-state"),
        description="The folder of rate limits and locks; processes that share an upstream's quota share this folder.",
    )
    http_contact: str | None = Field(
        default=None,
        pattern=r"^[\x20-\x7e]+$",
        description="An address or URL in the user agent, where an upstream's operator can reach you.",
    )
    http_connect_timeout: float = Field(default=10, gt=0, description="Seconds to wait for a connection.")
    http_read_timeout: float = Field(default=30, gt=0, description="Seconds to wait for an answer once connected.")
    http_attempts: int = Field(default=5, ge=1, le=20, description="How often one request is sent at most.")
    http_backoff: float = Field(
        default=0.5, gt=0, description="Seconds of the first pause before a request is repeated; it doubles each time."
    )
    http_max_wait: float = Field(
        default=120, ge=0, description="Seconds that the pauses of one request may add up to before it is given up."
    )
    http_max_bytes: int = Field(default=64_000_000, gt=0, description="The largest answer in bytes that is accepted.")
    http_impersonate: str | None = Field(
        default=None,
        description="A browser whose handshake and headers curl-cffi sends, e.g. chrome; unset, requests are honest.",
    )
    fetch_threads: int = Field(default=16, ge=1, le=64, description="Threads that one task fetches with.")

    @property
    def user_agent(self) -> str:
        """Who we say we are."""
        return "TheRealityReport/0.1" + (f" (+{self.http_contact})" if self.http_contact else "")


class TmdbSettings(BaseSettings):
    """Access to The Movie Database; the bearer token wins over the key."""

    model_config = CONFIG

    tmdb_api_key: SecretStr | None = Field(default=None, description="A TMDb v3 API key, where there is no token.")
    tmdb_bearer_token: SecretStr | None = Field(
        default=None, validate_default=True, description="A TMDb v4 read access token; it wins over TMDB_API_KEY."
    )
    tmdb_api_url: WebAddress = Field(
        default="https://api.themoviedb.org", description="Where TMDb's API is, without the version."
    )
    tmdb_image_url: WebAddress = Field(
        default="https://image.tmdb.org/t/p", description="What size and file path of a TMDb image are appended to."
    )
    tmdb_rate: float = Field(default=40, gt=0, le=1000, description="Requests per second that TMDb is sent at most.")
    tmdb_burst: int = Field(default=2, ge=1, le=1000, description="Requests that may go to TMDb at once after a pause.")
    tmdb_connections: int = Field(default=20, ge=1, le=200, description="Requests to TMDb under way at the same time.")

    @field_validator("tmdb_api_url")
    @classmethod
    def _without_version(cls, url: str) -> str:
        return url.removesuffix("/3").removesuffix("/4")

    @field_validator("tmdb_bearer_token")
    @classmethod
    def _some_access(cls, token: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if token is None and info.data.get("tmdb_api_key") is None:
            raise PydanticCustomError("access", "is not set, and neither is TMDB_API_KEY; TMDb needs one of them.")
        return token


class ImdbSettings(BaseSettings):
    """Access to IMDb, in layers that can be switched off one by one. What each gives stands in docs/sources.md."""

    model_config = CONFIG

    imdb_layers: Annotated[CommaSeparated, AfterValidator(_layers)] = Field(
        default=("graphql", "pages", "datasets"),
        description="How IMDb may be asked, separated by commas: graphql, pages, datasets; `none` leaves it alone.",
    )
    imdb_graphql_url: WebAddress = Field(
        default="https://api.graphql.imdb.com", description="Where IMDb's GraphQL endpoint is."
    )
    imdb_pages_url: WebAddress = Field(default="https://www.imdb.com", description="Where IMDb's pages are.")
    imdb_datasets_url: WebAddress = Field(
        default="https://datasets.imdbws.com", description="Where IMDb's non-commercial datasets are."
    )
    imdb_rate: float = Field(
        default=4, gt=0, le=1000, description="Requests per second and layer that IMDb is sent at most."
    )
    imdb_burst: int = Field(default=2, ge=1, le=1000, description="Requests that may go to IMDb at once after a pause.")
    imdb_connections: int = Field(
        default=4, ge=1, le=200, description="Requests to a layer of IMDb under way at the same time."
    )


class FandomSettings(BaseSettings):
    """Access to fans' wikis."""

    model_config = CONFIG

    fandom_enabled: bool = Field(default=True, description="Whether wikis are asked at all.")
    fandom_url: str = Field(
        default="https://{wiki}",
        pattern=r"^https?://.*\{wiki\}",
        description="Where a wiki is; {wiki} stands for its host, e.g. real-housewives.fandom.com.",
    )
    fandom_rate: float = Field(default=2, gt=0, le=1000, description="Requests per second that a wiki is sent at most.")
    fandom_burst: int = Field(
        default=2, ge=1, le=1000, description="Requests that may go to a wiki at once after a pause."
    )
    fandom_connections: int = Field(
        default=2, ge=1, le=200, description="Requests to a wiki under way at the same time."
    )


class WikidataSettings(BaseSettings):
    """Access to Wikidata."""

    model_config = CONFIG

    wikidata_enabled: bool = Field(default=True, description="Whether Wikidata is asked at all.")
    wikidata_url: WebAddress = Field(
        default="https://www.wikidata.org", description="Where Wikidata is; its API is below /w/api.php."
    )
    wikidata_rate: float = Field(
        default=2, gt=0, le=1000, description="Requests per second that Wikidata is sent at most."
    )
    wikidata_burst: int = Field(
        default=2, ge=1, le=1000, description="Requests that may go to Wikidata at once after a pause."
    )
    wikidata_connections: int = Field(
        default=2, ge=1, le=200, description="Requests to Wikidata under way at the same time."
    )


class ListSettings(BaseSettings):
    """The curated lists that say which shows there are."""

    model_config = CONFIG

    tmdb_list_ids: Annotated[CommaSeparated, AfterValidator(_list_ids)] = Field(
        default=(), description="TMDb lists to import, as ids or addresses, separated by commas."
    )
    imdb_list_ids: Annotated[CommaSeparated, AfterValidator(_imdb_list_ids)] = Field(
        default=(), description="IMDb lists to import, as ids (ls...) or addresses, separated by commas."
    )
    imdb_list_csv: CommaSeparated = Field(
        default=(), description="Paths of IMDb list exports (CSV) to import, separated by commas."
    )


class ImageSettings(BaseSettings):
    """Where images may be downloaded from, and how much of it."""

    model_config = CONFIG

    image_origins: Annotated[CommaSeparated, AfterValidator(_origins)] = Field(
        default=("https://image.tmdb.org", "https://m.media-amazon.com", "https://static.wikia.nocookie.net"),
        description="The exact origins (scheme, host, port) that images may come from, separated by commas.",
    )
    image_rate: float = Field(default=40, gt=0, le=1000, description="Image requests per second and host at most.")
    image_burst: int = Field(
        default=8, ge=1, le=1000, description="Images that may be asked for at once after a pause."
    )
    image_max_bytes: int = Field(default=20_000_000, gt=0, description="The largest image in bytes that is accepted.")
    image_max_pixels: int = Field(
        default=40_000_000, gt=0, description="The largest image in pixels that is accepted, judged by its header."
    )
    image_deadline: float = Field(default=60, gt=0, description="Seconds that one image may take, repeats included.")
