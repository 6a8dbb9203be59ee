"""Retention: what grows is kept for a stated time, and nothing of TMDb's longer than its terms allow.

Reads and writes `ops` and the HTTP cache: old entries of the change feed, ended runs, answers that nobody needs any
more. Answers of TMDb older than five months are made due, so that the next run refreshes them; older than six they
are dropped.
"""

from datetime import timedelta
from pathlib import Path

from prefect import task
from pydantic import BaseModel, Field

from db.bulk import Counts
from db.commands.retention import drop_answers, drop_changes, drop_events, drop_runs, refresh_answers
from db.session import unit_of_work
from flows.bundles import STORE
from flows.outcome import Outcome
from flows.report import RunReport
from flows.selection import Selection
from flows.settings import HttpSettings, load
from flows.sources.cache import sweep
from flows.stage import collecting, stage


class Keep(BaseModel):
    """How many days each growing thing is kept."""

    changes: int = Field(default=365, ge=30, description="Days that the change feed reaches back")
    runs: int = Field(default=180, ge=1, description="Days that reports of ended runs are kept")
    events: int = Field(default=7, ge=1, description="Days that a client may be away and still be told what it missed")
    answers: int = Field(
        default=180, ge=60, le=180, description="Days after which upstream answers are dropped; TMDb allows 180"
    )


@collecting("retention")
def apply_retention(selection: Selection = Selection(), keep: Keep = Keep()) -> RunReport:
    """Drop what is older than it is to be kept, and make due what must be refreshed before it is."""
    with stage("retention", selection, keep.model_dump(mode="json")) as run:
        run.select(["changes", "runs", "events", "answers"], "kinds of rows")
        run.add(sweep_rows(keep, selection))
        if not selection.dry_run:
            files = sweep(Path(load(HttpSettings).http_cache_dir), timedelta(days=keep.answers))
            run.report.notes.append(f"{files} files of the HTTP cache were dropped")
    return run.report


@task(**STORE)
def sweep_rows(keep: Keep, selection: Selection) -> Outcome:
    """Sweep the tables in one transaction."""
    outcome = Outcome(done=4)
    with unit_of_work(dry_run=selection.dry_run) as session:
        outcome.count("ops.changes", Counts(removed=drop_changes(session, timedelta(days=keep.changes))))
        outcome.count("ops.runs", Counts(removed=drop_runs(session, timedelta(days=keep.runs))))
        outcome.count("ops.events", Counts(removed=drop_events(session, timedelta(days=keep.events))))
        outcome.count("ops.source_records", Counts(removed=drop_answers(session, timedelta(days=keep.answers))))
        outcome.due = refresh_answers(session, timedelta(days=keep.answers - 30))
    return outcome
