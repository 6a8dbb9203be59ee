"""Storing what IMDb says of shows: the part that its stages have in common.

It stands to IMDb's answers as `bundles` stands to TMDb's. IMDb may break at any time and in any of its layers; so its
part of a stage has a sync state of its own, and a show that IMDb does not answer about keeps what was stored before,
whatever became of TMDb's part.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, NamedTuple, TypeVar

from sqlmodel import Session

from db import records, sync_state
from db.commands.identity import open_case, settle_cases
from db.records import Record, RecordKey
from db.session import read, unit_of_work
from flows.bundles import ANOTHER_ID, Reads, Work, store_or_single_out, stored_since, unmerged
from flows.fetching import Fetched, fetch_chunks
from flows.outcome import Outcome
from flows.selection import Selection, ShowRef, selected_shows
from flows.settings import ImdbSettings, load
from flows.sources.errors import MalformedAnswer
from flows.sources.imdb import reading
from flows.sources.imdb.answers import ImdbAppearances, ImdbCredits, ImdbEpisodes, ImdbImages, ImdbList, ImdbTitle
from flows.sources.imdb.client import layers_for
from flows.stage import StageRun, chunks
from models.entities import IdSource, Kind
from models.ops import Resource

CHUNK = 25
"""Shows."""

AnswerT = TypeVar("AnswerT", ImdbList, ImdbTitle, ImdbEpisodes, ImdbCredits, ImdbAppearances, ImdbImages)


class Told(NamedTuple, Generic[AnswerT]):
    """A show, what IMDb says of it, and by which of its layers."""

    show: ShowRef
    answer: AnswerT
    layer: str | None


@dataclass
class ImdbWork(Work, Generic[AnswerT]):
    """A chunk of shows being stored, with IMDb's answers about them."""

    told: list[Told[AnswerT]] = field(default_factory=list)

    def refuse(self, told: Told[AnswerT], value: str, name: str | None, problem: str) -> None:
        """Store nothing of an answer because its id means something else: a person has to settle it."""
        candidates = [{"source": IdSource.IMDB, "value": value, "name": name}]
        open_case(self.session, Kind.SHOW, told.show.id, IdSource.IMDB, ANOTHER_ID, candidates)
        self.told.remove(told)
        self.outcome.ambiguous += 1
        self.unfinished[told.show.id] = self.outcome.failures[name_of(told.show)] = problem


def store_all_imdb(run: StageRun, resource: str, sync: Resource, store: Callable[..., Outcome]) -> None:
    """Ask IMDb about all selected shows that it knows, and store its answers chunk by chunk with the task `store`."""
    pieces = chunks(shows_on_imdb(run, resource, sync), CHUNK)
    for piece, fetched in fetch_chunks(run, resource, pieces, imdb_refs, source="imdb"):
        run.add(store_or_single_out(store, piece, fetched, run.selection, partial(note_refused, sync)))


def shows_on_imdb(run: StageRun, resource: str, sync: Resource) -> list[ShowRef]:
    """The selected shows that have an IMDb id; none where no layer of IMDb is switched on that answers about this."""
    if not layers_for(resource, load(ImdbSettings)):
        run.report.notes.append(f"IMDb was not asked ({resource}): no layer that answers about it is among IMDB_LAYERS")
        return []
    with read() as connection:
        shows = [show for show in selected_shows(connection, run.selection, sync) if show.imdb_id]
    run.select(shows, "shows on IMDb")
    return shows


def imdb_refs(shows: Sequence[ShowRef]) -> list[str]:
    """IMDb's names of these shows."""
    return [show.imdb_id for show in shows if show.imdb_id]


def name_of(show: ShowRef) -> str:
    """What reports call a show that IMDb is asked about."""
    return f"{show.name} (imdb {show.imdb_id})"


def note_refused(sync: Resource, session: Session, show: ShowRef, problem: str) -> str:
    """Record that what IMDb says of a show could not be stored; answers what reports call it."""
    sync_state.failed(session, sync, {show.id: problem})
    return name_of(show)


