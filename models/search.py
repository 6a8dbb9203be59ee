"""What entities are found by: the words that a search looks through, and the slugs of their addresses.

Both follow from what is shown: derive writes them (`db/search_terms.py`, `db/slugs.py`), nobody else.
"""

from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.base import CORE, UUID, datetime, moment, one_of
from models.entities import Kind

SEARCHED = (Kind.SHOW, Kind.PERSON, Kind.EPISODE)
"""The kinds of entities that a search finds."""

SLUGGED = (Kind.SHOW, Kind.PERSON)
"""The kinds of entities whose addresses may be words."""


class Origin(StrEnum):
    """What a term is of its entity, the best first."""

    NAME = "name"
    ORIGINAL = "original"
    ALIAS = "alias"
    INITIALISM = "initialism"


class SearchTerm(SQLModel, table=True):
    """Something that an entity is called, as a search compares it: small letters without accents, punctuation as one space.

    Without a foreign key, so that a merge leaves the rows alone: it derives both entities anew, and these rows with them.
    """

    __tablename__ = "search_terms"
    __table_args__ = (
        one_of("kind", SEARCHED),
        one_of("origin", Origin),
        Index(
            "ix_search_terms_beginning",
            "kind",
            "term",
            text("weight desc"),
            postgresql_ops={"term": "text_pattern_ops"},
            postgresql_include=["entity_id", "origin"],
        ),
        *(
            Index(
                f"ix_search_terms_{kind}",
                text("to_tsvector('simple', term)"),
                postgresql_using="gin",
                postgresql_where=text(f"kind = '{kind}'"),
            )
            for kind in SEARCHED
        ),
        {"schema": CORE},
    )

    entity_id: UUID = Field(primary_key=True)
    term: str = Field(primary_key=True)
    kind: str = Field(description="The entity's kind: show, person or episode")
    origin: str = Field(description="name, original (name), alias or initialism; the best that the term is")
    weight: int = Field(description="How well known the entity is, in steps of a logarithm that seldom change")


class SearchWord(SQLModel, table=True):
    """A word of some term, of four letters or more: among these a search looks for what a misspelt word was meant to be.

    One that no term has any more stays. It leads to nothing.
    """

    __tablename__ = "search_words"
    __table_args__ = (
        Index("ix_search_words_alike", "word", postgresql_using="gin", postgresql_ops={"word": "gin_trgm_ops"}),
        {"schema": CORE},
    )

    word: str = Field(primary_key=True)


class Slug(SQLModel, table=True):
    """A slug that an entity has or had. It leads there for ever, and to nothing else; the present one is the entity's own."""

    __tablename__ = "slugs"
    __table_args__ = (one_of("kind", SLUGGED), {"schema": CORE})

    kind: str = Field(primary_key=True)
    slug: str = Field(primary_key=True)
    entity_id: UUID = Field(foreign_key="core.entities.id", index=True)
    created_at: datetime | None = moment(now=True)
