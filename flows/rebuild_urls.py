"""Rebuild URLs: what is left to do when the public address of our store changes (`MEDIA_PUBLIC_URL`).

Reads every text of the catalogue; touches no object. Addresses of copies are put together when they are read, from the present
base and a key, so a new base holds at once, and this stage says so by looking. Where somebody wrote an address into a row
by hand, an editor's fact for one, it is rewritten from the old base to the present one.
"""

from prefect import task
from pydantic import BaseModel, Field

from db.commands.addresses import holding, rewrite
from db.object_store import object_store
from db.session import read, unit_of_work
from db.settings import ConfigurationError
from flows.bundles import STORE
from flows.outcome import Outcome
from flows.report import RunReport
from flows.selection import Selection
from flows.stage import collecting, stage


class Bases(BaseModel):
    """From where to where."""

    old: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s'\"\\]+$",
        description="The former public address of the store; without it, the run only looks for the present one",
    )


@collecting("rebuild-urls")
def rebuild_urls(selection: Selection = Selection(), bases: Bases = Bases()) -> RunReport:
    """Rewrite stored addresses of our objects from an old public address to the present one; there are hardly any."""
    with stage("rebuild-urls", selection, bases.model_dump(mode="json"), tolerated=0.0) as run:
        store = object_store()
        wanted = bases.old or store.public_base
        if bases.old and store.presigned_for is not None:
            raise ConfigurationError("MEDIA_PRESIGNED", "a private bucket has no public address to rewrite to")
        with read() as connection:
            found = holding(connection, wanted)
        places = [f"{table}.{column} ({rows} rows)" for (table, column), rows in found.items()]
        run.select(places, "columns")
        run.report.notes.append(f"addresses below {wanted} are stored in: {', '.join(places) or 'no row'}")
        if bases.old:
            run.add(rewrite_addresses(bases.old, store.public_base, dry_run=selection.dry_run))
        run.report.done = len(places)
    return run.report


@task(**STORE)
def rewrite_addresses(old: str, new: str, *, dry_run: bool) -> Outcome:
    """Rewrite them all in one transaction."""
    outcome = Outcome()
    with unit_of_work(dry_run=dry_run) as session:
        for table, counts in rewrite(session, old, new).items():
            outcome.count(table, counts)
    return outcome
