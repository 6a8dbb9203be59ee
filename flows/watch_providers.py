"""Watch providers: where each show can be streamed, rented or bought, per region.

Reads the TMDb show bundle (`watch/providers`, data by JustWatch); writes `core.watch_providers` and
`core.show_watch_providers`. An offer that a complete answer no longer lists is removed; an answer that is empty while
offers are stored is drift, and reported.
"""

from typing import Any

from prefect import task
from sqlalchemy import text
from sqlmodel import Session

from db.bulk import write
from flows.bundles import STORE, Bundle, store_all, storing
from flows.fetching import Fetched
from flows.organisations import store_organisations
from flows.outcome import Outcome
from flows.report import RunReport
from flows.selection import Selection, ShowRef
from flows.stage import collecting, stage
from models.companies import ShowWatchProvider
from models.entities import Kind, Source
from models.ops import Resource


@collecting("watch-providers")
def sync_watch_providers(selection: Selection = Selection()) -> RunReport:
    """Bring the stored offers of the selected shows up to date."""
    with stage("watch-providers", selection) as run:
        store_all(run, Resource.WATCH_PROVIDERS, store_offers)
    return run.report


@task(**STORE)
def store_offers(shows: list[ShowRef], fetched: Fetched, selection: Selection) -> Outcome:
    """Turn bundles into offers, one transaction for the chunk."""
    with storing(shows, fetched, Resource.WATCH_PROVIDERS, selection, parts=("watch/providers",)) as work:
        complete = [bundle for bundle in work.bundles if bundle.payload.watch_providers is not None]
        _report_vanished(work.session, complete, work.outcome)
        offers = [offer for bundle in complete for offer in _offers(bundle)]
        named = {
            provider.provider_id: ({"name": provider.provider_name}, provider.logo_path) for *_, provider in offers
        }
        ours = store_organisations(work.session, Kind.PROVIDER, named, work.outcome)
        rows: list[dict[str, Any]] = [
            {
                "show_id": bundle.show.id,
                "region": region,
                "offer_type": kind,
                "provider_id": ours[provider.provider_id],
                "source": Source.TMDB,
                "display_priority": provider.display_priority,
                "link": link,
            }
            for bundle, region, link, kind, provider in offers
        ]
        scope = {"show_id": [bundle.show.id for bundle in complete], "source": Source.TMDB}
        work.outcome.count("core.show_watch_providers", write(work.session, ShowWatchProvider, rows, scope=scope))
    return work.outcome


def _offers(bundle: Bundle) -> list[tuple[Bundle, str, str | None, str, Any]]:
    providers = bundle.payload.watch_providers
    return [
        (bundle, region, offers.link, kind, provider)
        for region, offers in (providers.results if providers else {}).items()
        for kind, provider in offers.offers()
        if provider.provider_name
    ]


def _report_vanished(session: Session, bundles: list[Bundle], outcome: Outcome) -> None:
    empty = [bundle.show.id for bundle in bundles if not _offers(bundle)]
    vanished = session.execute(
        text("select count(distinct show_id) from core.show_watch_providers where show_id = any(:shows)"),
        {"shows": empty},
    ).scalar_one()
    if vanished:
        outcome.drift["show: watch/providers empty where offers are stored"] = vanished
