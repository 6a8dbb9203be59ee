"""What can be set about the local stack: environment variables, or `.env`."""

from functools import cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from db.settings import load


class LocalSettings(BaseSettings):
    """Where the local stack keeps its data and which parts of it somebody else provides.

    `DATABASE_URL`, `S3_ENDPOINT`, `TMDB_BEARER_TOKEN` and their kin belong to the settings of `db` and `flows`; that one of
    them is set at all is what makes an embedded part step aside (`deployments/local/stack.py`).
    """

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    local_dir: Path = Field(
        default=Path(".local"), description="The folder for all data, logs and addresses of the local stack"
    )
    postgres_bin: Path | None = Field(
        default=None, description="The bin folder of another PostgreSQL build to run instead of the embedded wheel's"
    )
    postgres_port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="The embedded PostgreSQL's port; a free one is chosen and kept when unset",
    )
    weed_bin: Path | None = Field(
        default=None, description="Another SeaweedFS program to run as the object store instead of the embedded wheel's"
    )
    s3_port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="The embedded object store's port; a free one is chosen and kept when unset",
    )
    upstream_port: int | None = Field(
        default=None, ge=1, le=65535, description="The sample upstream's port; a free one is chosen and kept when unset"
    )
    prefect_api_url: str | None = Field(
        default=None, description="The API of a Prefect server or of Prefect Cloud to use instead of starting a server"
    )
    prefect_port: int | None = Field(
        default=None, ge=1, le=65535, description="The local Prefect server's port; 4200 or a free one when unset"
    )
    web_port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="The port that API and console are served on; 8000 or a free one when unset",
    )


@cache
def local_settings() -> LocalSettings:
    """The settings of the local stack for this process."""
    return load(LocalSettings)
