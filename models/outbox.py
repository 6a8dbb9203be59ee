"""The outbox: work that follows a commit, queued in the very transaction that makes it necessary."""

from typing import Any

from sqlalchemy import BigInteger, Column, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.base import OPS, datetime, moment

OPEN = "done_at is null and dead_at is null"
"""An item that still waits for its work to be done, as a condition."""


class OutboxItem(SQLModel, table=True):
    """One piece of work for the worker: which handler it is for, and what that needs to know.

    The application may add items and see none. An item that was done keeps no payload; one that was given up keeps it, and
    an admin may have it tried again.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_open", "available_at", "id", postgresql_where=text(OPEN)),
        Index("ix_outbox_dead_at", "dead_at", postgresql_where=text("dead_at is not null")),
        Index("ix_outbox_done_at", "done_at", postgresql_where=text("done_at is not null")),
        Index("uq_outbox_key", "topic", "key", unique=True),
        {"schema": OPS},
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    topic: str = Field(description="Whose work it is: `mail`, `export` …")
    key: str | None = Field(default=None, description="What is queued under the same key again is not queued twice")
    payload: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, server_default="{}"))
    queued_at: datetime | None = moment(now=True)
    available_at: datetime | None = moment(now=True)
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    last_error: str | None = None
    done_at: datetime | None = moment()
    dead_at: datetime | None = moment()
