"""Where the database and the object store are: environment variables, or `.env`."""

import re
from functools import cache
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

SettingsT = TypeVar("SettingsT", bound=BaseSettings)
CONFIG = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")
PLACEHOLDERS = frozenset({"changeme", "change-me", "secret", "password", "your-secret-here", "your-token-here", "xxx"})


class ConfigurationError(Exception):
    """A variable is missing or wrong. The message names it and says what to do; there is no need for a traceback."""

    def __init__(self, variable: str, problem: str) -> None:
        super().__init__(f"{variable}: {problem}")
        self.variable = variable


def _of_postgresql(address: str) -> str:
    """An address of a PostgreSQL database, however it is commonly written, for the driver that we use."""
    from sqlalchemy import make_url  # costs 0.1 s that only those who use a database need
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        url = None
    if url is None or not url.database or url.drivername not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise PydanticCustomError("address", "must be like postgresql://user:password@host:5432/database")
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def _of_a_store(address: str) -> str:
    if not re.fullmatch(r"https?://([\w.-]+|\[[\da-fA-F:]+])(:\d+)?/?", address):
        raise PydanticCustomError(
            "address", "must be an address with its scheme and without a path, such as https://s3.example.org"
        )
    return address


def _of_a_bucket(name: str) -> str:
    if not re.fullmatch(r"[a-z\d][a-z\d.-]{1,61}[a-z\d]", name):
        raise PydanticCustomError("bucket", "must be 3 to 63 of the characters a-z, 0-9, dot and hyphen")
    return name


class DatabaseSettings(BaseSettings):
    """The three logins of the database."""

    model_config = CONFIG

    database_url: Annotated[str, AfterValidator(_of_postgresql)] = Field(
        repr=False,
        description="PostgreSQL 15 or newer, as the application: postgresql://trr_app:password@host:5432/trr",
    )
    migration_database_url: Annotated[str, AfterValidator(_of_postgresql)] | None = Field(
        default=None,
        repr=False,
        description="The same database as its owner, who runs the migrations; without it, DATABASE_URL does both",
    )
    system_database_url: Annotated[str, AfterValidator(_of_postgresql)] | None = Field(
        default=None,
        repr=False,
        description="The same database as the system, which sees the private rows of all users: needed by web app and worker",
    )
    database_pool_size: int = Field(
        default=10,
        ge=1,
        description="Connections that one process keeps open at most, for each login that it uses and once more for public reads",
    )


class ObjectStoreSettings(BaseSettings):
    """The S3-compatible store that holds the images."""

    model_config = CONFIG

    s3_endpoint: Annotated[str, AfterValidator(_of_a_store)] = Field(
        description="The store's address with its scheme: https://s3.eu-west-1.amazonaws.com"
    )
    s3_access_key: str = Field(description="The access key of a user who may put, get, list and delete in the bucket")
    s3_secret_key: SecretStr = Field(description="The secret of that user")
    s3_bucket: Annotated[str, AfterValidator(_of_a_bucket)] = Field(
        default="trr-media", description="The bucket for public images; made when it is missing"
    )
    s3_private_bucket: Annotated[str, AfterValidator(_of_a_bucket)] = Field(
        default="trr-private",
        description="The bucket for what is not public: pictures that users upload, copies of their data; made when missing",
    )
    s3_region: str = Field(default="us-east-1", description="The region that requests are signed for")
    media_public_url: str | None = Field(
        default=None,
        description="Where clients reach the bucket's objects, e.g. a CDN; without it, S3_ENDPOINT/S3_BUCKET",
    )
    media_presigned: bool = Field(
        default=False,
        description="Keep the bucket private and give clients presigned addresses; MEDIA_PUBLIC_URL is then not used",
    )
    media_presigned_seconds: int = Field(
        default=3600,
        ge=60,
        le=302_400,
        description="How long a presigned address is good for at least, in seconds; at most half a week",
    )

    @field_validator("s3_private_bucket")
    @classmethod
    def _is_another(cls, value: str, others: ValidationInfo) -> str:
        if value == others.data.get("s3_bucket"):
            raise PydanticCustomError("bucket", "must be another bucket than S3_BUCKET")
        return value

    @property
    def public_base(self) -> str:
        """The address that an object's key is appended to, without a slash at its end."""
        return (self.media_public_url or f"{self.s3_endpoint.rstrip('/')}/{self.s3_bucket}").rstrip("/")


def load(settings: type[SettingsT]) -> SettingsT:
    """Read a settings class from the environment.

    Raises:
        ConfigurationError: a variable is missing, malformed, or still holds a placeholder.
    """
    try:
        loaded = settings()
    except ValidationError as error:
        first = error.errors()[0]
        variable = str(first["loc"][0]).upper() if first["loc"] else settings.__name__
        missing = first["type"] == "missing"
        field = settings.model_fields.get(variable.lower())
        meaning = f" ({field.description})" if field and field.description else ""
        raise ConfigurationError(variable, (f"is not set{meaning}" if missing else first["msg"])) from None
    for name, value in loaded:
        if isinstance(value, SecretStr) and value.get_secret_value().strip().lower() in PLACEHOLDERS:
            raise ConfigurationError(name.upper(), "still holds a placeholder; set the real secret")
    return loaded


@cache
def database_settings() -> DatabaseSettings:
    """The database settings of this process."""
    return load(DatabaseSettings)


@cache
def object_store_settings() -> ObjectStoreSettings:
    """The object store settings of this process."""
    return load(ObjectStoreSettings)
