"""What an operator sees of a run: log lines, progress and reports on the Prefect page, and the end of runs that died."""

import logging
import time
from collections.abc import Collection
from typing import cast
from uuid import UUID

from prefect import runtime
from prefect.artifacts import create_progress_artifact, create_table_artifact, update_progress_artifact
from prefect.client.orchestration import get_client
from prefect.exceptions import MissingContextError, ObjectNotFound
from prefect.logging import get_run_logger
from prefect.states import Crashed

from flows.report import RunReport, as_table

EVERY = 2.0
"""Seconds between two updates of the progress on the Prefect page; each is a request to the server."""


def logger() -> "logging.Logger | logging.LoggerAdapter[logging.Logger]":
    """The Prefect run's logger, or an ordinary one outside of a run."""
    try:
        return get_run_logger()
    except MissingContextError:
        return logging.getLogger("flows")


class Progress:
    """A bar on the Prefect page that fills as a stage proceeds. It appears with a stage that takes longer than a moment."""

    def __init__(self, stage: str) -> None:
        self._key = f"progress-{stage}"
        self._artifact: UUID | None = None
        self._shown = time.monotonic()

    def show(self, report: RunReport) -> None:
        """Bring the bar up to date, now and then."""
        if not runtime.flow_run.id or time.monotonic() - self._shown < EVERY:
            return
        self._shown = time.monotonic()
        percent = round(100 * (report.done + len(report.failures)) / max(report.selected, 1), 1)
        if self._artifact is None:
            made = create_progress_artifact(percent, key=self._key, description=report.progress())
            self._artifact = cast(UUID, made)  # outside of an event loop it is no coroutine
        else:
            update_progress_artifact(self._artifact, min(percent, 100.0), description=report.progress())


def publish(report: RunReport, run_id: UUID) -> None:
    """Show a report as log lines, and as a table on the Prefect page: the stage, then each table that it wrote."""
    if not report.parts:  # the parts of a pipeline have shown theirs
        logger().info("report\n%s", as_table([report]))
    if runtime.flow_run.id:
        tables = [{"stage": f"  {table}", **counts.model_dump()} for table, counts in report.tables.items()]
        notes = [f"- {note}" for note in report.notes] + [f"- failed: {r}: {p}" for r, p in report.failures.items()]
        notes += [f"- drift: {field} ({times})" for field, times in report.drift.items()]
        notes += [f"- {trouble} ({times})" for trouble, times in report.troubles.items()]
        create_table_artifact(
            key=f"report-{report.stage}",
            table=[report.row(), *tables],
            description="\n".join([f"Run {run_id}, upstream {report.upstream}", *notes[:200]]),
        )


def bury(stage: str, flow_runs: Collection[UUID | None]) -> None:
    """Mark runs that died as crashed on the Prefect page too; there they would stay Running for ever."""
    if not flow_runs:
        return
    logger().warning("%s: %d earlier runs died and are marked as crashed", stage, len(flow_runs))
    if not runtime.flow_run.id:
        return
    with get_client(sync_client=True) as client:
        for id_ in flow_runs:
            try:
                if id_ and not client.read_flow_run(id_).state.is_final():  # type: ignore[union-attr]
                    client.set_flow_run_state(id_, Crashed(message="its process died"), force=True)
            except ObjectNotFound:
                continue  # another Prefect server's, or swept away
