"""Entities: the common parent of everything in the catalogue, what names it elsewhere, and what each source says of it.

Images, external ids, facts and sync state refer to `core.entities`, so one mechanism serves all kinds.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.base import CORE, UUID, TransactionId, datetime, moment, new_id, one_of


class Kind(StrEnum):
    """What an entity is."""

    SHOW = "show"
    SEASON = "season"
    EPISODE = "episode"
    PERSON = "person"
    NETWORK = "network"
    COMPANY = "company"
    PROVIDER = "provider"


class Source(StrEnum):
    """Who says something. `editor` is a person of ours, and always right."""

    EDITOR = "editor"
    TMDB = "tmdb"
    IMDB = "imdb"
    FANDOM = "fandom"
    WIKIDATA = "wikidata"


class IdSource(StrEnum):
    """Whose ids are identities: two entities of a kind never share one. Social handles are facts, not identities."""

    TMDB = "tmdb"
    IMDB = "imdb"
    TVDB = "tvdb"
    TVRAGE = "tvrage"
    WIKIDATA = "wikidata"
    FREEBASE = "freebase"


class Entity(SQLModel, table=True):
    """One thing of the catalogue.

    `removed_at`: an upstream stopped listing it; the row stays because talk may hang on it. `merged_into`: it turned
    out to be another entity, for ever. `version` is what an ETag is made of.
    """

    __tablename__ = "entities"
    __table_args__ = (
        one_of("kind", Kind),
        Index("ix_entities_gone", "id", postgresql_where=text("removed_at is not null or merged_into is not null")),
        Index("ix_entities_newest_people", text("created_at desc"), "id", postgresql_where=text("kind = 'person'")),
        {"schema": CORE},
    )

    id: UUID = new_id()
    kind: str
    merged_into: UUID | None = Field(default=None, foreign_key="core.entities.id", index=True)
    removed_at: datetime | None = moment()
    version: int = Field(default=1, sa_column=Column(BigInteger, nullable=False, server_default=text("1")))
    touched_by: int | None = Field(
        default=None,
        sa_column=Column(TransactionId, nullable=False, server_default=text("pg_current_xact_id()")),
        description="The transaction that raised the version last, so that each raises it once",
    )
    created_at: datetime | None = moment(now=True)


class ExternalId(SQLModel, table=True):
    """What another catalogue calls an entity. After a merge one entity may hold several ids of a source, one of them primary."""

    __tablename__ = "external_ids"
    __table_args__ = (
        one_of("kind", Kind),
        one_of("source", IdSource),
        Index("uq_external_ids_primary", "entity_id", "source", unique=True, postgresql_where=text("is_primary")),
        {"schema": CORE},
    )

    kind: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    entity_id: UUID = Field(foreign_key="core.entities.id", index=True)
    is_primary: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})


class Fact(SQLModel, table=True):
    """One source's view of one entity, normalised: the fields that this source knows, by their catalogue names.

    When it was asked stands in `ops.source_records`; `changed_at` moves only when a field does. `layers` tells of a
    source with several ways to be asked by which of them a field came.
    """

    __tablename__ = "facts"
    __table_args__ = (one_of("source", Source), {"schema": CORE})

    entity_id: UUID = Field(sa_column=Column(ForeignKey("core.entities.id"), primary_key=True))
    source: str = Field(primary_key=True)
    fields: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    layers: dict[str, str] = Field(
        default_factory=dict,
        sa_column=Column(JSONB, nullable=False, server_default="{}"),
        description="Field to layer (graphql, pages, datasets, export, list; api), where the source has layers",
    )
    changed_at: datetime | None = moment(now=True)


class MergeLog(SQLModel, table=True):
    """Two entities that turned out to be one: what changed and what was dropped, so that it can be undone.

    `journal` is {table: {"changed": [{"key", "from", "to"}], "dropped": [...]}}: of a row that changed or moved its key
    before and the columns that differ, of a dropped one all columns. A merge can be undone while it is the newest of
    both.
    """

    __tablename__ = "merge_log"
    __table_args__ = (one_of("kind", Kind), {"schema": CORE})

    id: UUID = new_id()
    kind: str
    winner_id: UUID = Field(foreign_key="core.entities.id", index=True)
    loser_id: UUID = Field(foreign_key="core.entities.id", index=True)
    reason: str = Field(description="Why they are one: an id that both sources gave, or what a person said")
    merged_by: str = Field(description="The stage or the person that merged them")
    journal: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    merged_at: datetime | None = moment(now=True)
    undone_at: datetime | None = moment()


class Alias(SQLModel, table=True):
    """Another name of a show or a person: an alternative title, a name also known as."""

    __tablename__ = "aliases"
    __table_args__ = (one_of("source", Source), {"schema": CORE})

    entity_id: UUID = Field(foreign_key="core.entities.id", primary_key=True)
    source: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    country: str = Field(default="", primary_key=True, sa_column_kwargs={"server_default": ""})
    kind: str = Field(default="", sa_column_kwargs={"server_default": ""}, description="As the source calls it")
