"""Episode groups: the other orders that a show's episodes can be told in, reunions on their own among them.

Reads the TMDb show bundle (`episode_groups` names them) and a record per group; writes `core.episode_groups` and
`core.episode_group_items`. Episodes that we do not hold have no place in an order; what a complete answer no longer lists
is removed.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from prefect import task
from sqlalchemy import text
from sqlmodel import Session

from db import records
from db.bulk import write
from db.records import RecordKey
from db.session import read, transaction
from flows.bundles import CHUNK, STORE, Storing, note_refused, parsed, store_or_single_out, storing, tmdb_refs
from flows.contents import contents
from flows.fetching import Fetched, fetch_chunks
from flows.outcome import Outcome
from flows.report import RunReport
from flows.selection import Selection, ShowRef, selected_shows
from flows.sources.tmdb.payloads import EpisodeGroupPayload
from flows.stage import chunks, collecting, stage
from models.entities import Source
from models.ops import Resource
from models.shows import EpisodeGroup, EpisodeGroupItem

TYPES = {
    1: "original_air_date",
    2: "absolute",
    3: "dvd",
    4: "digital",
    5: "story_arc",
    6: "production",
    7: "tv",
}


@collecting("episode-groups")
def sync_episode_groups(selection: Selection = Selection()) -> RunReport:
    """Bring the alternative orders of the selected shows up to date."""
    with stage("episode-groups", selection) as run:
        with read() as connection:
            shows = [s for s in selected_shows(connection, selection, Resource.EPISODE_GROUPS) if s.tmdb_id]
        run.select(shows)
        for piece, fetched in fetch_chunks(run, "show", chunks(shows, CHUNK), tmdb_refs):
            with transaction() as session:
                _expire_changed(session, piece)
                refs = [ref for refs in group_refs(session, piece).values() for ref in refs]
            for _, of_groups in fetch_chunks(run, "episode_group", chunks(refs, CHUNK), list):
                fetched.failures |= of_groups.failures
            refused = partial(note_refused, Resource.EPISODE_GROUPS)
            run.add(store_or_single_out(store_episode_groups, piece, fetched, selection, refused))
    return run.report


def group_refs(session: Session, shows: Sequence[ShowRef]) -> dict[str, Mapping[str, int]]:
    """The groups that each show's bundle names, by TMDb's ids, with how many episodes it says they hold."""
    return {show: bundle.groups for show, bundle in contents(session, shows).items()}


def _expire_changed(session: Session, shows: Sequence[ShowRef]) -> None:
    """Make groups due whose number of episodes is no longer the one that they were answered with."""
    told = {ref: count for groups in group_refs(session, shows).values() for ref, count in groups.items()}
    answers = records.load(session, [RecordKey("tmdb", "episode_group", ref) for ref in told])
    stale = [key for key, record in answers.items() if (record.body.get("episode_count") or 0) != told[key.ref]]
    records.expire(session, stale)


def _reads(session: Session, shows: Sequence[ShowRef]) -> dict[UUID, list[RecordKey]]:
    refs = group_refs(session, shows)
    return {
        show.id: [RecordKey("tmdb", "episode_group", ref) for ref in refs.get(show.tmdb_id or "", {})] for show in shows
    }


@task(**STORE)
def store_episode_groups(shows: list[ShowRef], fetched: Fetched, selection: Selection) -> Outcome:
    """Turn group records into orders, one transaction for the chunk."""
    with storing(shows, fetched, Resource.EPISODE_GROUPS, selection, reads=_reads) as work:
        found = {bundle.show.id: _groups(work, bundle.show, fetched) for bundle in work.bundles}
        whole = [show_id for show_id in found if show_id not in work.unfinished]
        rows = [
            {
                "id": uuid4(),
                "show_id": show_id,
                "source": Source.TMDB,
                "source_id": group.id,
                "name": group.name or group.id,
                "description": group.description,
                "type": TYPES.get(group.type or 0, "original_air_date"),
            }
            for show_id, groups in found.items()
            for group in groups
        ]
        key = ("show_id", "source", "source_id")
        scope = {"show_id": whole, "source": Source.TMDB}
        work.outcome.count(
            "core.episode_groups", write(work.session, EpisodeGroup, rows, key=key, scope=scope, insert_only=("id",))
        )
        items = [item for show_id, groups in found.items() for item in _items(work.session, show_id, groups)]
        work.outcome.count(
            "core.episode_group_items", write(work.session, EpisodeGroupItem, items, scope={"show_id": whole})
        )
    return work.outcome


def _groups(work: Storing, show: ShowRef, fetched: Fetched) -> list[EpisodeGroupPayload]:
    keys = _reads(work.session, [show])[show.id]
    answers = records.load(work.session, keys)
    groups = []
    for key in keys:
        group, problem = parsed(EpisodeGroupPayload, answers.get(key), work.outcome.drift)
        if group:
            groups.append(group)
        else:
            work.unfinished[show.id] = f"group {key.ref}: {fetched.failures.get(key.ref) or problem or 'not answered'}"
            work.outcome.failures[f"{show.name} (order {key.ref})"] = work.unfinished[show.id]
    return groups


def _items(session: Session, show_id: UUID, groups: Sequence[EpisodeGroupPayload]) -> list[dict[str, Any]]:
    found = "source_id, id from core.episode_groups where show_id = :show and source = 'tmdb'"
    ours = dict(session.execute(text(f"select {found}"), {"show": show_id}).tuples().all())
    listed = "tmdb_id, id from core.episodes where show_id = :show and tmdb_id is not null and is_listed"
    episodes = dict(session.execute(text(f"select {listed}"), {"show": show_id}).tuples().all())
    return [
        {
            "group_id": ours[group.id],
            "episode_id": episodes[episode.id],
            "show_id": show_id,
            "part": part.order if part.order is not None else number,
            "part_name": part.name,
            "position": episode.order if episode.order is not None else position,
        }
        for group in groups
        for number, part in enumerate(group.groups)
        for position, episode in enumerate(part.episodes)
        if episode.id in episodes
    ]
