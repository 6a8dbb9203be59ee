"""Storing what a source lists of shows: the part that all sources of seasons and episodes have in common.

Each source has its own listings. A complete answer ends those of its own source only, and what is shown follows from all
of them (`db.commands.listing`). Rows are never deleted: discussions hang on episodes.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlmodel import Session

from db.bulk import Counts, write
from db.commands.identity import claim, create, known, open_case, several
from db.commands.listing import MODELS, end_listings, place_episodes, place_seasons
from db.derive import derive
from flows.bundles import Work
from flows.listed import Held, Item, Level, held_rows, matched
from flows.selection import ShowRef
from models.entities import IdSource, Kind, Source
from models.rules.matching import Stored
from models.rules.shrink import shrank
from models.shows import Listing

OWNED_BY_ANOTHER_SHOW = "{kind}-owned-by-another-show"
NAMES = {Source.TMDB: "TMDb", Source.IMDB: "IMDb"}
PLACE = {Kind.SEASON: place_seasons, Kind.EPISODE: place_episodes}


def store(work: Work, level: Level, parents: Mapping[str, UUID]) -> dict[str, UUID]:
    """Match, then write; answers our id of each item by its `source_id`."""
    held = held_rows(work.session, level.source, level.kind, level.shows)
    items = without_foreign(work, level, held)
    return put(work, level, held, items, matched(held, items), parents)


def put(
    work: Work,
    level: Level,
    held: Held,
    items: Sequence[Item],
    ids: Mapping[str, UUID],
    parents: Mapping[str, UUID],
    *,
    staying: Collection[str] = (),
) -> dict[str, UUID]:
    """Write matched items and make rows for the others; answers our id of each.

    Args:
        staying: items that stay listed where they were, whatever number they came with.
    """
    session, outcome, kind = work.session, work.outcome, level.kind
    table = f"core.{MODELS[kind].__tablename__}"
    items = [item for item in items if item.source_id in ids or item.parent is None or item.parent in parents]
    fresh = {item.source_id: uuid4() for item in items if item.source_id not in ids}
    ids = {item.source_id: ids[item.source_id] for item in items if item.source_id in ids} | fresh
    create(session, kind, fresh.values())
    made = write(session, MODELS[kind], [_row(item, ids, parents) for item in items if item.source_id in fresh])
    claims = {ids[item.source_id]: item.ids for item in items if item.ids}
    outcome.ambiguous += len(claim(session, kind, claims))
    outcome.count("core.facts", level.put_facts(session, {ids[item.source_id]: item for item in items}))
    placed = [item for item in items if item.place is not None and item.source_id not in staying]
    listings = [_listing(level.source, item, ids[item.source_id]) for item in placed]
    outcome.count("core.listings", write(session, Listing, listings))
    present = set(ids.values())
    missing = {show.id: _gone(work, level, held, show, present) for show in level.shows}
    level.dropped = {(show_id, held.own[row.id]) for show_id, rows in missing.items() for row in rows}
    gone = [row.id for rows in missing.values() for row in rows]
    end_listings(session, level.source, gone)
    outcome.count("core.listings", Counts(removed=len(gone)))
    shows = [show.id for show in level.shows]
    moved = PLACE[kind](session, shows, present=present, gone=gone)
    unchanged = max(0, len(ids) - made.inserted - moved.updated)
    outcome.count(table, made + moved + Counts(unchanged=unchanged))
    outcome.count(table, derive(session, kind, [*present, *gone]))
    return dict(ids)


def derive_totals(work: Work, shows: Sequence[ShowRef]) -> None:
    """Count anew what these shows and their seasons have, once everything below them is in its place."""
    ids = [show.id for show in shows]
    seasons = work.session.execute(text("select id from core.seasons where show_id = any(:shows)"), {"shows": ids})
    work.outcome.count("core.seasons", derive(work.session, Kind.SEASON, list(seasons.scalars())))
    work.outcome.count("core.shows", derive(work.session, Kind.SHOW, ids))


def _row(item: Item, ids: Mapping[str, UUID], parents: Mapping[str, UUID]) -> dict[str, Any]:
    row: dict[str, Any] = {"id": ids[item.source_id], "show_id": item.show.id}
    if item.parent is None:
        return row | {"season_number": item.number}
    return row | {"season_id": parents[item.parent], "episode_number": item.number}


def _listing(source: Source, item: Item, id_: UUID) -> dict[str, Any]:
    return {
        "entity_id": id_,
        "source": source,
        "show_id": item.show.id,
        "season_number": item.season_number,
        "episode_number": item.number if item.parent else None,
    }


def _gone(work: Work, level: Level, held: Held, show: ShowRef, present: Collection[UUID]) -> list[Stored]:
    """The rows of a show that the source lists no more. Where too many are missing at once, it is not believed."""
    listed = [row for row in held.rows.get(show.id, []) if row.id in held.own]
    if several(work.session, level.source, [show.id]):
        return []  # it was asked by one of the show's ids there
    gone = [row for row in listed if row.id not in present and level.covers(show.id, held.own[row.id])]
    left = [(level.kind, len(listed), len(listed) - len(gone))]
    if level.below and gone:
        left.append(
            (level.below.kind, *_episodes_left(work.session, level.below, show, {held.own[r.id] for r in gone}))
        )
    doubted = next((f"{after} of {before} {kind}s" for kind, before, after in left if shrank(before, after)), None)
    if work.allow_shrink or not doubted:
        return gone
    name = NAMES[level.source]
    problem = f"{name} lists {doubted}; none was removed (allow_shrink)"
    work.unfinished[show.id] = problem
    work.outcome.failures[f"{show.name} ({level.kind}s{'' if level.source == Source.TMDB else f' on {name}'})"] = (
        problem
    )
    return []


def _episodes_left(session: Session, episodes: Level, show: ShowRef, seasons: Collection[int]) -> tuple[int, int]:
    """How many episodes a source lists of a show, and how many would be left without these seasons."""
    held = held_rows(session, episodes.source, Kind.EPISODE, [show])
    listed = [row for row in held.rows.get(show.id, []) if row.id in held.own]
    coming = {item.source_id for item in episodes.items}
    return len(listed), sum(held.own[row.id] not in seasons or row.source_id in coming for row in listed)


def without_foreign(work: Work, level: Level, held: Held) -> list[Item]:
    """The items but for those whose id belongs to another show's row: which show is right is for a person to say."""
    owners = known(work.session, level.kind, IdSource(level.source), [item.source_id for item in level.items])
    own = {(show_id, row.id) for show_id, rows in held.rows.items() for row in rows}
    kept: list[Item] = []
    foreign: dict[UUID, list[Item]] = {}
    claimed: dict[str, Item] = {}
    for item in level.items:
        first = claimed.setdefault(item.source_id, item)
        owner = owners.get(item.source_id)
        if (owner is not None and (item.show.id, owner) not in own) or first.show.id != item.show.id:
            foreign.setdefault(item.show.id, []).append(item)
        else:
            kept.append(item)
    for show_id, items in foreign.items():
        reason = OWNED_BY_ANOTHER_SHOW.format(kind=level.kind)
        candidates = [candidate(level.source, item, owners.get(item.source_id)) for item in items]
        open_case(work.session, Kind.SHOW, show_id, level.source, reason, candidates)
        work.outcome.ambiguous += 1
    return kept


def candidate(source: Source, item: Item, owner: UUID | None) -> dict[str, Any]:
    """An item as a case tells of it, with the row that stands in its way."""
    return {
        "source": source,
        "value": item.source_id,
        "name": item.facts.get("name"),
        "entity_id": str(owner or ""),
    }
