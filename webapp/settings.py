"""Where the web app listens, and who may call it from a browser: environment variables, or `.env`."""

from functools import cache

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from db.settings import load


class WebSettings(BaseSettings):
    """The HTTP side of the web app."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    web_host: str = Field(default="127.0.0.1", description="The address that `python -m webapp` listens on")
    web_port: int = Field(default=8000, ge=1, le=65535, description="The port that `python -m webapp` listens on")
    cors_allow_origins: str = Field(
        default="",
        description="Origins whose pages may call the API, divided by commas; empty lets every page read, without credentials",
    )

    media_max_pixels: int = Field(
        default=50_000_000, ge=1_000_000, description="The most pixels of an image that is made smaller on demand"
    )
    media_threads: int = Field(
        default=2, ge=1, le=32, description="How many images one web process makes smaller at the same time"
    )

    @field_validator("cors_allow_origins")
    @classmethod
    def _are_origins(cls, value: str) -> str:
        for origin in _divided(value):
            scheme, _, host = origin.partition("://")
            if origin != "*" and (scheme not in ("http", "https") or not host or "/" in host):
                raise ValueError(f"{origin!r} is no origin; write it as https://app.example.org")
        return value

    @property
    def origins(self) -> frozenset[str]:
        """The allowed origins; empty where every origin is."""
        listed = frozenset(_divided(self.cors_allow_origins))
        return frozenset() if "*" in listed else listed


def _divided(value: str) -> list[str]:
    return [part.strip().rstrip("/") for part in value.split(",") if part.strip()]


@cache
def web_settings() -> WebSettings:
    """The web app's settings in this process."""
    return load(WebSettings)
