"""People, and who belongs to which show as what."""

from datetime import date
from enum import StrEnum

from sqlalchemy import Column, Index, Numeric, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import CHOSEN, CORE, UUID, datetime, entity_id, moment, new_id, one_of, slug, texts
from models.entities import Source
from models.rules.zodiac import Sign


class Gender(StrEnum):
    """As the person presents; `unknown` until a source says."""

    FEMALE = "female"
    MALE = "male"
    NON_BINARY = "non_binary"
    UNKNOWN = "unknown"


class Precision(StrEnum):
    """How exactly a date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class CreditCategory(StrEnum):
    """On screen, behind it, or the mind of it."""

    CAST = "cast"
    CREW = "crew"
    CREATOR = "creator"


class RosterRole(StrEnum):
    """What somebody is in a show, as its fans tell people apart."""

    MAIN = "main"
    FRIEND = "friend"
    GUEST = "guest"
    HOST = "host"


class Person(SQLModel, table=True):
    """A person, as shown. Never matched by name alone, never deleted.

    A birth or death that is known by its month or year alone has the first day of it as its date; `birth_precision` and
    `death_precision` say so. A zodiac sign follows from a birth date that is known to the day, and from nothing else.
    """

    __tablename__ = "people"
    __table_args__ = (
        one_of("gender", Gender),
        one_of("birth_precision", Precision),
        one_of("death_precision", Precision),
        one_of("zodiac", Sign),
        Index("ix_people_sort_name_id", "sort_name", "id"),
        {"schema": CORE},
    )

    id: UUID = entity_id()
    imdb_id: str | None = Field(default=None, unique=True)
    tmdb_id: int | None = Field(default=None, unique=True)
    name: str
    slug: str = slug()
    sort_name: str = Field(default="", sa_column_kwargs={"server_default": ""})
    biography: str | None = None
    birth_date: date | None = None
    birth_precision: str | None = None
    death_date: date | None = None
    death_precision: str | None = None
    zodiac: str | None = None
    birth_place: str | None = None
    residence: str | None = None
    occupations: list[str] = texts()
    gender: str = Field(default=Gender.UNKNOWN, sa_column_kwargs={"server_default": "unknown"})
    known_for: str | None = Field(default=None, description="The department a person is known for, e.g. Acting")
    homepage: str | None = None
    adult: bool | None = None
    tmdb_popularity: float | None = Field(default=None, sa_column=Column(Numeric(12, 4)))
    facebook_id: str | None = None
    instagram_id: str | None = None
    twitter_id: str | None = None
    tiktok_id: str | None = None
    youtube_id: str | None = None
    profile_image_id: UUID | None = Field(default=None, description=CHOSEN)
    created_at: datetime | None = moment(now=True)


class Credit(SQLModel, table=True):
    """One role of a person in a show, as one source lists it."""

    __tablename__ = "credits"
    __table_args__ = (
        one_of("source", Source),
        one_of("category", CreditCategory),
        UniqueConstraint("show_id", "source", "source_id", name="uq_credits_show_id_source_source_id"),
        Index("ix_credits_person_id_category_show_id", "person_id", "category", "show_id"),
        {"schema": CORE},
    )

    id: UUID = new_id()
    show_id: UUID = Field(foreign_key="core.shows.id")
    person_id: UUID = Field(foreign_key="core.people.id")
    source: str
    source_id: str = Field(description="The source's id of the credit (TMDb: credit_id)")
    category: str
    department: str | None = None
    job: str | None = Field(default=None, description="What a crew member does")
    character: str | None = Field(default=None, description="Whom a cast member plays; often 'Self'")
    billing_order: int | None = None


class CreditCount(SQLModel, table=True):
    """In how many episodes of a show or of a season a source says a person takes part.

    TMDb lists a season's regulars with no episode, so their counts are claims, not sums of appearances.
    """

    __tablename__ = "credit_counts"
    __table_args__ = (
        one_of("source", Source),
        one_of("category", CreditCategory),
        Index(
            "ix_credit_counts_of_shows",
            *("person_id", "show_id", "episodes"),
            postgresql_where=text("entity_id = show_id and category = 'cast'"),
        ),
        {"schema": CORE},
    )

    entity_id: UUID = Field(foreign_key="core.entities.id", primary_key=True, description="The show, or the season")
    person_id: UUID = Field(foreign_key="core.people.id", primary_key=True, index=True)
    source: str = Field(primary_key=True)
    category: str = Field(primary_key=True)
    show_id: UUID = Field(foreign_key="core.shows.id", index=True)
    episodes: int = Field(ge=0)
    is_regular: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    billing_order: int | None = None


class CastRole(SQLModel, table=True):
    """What a person is in a show, or in one season of it, as an editor of ours has said: the curated cast."""

    __tablename__ = "cast_roles"
    __table_args__ = (one_of("role", RosterRole), {"schema": CORE})

    entity_id: UUID = Field(foreign_key="core.entities.id", primary_key=True, description="The show, or the season")
    person_id: UUID = Field(foreign_key="core.people.id", primary_key=True, index=True)
    show_id: UUID = Field(foreign_key="core.shows.id", index=True)
    role: str
    billing_order: int | None = Field(default=None, description="Their place in the cast, before what sources bill")
    notes: str | None = None
    updated_at: datetime | None = moment(now=True)


class Appearance(SQLModel, table=True):
    """A person in an episode, as one source lists it: on screen, or at work on it.

    A role of its own for each word of the source (`Self`, `Self - Guest`, `Director`); characters stand in `role`.
    """

    __tablename__ = "appearances"
    __table_args__ = (one_of("source", Source), one_of("category", CreditCategory), {"schema": CORE})

    episode_id: UUID = Field(foreign_key="core.episodes.id", primary_key=True)
    person_id: UUID = Field(foreign_key="core.people.id", primary_key=True, index=True)
    source: str = Field(primary_key=True)
    category: str = Field(primary_key=True)
    job: str = Field(default="", primary_key=True, sa_column_kwargs={"server_default": ""})
    show_id: UUID = Field(foreign_key="core.shows.id", index=True)
    role: str | None = Field(default=None, description="Whom they play or as whom they appear; often 'Self'")
    attributes: list[str] = texts()
    is_archive_footage: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    billing_order: int | None = None
