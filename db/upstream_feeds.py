"""How far upstreams' own change feeds were read."""

from datetime import datetime

from sqlalchemy import Connection, text
from sqlmodel import Session, select

from models.ops import UpstreamFeed


def read_until(connection: Connection, source: str, feed: str) -> datetime | None:
    """Up to when a feed was read; None when it never was."""
    return connection.execute(
        select(UpstreamFeed.read_until).where(UpstreamFeed.source == source, UpstreamFeed.feed == feed)
    ).scalar_one_or_none()


def set_read_until(session: Session, source: str, feed: str, moment: datetime) -> None:
    """Remember up to when a feed was read."""
    session.execute(
        text(
            "insert into ops.upstream_feeds (source, feed, read_until) values (:source, :feed, :moment)"
            " on conflict (source, feed) do update set read_until = excluded.read_until"
        ),
        {"source": source, "feed": feed, "moment": moment},
    )
