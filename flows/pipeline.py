"""The pipeline: all stages over the selected shows, one after the other.

A stage that fails does not keep the next from what it can do; the pipeline then ends as failed, and its report says
where.
"""

from collections.abc import Callable
from typing import Any

from prefect import flow
from prefect.artifacts import create_table_artifact

from flows.entities import sync_entities
from flows.images import sync_images
from flows.import_lists import ListSources, import_lists
from flows.mirror_media import mirror_media
from flows.people_cast import sync_people_cast
from flows.report import RunReport, as_table
from flows.resolve_ids import resolve_ids
from flows.seasons_episodes import sync_seasons_episodes
from flows.selection import Selection
from flows.show_details import sync_show_details
from flows.stage import StageFailed, logger
from flows.watch_providers import sync_watch_providers

Stage = Callable[..., RunReport]

STAGES: dict[str, Stage] = {
    "import-lists": import_lists,
    "resolve-ids": resolve_ids,
    "show-details": sync_show_details,
    "entities": sync_entities,
    "watch-providers": sync_watch_providers,
    "seasons-episodes": sync_seasons_episodes,
    "people-cast": sync_people_cast,
    "images": sync_images,
    "mirror-media": mirror_media,
}
"""Every stage by the name of its deployment, in the order in which they build on each other."""


class PipelineFailed(Exception):
    """One or more stages failed; `reports` are those of all stages that ran."""

    def __init__(self, reports: list[RunReport]) -> None:
        failed = [report.stage for report in reports if report.status == "failed"]
        super().__init__(f"failed: {', '.join(failed)}\n{as_table(reports)}")
        self.reports = reports


@flow(name="pipeline")
def pipeline(selection: Selection = Selection(), lists: ListSources = ListSources()) -> list[RunReport]:
    """Collect everything about the selected shows, or about all shows on the lists.

    Raises:
        PipelineFailed: at the end, when a stage failed.
        Unauthorized, ConfigurationError: at once; no stage would fare better.
    """
    log = logger()
    reports: list[RunReport] = []
    for position, (name, stage) in enumerate(STAGES.items(), start=1):
        log.info("stage %d of %d: %s", position, len(STAGES), name)
        further: dict[str, Any] = {"lists": lists} if name == "import-lists" else {}
        try:
            reports.append(stage(selection, **further))
        except StageFailed as failure:
            reports.append(failure.report)
    _publish(reports)
    if any(report.status == "failed" for report in reports):
        raise PipelineFailed(reports)
    return reports


def _publish(reports: list[RunReport]) -> None:
    logger().info("the whole run\n%s", as_table(reports))
    create_table_artifact(key="report-pipeline", table=[report.row() for report in reports])
