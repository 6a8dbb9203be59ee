"""Storing what the show bundles say: the part that all stages over bundles have in common.

`storing` opens the chunk's one transaction, reads and parses its bundles, and records how each show fared. A bundle
that does not parse fails its show, keeps its raw body, and holds up no other.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import psycopg
from prefect.cache_policies import NO_CACHE
from sqlalchemy import exc
from sqlmodel import Session

from db import records, sync_state
from db.commands.identity import followed, open_case, settle_cases
from db.records import Record, RecordKey
from db.session import read, unit_of_work
from flows.fetching import Fetched, fetch_chunks
from flows.outcome import Outcome
from flows.selection import Selection, ShowRef, selected_shows
from flows.sources.errors import MalformedAnswer
from flows.sources.payload import Payload, drift
from flows.sources.tmdb.payloads import ShowPayload
from flows.stage import StageRun, chunks
from models.entities import IdSource, Kind
from models.ops import Resource

CHUNK = 25
"""Shows. A bundle of a long-running show is a megabyte of text, and ten once it is parsed."""

REFUSED = (exc.DataError, exc.IntegrityError, psycopg.DataError, psycopg.IntegrityError)
"""The database will not have a value, which is too large or contradicts another. Bulk writes speak to psycopg directly."""

Item = TypeVar("Item")
PayloadT = TypeVar("PayloadT", bound=Payload)


Reads = Callable[[Session, Sequence[ShowRef]], Mapping[UUID, Sequence[RecordKey]]]
"""Names the records that a stage reads about each show, besides its bundle."""

ANOTHER_ID = "answers-as-another"

LARGE_PARTS = ("aggregate_credits", "images", "watch/providers", "season")
"""Parts of a bundle that cost much to parse; `season` stands for all seasons."""

MARGIN = timedelta(minutes=1)
"""What changed less than this before it was stored is stored once more: the two clocks are those of transactions."""


class Bundle(NamedTuple):
    """A show, and what TMDb says of it."""

    show: ShowRef
    payload: ShowPayload


@dataclass
class Work:
    """A chunk being stored: its session, what comes of it, and what could be stored in part only."""

    session: Session
    outcome: Outcome = field(default_factory=Outcome)
    unfinished: dict[UUID, str] = field(default_factory=dict)
    allow_shrink: bool = False


@dataclass
class Storing(Work):
    """A chunk of shows being stored, with their bundles."""

    bundles: list[Bundle] = field(default_factory=list)


STORE: dict[str, Any] = {
    "cache_policy": NO_CACHE,
    "retries": 4,
    "retry_delay_seconds": [1, 3, 8, 15],
    "retry_condition_fn": lambda task, run, state: _connection_lost(state),
}
"""Options of every store task: it is never cached, and repeated when the database went away under it."""


def _connection_lost(state: Any) -> bool:
    error = state.result(raise_on_failure=False)
    return isinstance(error, exc.OperationalError | exc.InterfaceError)


def store_all(run: StageRun, resource: Resource, store: Callable[..., Outcome]) -> None:
    """Fetch the bundles of all selected shows, and store them chunk by chunk with the task `store`."""
    shows = shows_on_tmdb(run, resource)
    for piece, fetched in fetch_chunks(run, "show", chunks(shows, CHUNK), tmdb_refs):
        run.add(store_or_single_out(store, piece, fetched, run.selection, partial(note_refused, resource)))


def shows_on_tmdb(run: StageRun, resource: Resource) -> list[ShowRef]:
    """The selected shows that have a TMDb id; the run is about these."""
    with read() as connection:
        selected = selected_shows(connection, run.selection, resource)
    shows = [show for show in selected if show.tmdb_id]
    if len(shows) < len(selected):
        run.report.notes.append(f"{len(selected) - len(shows)} shows have no TMDb id yet and were left out")
    run.select(shows)
    return shows


def tmdb_refs(shows: Sequence[ShowRef]) -> list[str]:
    """TMDb's names of these shows."""
    return [show.tmdb_id for show in shows if show.tmdb_id]


def store_or_single_out(
    store: Callable[..., Outcome],
    items: list[Item],
    fetched: Fetched,
    selection: Selection,
    refused: Callable[[Session, Item, str], str],
) -> Outcome:
    """Store a chunk; where the database refuses a value, store its items one by one, so that only the bad one fails.

    `refused` takes such an item and what is wrong with it, records that, and answers what reports call the item.
    """
    try:
        return store(items, fetched, selection)
    except REFUSED as error:
        if len(items) == 1:
            problem = refusal(error)
            with unit_of_work(dry_run=selection.dry_run) as session:
                return Outcome(failures={refused(session, items[0], problem): problem})
    whole = Outcome()
    for item in items:
        whole.add(store_or_single_out(store, [item], fetched, selection, refused))
    return whole


def refusal(error: Exception) -> str:
    """What the database said when it refused a value, in one line."""
    cause = error.orig if isinstance(error, exc.DBAPIError) else error
    return f"the database refuses it: {str(cause).splitlines()[0]}"


def note_refused(resource: Resource, session: Session, show: ShowRef, problem: str) -> str:
    """Record that a show could not be stored; answers what reports call it."""
    sync_state.failed(session, resource, {show.id: problem})
    return name_of(show)


def name_of(show: ShowRef) -> str:
    """What reports call a show."""
    return f"{show.name} (tmdb {show.tmdb_id})"


