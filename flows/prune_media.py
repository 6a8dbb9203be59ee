"""Prune media: objects that no row needs are removed from the store, after a grace period and never too many at once.

Reads `core.images`, `core.assets` and the store's list of objects below `images/`; marks `core.assets.unreferenced_since`;
removes rows and objects only with `delete`. Unneeded are a copy that no image has led to for the whole grace, with its
variants; and an object as old that no row names, which a killed run leaves, a variant without its original among them.
Whatever has a name that we would not give is somebody else's and stays.

Removing and mirroring cannot meet: a mirror shares the lock on the store from its look at it until its rows are written;
pruning has that lock alone, and under it looks at the rows again before each batch goes, rows first. A killed run leaves
at worst objects without rows, which the next one finds.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from prefect import task
from prefect.cache_policies import NO_CACHE
from pydantic import BaseModel, Field

from db.bulk import Counts
from db.commands.keeping import Unneeded, forget_unneeded, mark_unreferenced, stems, unneeded
from db.locks import OBJECTS, alone
from db.object_store import Held, object_store
from db.session import read, unit_of_work
from flows.outcome import Outcome
from flows.report import RunReport
from flows.selection import Selection
from flows.stage import StageRun, chunks, collecting, stage
from models.rules.variants import WIDTHS, Parts, parts_of

BATCH = 200
THREADS = 8


class Prune(BaseModel):
    """What may go."""

    delete: bool = Field(default=False, description="Remove it; without, the run only reports what it would remove")
    grace_days: float = Field(default=30, ge=0, description="Days that something must have been unneeded")
    most: float = Field(
        default=0.1, gt=0, le=1, description="The share of all objects that may go at once; with more, none goes"
    )


class Sweep(NamedTuple):
    """A piece of what is to go: rows of copies, and objects."""

    copies: list[UUID]
    objects: list[Held]


@collecting("prune-media")
def prune_media(selection: Selection = Selection(), prune: Prune = Prune()) -> RunReport:
    """Remove objects that nobody needs any more from the store; without `delete`, say which."""
    with stage("prune-media", selection, prune.model_dump(mode="json"), tolerated=0.0) as run:
        grace = timedelta(days=prune.grace_days)
        object_store().prepare()
        if not selection.dry_run:
            with unit_of_work() as session:
                run.report.add_counts("core.assets", mark_unreferenced(session))
        held = list(object_store().listed("images/"))
        with read() as connection:
            copies = unneeded(connection, grace)
            needed = stems(connection)
        sweep = _unneeded(run, held, copies, needed, datetime.now(UTC) - grace)
        run.select(sweep.objects, "objects")
        share = len(sweep.objects) / max(len(held), 1)
        size = sum(item.bytes for item in sweep.objects)
        told = f"{len(sweep.objects)} of {len(held)} objects ({size:,} bytes) and {len(copies)} rows are not needed"
        run.report.notes.append(told)
        if share > prune.most:
            problem = f"{told}; that is more than {prune.most:.0%}, so none was removed"
            run.add(Outcome(failures={"objects": problem}))
        elif prune.delete and not selection.dry_run:
            _remove_all(run, sweep, grace)
        else:
            run.report.add_counts("core.assets", Counts(removed=len(copies)))
            run.report.add_counts("objects", Counts(removed=len(sweep.objects)))
            run.report.notes.append("nothing was removed; `delete` removes it")
    return run.report


def _unneeded(
    run: StageRun, held: Sequence[Held], copies: Sequence[Unneeded], needed: set[str], before: datetime
) -> Sweep:
    going = {parts.stem for copy in copies if (parts := parts_of(copy.key))}
    objects = []
    foreign = 0
    for item in held:
        parts = parts_of(item.key)
        if parts is None:
            foreign += 1
        elif parts.stem in going or (item.modified < before and not _is_needed(parts, needed)):
            objects.append(item)
    if foreign:
        run.report.notes.append(f"{foreign} objects below images/ are none of ours by their names, and stay")
    return Sweep([copy.id for copy in copies], objects)


def _is_needed(parts: Parts, needed: set[str]) -> bool:
    return parts.stem in needed and (parts.width is None or parts.width in WIDTHS)


def _remove_all(run: StageRun, sweep: Sweep, grace: timedelta) -> None:
    """Rows go with the first batches, so that their objects are free when their turn comes."""
    for copies in chunks(sweep.copies, BATCH):
        run.add(remove(Sweep(copies, []), grace))
    for objects in chunks(sweep.objects, BATCH):
        run.add(remove(Sweep([], objects), grace))


@task(cache_policy=NO_CACHE)
def remove(sweep: Sweep, grace: timedelta) -> Outcome:
    """Remove a batch of what is still unneeded once nobody else can change that."""
    outcome = Outcome()
    store = object_store()
    digests = {parts.sha256 for item in sweep.objects if (parts := parts_of(item.key))}
    with alone(OBJECTS):
        with unit_of_work() as session:
            removed = forget_unneeded(session, sweep.copies, grace)
            needed = stems(session.connection(), digests)

        def take(item: Held) -> bool:
            parts = parts_of(item.key)
            if parts is None or _is_needed(parts, needed):
                return False
            store.remove(item.key)
            return True

        with ThreadPoolExecutor(THREADS) as pool:
            taken = sum(pool.map(take, sweep.objects))
    outcome.count("core.assets", Counts(removed=removed))
    outcome.count("objects", Counts(removed=taken, unchanged=len(sweep.objects) - taken))
    outcome.done = len(sweep.objects)
    return outcome
