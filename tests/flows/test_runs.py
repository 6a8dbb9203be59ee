"""Runs: what they select, how they end, what a killed one leaves, and what an operator reads of them."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.flows.conftest import LISTS, flow_run

ROOT = Path(__file__).resolve().parents[2]


def asked(upstream: Any) -> set[str]:
    return {path.split("?")[0].rpartition("/")[2] for path in upstream.requests.paths("/3/tv/")}


def command(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "flows", *arguments],
        cwd=ROOT,
        env=os.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell's background job ignores Ctrl-C, and so would what it starts: tests may run as one.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def test_ids_of_any_kind_select_the_shows_they_name(catalogue):
    ours = catalogue.show(900000003)
    for selection, names in (
        ({"tmdb_ids": [900000001]}, 1),
        ({"imdb_ids": ["tt990000002", "tt990000003"]}, 2),
        ({"ids": [ours], "tmdb_ids": [900000001], "imdb_ids": ["tt990000003"]}, 2),
        ({"tmdb_ids": [1]}, 0),
        ({"tmdb_ids": [900000001, 900000002], "limit": 1}, 1),
    ):
        assert catalogue.run("entities", **selection).selected == names, selection
    assert 0 < catalogue.run("entities", limit=3).selected <= 3  # of which some have no TMDb id yet


def test_since_selects_what_did_not_succeed_since_then(catalogue):
    moment = datetime.now(UTC)
    assert catalogue.run("entities", since=moment - timedelta(days=1)).selected == 0
    assert catalogue.run("entities", tmdb_ids=[900000001]).selected == 1
    assert catalogue.run("entities", since=moment).selected == 11


def test_force_asks_again_and_without_it_fresh_answers_count(catalogue, upstream):
    assert catalogue.run("show-details", tmdb_ids=[900000001, 900000002]).requests == 0
    assert asked(upstream) == set()
    assert catalogue.run("show-details", tmdb_ids=[900000001, 900000002], force=True).requests == 2
    assert asked(upstream) == {"900000001", "900000002"}


def test_a_dry_run_of_every_stage_changes_nothing_and_tells_the_difference(catalogue, upstream):
    upstream.amend("tv/900000001", tagline="Changed since.", networks=[])
    upstream.amend("tv/900000001/season/1", lambda body: {**body, "episodes": body["episodes"][:-1]})
    before, state = catalogue.snapshot(), catalogue.records("select * from ops.sync_state order by resource, entity_id")
    touched = {"show-details": "core.shows", "entities": "core.show_networks", "seasons-episodes": "core.episodes"}
    for stage in ("show-details", "entities", "watch-providers", "seasons-episodes", "people-cast", "images"):
        report = catalogue.run(stage, tmdb_ids=[900000001], force=True, dry_run=True)
        assert report.failures == {}
        if table := touched.get(stage):
            counts = report.tables[table]
            assert counts.updated + counts.removed >= 1, stage
    assert catalogue.snapshot() == before
    assert catalogue.records("select * from ops.sync_state order by resource, entity_id") == state
    assert catalogue.one("select count(*) from ops.runs where dry_run") == 6


def test_a_failure_never_erases_a_success_and_the_next_success_clears_it(catalogue, upstream):
    sql = (
        "select y.* from ops.sync_state y join core.shows s on s.id = y.entity_id"
        " where s.tmdb_id = 900000001 and y.resource = 'entities'"
    )
    (first,) = catalogue.records(sql)
    assert (first["status"], first["last_error"]) == ("success", None)
    assert first["next_due_at"] > first["last_success_at"] == first["last_attempt_at"]
    upstream.withdraw("tv/900000001")
    report = catalogue.run("entities", tmdb_ids=[900000001], force=True)
    assert report.status == "failed"
    (failed,) = catalogue.records(sql)
    assert failed["last_success_at"] == first["last_success_at"] < failed["last_attempt_at"]
    assert failed["status"] == "failed" and "404" in failed["last_error"] and failed["next_due_at"] is None
    upstream.restore()
    catalogue.run("entities", tmdb_ids=[900000001], force=True)
    (again,) = catalogue.records(sql)
    assert (again["status"], again["last_error"]) == ("success", None)


def test_a_share_of_failures_beyond_a_fifth_fails_the_run_and_a_smaller_one_is_reported(catalogue, upstream):
    upstream.withdraw("tv/900000001")
    upstream.withdraw("tv/900000002")
    report = catalogue.run("entities", force=True)
    assert (report.status, len(report.failures), report.selected) == ("completed", 2, 12)
    upstream.withdraw("tv/900000003")
    report = catalogue.run("entities", force=True)
    assert (report.status, len(report.failures)) == ("failed", 3)
    run = catalogue.records("select * from ops.runs where stage = 'entities' order by started_at desc")[0]
    assert run["status"] == "failed" and len(run["report"]["failures"]) == 3
    assert flow_run(run["flow_run_id"]).state.name == "Failed"


def test_a_pipeline_goes_on_past_a_failed_stage_and_ends_as_failed(empty_catalogue, upstream):
    from flows.outcome import StageFailed
    from flows.pipeline import STAGES, pipeline
    from flows.selection import Selection

    upstream.faults.append(lambda request: ("no", 404) if request.path.startswith("/t/p/") else None)
    with pytest.raises(StageFailed) as failed:
        pipeline(Selection(tmdb_ids=[900000012]))
    parts = {part.stage: part.status for part in failed.value.report.parts}
    assert list(parts) == list(STAGES)
    assert parts.pop("mirror-media") == "failed" and set(parts.values()) == {"completed"}


def test_an_interrupted_run_is_cancelled_and_the_next_one_completes(empty_catalogue, upstream, monkeypatch):
    """Ctrl-C in the middle of fetching: the run says so, keeps what it got, and the next run goes on."""
    monkeypatch.setenv("TMDB_LIST_IDS", LISTS)
    monkeypatch.setenv("FETCH_THREADS", "1")  # eleven shows one after the other: time enough to come in between
    upstream.latency = 0.4
    interrupted = command("import-lists")
    deadline = time.monotonic() + 180
    while upstream.requests.count("/3/tv/") < 2:
        assert interrupted.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    interrupted.send_signal(signal.SIGINT)
    try:
        interrupted.wait(timeout=60)
    except subprocess.TimeoutExpired:
        interrupted.send_signal(signal.SIGINT)  # as a person would who sees it go on
    output, errors = interrupted.communicate(timeout=60)
    assert interrupted.returncode == 130, errors
    assert "stopped; what was stored stays" in errors
    assert "Traceback" not in output + errors
    assert empty_catalogue.column("select status from ops.runs") == ["cancelled"]
    assert empty_catalogue.one("select count(*) from core.shows") == 0
    assert empty_catalogue.one("select count(*) from ops.source_records") > 0

    upstream.latency = 0
    assert empty_catalogue.run("import-lists").status == "completed"
    assert empty_catalogue.one("select count(*) from core.shows") == 11
    from flows.__main__ import _last_reports

    assert [str(report.status) for report in _last_reports()] == ["completed", "cancelled"]
