"""Asking ahead: seasons before people, nothing twice, and only of bundles that are current."""

from threading import Event
from typing import Any

import pytest
from prefect import flow

from flows import ahead
from flows.ahead import Ahead, fetch_ahead
from flows.selection import Selection
from flows.stage import stage

SHOW = 900000003
SEASONS, PEOPLE = (
    "select count(*) from ops.source_records where resource = " + what for what in ("'season'", "'person'")
)


class Noting(Event):
    """An event that looks at something whenever it is set or waited for, and holds nobody up."""

    def __init__(self, look: Any) -> None:
        super().__init__()
        self.look, self.seen = look, list[Any]()

    def set(self) -> None:
        self.seen.append(self.look())
        super().set()

    def wait(self, timeout: float | None = None) -> bool:
        self.set()
        return True


@pytest.fixture
def before(catalogue, upstream, monkeypatch):
    """A catalogue that lost the records of seasons and people; how many there were. Pieces are small."""
    monkeypatch.setattr(ahead, "SHOWS_CHUNK", 2)
    monkeypatch.setattr(ahead, "PEOPLE_CHUNK", 5)
    counts = catalogue.one(SEASONS), catalogue.one(PEOPLE)
    catalogue.change("delete from ops.source_records where resource in ('season', 'person')")
    upstream.requests.clear()
    return counts


def asked_for(upstream: Any, what: str) -> list[str]:
    """The addresses that were asked for a season or a person."""
    return [path for path in upstream.requests.paths("/3/") if f"/{what}/" in path.split("?")[0]]


def test_it_asks_once_for_all_that_people_cast_needs_then(catalogue, upstream, before):
    fetch_ahead.fn(Selection(), Noting(lambda: None), Event(), Event())
    assert (catalogue.one(SEASONS), catalogue.one(PEOPLE)) == before
    asked = asked_for(upstream, "season") + asked_for(upstream, "person")
    assert len(asked) == len(set(asked)) == sum(before)
    assert catalogue.run("people-cast").requests == 0


def test_it_is_at_people_when_every_season_is_there(catalogue, before):
    at_people = Noting(lambda: catalogue.one(SEASONS))
    fetch_ahead.fn(Selection(), Noting(lambda: None), at_people, Event())
    assert set(at_people.seen) == {before[0]}


def test_a_show_whose_bundle_is_due_waits_until_bundles_are_current(catalogue, upstream, before):
    catalogue.change(
        "update ops.source_records set expires_at = now() where (resource, ref) = ('show', :r)", r=str(SHOW)
    )
    current = Noting(lambda: asked_for(upstream, f"{SHOW}/season") + asked_for(upstream, "person"))
    fetch_ahead.fn(Selection(), current, Event(), Event())
    assert current.seen == [[]]
    assert asked_for(upstream, f"{SHOW}/season")


def test_when_it_is_enough_it_asks_for_no_more(upstream, before):
    enough = Event()
    enough.set()
    fetch_ahead.fn(Selection(), Noting(lambda: None), Event(), enough)
    assert asked_for(upstream, "season") + asked_for(upstream, "person") == []


def test_nobody_waits_for_seasons_once_asking_has_ended(catalogue, monkeypatch):
    """Where it failed, and where there is nobody to ask for."""

    def fail(*_: Any) -> None:
        raise OSError("no more")

    monkeypatch.setattr(ahead, "_shows", fail)

    @flow
    def waiting() -> bool:
        asking_ahead = Ahead(Selection())
        asking_ahead.wait_for_seasons()
        return asking_ahead._at_people.is_set()

    assert waiting()


def test_what_it_asked_is_counted_in_the_run(upstream, before):
    @flow
    def asking() -> int:
        with stage("pipeline", Selection()) as run:
            asking_ahead = Ahead(Selection())
            asking_ahead.bundles_are_current()
            asking_ahead._future.wait()
            asking_ahead.end(run)
        return run.report.requests

    assert asking() == len(upstream.requests.paths("/3/")) == sum(before)
