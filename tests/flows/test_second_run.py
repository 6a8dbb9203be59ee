"""A second run over unchanged upstreams: nothing is written, nothing is put, and Prefect remembers what was fetched."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from deployments.local.object_store import ObjectStore
from deployments.upstream import IMDB_LIST_CSV, Upstream
from tests.flows.conftest import LISTS, Catalogue, Worlds, artifacts, flow_run, task_runs

LISTED: dict[str, Any] = {"TMDB_LIST_IDS": LISTS, "IMDB_LIST_CSV": str(IMDB_LIST_CSV)}


@dataclass
class Runs:
    """The sample collected twice, and what was there between."""

    catalogue: Catalogue
    before: dict[str, Any]
    objects: dict[str, tuple[Any, Any]]
    reports: dict[str, Any]
    requests: list[str]
    flow_run_id: Any


@pytest.fixture(scope="module")
def runs(worlds: Worlds, collected: Catalogue, sample_upstream: Upstream, object_store: ObjectStore) -> Iterator[Runs]:
    """A second pipeline over what the first one collected."""
    from flows.pipeline import FLOWS

    run_pipeline: Any = FLOWS["pipeline"]
    copy = worlds.catalogue(collected.name, sample_upstream, bucket=collected.bucket, known_to_prefect=True, **LISTED)
    with copy as catalogue:
        before, objects = catalogue.snapshot(), objects_in(object_store, collected.bucket)
        sample_upstream.requests.clear()
        reports = {report.stage: report for report in run_pipeline().parts}
        requests = sample_upstream.requests.paths()
        flow_run_id = catalogue.one(
            "select flow_run_id from ops.runs where stage = 'pipeline' order by started_at desc limit 1"
        )
        yield Runs(catalogue, before, objects, reports, requests, flow_run_id)


def objects_in(store: ObjectStore, bucket: str) -> dict[str, tuple[Any, Any]]:
    found = store.client.list_objects(bucket, recursive=True)
    return {str(item.object_name): (item.etag, item.last_modified) for item in found}


def test_it_writes_no_row_of_the_catalogue(runs):
    assert {table: len(rows) for table, rows in runs.before.items()} != {}
    assert runs.catalogue.snapshot() == runs.before
    assert [report.written for report in runs.reports.values()] == [0] * len(runs.reports)


def test_it_puts_and_downloads_no_object(runs, object_store):
    assert objects_in(object_store, runs.catalogue.bucket) == runs.objects
    assert runs.objects
    assert runs.reports["mirror-media"].selected == 0


def test_it_asks_tmdb_for_its_lists_and_what_changed_only(runs):
    lists = {f"/4/list/{list_id}" for list_id in LISTS.split(",")}
    assert {path.split("?")[0] for path in runs.requests} <= lists | {"/3/tv/changes", "/3/person/changes"}


def test_its_fetch_tasks_are_cached_in_prefect(runs):
    """But for those of `resolve-ids`, which asks about fewer shows now, and for those of people, of whom two were merged:
    they look, and have nothing to fetch.
    """
    states = [
        run.state.name
        for stage in runs.catalogue.column(
            "select r.flow_run_id from ops.runs r join ops.runs p on p.id = r.parent_id where p.flow_run_id = :run"
            " and r.stage <> 'resolve-ids'",
            run=runs.flow_run_id,
        )
        for run in task_runs(stage)
        if run.name.startswith(tuple(f"fetch tmdb {resource}" for resource in ("show", "season", "find")))
    ]
    assert len(states) >= 7
    assert set(states) == {"Cached"}


def test_asked_again_by_force_it_still_writes_nothing(runs):
    for stage in ("show-details", "entities", "watch-providers", "seasons-episodes", "people-cast", "images"):
        report = runs.catalogue.run(stage, force=True)
        assert (stage, report.written, report.failures) == (stage, 0, {})
    assert runs.catalogue.reports["show-details"].requests >= 12
    assert runs.catalogue.snapshot() == runs.before


def test_where_prefect_forgot_and_records_are_due_it_still_writes_nothing(worlds, collected, upstream):
    """A copy of the database is another one for Prefect; and here every answer has expired, and is asked for again."""
    with worlds.catalogue(collected.name, upstream, bucket=collected.bucket, **LISTED) as copy:
        copy.change("update ops.source_records set expires_at = now() - interval '1 hour'")
        before = copy.snapshot()
        for stage in ("import-lists", "show-details", "people-cast", "images", "mirror-media"):
            report = copy.run(stage)
            assert (stage, report.written, report.failures) == (stage, 0, {})
        assert copy.reports["show-details"].requests + copy.reports["import-lists"].requests >= 12
        assert copy.snapshot() == before


def test_a_cached_fetch_whose_records_are_gone_is_fetched_again(runs):
    """The records are the authority: Prefect's memory of a chunk does not stand in for them. The HTTP cache may."""
    runs.catalogue.change("delete from ops.source_records where resource = 'show' and ref = '900000004'")
    report = runs.catalogue.run("show-details")
    assert report.failures == {} and report.written == 0
    assert report.requests + report.from_cache == 1
    assert runs.catalogue.one("select count(*) from ops.source_records where resource = 'show' and ref = '900000004'")


def test_every_run_is_recorded_with_its_parent_parameters_and_report(runs):
    rows = runs.catalogue.records(
        "select r.*, p.stage as parent from ops.runs r join ops.runs p on p.id = r.parent_id"
        " where p.flow_run_id = :run order by r.started_at",
        run=runs.flow_run_id,
    )
    assert [(row["stage"], row["parent"]) for row in rows] == [(stage, "pipeline") for stage in runs.reports]
    for row in rows:
        assert row["status"] == "completed" and row["finished_at"] >= row["started_at"]
        assert row["report"]["stage"] == row["stage"] and row["report"]["status"] == "completed"
        assert row["parameters"]["force"] is False and row["dry_run"] is False


def test_every_report_is_an_artifact_on_the_prefect_page(runs):
    flow_runs = dict(
        runs.catalogue.rows(
            "select r.stage, r.flow_run_id from ops.runs r left join ops.runs p on p.id = r.parent_id"
            " where :run in (r.flow_run_id, p.flow_run_id)",
            run=runs.flow_run_id,
        )
    )
    for stage in [*runs.reports, "pipeline"]:
        (table,) = artifacts(flow_runs[stage], f"report-{stage}")
        assert (table[0]["stage"], table[0]["status"]) == (stage, "completed")


def test_the_pipeline_and_its_stages_are_completed_on_the_prefect_page(runs):
    stages = runs.catalogue.column(
        "select r.flow_run_id from ops.runs r join ops.runs p on p.id = r.parent_id where p.flow_run_id = :run",
        run=runs.flow_run_id,
    )
    assert {flow_run(id_).state.name for id_ in [runs.flow_run_id, *stages]} == {"Completed"}
    assert all(flow_run(id_).parent_task_run_id for id_ in stages)
