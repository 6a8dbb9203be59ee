"""Storing what the show bundles say: the part that all stages over bundles have in common.

`storing` opens the chunk's one transaction, reads and parses its bundles, and records how each show fared. A bundle
that does not parse fails its show, keeps its raw body, and holds up no other.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import Session

from db import records, sync_state
from db.records import Record, RecordKey
from db.session import read, unit_of_work
from flows.fetching import Fetched, fetch_chunks
from flows.outcome import Outcome
from flows.selection import ShowRef, selected_shows
from flows.sources.errors import MalformedAnswer
from flows.sources.payload import Payload, drift
from flows.sources.tmdb.payloads import ShowPayload
from flows.stage import StageRun, chunks
from models.ops import Resource

CHUNK = 100
PayloadT = TypeVar("PayloadT", bound=Payload)


class Bundle(NamedTuple):
    """A show, what TMDb says of it, and until when that counts as fresh."""

    show: ShowRef
    payload: ShowPayload
    expires_at: datetime


@dataclass
class Storing:
    """A chunk being stored: its session, its bundles, and what comes of it."""

    session: Session
    bundles: list[Bundle]
    outcome: Outcome = field(default_factory=Outcome)


def store_all(run: StageRun, resource: Resource, store: Callable[..., Outcome]) -> None:
    """Fetch the bundles of all selected shows, and store them chunk by chunk with the task `store`."""
    with read() as connection:
        selected = selected_shows(connection, run.selection, resource)
    shows = [show for show in selected if show.tmdb_id]
    if len(shows) < len(selected):
        run.report.notes.append(f"{len(selected) - len(shows)} shows have no TMDb id yet and were left out")
    run.select(shows)
    for piece, fetched in fetch_chunks(run, "show", chunks(shows, CHUNK), tmdb_refs):
        run.add(store_or_single_out(store, piece, fetched, run.selection.dry_run))


def tmdb_refs(shows: Sequence[ShowRef]) -> list[str]:
    """TMDb's names of these shows."""
    return [show.tmdb_id for show in shows if show.tmdb_id]


def store_or_single_out(
    store: Callable[..., Outcome], shows: list[ShowRef], fetched: Fetched, dry_run: bool
) -> Outcome:
    """Store a chunk; where the database refuses a value, store its shows one by one, so that only the bad one fails."""
    try:
        return store(shows, fetched, dry_run=dry_run)
    except (DataError, IntegrityError) as error:
        if len(shows) == 1:
            return Outcome(failures={shows[0].tmdb_id or shows[0].name: str(error.orig).splitlines()[0]})
    whole = Outcome()
    for show in shows:
        whole.add(store_or_single_out(store, [show], fetched, dry_run))
    return whole


@contextmanager
def storing(shows: Sequence[ShowRef], fetched: Fetched, resource: Resource, *, dry_run: bool) -> Iterator[Storing]:
    """One transaction over the bundles of these shows; at its end each show's sync state is set."""
    with unit_of_work(dry_run=dry_run) as session:
        work = Storing(session, [])
        answers = records.load(session, [RecordKey("tmdb", "show", ref) for ref in tmdb_refs(shows)])
        failed = {}
        for show in shows:
            record = answers.get(RecordKey("tmdb", "show", show.tmdb_id or ""))
            payload, problem = parsed(ShowPayload, record, work.outcome)
            problem = fetched.failures.get(show.tmdb_id or "", problem) if payload is None else problem
            if payload and record:
                work.bundles.append(Bundle(show, payload, record.expires_at))
            else:
                failed[show] = problem or "TMDb was not asked"
        work.outcome.failures |= {f"{show.name} (tmdb {show.tmdb_id})": problem for show, problem in failed.items()}
        yield work
        work.outcome.done += len(work.bundles)
        sync_state.succeeded(session, resource, {bundle.show.id: bundle.expires_at for bundle in work.bundles})
        sync_state.failed(session, resource, {show.id: problem for show, problem in failed.items()})


def parsed(
    model: type[PayloadT], record: Record | None, outcome: Outcome
) -> tuple[PayloadT, None] | tuple[None, str | None]:
    """A record as a payload, its drift counted; or what is wrong with it."""
    if record is None:
        return None, None
    if record.status == 404:
        return None, "TMDb has no such thing (404)"
    try:
        payload = model.parse(record.body, f"{record.key.resource}/{record.key.ref}")
        count_drift(outcome.drift, payload, record.key.resource)
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
