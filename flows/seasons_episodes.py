"""Seasons and episodes, specials included.

Reads the TMDb show bundle (`season/N`); writes `core.seasons` and `core.episodes`. An incoming item is matched to a
stored row before anything is written: by TMDb's id, then number, then date. What a complete answer no longer lists is
marked as removed, never deleted: discussions hang on episodes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from prefect import task
from sqlalchemy import text
from sqlmodel import Session, SQLModel

from db.bulk import write
from db.commands.facts import Fields, put_facts
from db.commands.identity import claim, create, known, open_case
from db.commands.listing import list_again, unlist
from db.derive import derive
from flows.bundles import STORE, Bundle, Storing, store_all, storing
from flows.fetching import Fetched
from flows.outcome import Outcome
from flows.report import RunReport
from flows.selection import Selection, ShowRef
from flows.sources.tmdb.facts import episode_facts, identities, season_facts
from flows.sources.tmdb.payloads import EpisodePayload
from flows.stage import collecting, stage
from models.entities import IdSource, Kind, Source
from models.ops import Resource
from models.rules.matching import Incoming, Stored, match
from models.rules.shrink import shrank
from models.shows import Episode, Season

OWNED_BY_ANOTHER_SHOW = "{kind}-owned-by-another-show"


@collecting("seasons-episodes")
def sync_seasons_episodes(selection: Selection = Selection()) -> RunReport:
    """Bring seasons and episodes of the selected shows up to date."""
    with stage("seasons-episodes", selection) as run:
        store_all(run, Resource.SEASONS_EPISODES, store_seasons_episodes)
    return run.report


@task(**STORE)
def store_seasons_episodes(shows: list[ShowRef], fetched: Fetched, selection: Selection) -> Outcome:
    """Turn bundles into seasons and episodes, one transaction for the chunk."""
    with storing(shows, fetched, Resource.SEASONS_EPISODES, selection, parts=("season",)) as work:
        episodes = _Level(Kind.EPISODE, Episode, "episode_number")
        seasons = _Level(Kind.SEASON, Season, "season_number", below=episodes)
        for bundle in work.bundles:
            _collect(bundle, seasons, episodes, work.outcome)
        season_ids = _store(work, seasons, {})
        episodes.complete |= seasons.dropped  # TMDb has nothing more to say of those, so their episodes go with them
        _store(work, episodes, season_ids)
        shows_changed = derive(work.session, Kind.SHOW, [bundle.show.id for bundle in work.bundles])
        work.outcome.count("core.shows", shows_changed)
    return work.outcome


@dataclass
class Item:
    """A season or an episode that TMDb lists; `parent` is the TMDb id of an episode's season."""

    show: ShowRef
    tmdb_id: str
    number: int
    facts: Fields
    air_date: date | None
    ids: dict[str, str] = field(default_factory=dict)
    parent: str | None = None
    season_number: int = 0

    @property
    def place(self) -> tuple[int, ...]:
        """Its number within the show."""
        return (self.season_number, self.number) if self.parent else (self.number,)


@dataclass
class _Level:
    """All items of one kind in a chunk, and which shows and seasons the answers are complete about."""

    kind: Kind
    model: type[SQLModel]
    number: str
    items: list[Item] = field(default_factory=list)
    complete: set[tuple[UUID, int | None]] = field(default_factory=set)
    dropped: set[tuple[UUID, int | None]] = field(default_factory=set)
    below: "_Level | None" = None


def _collect(bundle: Bundle, seasons: _Level, episodes: _Level, outcome: Outcome) -> None:
    show, payload = bundle.show, bundle.payload
    seasons.complete.add((show.id, None))
    seen: set[int] = set()
    for summary in payload.seasons:
        number = summary.season_number
        if number is None or number in seen:
            outcome.drift["show: seasons[] without or with a repeated number"] = 1
            continue
        seen.add(number)
        details = payload.season_details.get(number)
        facts = season_facts(summary) | (
            {k: v for k, v in season_facts(details).items() if v is not None} if details else {}
        )
        ids = identities(details.external_ids) if details else {}
        seasons.items.append(Item(show, str(summary.id), number, facts, summary.air_date, ids))
        if details is None:
            continue
        episodes.complete.add((show.id, number))
        episodes.items += _episodes(show, str(summary.id), number, details.episodes, outcome)


def _episodes(
    show: ShowRef, season: str, season_number: int, payloads: Iterable[EpisodePayload], outcome: Outcome
) -> Iterable[Item]:
    seen: set[int] = set()
    for episode in payloads:
        if episode.episode_number is None or episode.episode_number in seen:
            outcome.drift["season: episodes[] without or with a repeated number"] = 1
            continue
        seen.add(episode.episode_number)
        yield Item(
            show,
            str(episode.id),
            episode.episode_number,
            episode_facts(episode),
            episode.air_date,
            parent=season,
            season_number=season_number,
        )


