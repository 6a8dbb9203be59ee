"""The pipeline: all stages over the selected shows, one after the other.

A stage that fails does not keep the next from what it can do; the pipeline then ends as failed, and its report says
where.
"""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from prefect.exceptions import CancelledRun
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

from flows.ahead import Ahead
from flows.appearances import sync_appearances
from flows.entities import sync_entities
from flows.episode_groups import sync_episode_groups
from flows.fandom import sync_fandom
from flows.images import sync_images
from flows.imdb_datasets import sync_imdb_datasets
from flows.import_lists import ListSources, import_lists
from flows.measure_media import measure_media
from flows.mirror_media import mirror_media
from flows.outcome import Outcome, StageFailed
from flows.people_cast import sync_people_cast
from flows.portraits import sync_portraits
from flows.profiles import sync_profiles
from flows.prune_media import prune_media
from flows.rebuild_urls import rebuild_urls
from flows.report import RunReport
from flows.resolve_ids import resolve_ids
from flows.retention import apply_retention
from flows.seasons_episodes import sync_seasons_episodes
from flows.selection import Selection
from flows.show_details import sync_show_details
from flows.stage import collecting, stage
from flows.upstream_changes import sync_upstream_changes
from flows.verify_media import verify_media
from flows.watch_providers import sync_watch_providers
from flows.wikidata import sync_wikidata

Stage = Callable[..., RunReport]

STAGES: dict[str, Stage] = {
    "import-lists": import_lists,
    "upstream-changes": sync_upstream_changes,
    "resolve-ids": resolve_ids,
    "show-details": sync_show_details,
    "entities": sync_entities,
    "watch-providers": sync_watch_providers,
    "seasons-episodes": sync_seasons_episodes,
    "episode-groups": sync_episode_groups,
    "images": sync_images,  # while people are asked for
    "people-cast": sync_people_cast,
    "appearances": sync_appearances,
    "wikidata": sync_wikidata,
    "fandom": sync_fandom,
    "portraits": sync_portraits,
    "mirror-media": mirror_media,
    "measure-media": measure_media,
    "profiles": sync_profiles,
}
"""Every stage by the name of its deployment, in the order in which they build on each other."""


@collecting("pipeline")
def pipeline(selection: Selection = Selection(), lists: ListSources = ListSources()) -> RunReport:
    """Collect everything about the selected shows, or about all shows on the lists.

    Raises:
        StageFailed: at the end, when a stage failed; its report holds those of all stages that ran.
        Unauthorized, ConfigurationError: at once; no stage would fare better.
    """
    with stage("pipeline", selection, lists.model_dump(mode="json"), tolerated=0.0) as run:
        run.select(list(STAGES), "stages")
        ahead: Ahead | None = None
        # The pipeline's own heartbeats say that the process lives; a stage with its own ends up to a second later for it.
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}), ExitStack() as ending:
            for name, collect in STAGES.items():
                further: dict[str, Any] = {"lists": lists} if name == "import-lists" else {}
                outcome = Outcome(done=1)
                if name == "resolve-ids" and not selection.force:  # what changed upstream is known by then
                    ahead = Ahead(selection)
                    ending.callback(ahead.end, run)
                if name == "images" and ahead:
                    ahead.wait_for_seasons()
                try:
                    run.report.parts.append(collect(selection, **further))
                except StageFailed as failure:
                    run.report.parts.append(failure.report)
                    outcome = Outcome(failures={name: str(failure)})
                except CancelledRun as cancelled:
                    outcome = Outcome(failures={name: str(cancelled)})
                if name == "show-details" and ahead:
                    ahead.bundles_are_current()
                run.add(outcome)
    return run.report


FLOWS: dict[str, Stage] = {
    "pipeline": pipeline,
    **STAGES,
    "imdb-datasets": sync_imdb_datasets,
    "retention": apply_retention,
    "verify-media": verify_media,
    "prune-media": prune_media,
    "rebuild-urls": rebuild_urls,
}
"""Everything that can be run, by name."""
