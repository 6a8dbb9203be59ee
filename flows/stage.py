"""A stage in progress: every flow runs inside `stage`, which guards, records and reports the run, and ends it
truthfully.

A stage that is running already makes a second run wait half a minute, then end as Cancelled, naming the holder. A run
that was killed is found by the next one of its stage and marked as crashed, here and in Prefect.
"""

import functools
import gc
import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from prefect import Flow, flow, runtime
from prefect.states import Cancelled

from db import locks, runs
from db.object_store import StoreFailed
from db.session import check_reachable
from flows.outcome import Outcome, StageFailed
from flows.publishing import Progress, bury, logger, publish
from flows.report import RunReport
from flows.selection import Selection
from flows.settings import TmdbSettings, load
from models.ops import RunStatus

FAILED_SHARE = 0.2
"""A stage that could not do more than this share of its selection has failed, whatever it did of the rest."""

OBJECT_STORE = "object store"
"""What a report calls it among what failed."""

PATIENCE = 30.0
"""Seconds that a second run of a stage waits for the first."""

Item = TypeVar("Item")


def collecting(name: str) -> Callable[[Callable[..., Any]], Flow[..., Any]]:
    """A flow under this name that ends as Cancelled, naming the holder, when another run of it does not give way."""

    def decorate(run: Callable[..., Any]) -> Flow[..., Any]:
        @flow(name=name)
        @functools.wraps(run)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            _leave_modules_alone()
            try:
                return run(*args, **kwargs)
            except locks.Busy as busy:
                return Cancelled(message=str(busy))

        return guarded

    return decorate


@functools.cache
def _leave_modules_alone() -> None:
    """Once a process: keep what was imported out of garbage collection.

    Prefect and pydantic bring a quarter of a million objects; to look at them again with every full collection stops all
    threads for 0.3 s, many times in a run, and nothing is asked of an upstream meanwhile.
    """
    gc.collect()
    gc.freeze()


class StageRun:
    """The run of one stage, while it lasts."""

    def __init__(self, name: str, selection: Selection, run_id: UUID) -> None:
        self.id = run_id
        self.selection = selection
        self.report = RunReport(stage=name, dry_run=selection.dry_run)
        self.began = datetime.now(UTC)
        self.started = time.monotonic()
        self.log = logger()
        self._progress = Progress(name)

    def select(self, items: Sequence[Any], what: str = "shows") -> None:
        """Say how much there is to do."""
        self.report.selected += len(items)
        self.log.info("%s: %d %s", self.report.stage, len(items), what)

    def add(self, outcome: Outcome) -> None:
        """Take a chunk's outcome into the report, and show how far the stage is."""
        report = self.report
        report.done += outcome.done
        report.unchanged += outcome.unchanged
        report.ambiguous += outcome.ambiguous
        if outcome.due:
            report.notes.append(f"{outcome.due} records are due because the upstream says they changed")
        report.failures |= outcome.failures
        report.add_drift(outcome.drift)
        for table, counts in outcome.tables.items():
            report.add_counts(table, counts)
        report.seconds = time.monotonic() - self.started
        self.log.info("%s", report.progress())
        self._progress.show(report)


@contextmanager
def stage(
    name: str, selection: Selection, parameters: dict[str, Any] | None = None, *, tolerated: float = FAILED_SHARE
) -> Iterator[StageRun]:
    """Run a stage: alone, with its row in `ops.runs`, its report as log lines and as a Prefect table artifact.

    Raises:
        StageFailed: at the end, when a larger share of the selection failed than is tolerated, or the object store did;
            what was left then waits for the next run.
        Busy: another run of the stage did not end in time.
        ConfigurationError: at the start, when the database or the upstream's access is not set up.
    """
    check_reachable()
    with ExitStack() as guards:
        if not selection.dry_run:  # it changes nothing, so it may run beside another
            guards.enter_context(locks.held(name, patience=PATIENCE, holder=lambda: runs.holder(name)))
            bury(name, runs.crashed(name))
        run = StageRun(name, selection, _started(name, selection, parameters or {}))
        status = RunStatus.CANCELLED  # unless it ends by itself: Ctrl-C and a cancelled flow pass no `except` below
        try:
            run.report.upstream = load(TmdbSettings).tmdb_api_url
            yield run
            status = RunStatus.FAILED if run.report.failed_share > tolerated else RunStatus.COMPLETED
        except StoreFailed as failure:
            status = RunStatus.FAILED
            run.report.failures = {OBJECT_STORE: str(failure)} | run.report.failures
        except Exception as error:  # whatever ends a stage belongs in its report, too
            status = RunStatus.FAILED
            run.report.notes.append(f"{type(error).__name__}: {error}")
            raise
        finally:
            run.report.status = status
            run.report.seconds = time.monotonic() - run.started
            runs.finish(run.id, status, run.report.model_dump(mode="json"))
            if status is not RunStatus.CANCELLED:
                publish(run.report, run.id)
    if status is RunStatus.FAILED:
        raise StageFailed(run.report)


def _started(name: str, selection: Selection, parameters: dict[str, Any]) -> UUID:
    return runs.start(
        name,
        parameters=selection.model_dump(mode="json") | parameters,
        dry_run=selection.dry_run,
        worker=f"{socket.gethostname()}:{os.getpid()}",
        flow_run_id=_uuid(runtime.flow_run.id),
        parent_flow_run_id=_uuid(runtime.flow_run.parent_flow_run_id),
    )


def chunks(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    """Cut a selection into pieces of at most `size`, in its order: the same selection always cuts the same way."""
    return (list(items[start : start + size]) for start in range(0, len(items), size))


def _uuid(value: Any) -> UUID | None:
    return UUID(str(value)) if value else None
