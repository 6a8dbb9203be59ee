"""Entities: the networks and production companies of each show.

Reads the TMDb show bundle; writes `core.networks`, `core.companies`, their logos as images, and which show they
belong to, in TMDb's order. What a complete answer no longer names is removed from the show; the organisation itself
stays.
"""

from collections.abc import Callable

from prefect import task
from sqlmodel import SQLModel

from db.bulk import write
from flows.bundles import STORE, Storing, store_all, storing
from flows.fetching import Fetched
from flows.organisations import store_organisations
from flows.outcome import Outcome
from flows.report import RunReport
from flows.selection import Selection, ShowRef
from flows.sources.tmdb.facts import organisation_facts
from flows.sources.tmdb.payloads import Organisation, ShowPayload
from flows.stage import collecting, stage
from models.companies import ShowCompany, ShowNetwork
from models.entities import Kind, Source
from models.ops import Resource


@collecting("entities")
def sync_entities(selection: Selection = Selection()) -> RunReport:
    """Bring the networks and companies of the selected shows up to date."""
    with stage("entities", selection) as run:
        store_all(run, Resource.ENTITIES, store_entities)
    return run.report


@task(**STORE)
def store_entities(shows: list[ShowRef], fetched: Fetched, selection: Selection) -> Outcome:
    """Turn bundles into networks and companies, one transaction for the chunk."""
    with storing(shows, fetched, Resource.ENTITIES, selection) as work:
        _store(work, Kind.NETWORK, ShowNetwork, "network_id", lambda show: show.networks)
        _store(work, Kind.COMPANY, ShowCompany, "company_id", lambda show: show.production_companies)
    return work.outcome


def _store(
    work: Storing,
    kind: Kind,
    link: type[SQLModel],
    column: str,
    of: Callable[[ShowPayload], tuple[Organisation, ...]],
) -> None:
    named = {o.id: (organisation_facts(o), o.logo_path) for bundle in work.bundles for o in of(bundle.payload)}
    ours = store_organisations(work.session, kind, named, work.outcome)
    rows = [
        {"show_id": bundle.show.id, column: ours[o.id], "source": Source.TMDB, "position": position}
        for bundle in work.bundles
        for position, o in enumerate(of(bundle.payload))
    ]
    scope = {"show_id": [bundle.show.id for bundle in work.bundles], "source": Source.TMDB}
    work.outcome.count(f"core.{link.__tablename__}", write(work.session, link, rows, scope=scope))
