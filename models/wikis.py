"""What fans' wikis tell: which wikis belong to a show, which page is about whom, and what stands on it.

Texts of a wiki are under its licence; the page that each belongs to holds address, revision and licence.
"""

from enum import StrEnum

from sqlalchemy import BigInteger, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import CORE, UUID, datetime, moment, new_id, one_of


class PageStatus(StrEnum):
    """Whether a page is about an entity. A candidate waits for a person to confirm or reject it."""

    CONFIRMED = "confirmed"
    CANDIDATE = "candidate"
    REJECTED = "rejected"


class TextKind(StrEnum):
    """What a piece of text of a page is."""

    BIOGRAPHY = "biography"
    TAGLINE = "tagline"
    TRIVIA = "trivia"


class ShowWiki(SQLModel, table=True):
    """A wiki to look for a show's people in. Operators edit this table: one switched off stays off."""

    __tablename__ = "show_wikis"
    __table_args__ = {"schema": CORE}

    show_id: UUID = Field(foreign_key="core.shows.id", primary_key=True)
    wiki: str = Field(primary_key=True, description="Its host: real-housewives.fandom.com")
    position: int = Field(default=0, sa_column_kwargs={"server_default": text("0")}, description="Asked in this order")
    is_active: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})
    origin: str = Field(description="Who said so: seed, wikidata or editor")


class WikiPage(SQLModel, table=True):
    """A page of a wiki that is, or may be, about an entity."""

    __tablename__ = "wiki_pages"
    __table_args__ = (
        one_of("status", PageStatus),
        UniqueConstraint("wiki", "title", "entity_id", name="uq_wiki_pages_claim"),
        Index("uq_wiki_pages_confirmed", "wiki", "title", unique=True, postgresql_where=text("status = 'confirmed'")),
        {"schema": CORE},
    )

    id: UUID = new_id()
    entity_id: UUID = Field(foreign_key="core.entities.id", index=True)
    show_id: UUID | None = Field(
        default=None, foreign_key="core.shows.id", description="The show it was looked for with"
    )
    wiki: str
    title: str
    url: str
    revision_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    licence: str
    status: str
    reason: str = Field(description="Why it is believed to be about the entity, or why not")
    decided_by: str | None = Field(default=None, description="The person who confirmed or rejected it")
    seen_at: datetime | None = moment(now=True)


class PageText(SQLModel, table=True):
    """A piece of text of a confirmed page, in the order of the page."""

    __tablename__ = "page_texts"
    __table_args__ = (one_of("kind", TextKind), {"schema": CORE})

    page_id: UUID = Field(foreign_key="core.wiki_pages.id", primary_key=True)
    kind: str = Field(primary_key=True)
    position: int = Field(primary_key=True, ge=0)
    entity_id: UUID = Field(foreign_key="core.entities.id", index=True)
    season_number: int | None = Field(default=None, description="Of a tagline")
    season_order: str | None = Field(default=None, description="As written, e.g. 2/6: the second of six")
    body: str


class Relation(SQLModel, table=True):
    """Somebody whom a page names as family, friend, enemy or love of a person."""

    __tablename__ = "relations"
    __table_args__ = {"schema": CORE}

    page_id: UUID = Field(foreign_key="core.wiki_pages.id", primary_key=True)
    kind: str = Field(primary_key=True, description="family, friend, enemy or romance")
    name: str = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="core.people.id", index=True)
    other_id: UUID | None = Field(
        default=None, foreign_key="core.people.id", index=True, description="Where that is a person of the catalogue"
    )
    note: str | None = Field(default=None, description="As the page puts it: sister, ex-husband ...")
    title: str | None = Field(default=None, description="The page that the name leads to")


class ReunionSeat(SQLModel, table=True):
    """Where somebody sat at a reunion."""

    __tablename__ = "reunion_seats"
    __table_args__ = {"schema": CORE}

    page_id: UUID = Field(foreign_key="core.wiki_pages.id", primary_key=True)
    season_number: int = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="core.people.id", index=True)
    show_id: UUID | None = Field(default=None, foreign_key="core.shows.id", index=True)
    side: str | None = None
    seat: str | None = Field(
        default=None, description="As written, e.g. 2/3: the second of three, counted from the host"
    )
