"""Operations: what upstreams answered, what was done when, and what waits for a person."""

from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Column, Identity, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.base import OPS, UUID, TransactionId, datetime, moment, new_id, one_of, texts
from models.entities import Kind, Source
from models.rules.image_problems import Problem


class Resource(StrEnum):
    """What `ops.sync_state` keeps score of, per entity."""

    SHOW_DETAILS = "show_details"
    ENTITIES = "entities"
    WATCH_PROVIDERS = "watch_providers"
    SEASONS_EPISODES = "seasons_episodes"
    EPISODE_GROUPS = "episode_groups"
    PEOPLE_CAST = "people_cast"
    PERSON = "person"
    IMAGES = "images"
    IMDB_IMAGES = "imdb_images"
    IDS = "ids"
    IMDB_TITLE = "imdb_title"
    IMDB_EPISODES = "imdb_episodes"
    IMDB_CAST = "imdb_cast"
    IMDB_RATINGS = "imdb_ratings"
    APPEARANCES = "appearances"
    WIKIDATA = "wikidata"
    FANDOM = "fandom"
    PROFILE = "profile"


class SyncStatus(StrEnum):
    """How the last attempt ended."""

    SUCCESS = "success"
    FAILED = "failed"


class RunStatus(StrEnum):
    """How a run ended, or that it has not."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    CRASHED = "crashed"


class CaseStatus(StrEnum):
    """Whether a case still waits for a person."""

    OPEN = "open"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"


class Installation(SQLModel, table=True):
    """One row: which database this is. It is part of every Prefect cache key, so that a new database is filled anew."""

    __tablename__ = "installation"
    __table_args__ = {"schema": OPS}

    database_id: UUID = Field(primary_key=True)


class SourceRecord(SQLModel, table=True):
    """What an upstream answered, as it answered it. Fetching ends here; storing begins here.

    `ref` is the upstream's own name: `1399` for a show, `1399/1` for a season. `body` is gzipped JSON. `digest` and
    `changed_at` move only when the body does, `fetched_at` and `expires_at` with every successful question. Only an answer
    that `is_complete` may take anything away.
    """

    __tablename__ = "source_records"
    __table_args__ = (
        one_of("source", Source),
        UniqueConstraint("source", "resource", "ref", name="uq_source_records_source_resource_ref"),
        {"schema": OPS},
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    source: str
    resource: str
    ref: str
    status: int = Field(description="The HTTP status: 200, or 404 for what the upstream does not have")
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    digest: str
    etag: str | None = None
    basis: str | None = Field(default=None, description="Digest of what this answer was asked because of")
    layer: str | None = Field(default=None, description="How it was asked, where a source has several ways")
    is_complete: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})
    fetched_at: datetime | None = moment(null=False)
    changed_at: datetime | None = moment(now=True)
    expires_at: datetime | None = moment(null=False)


class Change(SQLModel, table=True):
    """The change feed: one row per entity, table and transaction, in commit order.

    Triggers alone write it (`db/migrations/feed.py`). `actions` are of insert, update and delete; `fields` are the
    columns that an update changed. A reader keeps the last `seq` that it saw, and misses nothing.
    """

    __tablename__ = "changes"
    __table_args__ = (
        UniqueConstraint("entity_id", "table_name", "transaction", name="uq_changes_once"),
        Index("ix_changes_changed_at", "changed_at"),
        {"schema": OPS},
    )

    seq: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    entity_id: UUID
    table_name: str
    transaction: int = Field(
        sa_column=Column(TransactionId, nullable=False, server_default=text("pg_current_xact_id()"))
    )
    actions: list[str] = texts()
    fields: list[str] = texts()
    changed_at: datetime | None = moment(now=True)


class UpstreamFeed(SQLModel, table=True):
    """How far an upstream's own change feed has been read."""

    __tablename__ = "upstream_feeds"
    __table_args__ = (one_of("source", Source), {"schema": OPS})

    source: str = Field(primary_key=True)
    feed: str = Field(primary_key=True, description="`tv` or `person`")
    read_until: datetime | None = moment(null=False)


class SyncState(SQLModel, table=True):
    """How an entity stands with a resource. A failure never erases a success."""

    __tablename__ = "sync_state"
    __table_args__ = (
        one_of("resource", Resource),
        one_of("status", SyncStatus),
        Index("ix_sync_state_due", "resource", "next_due_at"),
        {"schema": OPS},
    )

    resource: str = Field(primary_key=True)
    entity_id: UUID = Field(foreign_key="core.entities.id", primary_key=True, index=True)
    status: str
    last_attempt_at: datetime | None = moment()
    last_success_at: datetime | None = moment()
    last_error: str | None = None
    next_due_at: datetime | None = moment()


class Run(SQLModel, table=True):
    """One run of a stage or of the pipeline, with its report."""

    __tablename__ = "runs"
    __table_args__ = (
        one_of("status", RunStatus),
        Index("ix_runs_stage_started_at", "stage", "started_at"),
        {"schema": OPS},
    )

    id: UUID = new_id()
    stage: str
    parent_id: UUID | None = Field(default=None, foreign_key="ops.runs.id", index=True)
    flow_run_id: UUID | None = None
    worker: str | None = Field(default=None, description="The host and process that it ran in")
    status: str
    dry_run: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    started_at: datetime | None = moment(now=True)
    finished_at: datetime | None = moment()
    parameters: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, server_default="{}"))
    report: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, server_default="{}"))


class MatchCase(SQLModel, table=True):
    """A question of identity that only a person can answer: an id with two claimants, or a hit that may be another
    show.

    `candidates` is a list of objects with `source`, `value`, and as known `name`, `year`, `entity_id`, `score`.
    """

    __tablename__ = "match_cases"
    __table_args__ = (
        one_of("kind", Kind),
        one_of("status", CaseStatus),
        UniqueConstraint("entity_id", "source", "reason", name="uq_match_cases_question"),
        {"schema": OPS},
    )

    id: UUID = new_id()
    kind: str
    entity_id: UUID = Field(foreign_key="core.entities.id")
    source: str = Field(description="Whose id is in question")
    reason: str
    candidates: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    status: str = Field(default=CaseStatus.OPEN, sa_column_kwargs={"server_default": "open"})
    opened_at: datetime | None = moment(now=True)
    settled_at: datetime | None = moment()


class MediaFailure(SQLModel, table=True):
    """A URL that could not be mirrored: why, how often it was tried, and when it is worth another try.

    One that was given up is tried again only by force.
    """

    __tablename__ = "media_failures"
    __table_args__ = (one_of("code", Problem), {"schema": OPS})

    url: str = Field(primary_key=True)
    reason: str
    attempts: int
    last_attempt_at: datetime | None = moment(null=False)
    next_attempt_at: datetime | None = moment(null=False)
    code: str = Field(sa_column_kwargs={"server_default": "status"})
    host: str = Field(sa_column_kwargs={"server_default": ""})
    given_up_at: datetime | None = moment()