@contextmanager
def imdb_storing(
    shows: Sequence[ShowRef],
    fetched: Fetched,
    resource: str,
    sync: Resource,
    selection: Selection,
    answers: type[AnswerT],
    *,
    reads: Reads = lambda session, shows: {},
) -> Iterator[ImdbWork[AnswerT]]:
    """One transaction over IMDb's answers about these shows; at its end each show's sync state is set.

    A show that IMDb did not answer about has failed, and keeps what was stored of an earlier answer. One is passed over
    when nothing that the stage reads about it changed since it was stored, unless particular shows are meant.

    Args:
        resource: of IMDb's source records: `title`, `episodes`, `credits`, `title_images`.
        answers: what these records are read as.
        reads: names the records that the stage reads besides.
    """
    with unit_of_work(dry_run=selection.dry_run) as session:
        shows = unmerged(session, shows)
        work: ImdbWork[AnswerT] = ImdbWork(session, allow_shrink=selection.allow_shrink)
        keys = {show.id: RecordKey("imdb", resource, show.imdb_id or "") for show in shows}
        further = reads(session, shows)
        stored = set() if selection.stores_everything else stored_since(session, sync, keys, further)
        kept = records.load(session, [key for id_, key in keys.items() if id_ not in stored])
        failed: dict[ShowRef, str] = {}
        for show in shows:
            trouble = fetched.failures.get(show.imdb_id or "")
            if show.id in stored and not trouble:
                continue
            record = kept.get(keys[show.id])
            answer, problem = (None, trouble) if trouble else answer_of(record, answers, work.outcome.drift)
            if answer is None or record is None:
                failed[show] = problem or "IMDb was not asked"
            else:
                work.told.append(Told(show, answer, record.layer))
        work.outcome.failures |= {name_of(show): problem for show, problem in failed.items()}
        for told in list(work.told):
            _check_id(work, told)
        settle_cases(session, [(told.show.id, IdSource.IMDB) for told in work.told], ANOTHER_ID)
        yield work
        fine = [show for show in shows if show not in failed and show.id not in work.unfinished]
        due = records.expiry(session, [keys[show.id] for show in fine])
        work.outcome.done += len(shows) - len(failed)
        work.outcome.unchanged += len(stored - {show.id for show in failed})
        sync_state.succeeded(session, sync, {show.id: due.get(keys[show.id]) for show in fine})
        sync_state.failed(session, sync, {show.id: problem for show, problem in failed.items()} | work.unfinished)


def _check_id(work: ImdbWork[AnswerT], told: Told[AnswerT]) -> None:
    """An id that answers as another title is not believed, and neither is one that is no show's."""
    other = told.answer.list_id if isinstance(told.answer, ImdbList) else told.answer.imdb_id
    name = getattr(told.answer, "name", None)
    if other != told.show.imdb_id:
        problem = f"IMDb answers {told.show.imdb_id} as {other}; nothing of it was stored"
        work.refuse(told, other, name, problem)
    elif isinstance(told.answer, ImdbTitle) and not told.answer.is_television:
        problem = f"IMDb says that {other} ({name}) is a {told.answer.kind}; nothing of it was stored"
        work.refuse(told, other, name, problem)


def answer_of(
    record: Record | None, answers: type[AnswerT], drifted: dict[str, int] | None = None
) -> tuple[AnswerT, None] | tuple[None, str | None]:
    """A record as an answer, or what is wrong with it; its drift is added to `drifted`, where that is wanted."""
    if record is None:
        return None, None
    if record.status == 404:
        return None, "IMDb has no such thing (404)"
    try:
        answer, found = reading.read_with_drift(record.key.resource, record.body)
    except MalformedAnswer as error:
        return None, str(error)
    if drifted is not None:
        for trouble, paths in found.items():
            for path, times in paths.items():
                name = f"imdb {record.key.resource}: {trouble} {path}"
                drifted[name] = drifted.get(name, 0) + times
    if not isinstance(answer, answers):
        return None, f"IMDb's {record.key.resource} is a {type(answer).__name__}, which it never was"
    return answer, None
