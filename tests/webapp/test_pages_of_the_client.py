"""Every page that the client shows is built from at most three calls, and they hold all that it shows."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from models.companies import Network
from models.people import Person
from models.shows import Episode, Season
from tests.webapp import factories as make

CALLS = 3
CARD = {"id", "full_name", "known_for", "profile_url", "external_ids"}

PAGES: dict[str, dict[str, set[str]]] = {
    "list of shows": {
        "/shows?q=isola&order=popularity": {
            "id", "name", "poster_url", "networks", "premiere_date", "season_total", "episode_total",
        },
        "/shows/list": {"id", "name", "alternative_names"},
        "/genres": {"name", "shows"},
    },
    "show": {
        "/shows/{show}": {
            "name", "aliases", "description", "premiere_date", "status", "genres", "tags", "networks", "imdb_rating",
            "tmdb_vote_average", "season_total", "episode_total", "poster_url", "backdrop_url", "logo_url", "external_ids",
            "watch_providers.region", "watch_providers.offer_type", "watch_providers.link",
            "watch_providers.providers.provider_name",
        },
        "/shows/{show}/seasons": {
            "season_number", "title", "overview", "air_date", "premiere_date", "poster_url", "episodes", "first_air_date",
            "last_air_date", "has_dated_episodes",
        },
        "/shows/{show}/cast": {
            "person_id", "person.full_name", "role", "billing_order", "category", "person.profile_url", "episodes",
            "archive_footage_episodes", "seasons.season_number", "latest_season",
        },
    },
    "crew of a show": {
        "/shows/{show}/credits": {
            "crew.department", "crew.members.roles", "crew.members.episodes", "crew.members.counts",
            "crew.members.first_year", "crew.members.last_year", "cast.full_name", "creators",
        },
    },
    "gallery": {
        "/shows/{show}/gallery?limit=60": {
            "kind", "source", "url", "url_original", "variants", "width", "height", "caption", "owner.name",
            "owner.season_number", "owner.episode_number", "context",
        },
    },
    "season": {
        "/seasons/{season}": {"title", "overview", "poster_url", "show_name", "previous_season", "next_season"},
        "/shows/{show}/seasons/1/episodes": {
            "episode_number", "title", "synopsis", "overview", "air_date", "runtime", "still_url", "imdb_rating",
            "imdb_vote_count", "tmdb_vote_average", "tmdb_vote_count", "external_ids",
        },
        "/shows/{show}/seasons/1/cast": {
            "episodes_in_season", "episodes", "archive_footage_episodes", "person.profile_url", "counts", "curated_role",
        },
    },
    "episode": {
        "/episodes/{episode}": {"title", "crew.jobs", "numbers.source", "previous_episode", "next_episode", "still_url"},
        "/episodes/{episode}/cast": {"person.full_name", "role", "is_archive_footage"},
        "/entities/{episode}/images": {"url", "variants", "source"},
    },
    "person": {
        "/people/{person}": {
            "full_name", "known_for", "birth_date", "gender", "birth_place", "biography", "biographies.source",
            "biographies.licence", "homepage", "profile_url", "aliases.name", "external_ids", "images.url", "images.caption",
            "images.season_number", "residence",
        },
        "/people/{person}/credits": {
            "show.name", "roles.category", "roles.role", "roles.seasons.season_number",
            "roles.seasons.episodes.episode_number", "totals.episodes",
        },
        "/people/{person}/pages": {
            "taglines.text", "reunion_seats.side", "trivia", "relations.kind", "relations.name", "url", "licence",
        },
    },
    "people": {
        "/people/home": {
            *(f"{rail}.{field}" for rail in ("most_shows", "most_episodes", "recently_added")
              for field in ("person.full_name", "person.profile_url", "person.known_for", "show.name", "metric", "value",
                            "latest_at")),
        },
        "/people?q=some": CARD,
    },
    "network": {
        "/networks/{network}": {"name", "shows", "hosted_logo_url", "logo_url", "external_ids"},
        "/networks/{network}/shows": {"name", "poster_url"},
    },
}  # fmt: skip


def holds(body: Any, path: str) -> bool:
    """Whether an answer has a field, in the first row of every list on the way."""
    for name in path.split("."):
        if isinstance(body, list):
            if not body:
                return False
            body = body[0]
        if not isinstance(body, dict) or name not in body:
            return False
        body = body[name]
    return True


@pytest.fixture
def values(client) -> dict[str, Any]:
    """What stands for the names in addresses: a show with two of everything."""
    with make.catalogue() as session:
        show = make.full_show(session)
        season = session.exec(select(Season).where(Season.show_id == show.id, Season.season_number == 1)).one()
        episode = session.exec(select(Episode).where(Episode.season_id == season.id)).one()
        person = session.exec(select(Person).where(Person.name == "Somebody 001")).one()
        make.credit(session, show, person, category="crew", job="Producer", department="Production")
        make.appearance(session, make.episode(session, season, 2, air_date=date(2021, 3, 11)), person)
        network = session.exec(select(Network)).first()
        assert network is not None
        make.fact(session, person.id, "imdb", biography="Somebody is nobody, says IMDb.")
    return {
        "show": show.id,
        "season": season.id,
        "episode": episode.id,
        "person": person.id,
        "network": network.tmdb_id,
    }


def test_every_page_needs_at_most_three_calls_which_hold_all_that_it_shows(client, values, statements):
    for page, calls in PAGES.items():
        assert len(calls) <= CALLS, page
        for address, fields in calls.items():
            with statements() as seen:
                answer = client.get(f"/api/v1{address.format(**values)}")
            assert (page, address, answer.status_code, len(seen)) == (page, address, 200, 1)
            assert {field for field in fields if not holds(answer.json, field)} == set(), (page, address)
