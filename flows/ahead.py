"""Asking ahead: what the stage people-cast will need is fetched while the stages before it store what is there.

Reads the TMDb show bundles; writes only source records, of seasons and then of people. The stage finds them, and asks for
what is still missing itself, so nothing depends on this.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from threading import Event

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture

from db import records
from db.records import Record, RecordKey
from db.session import read, transaction
from flows.bundles import tmdb_refs
from flows.fetching import Fetched, add_requests, fetch_missing
from flows.seasons import expire_changed, season_refs
from flows.selection import Selection, ShowRef, selected_shows
from flows.stage import StageRun, chunks
from models.ops import Resource

SHOWS_CHUNK = 30
PEOPLE_CHUNK = 400


class Ahead:
    """Asks in the background. With seasons it must be done before the stage begins, with people it may go on beside it."""

    def __init__(self, selection: Selection) -> None:
        self._at_people, self._enough = Event(), Event()
        self._future: PrefectFuture[Fetched] = fetch_ahead.submit(selection, self._at_people, self._enough)

    @property
    def at_people(self) -> bool:
        """Whether the seasons are all there."""
        return self._at_people.is_set()

    def end(self, run: StageRun) -> None:
        """End with the chunk under way; what was asked is counted. A failure is left for the stage itself to meet."""
        self._enough.set()
        fetched = self._future.result(raise_on_failure=False)
        if isinstance(fetched, Fetched):
            add_requests(run, fetched)


@task(name="fetch-tmdb", task_run_name="fetch ahead", cache_policy=NO_CACHE)
def fetch_ahead(selection: Selection, at_people: Event, enough: Event) -> Fetched:
    """Fetch what is missing or due of the selected shows' seasons, then of their people, until it is enough."""
    fetched = Fetched(at=datetime.now(UTC))
    with read() as connection:
        shows = [show for show in selected_shows(connection, selection, Resource.PEOPLE_CAST) if show.tmdb_id]
    people: dict[str, None] = {}
    for piece in chunks(shows, SHOWS_CHUNK):
        if enough.is_set():
            return fetched
        with transaction() as session:
            expire_changed(session, piece)
        with read() as connection:
            seasons = [ref for refs in season_refs(connection, piece).values() for ref in refs]
            people |= dict.fromkeys(_people_in(records.load(connection, _bundles(piece)).values()))
        fetch_missing("season", seasons, fetched)
    at_people.set()
    for refs in chunks(list(people), PEOPLE_CHUNK):
        if enough.is_set():
            break
        fetch_missing("person", refs, fetched)
    return fetched


def _bundles(shows: Sequence[ShowRef]) -> list[RecordKey]:
    return [RecordKey("tmdb", "show", ref) for ref in tmdb_refs(shows)]


def _people_in(answers: Iterable[Record]) -> Iterator[str]:
    """TMDb's ids of the people whom these bundles credit; what is malformed is for the stage to tell."""
    for answer in answers:
        credits = answer.body.get("aggregate_credits")
        parts = [credits.get("cast"), credits.get("crew")] if isinstance(credits, Mapping) else []
        for part in (*parts, answer.body.get("created_by")):
            for person in part if isinstance(part, list) else ():
                if isinstance(person, Mapping) and isinstance(person.get("id"), int):
                    yield str(person["id"])
