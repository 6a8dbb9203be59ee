"""A stage in progress: every flow runs inside `stage`, which records the run, and ends it truthfully."""

import logging
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from prefect import runtime
from prefect.artifacts import create_table_artifact
from prefect.exceptions import MissingContextError
from prefect.logging import get_run_logger
from pydantic import BaseModel

from db import runs
from db.bulk import Counts
from db.session import check_reachable
from flows.report import RunReport, as_table
from flows.selection import Selection
from flows.settings import TmdbSettings, load
from models.ops import RunStatus

FAILED_SHARE = 0.2
"""A stage that could not do more than this share of its selection has failed, whatever it did of the rest."""

Item = TypeVar("Item")


class StageFailed(Exception):
    """A stage ended, and too much of it did not work. `report` tells what."""

    def __init__(self, report: RunReport) -> None:
        example = next(iter(report.failures.items()), ("", ""))
        super().__init__(
            f"{report.stage}: {len(report.failures)} of {max(report.selected, len(report.failures))} failed,"
            f" e.g. {example[0]}: {example[1]}"
        )
        self.report = report


class Outcome(BaseModel):
    """What a store task did with one chunk. It is added to the run's report; tasks pass it on as it is."""

    done: int = 0
    tables: dict[str, Counts] = {}
    failures: dict[str, str] = {}
    ambiguous: int = 0
    drift: dict[str, int] = {}

    def count(self, table: str, counts: Counts) -> None:
        """Add rows written to a table."""
        self.tables[table] = self.tables.get(table, Counts()) + counts

    def add(self, other: "Outcome") -> None:
        """Add what another piece of work did."""
        self.done += other.done
        self.ambiguous += other.ambiguous
        self.failures |= other.failures
        self.drift = dict(Counter(self.drift) + Counter(other.drift))
        for table, counts in other.tables.items():
            self.count(table, counts)


class StageRun:
    """The run of one stage, while it lasts."""

    def __init__(self, name: str, selection: Selection, run_id: UUID) -> None:
        self.id = run_id
        self.selection = selection
        self.report = RunReport(stage=name, dry_run=selection.dry_run, upstream=load(TmdbSettings).tmdb_api_url)
        self.began = datetime.now(UTC)
        self.started = time.monotonic()
        self.log = logger()

    def select(self, items: Sequence[Any], what: str = "shows") -> None:
        """Say how much there is to do."""
        self.report.selected += len(items)
        self.log.info("%s: %d %s", self.report.stage, len(items), what)

    def add(self, outcome: Outcome) -> None:
        """Take a chunk's outcome into the report, and show how far the stage is."""
        report = self.report
        report.done += outcome.done
        report.ambiguous += outcome.ambiguous
        report.failures |= outcome.failures
        report.add_drift(outcome.drift)
        for table, counts in outcome.tables.items():
            report.add_counts(table, counts)
        seconds = max(time.monotonic() - self.started, 0.001)
        self.log.info(
            "%s: %d of %d done, %d failed, %d rows written, %.0f/s",
            report.stage, report.done, report.selected, len(report.failures), report.written, report.done / seconds,
        )  # fmt: skip


@contextmanager
def stage(
    name: str, selection: Selection, parameters: dict[str, Any] | None = None, *, tolerated: float = FAILED_SHARE
) -> Iterator[StageRun]:
    """Run a stage: its row in `ops.runs`, its report as log lines and as a Prefect table artifact.

    Raises:
        StageFailed: at the end, when a larger share of the selection failed than is tolerated.
        ConfigurationError: at the start, when the database or the upstream's access is not set up.
    """
    check_reachable()
    run_id = runs.start(
        name,
        parameters=selection.model_dump(mode="json") | (parameters or {}),
        dry_run=selection.dry_run,
        flow_run_id=_uuid(runtime.flow_run.id),
        parent_flow_run_id=_uuid(runtime.flow_run.parent_flow_run_id),
    )
    status = RunStatus.CANCELLED  # unless it ends by itself: Ctrl-C and a cancelled flow run pass no `except` below
    run = None
    try:
        run = StageRun(name, selection, run_id)
        yield run
        status = RunStatus.FAILED if run.report.failed_share > tolerated else RunStatus.COMPLETED
    except Exception as error:
        status = RunStatus.FAILED
        if run:
            run.report.notes.append(f"{type(error).__name__}: {error}")
        raise
    finally:
        report = run.report if run else RunReport(stage=name)
        report.status = status
        report.seconds = time.monotonic() - run.started if run else 0.0
        runs.finish(run_id, status, report.model_dump(mode="json"))
        if run and status is not RunStatus.CANCELLED:
            _publish(run)
    if status is RunStatus.FAILED:
        raise StageFailed(run.report)


def chunks(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    """Cut a selection into pieces of at most `size`, in its order: the same selection always cuts the same way."""
    return (list(items[start : start + size]) for start in range(0, len(items), size))


def logger() -> "logging.Logger | logging.LoggerAdapter[logging.Logger]":
    """The Prefect run's logger, or an ordinary one outside of a run."""
    try:
        return get_run_logger()
    except MissingContextError:
        return logging.getLogger("flows")


def show_reports(reports: Iterable[RunReport]) -> None:
    """Log the report table."""
    logger().info("report\n%s", as_table(reports))


def _publish(run: StageRun) -> None:
    show_reports([run.report])
    if runtime.flow_run.id:
        rows = [run.report.row()] + [
            {"stage": run.report.stage, "status": f"{table}: {counts.model_dump()}"}
            for table, counts in run.report.tables.items()
        ]
        create_table_artifact(key=f"report-{run.report.stage}", table=rows, description=f"Run {run.id}")


def _uuid(value: Any) -> UUID | None:
    return UUID(str(value)) if value else None
