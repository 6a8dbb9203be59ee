"""Pages of the catalogue, one thing each: a show, a season, an episode, a person; and the first page."""

from typing import Any
from uuid import UUID

from flask import render_template, request

from models.entities import Kind
from models.people import CreditCategory
from webapp.cast import service as cast_service
from webapp.console import service
from webapp.console.frame import MOST, PAGE, blp, paged, told
from webapp.images import service as images_service
from webapp.pages import service as pages_service
from webapp.people import credits as people_credits
from webapp.people import listing as listing_of_people
from webapp.people import service as people_service
from webapp.provenance import service as provenance_service
from webapp.seasons import episodes as episodes_service
from webapp.seasons import service as seasons_service
from webapp.shows import listing
from webapp.shows import service as shows_service

REGIONS = ("US", "GB", "CA", "AU")
"""Regions that come first where one is chosen."""


@blp.get("/")
def home() -> str:
    """What there is, what was done last, and what waits for a person."""
    return render_template(
        "console/home.html",
        shows=told(listing.shows(order="latest_episode", limit=12), "Shows.Shows", order="latest_episode", limit=12),
        numbers=told(service.numbers()),
        runs=told(service.runs(5)),
        waiting=told(service.waiting()),
    )


@blp.get("/shows/<id:show_id>")
def show(show_id: UUID) -> str:
    """One show."""
    found = told(shows_service.show(show_id), "Shows.Show", show_id=show_id)
    regions = sorted({offer["region"] for offer in found["watch_providers"]}, key=_prominence)
    region = request.args.get("region", "").upper()
    region = region if region in regions else next(iter(regions), "")
    seasons = told(seasons_service.seasons(show_id, limit=MOST, offset=0), "Seasons.Seasons", show_id=show_id)
    members = cast_service.cast(show_id, CreditCategory.CAST, limit=18, offset=0)
    return render_template(
        "console/show.html",
        show=found,
        seasons=seasons,
        cast=told(members, "Cast.Cast", show_id=show_id),
        regions=regions,
        region=region,
        offers=[offer for offer in found["watch_providers"] if offer["region"] == region],
        images=told(images_service.of_show(show_id), "Images.ShowImages", show_id=show_id),
        provenance=_provenance(Kind.SHOW, show_id),
    )


@blp.get("/shows/<id:show_id>/cast")
def cast(show_id: UUID) -> str:
    """Everybody of a show, before or behind the camera."""
    asked = request.args.get("category", "")
    category = asked if asked in set(CreditCategory) else CreditCategory.CAST.value
    page, offset = paged(PAGE)
    query: dict[str, Any] = {"category": category, "limit": PAGE, "offset": offset}
    return render_template(
        "console/cast.html",
        show=told(shows_service.show(show_id), "Shows.Show", show_id=show_id),
        cast=(members := told(cast_service.cast(show_id, **query), "Cast.Cast", show_id=show_id, **query)),
        categories=list(CreditCategory),
        category=category,
        page=page,
        more=len(members) == PAGE,
    )


@blp.get("/shows/<id:show_id>/seasons/<number:season_number>")
def season(show_id: UUID, season_number: int) -> str:
    """One season with its episodes and who takes part."""
    at: dict[str, Any] = {"show_id": show_id, "season_number": season_number}
    members = cast_service.cast_of_season(show_id, season_number, CreditCategory.CAST, limit=MOST)
    return render_template(
        "console/season.html",
        season=told(seasons_service.season(show_id, season_number), "Seasons.Season", **at),
        episodes=_episodes(show_id, season_number),
        cast=told(members, "Cast.SeasonCast", **at),
    )


@blp.get("/episodes/<id:episode_id>")
def episode(episode_id: UUID) -> str:
    """One episode, between its neighbours, with who is in it."""
    at = {"episode_id": episode_id}
    members = cast_service.cast_of_episode(episode_id, CreditCategory.CAST, limit=MOST)
    return render_template(
        "console/episode.html",
        episode=told(episodes_service.episode(episode_id), "Seasons.Episode", **at),
        cast=told(members, "Cast.EpisodeCast", **at),
    )


@blp.get("/people/<id:person_id>")
def person(person_id: UUID) -> str:
    """One person."""
    return render_template(
        "console/person.html",
        person=told(people_service.person(person_id), "People.Person", person_id=person_id),
        credits=told(people_credits.credits(person_id), "People.PersonCredits", person_id=person_id),
        costars=told(listing_of_people.costars(person_id, limit=12), "People.Costars", person_id=person_id),
        pages=told(pages_service.pages_of(person_id), "Pages.PersonPages", person_id=person_id),
        provenance=_provenance(Kind.PERSON, person_id),
    )


def _episodes(show_id: UUID, season_number: int) -> Any:
    """A season's episodes; the services give a hundred at once, and some seasons have more."""
    found: list[Any] = []
    at = {"show_id": show_id, "season_number": season_number}
    while True:
        reading = seasons_service.episodes(show_id, season_number, limit=MOST, offset=len(found))
        part = told(reading, "Seasons.Episodes", **at, limit=MOST, offset=len(found))
        found += part
        if len(part) < MOST:
            return found


def _provenance(kind: Kind, entity_id: UUID) -> dict[str, Any]:
    """Whose word is shown: `fields` by name, and the rest as the API tells it."""
    reading = provenance_service.provenance(kind, entity_id)
    endpoint = f"Provenance.{kind.capitalize()}Provenance"
    answer = told(reading, endpoint, **{f"{kind}_id": entity_id})
    return {**answer, "fields": {one["field"]: one for one in answer["fields"]}}


def _prominence(region: str) -> tuple[int, str]:
    return (REGIONS.index(region) if region in REGIONS else len(REGIONS), region)
