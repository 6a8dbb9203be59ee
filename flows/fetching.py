"""Fetching: one task per chunk that fills `ops.source_records`, and the overlap of fetching with storing.

The task is cached by Prefect on plan, refs and database; the records are the authority all the same: what a cached
result promises and the table does not hold, or holds no longer fresh, is fetched again.
"""

import hashlib
import random
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Protocol, Self, runtime_checkable

from prefect import task
from prefect.context import TaskRunContext
from prefect.futures import PrefectFuture
from pydantic import BaseModel

from db import records, runs
from db.records import Record, RecordKey
from db.session import read, transaction
from flows.publishing import logger
from flows.settings import HttpSettings, load
from flows.sources.errors import NotFound, Unauthorized, UpstreamError
from flows.sources.fandom.client import FandomClient
from flows.sources.http import Answer, Refresh
from flows.sources.imdb.client import ImdbClient
from flows.sources.stats import Stats
from flows.sources.tmdb.client import TmdbClient
from flows.sources.wikidata.client import WikidataClient
from flows.stage import StageRun
from models.rules.refresh import EXPIRY


class Client(Protocol):
    """What asks an upstream. One client serves any number of threads."""

    @property
    def stats(self) -> Stats:
        """What it did so far."""

    def ask(self, resource: str, ref: str, *, refresh: Refresh = Refresh.NONE) -> Answer:
        """Ask by the names that source records go by."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


@runtime_checkable
class AsksMany(Client, Protocol):
    """A client of an upstream that answers about several things at once."""

    at_once: Mapping[str, int]
    """About how many, by resource; one where a resource is not named."""

    def ask_many(
        self, resource: str, refs: Sequence[str], *, refresh: Refresh = Refresh.NONE
    ) -> Mapping[str, Answer | UpstreamError]:
        """Ask one question about all of these; what it says of each, or why it says nothing of it."""


CLIENTS: dict[str, Callable[[], Client]] = {
    "tmdb": TmdbClient,
    "imdb": ImdbClient,
    "wikidata": WikidataClient,
    "fandom": FandomClient,
}
"""Who asks which source."""

WINDOW = timedelta(hours=6)
"""How long Prefect remembers that a chunk was fetched. What falls due in that time is noticed all the same."""

AHEAD = 2
SAVE_EVERY = 50
SAY_EVERY = 5.0


class Fetched(BaseModel):
    """What a fetch task leaves: when it ran, and what it could not get. The answers are in `ops.source_records`."""

    at: datetime
    failures: dict[str, str] = {}
    requests: int = 0
    from_cache: int = 0
    retries: int = 0
    waited: float = 0.0
    troubles: dict[str, int] = {}


def _cache_key(context: TaskRunContext, parameters: dict[str, Any]) -> str:
    refs = hashlib.sha256(",".join(parameters["refs"]).encode()).hexdigest()
    return f"{parameters['source']}-{parameters['resource']}-{PLAN_VERSION}-{runs.database_id()}-{refs}"


PLAN_VERSION = 1
"""Raise it when a request plan changes: what Prefect remembers of the old plan then no longer counts."""


@task(
    name="fetch",
    task_run_name="fetch {source} {resource}: {label}",
    retries=2,
    retry_delay_seconds=[5, 20],
    retry_condition_fn=lambda task, run, state: not _is_final(state),
    cache_key_fn=_cache_key,
    cache_expiration=WINDOW,
    persist_result=True,
)
def fetch(source: str, resource: str, refs: list[str], label: str, force: bool = False) -> Fetched:
    """Ask a source for those of these records that are missing or due, and keep the answers.

    Args:
        source: one of `CLIENTS`.
        resource: a request plan of its client; of TMDb `show`, `season`, `person`, `episode_group` or `find`.
        refs: the source's names of the things; of TMDb `1399`, `1399/1`, `tt0944947`.
        label: what the Prefect page calls this chunk.
        force: ask for all of them, however fresh.

    Raises:
        Unauthorized: the source refuses our credentials; nothing else will work either.
    """
    fetched = Fetched(at=datetime.now(UTC))
    fetch_missing(resource, refs, fetched, force=force, source=source)
    return fetched


def fetch_missing(
    resource: str, refs: Sequence[str], fetched: Fetched, *, force: bool = False, source: str = "tmdb"
) -> None:
    """Ask for the missing and due records, and add what came of it. Outside of a task of its own: `fetch` is one."""
    keys = [RecordKey(source, resource, ref) for ref in refs]
    if force:
        wanted = dict.fromkeys(keys, Refresh.FORCE)
    else:
        with read() as connection:
            missing, due = records.wanted(connection, keys, now=datetime.now(UTC))
        # What was never kept may lie in the HTTP cache, from a run that was killed before it could keep it.
        wanted = dict.fromkeys(missing, Refresh.NONE) | dict.fromkeys(due, Refresh.REVALIDATE)
    if wanted:
        _fetch(source, wanted, fetched)


def _fetch(source: str, keys: Mapping[RecordKey, Refresh], fetched: Fetched) -> None:
    log, said = logger(), time.monotonic()
    waiting: list[Record] = []
    done = 0
    with CLIENTS[source]() as client, ThreadPoolExecutor(load(HttpSettings).fetch_threads) as pool:
        asked = {pool.submit(_ask, client, piece, refresh): piece for piece, refresh in _pieces(client, keys)}
        try:
            for future in as_completed(asked):
                done += len(asked[future])
                try:
                    answers, failures = future.result()
                    waiting += answers
                    fetched.failures |= failures
                except Unauthorized:
                    raise
                except UpstreamError as error:
                    fetched.failures |= {key.ref: str(error) for key in asked[future]}
                if len(waiting) >= SAVE_EVERY:
                    _save(waiting)
                if time.monotonic() - said > SAY_EVERY:
                    said = time.monotonic()
                    log.info("fetched %d of %d; %s", done, len(keys), client.stats)
        finally:
            pool.shutdown(cancel_futures=True)
            _save(waiting)  # also what an interrupted task got: the next run need not ask for it again
        _count(client.stats, fetched)


def _pieces(client: Client, keys: Mapping[RecordKey, Refresh]) -> Iterator[tuple[list[RecordKey], Refresh]]:
    """The keys, those together that are asked for by one question."""
    for refresh in Refresh:
        alike = [key for key, wanted in keys.items() if wanted is refresh]
        size = client.at_once.get(alike[0].resource, 1) if alike and isinstance(client, AsksMany) else 1
        yield from ((alike[start : start + size], refresh) for start in range(0, len(alike), size))


def _ask(client: Client, keys: Sequence[RecordKey], refresh: Refresh) -> tuple[list[Record], dict[str, str]]:
    """The answers about these, and why there is none about others."""
    now = datetime.now(UTC)
    resource, refs = keys[0].resource, [key.ref for key in keys]
    told: Mapping[str, Answer | UpstreamError]
    if isinstance(client, AsksMany):
        told = client.ask_many(resource, refs, refresh=refresh)
    else:
        try:
            told = {refs[0]: client.ask(resource, refs[0], refresh=refresh)}
        except NotFound as error:
            told = {refs[0]: error}
    found, failures = [], {}
    for key in keys:
        answer = told[key.ref]
        if isinstance(answer, Answer):
            found.append(_record(key, answer))
        elif isinstance(answer, NotFound):
            found.append(Record(key, {"not_found": str(answer)}, now, now + WINDOW, status=404))
        else:
            failures[key.ref] = str(answer)
    return found, failures


def _record(key: RecordKey, answer: Answer) -> Record:
    return Record(
        key,
        answer.body,
        answer.fetched_at,
        EXPIRY[key.source][key.resource](answer.body, answer.fetched_at, random.random()),
        answer.etag,
        layer=answer.layer,
        is_complete=answer.complete,
    )


def _save(answers: list[Record]) -> None:
    if answers:
        with transaction() as session:
            records.save(session, answers)
        answers.clear()


def _count(stats: Stats, fetched: Fetched) -> None:
    fetched.requests += stats.sent
    fetched.from_cache += stats.from_cache + stats.revalidated
    fetched.retries += stats.retries
    fetched.waited += round(stats.seconds_waited, 3)
    fetched.troubles = dict(Counter(fetched.troubles) + stats.troubles)


def _is_final(state: Any) -> bool:
    """Whether trying again is pointless: a refused token stays refused."""
    return isinstance(state.result(raise_on_failure=False), Unauthorized)


def fetch_chunks(
    run: StageRun,
    resource: str,
    pieces: Iterator[list[Any]],
    refs_of: Callable[[list[Any]], list[str]],
    *,
    source: str = "tmdb",
) -> Iterator[tuple[list[Any], Fetched]]:
    """Fetch chunk after chunk ahead of storing; yields every chunk once its answers are there.

    Two chunks are fetched while one is stored: of two that share the allowed rate both are done at about the same time,
    and with only one ahead nobody would ask for anything while it is stored.
    """
    under_way: deque[tuple[list[Any], list[str], PrefectFuture[Fetched]]] = deque()
    for number, piece in enumerate(pieces, start=1):
        refs = refs_of(piece)
        future = _options(run).submit(source, resource, refs, f"chunk {number}", run.selection.force)
        under_way.append((piece, refs, future))
        if len(under_way) > AHEAD:
            yield _arrived(run, source, resource, *under_way.popleft())
    while under_way:
        yield _arrived(run, source, resource, *under_way.popleft())


def _options(run: StageRun) -> Any:
    return fetch.with_options(refresh_cache=True) if run.selection.force else fetch


def _arrived(
    run: StageRun, source: str, resource: str, piece: list[Any], refs: list[str], future: "PrefectFuture[Fetched]"
) -> tuple[list[Any], Fetched]:
    fetched = future.result()
    now = datetime.now(UTC)
    if fetched.at < run.began:
        # Prefect remembered the chunk. Believe the records: what they lack by now is asked for.
        with read() as connection:
            stale = any(records.wanted(connection, [RecordKey(source, resource, ref) for ref in refs], now=now))
        again = fetch.with_options(refresh_cache=True)
        fetched = again(source, resource, refs, "again", False) if stale else Fetched(at=fetched.at)
    add_requests(run, fetched)
    return piece, fetched


def add_requests(run: StageRun, fetched: Fetched) -> None:
    """Take the requests of a fetch into the run's report."""
    report = run.report
    report.requests += fetched.requests
    report.from_cache += fetched.from_cache
    report.retries += fetched.retries
    report.waited += fetched.waited
    report.troubles = dict(Counter(report.troubles) + Counter(fetched.troubles))
