"""Shows, their seasons and episodes. The columns here are what is *shown*: `db.derive` alone writes them, from facts."""

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Integer, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, ExcludeConstraint
from sqlmodel import Field, SQLModel

from models.base import CHOSEN, CORE, UUID, datetime, entity_id, moment, new_id, one_of, slug, texts
from models.entities import Source


def _number(precision: int, scale: int) -> Any:
    return Field(default=None, sa_column=Column(Numeric(precision, scale), nullable=True))


def _unique_while_listed(name: str, *columns: str) -> ExcludeConstraint:
    """No two listed rows share these columns. Checked at commit, so that a renumbering may swap numbers."""
    return ExcludeConstraint(
        *((column, "=") for column in columns),
        name=name,
        using="btree",
        where=text("is_listed"),
        deferrable=True,
        initially="DEFERRED",
    )


class LabelKind(StrEnum):
    """What kind of word describes a show."""

    GENRE = "genre"
    KEYWORD = "keyword"
    TAG = "tag"


class Show(SQLModel, table=True):
    """A show, as shown.

    `most_recent_episode` and `next_episode` are objects of `season_number`, `episode_number`, `name`, `air_date`,
    `tmdb_id`. `season_total` counts numbered seasons (specials apart), `episode_total` their episodes: of the rows,
    where there are any, else as claimed by a source; `totals_counted` says which.
    """

    __tablename__ = "shows"
    __table_args__ = {"schema": CORE}

    id: UUID = entity_id()
    imdb_id: str | None = Field(default=None, unique=True)
    tmdb_id: int | None = Field(default=None, unique=True)
    name: str
    slug: str = slug()
    original_name: str | None = None
    sort_name: str = Field(default="", index=True, sa_column_kwargs={"server_default": ""})
    description: str | None = None
    tagline: str | None = None
    homepage: str | None = None
    status: str | None = Field(default=None, description="As TMDb words it: Returning Series, Ended, Canceled ...")
    type: str | None = Field(default=None, description="As TMDb words it: Reality, Talk Show, Scripted ...")
    in_production: bool | None = None
    adult: bool | None = None
    premiere_date: date | None = None
    last_air_date: date | None = None
    content_rating: str | None = Field(default=None, description="Of the United States, e.g. TV-14")
    original_language: str | None = None
    languages: list[str] = texts()
    spoken_languages: list[str] = texts()
    origin_countries: list[str] = texts()
    production_countries: list[str] = texts()
    runtimes: list[int] = Field(
        default_factory=list,
        sa_column=Column(ARRAY(Integer), nullable=False, server_default=text("'{}'::integer[]")),
        description="Minutes",
    )
    genres: list[str] = texts()
    keywords: list[str] = texts()
    tags: list[str] = texts()
    listed_on: list[str] = texts()
    season_total: int | None = None
    episode_total: int | None = None
    totals_counted: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    most_recent_episode: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    next_episode: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    tmdb_vote_average: float | None = _number(5, 3)
    tmdb_vote_count: int | None = None
    tmdb_popularity: float | None = _number(12, 4)
    imdb_rating: float | None = _number(3, 1)
    imdb_vote_count: int | None = None
    facebook_id: str | None = None
    instagram_id: str | None = None
    twitter_id: str | None = None
    poster_image_id: UUID | None = Field(default=None, description=CHOSEN)
    backdrop_image_id: UUID | None = Field(default=None, description=CHOSEN)
    logo_image_id: UUID | None = Field(default=None, description=CHOSEN)
    created_at: datetime | None = moment(now=True)


class ShowLabel(SQLModel, table=True):
    """A genre, keyword or tag that a source gives a show. `Show.genres` and its sisters are the union."""

    __tablename__ = "show_labels"
    __table_args__ = (one_of("source", Source), one_of("kind", LabelKind), {"schema": CORE})

    show_id: UUID = Field(foreign_key="core.shows.id", primary_key=True)
    source: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    name: str = Field(primary_key=True)


class ContentRating(SQLModel, table=True):
    """An audience rating of a show in a country."""

    __tablename__ = "content_ratings"
    __table_args__ = (one_of("source", Source), {"schema": CORE})

    show_id: UUID = Field(foreign_key="core.shows.id", primary_key=True)
    source: str = Field(primary_key=True)
    country: str = Field(primary_key=True, description="ISO 3166-1")
    rating: str = Field(primary_key=True, description="As the country words it; some give a show two, e.g. by season")
    descriptors: list[str] = texts()