def _store(work: Storing, level: _Level, parents: dict[str, UUID]) -> dict[str, UUID]:
    """Match, then write by primary key; answers our id of each TMDb id."""
    session, outcome, kind = work.session, work.outcome, level.kind
    stored = _stored(session, kind, [bundle.show.id for bundle in work.bundles])
    items = _without_foreign(session, level, stored, outcome)
    ids: dict[str, UUID] = {}
    for show_id in {item.show.id for item in items}:
        mine = [item for item in items if item.show.id == show_id]
        ids |= match(stored.get(show_id, []), [Incoming(item.tmdb_id, item.place, item.air_date) for item in mine])
    fresh = {item.tmdb_id: uuid4() for item in items if item.tmdb_id not in ids}
    create(session, kind, fresh.values())
    ids |= fresh
    written = write(session, level.model, [_row(level, item, ids, parents) for item in items])
    outcome.count(f"core.{level.model.__tablename__}", written)
    claims = {ids[item.tmdb_id]: {IdSource.TMDB: item.tmdb_id, **item.ids} for item in items}
    outcome.ambiguous += len(claim(session, kind, claims))
    outcome.count("core.facts", put_facts(session, Source.TMDB, {ids[item.tmdb_id]: item.facts for item in items}))
    list_again(session, level.model, list(ids.values()))
    missing = [
        (show_id, row)
        for show_id, rows in stored.items()
        for row in _gone(work, level, show_id, rows, set(ids.values()))
    ]
    level.dropped = {(show_id, row.number[0]) for show_id, row in missing}
    gone = [row.id for _, row in missing]
    outcome.count(f"core.{level.model.__tablename__}", unlist(session, level.model, gone))
    outcome.count(f"core.{level.model.__tablename__}", derive(session, kind, [*ids.values(), *gone]))
    return ids


def _gone(work: Storing, level: _Level, show_id: UUID, rows: list[Stored], present: set[UUID]) -> list[Stored]:
    """The rows of a show that TMDb lists no more. Where too many are missing at once, TMDb is not believed."""
    listed = [row for row in rows if row.is_listed and row.source_id is not None]
    gone = [
        row
        for row in listed
        if row.id not in present and (show_id, row.number[0] if level.kind is Kind.EPISODE else None) in level.complete
    ]
    left = [(level.kind, len(listed), len(listed) - len(gone))]
    if level.below and gone:
        left.append((level.below.kind, *_episodes_left(work.session, level.below, show_id, gone)))
    doubted = next((f"{after} of {before} {kind}s" for kind, before, after in left if shrank(before, after)), None)
    if work.allow_shrink or not doubted:
        return gone
    show = next(bundle.show for bundle in work.bundles if bundle.show.id == show_id)
    problem = f"TMDb lists {doubted}; none was removed (allow_shrink)"
    work.unfinished[show_id] = problem
    work.outcome.failures[f"{show.name} ({level.kind}s)"] = problem
    return []


def _episodes_left(session: Session, episodes: "_Level", show_id: UUID, gone: list[Stored]) -> tuple[int, int]:
    """How many episodes a show has, and how many would be left without these seasons."""
    rows = _stored(session, Kind.EPISODE, [show_id]).get(show_id, [])
    listed = [row for row in rows if row.is_listed and row.source_id is not None]
    seasons, coming = {row.number[0] for row in gone}, {item.tmdb_id for item in episodes.items}
    return len(listed), sum(row.number[0] not in seasons or row.source_id in coming for row in listed)


def _row(level: _Level, item: Item, ids: dict[str, UUID], parents: dict[str, UUID]) -> dict[str, Any]:
    row = {"id": ids[item.tmdb_id], "show_id": item.show.id, level.number: item.number, "is_listed": True}
    return row | ({"season_id": parents[item.parent]} if item.parent else {})


def _stored(session: Session, kind: Kind, shows: list[UUID]) -> dict[UUID, list[Stored]]:
    """The rows of these shows, each with TMDb's id of it and whether it is listed."""
    numbers, join = {
        Kind.SEASON: ("array[r.season_number]", "core.seasons r"),
        Kind.EPISODE: (
            "array[s.season_number, r.episode_number]",
            "core.episodes r join core.seasons s on s.id = r.season_id",
        ),
    }[kind]
    found: dict[UUID, list[Stored]] = {}
    for show_id, is_listed, id_, source_id, number, air_date in session.execute(
        text(
            f"select r.show_id, r.is_listed, r.id, x.value, {numbers}, r.air_date from {join}"
            " left join core.external_ids x on x.entity_id = r.id and x.source = 'tmdb' and x.is_primary"
            " where r.show_id = any(:shows)"
        ),
        {"shows": shows},
    ):
        found.setdefault(show_id, []).append(Stored(id_, source_id, tuple(number), air_date, is_listed))
    return found


def _without_foreign(session: Session, level: _Level, stored: dict[UUID, list[Stored]], outcome: Outcome) -> list[Item]:
    """The items but for those whose TMDb id belongs to another show's row: which show is right is for a person to say."""
    owners = known(session, level.kind, IdSource.TMDB, [item.tmdb_id for item in level.items])
    own = {(show_id, row.id) for show_id, rows in stored.items() for row in rows}
    kept: list[Item] = []
    foreign: dict[UUID, list[Item]] = {}
    claimed: dict[str, Item] = {}
    for item in level.items:
        first = claimed.setdefault(item.tmdb_id, item)
        if (
            item.tmdb_id in owners and (item.show.id, owners[item.tmdb_id]) not in own
        ) or first.show.id != item.show.id:
            foreign.setdefault(item.show.id, []).append(item)
        else:
            kept.append(item)
    for show_id, items in foreign.items():
        candidates = [
            {
                "source": "tmdb",
                "value": item.tmdb_id,
                "name": item.facts.get("name"),
                "entity_id": str(owners.get(item.tmdb_id, "")),
            }
            for item in items
        ]
        open_case(session, Kind.SHOW, show_id, "tmdb", OWNED_BY_ANOTHER_SHOW.format(kind=level.kind), candidates)
        outcome.ambiguous += 1
    return kept