@contextmanager
def storing(
    shows: Sequence[ShowRef],
    fetched: Fetched,
    resource: Resource,
    selection: Selection,
    *,
    parts: Collection[str] = (),
    reads: Reads = lambda session, shows: {},
) -> Iterator[Storing]:
    """One transaction over the bundles of these shows; at its end each show's sync state is set.

    A show that could not be asked about has failed, and keeps what was stored of an earlier answer. One is passed over
    when nothing that the stage reads about it changed since the stage last stored it, unless particular shows are meant.

    Args:
        parts: of the bundle's `LARGE_PARTS` those that the stage reads; the others are not parsed. The stage that reads
            them all also counts their drift.
        reads: names the records that a stage reads besides the bundle.
    """
    with unit_of_work(dry_run=selection.dry_run) as session:
        shows = unmerged(session, shows)
        work = Storing(session, allow_shrink=selection.allow_shrink)
        keys = {show.id: RecordKey("tmdb", "show", show.tmdb_id or "") for show in shows}
        further = reads(session, shows)
        stored = set() if selection.stores_everything else stored_since(session, resource, keys, further)
        answers = records.load(session, [key for id_, key in keys.items() if id_ not in stored])
        drifted = work.outcome.drift if set(parts) == set(LARGE_PARTS) else None
        failed: dict[ShowRef, str] = {}
        for show in shows:
            if show.id in stored and show.tmdb_id not in fetched.failures:
                continue
            record = answers.get(keys[show.id])
            payload, problem = parsed(ShowPayload, _only(record, parts), drifted)
            if payload and str(payload.id) != show.tmdb_id:
                failed[show] = _as_another(work, show, payload)
                continue
            if payload and show.tmdb_id not in fetched.failures:
                work.bundles.append(Bundle(show, payload))
            else:
                failed[show] = fetched.failures.get(show.tmdb_id or "", problem) or "TMDb was not asked"
        work.outcome.failures |= {name_of(show): problem for show, problem in failed.items()}
        settle_cases(session, [(bundle.show.id, IdSource.TMDB) for bundle in work.bundles], ANOTHER_ID)
        yield work
        fine = [show for show in shows if show not in failed and show.id not in work.unfinished]
        due = records.expiry(session, [keys[show.id] for show in fine])
        work.outcome.done += len(shows) - len(failed)
        work.outcome.unchanged += len(shows) - len(failed) - len(work.bundles)
        sync_state.succeeded(session, resource, {show.id: due.get(keys[show.id]) for show in fine})
        sync_state.failed(session, resource, {show.id: problem for show, problem in failed.items()} | work.unfinished)


def unmerged(session: Session, shows: Sequence[ShowRef]) -> list[ShowRef]:
    """The shows but for those that became others since they were selected."""
    became = followed(session, [show.id for show in shows])
    return [show for show in shows if show.id not in became]


def stored_since(
    session: Session, resource: Resource, keys: Mapping[UUID, RecordKey], further: Mapping[UUID, Sequence[RecordKey]]
) -> set[UUID]:
    """The shows that this stage stored after the last change of everything it reads about them."""
    needed = {id_: [key, *further.get(id_, ())] for id_, key in keys.items()}
    changed = records.changed_at(session, {key for keys_ in needed.values() for key in keys_})
    stored = sync_state.stored_at(session, resource, list(keys))
    return {
        id_
        for id_, keys_ in needed.items()
        if id_ in stored and all(key in changed and changed[key] <= stored[id_] - MARGIN for key in keys_)
    }


def _only(record: Record | None, parts: Collection[str]) -> Record | None:
    """A bundle without the large parts that are not wanted."""
    if record is None:
        return None
    unwanted = {part for part in LARGE_PARTS if part not in parts}
    body = {key: part for key, part in record.body.items() if _part_of(key) not in unwanted}
    return replace(record, body=body)


def _part_of(key: str) -> str:
    return "season" if key.startswith("season/") else key


def _as_another(work: Storing, show: ShowRef, payload: ShowPayload) -> str:
    """An id that answers as another show: nothing of it is stored, and a person has to settle it."""
    candidates = [{"source": IdSource.TMDB, "value": str(payload.id), "name": payload.name}]
    open_case(work.session, Kind.SHOW, show.id, IdSource.TMDB, ANOTHER_ID, candidates)
    work.outcome.ambiguous += 1
    return f"TMDb answers {show.tmdb_id} as {payload.id} ({payload.name}); nothing of it was stored"


def parsed(
    model: type[PayloadT], record: Record | None, drifted: dict[str, int] | None = None
) -> tuple[PayloadT, None] | tuple[None, str | None]:
    """A record as a payload, or what is wrong with it; its drift is added to `drifted`, where that is wanted."""
    if record is None:
        return None, None
    if record.status == 404:
        return None, "TMDb has no such thing (404)"
    try:
        payload = model.parse(record.body, f"{record.key.resource}/{record.key.ref}")
        if drifted is not None:
            count_drift(drifted, payload, record.key.resource)
    except MalformedAnswer as error:
        return None, str(error)
    return payload, None


def count_drift(counts: dict[str, int], payload: Payload, resource: str) -> None:
    """Count the keys that the model does not know, and those that it misses."""
    for trouble, paths in drift(payload).items():
        for path, times in paths.items():
            name = f"{resource}: {trouble} {path}"
            counts[name] = counts.get(name, 0) + times


def rows_of(bundles: Sequence[Bundle], rows: Callable[[ShowPayload], Iterator[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The rows that each bundle gives, with the show's id and TMDb as their source."""
    return [{"show_id": b.show.id, "source": "tmdb", **row} for b in bundles for row in rows(b.payload)]