class Season(SQLModel, table=True):
    """A season. Season 0 (specials) is an ordinary one."""

    __tablename__ = "seasons"
    __table_args__ = (
        UniqueConstraint("id", "show_id", name="uq_seasons_id_show_id"),
        _unique_while_listed("ex_seasons_number", "show_id", "season_number"),
        {"schema": CORE},
    )

    id: UUID = entity_id()
    show_id: UUID = Field(foreign_key="core.shows.id", index=True)
    season_number: int = Field(ge=0)
    is_listed: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})
    imdb_id: str | None = None
    tmdb_id: int | None = Field(default=None, unique=True)
    name: str | None = None
    overview: str | None = None
    air_date: date | None = None
    episode_total: int | None = None
    tmdb_vote_average: float | None = _number(5, 3)
    poster_image_id: UUID | None = Field(default=None, description=CHOSEN)
    created_at: datetime | None = moment(now=True)


class Listing(SQLModel, table=True):
    """That a source lists a season or an episode, and under which numbers of its own.

    What is listed by any source is shown as listed (`is_listed`); a complete answer removes its own source's rows only.
    """

    __tablename__ = "listings"
    __table_args__ = (one_of("source", Source), {"schema": CORE})

    entity_id: UUID = Field(foreign_key="core.entities.id", primary_key=True)
    source: str = Field(primary_key=True)
    show_id: UUID = Field(foreign_key="core.shows.id", index=True)
    season_number: int = Field(ge=0)
    episode_number: int | None = Field(default=None, ge=0, description="None for a season")


class EpisodeGroup(SQLModel, table=True):
    """Another order that a show's episodes can be told in: by production, by story, reunions only ..."""

    __tablename__ = "episode_groups"
    __table_args__ = (
        one_of("source", Source),
        UniqueConstraint("show_id", "source", "source_id", name="uq_episode_groups_identity"),
        {"schema": CORE},
    )

    id: UUID = new_id()
    show_id: UUID = Field(foreign_key="core.shows.id")
    source: str
    source_id: str
    name: str
    description: str | None = None
    type: str = Field(description="original_air_date, absolute, dvd, digital, story_arc, production or tv")


class EpisodeGroupItem(SQLModel, table=True):
    """An episode's place in such an order: in which of its parts, and where there."""

    __tablename__ = "episode_group_items"
    __table_args__ = {"schema": CORE}

    group_id: UUID = Field(sa_column=Column(ForeignKey("core.episode_groups.id", ondelete="CASCADE"), primary_key=True))
    episode_id: UUID = Field(foreign_key="core.episodes.id", primary_key=True, index=True)
    show_id: UUID = Field(foreign_key="core.shows.id", index=True)
    part: int = Field(primary_key=True, description="Counted from 0, as the source does")
    part_name: str | None = None
    position: int = Field(description="Within its part, counted from 0")


class Episode(SQLModel, table=True):
    """An episode. Episode 0 is an ordinary one; a row is never deleted, because discussions hang on it."""

    __tablename__ = "episodes"
    __table_args__ = (
        # Deferrable, so that a merge of shows may move seasons and their episodes.
        ForeignKeyConstraint(["season_id", "show_id"], ["core.seasons.id", "core.seasons.show_id"], deferrable=True),
        _unique_while_listed("ex_episodes_number", "season_id", "episode_number"),
        {"schema": CORE},
    )

    id: UUID = entity_id()
    show_id: UUID = Field(foreign_key="core.shows.id", index=True)
    season_id: UUID = Field(index=True)
    episode_number: int = Field(ge=0)
    is_listed: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})
    imdb_id: str | None = Field(default=None, unique=True)
    tmdb_id: int | None = Field(default=None, unique=True)
    name: str | None = None
    overview: str | None = None
    air_date: date | None = Field(default=None, index=True)
    runtime: int | None = Field(default=None, description="Minutes")
    episode_type: str | None = Field(default=None, description="As TMDb words it: standard, finale, mid_season ...")
    production_code: str | None = None
    tmdb_vote_average: float | None = _number(5, 3)
    tmdb_vote_count: int | None = None
    imdb_rating: float | None = _number(3, 1)
    imdb_vote_count: int | None = None
    still_image_id: UUID | None = Field(default=None, description=CHOSEN)
    created_at: datetime | None = moment(now=True)
