"""Nightly runs: what TMDb's feeds of changes make due, stops before too much is lost, one run of a stage at a time."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from prefect.client.orchestration import get_client
from prefect.exceptions import CancelledRun
from prefect.states import Running
from sqlalchemy import text

from db import locks, runs
from db.session import as_system
from flows.retention import Keep
from flows.upstream_changes import windows
from tests.flows.conftest import flow_run

LARKSPUR = 900000002
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def due(catalogue, resource, ref):
    (moment,) = catalogue.column(
        "select expires_at from ops.source_records where resource = :resource and ref = :ref",
        resource=resource,
        ref=str(ref),
    )
    return moment <= datetime.now(UTC)


def asked(upstream, prefix):
    return sorted({path.split("?")[0] for path in upstream.requests.paths(prefix)})


def test_fourteen_days_are_one_window_and_a_longer_absence_is_several_that_leave_no_day_out():
    assert windows(NOON - timedelta(days=13), NOON) == [(date(2026, 11, 8), date(2026, 11, 21))]
    pieces = windows(NOON - timedelta(days=40), NOON)
    assert pieces[0][0] == date(2026, 10, 12) and pieces[-1][1] == NOON.date()
    assert all((last - first).days < 14 for first, last in pieces)
    assert all(later[0] - earlier[1] == timedelta(days=1) for earlier, later in pairwise(pieces))


def test_after_years_only_what_may_be_kept_is_caught_up_with():
    assert windows(NOON - timedelta(days=2000), NOON)[0][0] == (NOON - timedelta(days=180)).date()


def test_a_night_asks_for_nothing_but_what_tmdb_says_has_changed(catalogue, upstream):
    upstream.amend(f"tv/{LARKSPUR}", tagline="A new broom")
    person = catalogue.one("select min(tmdb_id) from core.people")
    upstream.amend(f"person/{person}", biography="Learned to surf.")
    report = catalogue.run("upstream-changes")
    assert report.status == "completed"
    assert due(catalogue, "show", LARKSPUR) and due(catalogue, "person", person)
    assert not due(catalogue, "show", 900000001)
    upstream.requests.clear()
    for stage in ("show-details", "people-cast"):
        assert catalogue.run(stage).status == "completed"
    assert asked(upstream, "/3/tv/") == [f"/3/tv/{LARKSPUR}"]
    assert asked(upstream, "/3/person/") == [f"/3/person/{person}"]
    assert catalogue.one("select tagline from core.shows where tmdb_id = :id", id=LARKSPUR) == "A new broom"
    assert catalogue.one("select biography from core.people where tmdb_id = :id", id=person) == "Learned to surf."


def test_what_did_not_change_is_not_stored_again_unless_it_is_wanted(catalogue):
    catalogue.change("update ops.sync_state set last_success_at = last_success_at + interval '1 hour'")
    report = catalogue.run("show-details")
    assert (report.done, report.unchanged) == (12, 12)
    assert catalogue.run("show-details", again=True).unchanged == 0
    assert catalogue.run("show-details", tmdb_ids=[LARKSPUR]).unchanged == 0


def test_new_people_in_an_episode_make_their_season_due_and_no_other(catalogue, upstream):
    def with_a_guest(season):
        episode = season["episodes"][0]
        guest = {"id": 900100001, "credit_id": "new-credit", "character": "Self", "name": "Somebody", "order": 99}
        return season | {
            "episodes": [episode | {"guest_stars": [*episode["guest_stars"], guest]}, *season["episodes"][1:]]
        }

    upstream.amend(f"tv/{LARKSPUR}/season/2", change=with_a_guest)
    upstream.requests.clear()
    catalogue.run("upstream-changes")
    catalogue.change("update ops.source_records set expires_at = now() where resource = 'show'")
    catalogue.run("people-cast")
    assert [path for path in asked(upstream, "/3/tv/") if "/season/" in path] == [f"/3/tv/{LARKSPUR}/season/2"]


def test_a_feed_that_does_not_answer_is_read_from_the_same_day_next_time(catalogue, upstream):
    catalogue.change("update ops.upstream_feeds set read_until = now() - interval '3 days'")
    before = catalogue.rows("select feed, read_until from ops.upstream_feeds order by 1")
    upstream.set_weather(server_errors=1.0)
    report = catalogue.run("upstream-changes")
    upstream.calm()
    assert report.status == "failed" and len(report.failures) == 2
    assert catalogue.rows("select feed, read_until from ops.upstream_feeds order by 1") == before


def test_a_list_that_lost_half_is_not_believed_until_somebody_says_so(catalogue, upstream):
    upstream.source = HalfList(upstream.source)
    try:
        report = catalogue.run("import-lists", further={"lists": lists("900000001")})
        assert report.status == "failed"
        assert "of its 10 shows are left" in next(iter(report.failures.values()))
        left = "select count(*) from core.list_items where left_at is not null"
        assert catalogue.one(left) == 0
        report = catalogue.run("import-lists", further={"lists": lists("900000001")}, allow_shrink=True)
        assert report.status == "completed"
        assert catalogue.one(left) == 5
    finally:
        upstream.source = upstream.source.beneath.beneath


def test_a_show_that_answers_as_another_waits_for_a_person_and_nothing_of_it_is_stored(catalogue, upstream):
    before = catalogue.rows("select * from core.shows where tmdb_id = :id", id=LARKSPUR)
    upstream.amend(f"tv/{LARKSPUR}", id=900000001, name="Glass Hill Realty")
    report = catalogue.run("show-details", tmdb_ids=[LARKSPUR], force=True)
    assert report.ambiguous == 1 and len(report.failures) == 1
    assert catalogue.rows("select * from core.shows where tmdb_id = :id", id=LARKSPUR) == before
    ((reason, candidates),) = catalogue.rows(
        "select reason, candidates from ops.open_cases where name like '%Larkspur%'"
    )
    assert reason == "answers-as-another" and candidates[0]["value"] == "900000001"
    upstream.restore()
    catalogue.run("show-details", tmdb_ids=[LARKSPUR], force=True)
    assert catalogue.rows("select 1 from ops.open_cases where name like '%Larkspur%'") == []


def test_a_second_run_of_a_stage_waits_and_then_ends_cancelled_naming_the_holder(catalogue, monkeypatch):
    monkeypatch.setattr("flows.stage.PATIENCE", 0.5)
    with locks.held("entities", patience=0, holder=str):
        holder = runs.start("entities", parameters={}, dry_run=False, worker="elsewhere:42")
        with pytest.raises(CancelledRun, match=rf"entities is already running: run {holder} in process elsewhere:42"):
            catalogue.run("entities")
        assert catalogue.run("entities", dry_run=True).status == "completed"
    assert (
        catalogue.column("select status from ops.runs where stage = 'entities' and not dry_run order by started_at")[-1]
        == "running"
    )


def test_a_run_whose_process_died_is_buried_by_the_next_one_here_and_in_prefect(catalogue):
    with get_client(sync_client=True) as client:
        dead = catalogue.one("select flow_run_id from ops.runs where stage = 'entities' limit 1")
        client.set_flow_run_state(dead, Running(), force=True)
    catalogue.change("update ops.runs set status = 'running', finished_at = null where flow_run_id = :id", id=dead)
    catalogue.run("entities")
    assert catalogue.column("select status from ops.runs where flow_run_id = :id", id=dead) == ["crashed"]
    assert flow_run(UUID(str(dead))).state.is_crashed()


def test_retention_drops_what_is_old_and_makes_due_what_gets_too_old(catalogue):
    catalogue.change("update ops.source_records set fetched_at = now() - interval '200 days' where resource = 'find'")
    catalogue.change("update ops.source_records set fetched_at = now() - interval '160 days' where resource = 'show'")
    newest = catalogue.one("select max(seq) from ops.changes")
    catalogue.change(
        f"update ops.changes set changed_at = now() - interval '400 days' where seq % 2 = 0 or seq = {newest}"
    )
    catalogue.change("update ops.runs set started_at = now() - interval '200 days' where stage = 'entities'")
    announced = '[{"room": "surveys:survey:1", "type": "old"}, {"room": "surveys:survey:1", "type": "new"}]'
    catalogue.change("select ops.announce(cast(:events as jsonb))", events=announced)
    with as_system() as session:
        session.execute(text("update ops.events set created_at = now() - interval '8 days' where type = 'old'"))
    from flows.pipeline import FLOWS
    from flows.selection import Selection

    report = FLOWS["retention"](Selection(), keep=Keep())
    assert report.tables["ops.source_records"].removed > 0
    assert catalogue.one("select count(*) from ops.source_records where resource = 'find'") == 0
    assert due(catalogue, "show", LARKSPUR)
    # The newest change stays, however old it is: readers' cursors continue from it.
    assert catalogue.one(f"select count(*) from ops.changes where seq % 2 = 0 and seq < {newest}") == 0
    assert catalogue.one(f"select count(*) from ops.changes where seq = {newest}") == 1
    assert catalogue.one("select count(*) from ops.runs where stage = 'entities'") == 0
    assert catalogue.column("select type from ops.events") == ["new"]


def test_named_people_are_refreshed_alone(catalogue, upstream):
    from flows.people_cast import People

    person = catalogue.one("select max(tmdb_id) from core.people")
    upstream.amend(f"person/{person}", biography="Moved to Lisbon.")
    upstream.requests.clear()
    report = catalogue.run("people-cast", further={"people": People(people_ids=[person])}, force=True)
    assert report.done == 1
    assert [path.split("?")[0] for path in upstream.requests.paths("/3/")] == [f"/3/person/{person}"]
    assert catalogue.one("select biography from core.people where tmdb_id = :id", id=person) == "Moved to Lisbon."


def lists(list_id):
    from flows.import_lists import ListSources

    return ListSources(tmdb_lists=[list_id])


class HalfList:
    """A source whose lists lost half of their entries."""

    def __init__(self, beneath):
        self.beneath = beneath

    def __getattr__(self, name):
        return getattr(self.beneath, name)

    def item_list(self, list_id):
        from dataclasses import replace

        whole = self.beneath.item_list(list_id)
        return replace(whole, items=whole.items[: len(whole.items) // 2])
