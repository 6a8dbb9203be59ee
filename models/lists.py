"""The curated lists that say which shows belong to the catalogue."""

from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import CORE, UUID, datetime, moment, new_id, one_of


class ListSource(StrEnum):
    """Where a list is kept. `manual`: ids that an operator named in a run's parameters."""

    TMDB = "tmdb"
    IMDB = "imdb"
    MANUAL = "manual"


class ShowList(SQLModel, table=True):
    """A list at its source."""

    __tablename__ = "lists"
    __table_args__ = (
        one_of("source", ListSource),
        UniqueConstraint("source", "source_id", name="uq_lists_source_source_id"),
        {"schema": CORE},
    )

    id: UUID = new_id()
    source: str
    source_id: str
    name: str | None = None
    description: str | None = None
    created_at: datetime | None = moment(now=True)


class ListItem(SQLModel, table=True):
    """A show's place on a list. Leaving the list is recorded, not forgotten; coming back clears it."""

    __tablename__ = "list_items"
    __table_args__ = {"schema": CORE}

    list_id: UUID = Field(foreign_key="core.lists.id", primary_key=True)
    show_id: UUID = Field(foreign_key="core.shows.id", primary_key=True, index=True)
    rank: int | None = None
    note: str | None = None
    added_at: datetime | None = moment(now=True)
    left_at: datetime | None = moment()
