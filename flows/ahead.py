"""Asking ahead: what images and people-cast will need is fetched while the stages before them store what is there.

Reads the TMDb show bundles; writes only source records, of seasons and then of people. The stages find them, and ask for
what is still missing themselves, so nothing depends on this.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from datetime import UTC, datetime
from threading import Event

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture

from db import records
from db.records import RecordKey
from db.session import read, transaction
from flows.contents import contents
from flows.fetching import Fetched, add_requests, fetch_missing
from flows.seasons import expire_changed
from flows.selection import Selection, ShowRef, selected_shows
from flows.stage import StageRun, chunks
from models.ops import Resource

SHOWS_CHUNK = 10
PEOPLE_CHUNK = 200
AT_ONCE = 2
"""Pieces fetched at the same time: the last answers of one, perhaps repeated, leave room for the first of the next."""


class Ahead:
    """Asks in the background. With seasons it is done before those stages begin, with people it goes on beside them.

    It begins with the shows whose bundles are there and not due; the others have their turn once somebody says that the
    `bundles_are_current`.
    """

    def __init__(self, selection: Selection) -> None:
        self._current, self._at_people, self._enough = Event(), Event(), Event()
        self._future: PrefectFuture[list[Fetched]] = fetch_ahead.submit(
            selection, self._current, self._at_people, self._enough
        )
        self._future.add_done_callback(lambda _: self._at_people.set())

    def wait_for_seasons(self) -> None:
        """Wait until the seasons are all there, or asking has ended: a stage that asked for them meanwhile would ask twice."""
        self._at_people.wait()

    def bundles_are_current(self) -> None:
        """Say that the bundles of all shows have been asked for."""
        self._current.set()

    def end(self, run: StageRun) -> None:
        """End with the pieces under way; what was asked is counted. A failure is left for the stage itself to meet."""
        self._enough.set()
        self._current.set()
        pieces = self._future.result(raise_on_failure=False)
        for fetched in pieces if isinstance(pieces, list) else ():
            add_requests(run, fetched)


@task(name="fetch-tmdb", task_run_name="fetch ahead", cache_policy=NO_CACHE)
def fetch_ahead(selection: Selection, current: Event, at_people: Event, enough: Event) -> list[Fetched]:
    """Fetch what is missing or due of the selected shows' seasons, then of their people, until it is enough."""
    done: list[Fetched] = []
    under_way: deque[tuple[str, Future[Fetched]]] = deque()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for resource, refs in _pieces(selection, current):
            if enough.is_set():
                break
            under_way.append((resource, pool.submit(copy_context().run, _fetch, resource, refs)))
            if len(under_way) > AT_ONCE:
                done.append(under_way.popleft()[1].result())
            if all(asked == "person" for asked, _ in under_way):
                at_people.set()
    return done + [future.result() for _, future in under_way]


def _fetch(resource: str, refs: Sequence[str]) -> Fetched:
    fetched = Fetched(at=datetime.now(UTC))
    fetch_missing(resource, refs, fetched)
    return fetched


def _pieces(selection: Selection, current: Event) -> Iterator[tuple[str, list[str]]]:
    """What to ask for, piece by piece: first all seasons, then everybody in these shows."""
    people: dict[str, None] = {}
    asked: set[ShowRef] = set()
    last_round = False
    while not last_round:
        last_round = current.is_set()
        for piece in chunks([show for show in _shows(selection, due=last_round) if show not in asked], SHOWS_CHUNK):
            asked.update(piece)
            with transaction() as session:
                expire_changed(session, piece)
                bundles = contents(session, piece).values()
            people |= dict.fromkeys(person for bundle in bundles for person in bundle.people)
            yield "season", [season for bundle in bundles for season in bundle.seasons]
        if not last_round:
            current.wait()
    yield from (("person", refs) for refs in chunks(list(people), PEOPLE_CHUNK))


def _shows(selection: Selection, *, due: bool) -> list[ShowRef]:
    """The selected shows; those whose bundles are missing or due only on request."""
    with read() as connection:
        shows = [show for show in selected_shows(connection, selection, Resource.PEOPLE_CAST) if show.tmdb_id]
        keys = {show: RecordKey("tmdb", "show", show.tmdb_id or "") for show in shows}
        wanted = records.wanted(connection, list(keys.values()), now=datetime.now(UTC))
    waiting = {*wanted.missing, *wanted.due}
    return [show for show in shows if due or keys[show] not in waiting]
