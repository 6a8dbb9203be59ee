"""The settings of web app and worker: environment variables, or `.env`."""

import re
from datetime import timedelta
from email.utils import parseaddr
from enum import StrEnum
from functools import cache

from pydantic import Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from db.settings import load


class WebServer(StrEnum):
    """What `python -m webapp` serves with."""

    THREADS = "threads"
    GEVENT = "gevent"


class WebSettings(BaseSettings):
    """The HTTP side of the web app."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    web_host: str = Field(default="127.0.0.1", description="The address that `python -m webapp` listens on")
    web_port: int = Field(default=8000, ge=1, le=65535, description="The port that `python -m webapp` listens on")
    web_proxies: int = Field(
        default=0,
        ge=0,
        le=10,
        description="How many proxies stand before the web app, each adding to X-Forwarded-For whom it heard from",
    )
    web_max_body_bytes: int = Field(
        default=1_000_000,
        ge=1000,
        description="The largest body of a request in bytes; uploads have limits of their own",
    )
    web_server: WebServer = Field(
        default=WebServer.THREADS,
        description="What it serves with: threads, or gevent where one process holds more than some hundred sockets",
    )
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


class WorkerSettings(BaseSettings):
    """How the worker does the work of the outbox."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    worker_threads: int = Field(
        default=4, ge=1, le=64, description="How many pieces of work one worker does at the same time"
    )
    worker_attempts: int = Field(
        default=20, ge=1, description="How often work is tried before it is given up; 20 attempts take half a day"
    )
    worker_poll_seconds: float = Field(
        default=5, ge=0.1, description="Seconds after which the worker looks for work although nobody called it"
    )


class WebhookSettings(BaseSettings):
    """How programs are told of events."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    webhook_local: bool = Field(
        default=False,
        description="Whether webhooks may lead to this machine, also without TLS; for development alone",
    )
    webhook_disable_hours: int = Field(
        default=24, ge=1, description="Hours after which a webhook is disabled that has done nothing but fail"
    )


class PrefectSettings(BaseSettings):
    """Where jobs are started."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    prefect_api_url: str | None = Field(
        default=None, description="For the web app: the API of the Prefect server that its jobs are started on"
    )
    prefect_api_key: SecretStr | None = Field(
        default=None, description="The key of that API, where it asks for one, as Prefect Cloud does"
    )


class RetentionSettings(BaseSettings):
    """How long is kept what grows with use. The worker sweeps it."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    keep_done_work_days: int = Field(
        default=7, ge=2, description="Days that the worker remembers work that was done, without its contents"
    )
    keep_dead_work_days: int = Field(default=90, ge=1, description="Days that work which was given up is kept")
    keep_idempotency_hours: int = Field(
        default=48, ge=1, description="Hours in which a repeated Idempotency-Key is recognised"
    )

    keep_notifications_days: int = Field(default=90, ge=7, description="Days that notifications are kept, read or not")
    keep_deliveries_days: int = Field(
        default=30, ge=1, description="Days that what webhooks were told is kept in their log"
    )

    keep_sessions_days: int = Field(
        default=30, ge=1, description="Days that sessions of signed-in users are kept after they ended"
    )

    @property
    def notifications(self) -> timedelta:
        """How long notifications are kept."""
        return timedelta(days=self.keep_notifications_days)

    @property
    def deliveries(self) -> timedelta:
        """How long deliveries of webhooks are kept."""
        return timedelta(days=self.keep_deliveries_days)

    @property
    def sessions(self) -> timedelta:
        """How long sessions are kept that ended."""
        return timedelta(days=self.keep_sessions_days)

    @property
    def done_work(self) -> timedelta:
        """How long work is remembered that was done."""
        return timedelta(days=self.keep_done_work_days)

    @property
    def dead_work(self) -> timedelta:
        """How long work is kept that was given up."""
        return timedelta(days=self.keep_dead_work_days)

    @property
    def idempotency(self) -> timedelta:
        """How long a repetition is recognised."""
        return timedelta(hours=self.keep_idempotency_hours)


class AccountSettings(BaseSettings):
    """The built-in issuer of tokens."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    auth_builtin: bool = Field(
        default=True,
        description="Whether people can have an account here, with an e-mail address and a password; other issuers need none",
    )
    auth_access_minutes: int = Field(
        default=15, ge=1, le=1440, description="Minutes for which an access token of ours is good"
    )
    auth_session_days: int = Field(
        default=60, ge=1, le=400, description="Days after which a session that was not used ends"
    )
    mail_link_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s#]+$",
        description="The page of the app that mails lead to, with #verify=TOKEN or #reset=TOKEN; without it, they tell the token",
    )


class MailSettings(BaseSettings):
    """How mails leave."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    mail_url: SecretStr | None = Field(
        default=None,
        description="The mail server: smtp://user:password@host:587, smtps://…, or print: for the log; needed by the worker",
    )
    mail_from: str = Field(
        default="The Reality Report <no-reply@localhost>", description="The sender of mails: Name <address>"
    )

    @field_validator("mail_url")
    @classmethod
    def _is_known(cls, value: SecretStr | None) -> SecretStr | None:
        url = value.get_secret_value() if value else "print:"
        if url != "print:" and not re.fullmatch(r"smtps?://([^\s@/]+@)?([\w.-]+|\[[\da-fA-F:]+])(:\d{1,5})?/?", url):
            raise PydanticCustomError("address", "must be smtp://user:password@host:587, smtps://…, or print:")
        return value

    @field_validator("mail_from")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        if not re.fullmatch(r"[^\s@]+@[^\s@]+", parseaddr(value)[1]):
            raise PydanticCustomError("address", "must be like The Reality Report <no-reply@example.org>")
        return value


def _divided(value: str) -> list[str]:
    return [part.strip().rstrip("/") for part in value.split(",") if part.strip()]


@cache
def web_settings() -> WebSettings:
    """The web app's settings in this process."""
    return load(WebSettings)


@cache
def worker_settings() -> WorkerSettings:
    """The worker's settings in this process."""
    return load(WorkerSettings)


@cache
def webhook_settings() -> WebhookSettings:
    """How this process tells programs of events."""
    return load(WebhookSettings)


@cache
def prefect_settings() -> PrefectSettings:
    """Where this process starts jobs."""
    return load(PrefectSettings)


@cache
def retention_settings() -> RetentionSettings:
    """How long this process keeps what grows with use."""
    return load(RetentionSettings)


@cache
def account_settings() -> AccountSettings:
    """The settings of the built-in issuer in this process."""
    return load(AccountSettings)


@cache
def mail_settings() -> MailSettings:
    """How this process sends mails."""
    return load(MailSettings)
