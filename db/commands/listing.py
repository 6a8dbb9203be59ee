"""Seasons and episodes as sources list them: which are shown under which numbers, and which are listed no more.

`core.listings` says which source lists what, under its own numbers. What any source lists is shown; what none lists any
more is marked, kept, and taken back when it returns.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, SQLModel

from db.bulk import Counts
from models.entities import Kind, Source
from models.shows import Episode, Season

MODELS: dict[Kind, type[SQLModel]] = {Kind.SEASON: Season, Kind.EPISODE: Episode}

_RANK = "array_position(array['editor', 'tmdb', 'imdb', 'wikidata', 'fandom'], l.source::text)"
"""Whose numbers are shown where sources number an item differently."""

_SAID = f"""
    select distinct on (l.entity_id) l.entity_id, l.season_number, l.episode_number, {_RANK} as rank
    from core.listings l where l.show_id = any(:shows) order by l.entity_id, {_RANK}
"""

_SEASONS = f"""
    with said as ({_SAID}),
    placed as (
        select r.id, a.season_number, row_number() over (
            partition by r.show_id, a.season_number order by a.rank, (r.id = any(:present)) desc, r.is_listed desc, r.id
        ) as place
        from core.seasons r join said a on a.entity_id = r.id
    )
    select r.id, coalesce(p.season_number, r.season_number) as season_number,
        coalesce(p.place = 1, false) as is_listed, r.season_number as number_before, r.is_listed as listed_before
    from core.seasons r left join placed p on p.id = r.id
    where p.id is not null or r.id = any(:gone)
"""

_EPISODES = f"""
    with said as ({_SAID}),
    meant as (
        select r.id, r.is_listed, coalesce(s.id, r.season_id) as season_id, a.episode_number, a.rank
        from core.episodes r join said a on a.entity_id = r.id
        left join core.seasons s on s.show_id = r.show_id and s.season_number = a.season_number and s.is_listed
    ),
    placed as (
        select m.*, row_number() over (
            partition by m.season_id, m.episode_number
            order by m.rank, (m.id = any(:present)) desc, m.is_listed desc, m.id
        ) as place
        from meant m
    )
    select r.id, coalesce(p.season_id, r.season_id) as season_id,
        coalesce(p.episode_number, r.episode_number) as episode_number,
        coalesce(p.place = 1, false) as is_listed, r.season_id as season_before, r.episode_number as number_before,
        r.is_listed as listed_before
    from core.episodes r left join placed p on p.id = r.id
    where p.id is not null or r.id = any(:gone)
"""


def end_listings(session: Session, source: Source, ids: Collection[UUID]) -> None:
    """Note that a source lists these no more."""
    session.execute(
        text("delete from core.listings where source = :source and entity_id = any(:ids)"),
        {"source": source, "ids": list(ids)},
    )


def place_seasons(
    session: Session, shows: Collection[UUID], *, present: Collection[UUID] = (), gone: Collection[UUID] = ()
) -> Counts:
    """Show the seasons of these shows as their sources list them.

    A number goes to one season: that of the source that comes first, of one source to what its newest answer names
    (`present`). The others are not shown. `gone` are those that a source has just ceased to list; a row that no source
    ever listed is left alone.
    """
    rows = session.execute(text(_SEASONS), {"shows": list(shows), "present": list(present), "gone": list(gone)}).all()
    moved = [row for row in rows if row.season_number != row.number_before]
    session.execute(
        text(
            "update core.seasons r set season_number = w.number"
            " from unnest(cast(:ids as uuid[]), cast(:numbers as integer[])) as w(id, number) where r.id = w.id"
        ),
        {"ids": [row.id for row in moved], "numbers": [row.season_number for row in moved]},
    )
    return _shown(session, Season, rows, {row.id for row in moved})


def place_episodes(
    session: Session, shows: Collection[UUID], *, present: Collection[UUID] = (), gone: Collection[UUID] = ()
) -> Counts:
    """Show the episodes of these shows as their sources list them, by the rule of `place_seasons`, seasons first."""
    rows = session.execute(text(_EPISODES), {"shows": list(shows), "present": list(present), "gone": list(gone)}).all()
    moved = [r for r in rows if (r.season_id, r.episode_number) != (r.season_before, r.number_before)]
    session.execute(
        text(
            "update core.episodes r set season_id = w.season, episode_number = w.number"
            " from unnest(cast(:ids as uuid[]), cast(:seasons as uuid[]), cast(:numbers as integer[]))"
            "   as w(id, season, number) where r.id = w.id"
        ),
        {
            "ids": [row.id for row in moved],
            "seasons": [row.season_id for row in moved],
            "numbers": [row.episode_number for row in moved],
        },
    )
    return _shown(session, Episode, rows, {row.id for row in moved})


def _shown(session: Session, model: type[SQLModel], rows: Collection[Any], moved: Collection[UUID]) -> Counts:
    back = [row.id for row in rows if row.is_listed and not row.listed_before]
    away = [row.id for row in rows if not row.is_listed and row.listed_before]
    list_again(session, model, [row.id for row in rows if row.is_listed])
    removed = unlist(session, model, away)
    touched = {*moved, *back} - set(away)
    return Counts(updated=len(touched)) + removed


def unlist(session: Session, model: type[SQLModel], ids: Collection[UUID]) -> Counts:
    """Mark rows as removed. Their numbers are free for others then; what hangs on them stays."""
    if not ids:
        return Counts()
    session.execute(
        text("update core.entities set removed_at = now() where id = any(:ids) and removed_at is null"),
        {"ids": list(ids)},
    )
    marked = session.execute(
        text(f"update core.{model.__tablename__} set is_listed = false where id = any(:ids) and is_listed"),
        {"ids": list(ids)},
    )
    return Counts(removed=marked.rowcount)  # type: ignore[attr-defined]


def list_again(session: Session, model: type[SQLModel], ids: Collection[UUID]) -> Counts:
    """Take back the removal of rows that an upstream lists again."""
    if not ids:
        return Counts()
    back = session.execute(
        text("update core.entities set removed_at = null where id = any(:ids) and removed_at is not null"),
        {"ids": list(ids)},
    )
    session.execute(
        text(f"update core.{model.__tablename__} set is_listed = true where id = any(:ids) and not is_listed"),
        {"ids": list(ids)},
    )
    return Counts(updated=back.rowcount)  # type: ignore[attr-defined]
