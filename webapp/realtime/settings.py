"""What a socket may ask of a web process: environment variables, or `.env`."""

from functools import cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from db.settings import load


class RealtimeSettings(BaseSettings):
    """Limits and rhythms of the sockets of one web process."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    realtime_max_bytes: int = Field(
        default=16_384, ge=1024, description="The largest message in bytes that a socket may send"
    )
    realtime_events_per_second: float = Field(
        default=10, gt=0, description="Messages per second that one connection may send, over ten seconds"
    )
    realtime_sockets_per_user: int = Field(
        default=20, ge=1, description="Sockets that one user may have open in one web process"
    )
    realtime_sockets_per_address: int = Field(
        default=200, ge=1, description="Connections that one address may have open in one web process"
    )
    realtime_rooms_per_socket: int = Field(default=50, ge=1, description="Rooms that one socket may listen to")
    realtime_replay: int = Field(
        default=1000, ge=1, description="Missed events that a subscription is sent at most; beyond, it answers resync"
    )
    realtime_backlog: int = Field(
        default=5000,
        ge=100,
        description="Messages that may wait for a socket that reads too slowly, until it is closed",
    )
    realtime_recheck_seconds: float = Field(
        default=60, gt=0, description="Seconds after which a socket's token and rights are checked again"
    )
    realtime_poll_seconds: float = Field(
        default=5, gt=0, description="Seconds after which rooms are looked at although nothing was notified"
    )


@cache
def realtime_settings() -> RealtimeSettings:
    """The settings of this process's sockets."""
    return load(RealtimeSettings)
