"""Portraits: what IMDb offers in images of the billed cast of each show. TMDb's come with what it says of each person."""

from flows.imdb_images import store_all_person_images
from flows.report import RunReport
from flows.selection import Selection
from flows.stage import collecting, stage


@collecting("portraits")
def sync_portraits(selection: Selection = Selection()) -> RunReport:
    """Bring IMDb's images of the people in the selected shows up to date."""
    with stage("portraits", selection) as run:
        store_all_person_images(run)
    return run.report
