"""News on its way: the events of each room, and who is there at the moment."""

from typing import Any

from sqlalchemy import BigInteger, Column, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.base import OPS, UUID, datetime, moment


class RoomCounter(SQLModel, table=True):
    """How many events a room has had. The counter's row is locked from an event's number to the commit, so numbers become
    visible in their order and without gaps. It is kept when the events are swept, for numbers never come again.
    """

    __tablename__ = "rooms"
    __table_args__ = ({"schema": OPS},)

    room: str = Field(primary_key=True)
    seq: int = Field(sa_column=Column(BigInteger, nullable=False))


class Event(SQLModel, table=True):
    """Something that happened, for whoever listens to a room. Written in the transaction of what happened, by
    `ops.announce` alone. The application reads those of public rooms; the payload holds ids and no text of anybody.
    """

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_created_at", "created_at"), {"schema": OPS})

    room: str = Field(primary_key=True)
    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    type: str
    payload: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, server_default="{}"))
    created_at: datetime | None = moment(now=True)


class Presence(SQLModel, table=True):
    """A connection of a user in a room. Unlogged: after a crash of the database, the web processes write it anew."""

    __tablename__ = "presence"
    __table_args__ = (
        Index("ix_presence_user_id", "user_id"),
        Index("ix_presence_seen_at", "seen_at"),
        {"schema": OPS, "prefixes": ["UNLOGGED"]},
    )

    room: str = Field(primary_key=True)
    connection: str = Field(primary_key=True, description="The id of the socket")
    process: UUID = Field(description="The web process that holds the socket")
    user_id: UUID = Field(foreign_key="accounts.users.id", ondelete="CASCADE")
    typing_until: datetime | None = moment()
    seen_at: datetime | None = moment(now=True)
