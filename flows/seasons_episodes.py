"""Seasons and episodes, specials included.

Reads the TMDb show bundle (`season/N`), then IMDb's episodes (`flows.imdb_episodes`); writes `core.seasons`,
`core.episodes` and `core.listings`. An incoming item is matched to a stored row before anything is written: by its
source's id, then number, then date. What no source lists any more is marked as removed, never deleted: discussions hang
on episodes.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from prefect import task
from sqlmodel import Session

from db.bulk import Counts
from db.commands.facts import put_facts
from flows.bundles import STORE, Bundle, Storing, Work, store_all, storing
from flows.fetching import Fetched
from flows.imdb_episodes import store_imdb_episodes
from flows.imdb_storing import store_all_imdb
from flows.listed import Item, Level
from flows.listings import derive_totals, store
from flows.outcome import Outcome
from flows.report import RunReport
from flows.selection import Selection, ShowRef
from flows.sources.tmdb.facts import episode_facts, identities, season_facts
from flows.sources.tmdb.payloads import EpisodePayload
from flows.stage import collecting, stage
from models.entities import IdSource, Kind, Source
from models.ops import Resource


@collecting("seasons-episodes")
def sync_seasons_episodes(selection: Selection = Selection()) -> RunReport:
    """Bring seasons and episodes of the selected shows up to date, with TMDb and then with IMDb."""
    with stage("seasons-episodes", selection) as run:
        store_all(run, Resource.SEASONS_EPISODES, store_seasons_episodes)
        store_all_imdb(run, "episodes", Resource.IMDB_EPISODES, store_imdb_episodes)
    return run.report


@task(**STORE)
def store_seasons_episodes(shows: list[ShowRef], fetched: Fetched, selection: Selection) -> Outcome:
    """Turn bundles into seasons and episodes, one transaction for the chunk."""
    with storing(shows, fetched, Resource.SEASONS_EPISODES, selection, parts=("season",)) as work:
        put_seasons_episodes(work)
    return work.outcome


def put_seasons_episodes(work: Storing) -> None:
    """Store what TMDb lists of these shows: rows, listings, ids and facts."""
    shows = [bundle.show for bundle in work.bundles]
    episodes = Level(Source.TMDB, Kind.EPISODE, shows, _put_facts)
    seasons = Level(Source.TMDB, Kind.SEASON, shows, _put_facts, below=episodes)
    for bundle in work.bundles:
        _collect(bundle, seasons, episodes, work)
    season_ids = store(work, seasons, {})
    episodes.complete |= seasons.dropped  # TMDb has nothing more to say of those, so their episodes go with them
    store(work, episodes, season_ids)
    derive_totals(work, shows)


def _collect(bundle: Bundle, seasons: Level, episodes: Level, work: Work) -> None:
    show, payload = bundle.show, bundle.payload
    seasons.complete.add((show.id, None))
    seen: set[int] = set()
    for summary in payload.seasons:
        number = summary.season_number
        if number is None or number in seen:
            work.outcome.drift["show: seasons[] without or with a repeated number"] = 1
            continue
        seen.add(number)
        details = payload.season_details.get(number)
        facts = season_facts(summary) | (
            {k: v for k, v in season_facts(details).items() if v is not None} if details else {}
        )
        source_id = str(summary.id)
        ids = {IdSource.TMDB: source_id} | (identities(details.external_ids) if details else {})
        seasons.items.append(Item(show, source_id, number, number, facts, summary.air_date, ids))
        if details is None:
            continue
        episodes.complete.add((show.id, number))
        episodes.items += _episodes(show, source_id, number, details.episodes, work.outcome)


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
            season_number,
            episode_facts(episode),
            episode.air_date,
            {IdSource.TMDB: str(episode.id)},
            parent=season,
        )


def _put_facts(session: Session, items: Mapping[UUID, Item]) -> Counts:
    return put_facts(session, Source.TMDB, {id_: item.facts for id_, item in items.items()})
