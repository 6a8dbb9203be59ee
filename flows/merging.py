"""Merging what a stage found to be one: at its end, when nothing of it holds an id of the two any more.

Reads the cases that the stage's claims left; writes the merges (`core.merge_log`).
"""

from db.bulk import Counts
from db.commands.duplicates import merge_duplicates
from db.session import unit_of_work
from flows.outcome import Outcome
from flows.stage import StageRun
from models.entities import Kind


def merge_found(run: StageRun, *kinds: Kind) -> None:
    """Merge the shows or people that share an id by now; the report tells how many, and each as a note.

    A dry run claims nothing that stays, so it has nothing to merge.
    """
    for kind in () if run.selection.dry_run else kinds:
        with unit_of_work() as session:
            merges = merge_duplicates(session, kind, run.report.stage)
        if merges:
            run.add(Outcome(tables={"core.merge_log": Counts(inserted=len(merges))}))
            run.report.notes.append(f"{len(merges)} {kind} merged: two that are one (python -m db merges)")
