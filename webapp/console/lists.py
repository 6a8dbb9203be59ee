"""Pages of lists: shows by filters, people, and the shows of a network, a company or a watch provider."""

from typing import Any

from flask import render_template

from models.entities import Kind
from webapp.console.frame import MOST, PAGE, asked, blp, paged, told
from webapp.organisations import service as organisations_service
from webapp.organisations.schemas import ItsShowsQuery, OrganisationsQuery
from webapp.people import listing as people_listing
from webapp.people.schemas import PeopleQuery
from webapp.reading import Ref
from webapp.shows import listing
from webapp.shows.schemas import ShowsQuery

STATUSES = ("Returning Series", "Planned", "In Production", "Ended", "Canceled", "Pilot")
"""What TMDb calls the state of a show."""

ORGANISATIONS = {"networks": Kind.NETWORK, "companies": Kind.COMPANY, "providers": Kind.PROVIDER}
ORGANISATION = "<any(networks, companies, providers):kind>"
ENDPOINTS = {"networks": "Network", "companies": "Company", "providers": "Provider"}


@blp.get("/shows")
def shows() -> str:
    """The shows that pass all filters."""
    page, offset = paged(PAGE)
    query = asked(ShowsQuery) | {"cursor": None, "limit": PAGE, "offset": offset}
    filters = {name: value for name, value in query.items() if name not in ("cursor", "limit", "offset")}
    found = told(listing.shows(**query), "Shows.Shows", limit=PAGE, offset=offset, **filters)
    networks = organisations_service.organisations(Kind.NETWORK, order="shows", limit=MOST)
    return render_template(
        "console/shows.html",
        shows=found,
        filters=filters,
        genres=told(listing.genres(), "Shows.Genres"),
        networks=told(networks, "Organisations.Networks", order="shows", limit=MOST),
        statuses=STATUSES,
        orders=list(listing.ORDERS),
        page=page,
        more=len(found) == PAGE,
    )


@blp.get("/people")
def people() -> str:
    """People by name; without one, those of most shows, of most episodes, and the newest."""
    page, offset = paged(PAGE)
    q = asked(PeopleQuery).get("q")
    if q is None:
        rails = told(people_listing.home(), "People.Home")
        return render_template("console/people.html", q="", rails=rails, found=[], page=1, more=False)
    found = told(people_listing.people(q=q, limit=PAGE, offset=offset), "People.People", q=q, limit=PAGE, offset=offset)
    return render_template("console/people.html", q=q, rails={}, found=found, page=page, more=len(found) == PAGE)


@blp.get(f"/{ORGANISATION}")
def organisations(kind: str) -> str:
    """All of a kind, who has most shows first."""
    page, offset = paged(MOST)
    query: dict[str, Any] = {"order": "shows", "q": asked(OrganisationsQuery).get("q"), "limit": MOST, "offset": offset}
    found = told(
        organisations_service.organisations(ORGANISATIONS[kind], **query), f"Organisations.{kind.capitalize()}", **query
    )
    return render_template(
        "console/organisations.html", kind=kind, found=found, q=query["q"] or "", page=page, more=len(found) == MOST
    )


@blp.get(f"/{ORGANISATION}/<ref:ref>")
def organisation(kind: str, ref: Ref) -> str:
    """One of them with its shows."""
    page, offset = paged(PAGE)
    order = asked(ItsShowsQuery)["order"]
    query: dict[str, Any] = {"order": order, "limit": PAGE, "offset": offset}
    which, endpoint = ORGANISATIONS[kind], f"Organisations.{ENDPOINTS[kind]}"
    at = {f"{which}_id": ref}
    one = told(organisations_service.organisation(which, ref), endpoint, **at)
    found = told(organisations_service.shows_of(which, ref, **query), f"{endpoint}Shows", **at, **query)
    return render_template(
        "console/organisation.html", kind=kind, one=one, shows=found, page=page, more=len(found) == PAGE
    )
