"""What holds for every public route: its document, one statement, unknown and merged ids, malformed input."""

import re
from copy import deepcopy
from typing import Any
from uuid import uuid4

import pytest
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]
from sqlmodel import Session, col, select

from models.companies import Company, Network, WatchProvider
from models.entities import Entity
from models.people import Person
from models.shows import Episode, EpisodeGroup, Season, Show
from tests.webapp import factories as make

BELOW_SHOW = (
    *("", "/images", "/gallery", "/seasons", "/seasons/1", "/seasons/1/episodes", "/seasons/1/cast"),
    *("/cast", "/credits", "/episode-groups", "/provenance"),
)
BELOW_PERSON = ("", "/pages", "/credits", "/co-stars", "/provenance")
PAGED = (
    "/api/v1/shows",
    "/api/v1/shows/{id}/seasons",
    "/api/v1/shows/{id}/seasons/1/episodes",
    "/api/v1/shows/{id}/cast",
)


ORGANISATIONS: dict[str, Any] = {"network": Network, "company": Company, "provider": WatchProvider}


ELSEWHERE = {
    "/api/v1/search": "?q=some+body",
    "/api/v1/shows/resolve-slug": "?slug=isola-ficta",
    "/api/v1/people/resolve-slug": "?slug=somebody-000",
    "/api/v1/lookup/{source}/{value}": "",
    "/api/v1/changes": "",
    "/api/v1/status/freshness": "",
}
"""Routes about no one entity, with what to ask them."""


def one_of_each(session: Session, show: Show) -> dict[str, str]:
    """A value for each parameter of a path: what hangs on a show that `full_show` made."""
    values: dict[str, Any] = {"{show_id}": show.id, "{entity_id}": show.id, "{source}": "tmdb", "{value}": show.tmdb_id}
    season = session.exec(
        select(Season).where(Season.show_id == show.id).order_by(col(Season.season_number).desc())
    ).first()
    assert season is not None
    values |= {"{season_id}": season.id, "{season_number}": season.season_number}
    values["{episode_id}"] = session.exec(select(Episode.id).where(Episode.season_id == season.id)).first()
    values["{group_id}"] = session.exec(select(EpisodeGroup.id).where(EpisodeGroup.show_id == show.id)).one()
    for name, table in {"person": Person, **ORGANISATIONS}.items():
        values[f"{{{name}_id}}"] = session.exec(select(table.id)).first()
    return {name: str(value) for name, value in values.items()}


def addresses(values: dict[str, str]) -> dict[str, str]:
    """Every catalogue path of the document, with an address that it answers."""
    paths = [
        *(
            f"/api/v1/{name}"
            for name in ("shows", "shows/list", "genres", "lists", "networks", "companies", "providers")
        ),
        *(
            f"/api/v1/{name}{part}"
            for name in ("networks/{network_id}", "companies/{company_id}", "providers/{provider_id}")
            for part in ("", "/shows")
        ),
        *("/api/v1/entities/{entity_id}/images", "/api/v1/people", "/api/v1/people/home"),
        *("/api/v1/seasons/{season_id}", "/api/v1/episodes/{episode_id}", "/api/v1/episodes/{episode_id}/cast"),
        "/api/v1/shows/{show_id}/episode-groups/{group_id}",
        *(f"/api/v1/shows/{{show_id}}{part}".replace("/1", "/{season_number}") for part in BELOW_SHOW),
        "/api/v1/shows/people/{person_id}",
        *(f"/api/v1/people/{{person_id}}{part}" for part in BELOW_PERSON),
        *ELSEWHERE,
    ]
    filled = {}
    for path in paths:
        filled[path] = path
        for name, value in values.items():
            filled[path] = filled[path].replace(name, value)
    return filled | {path: f"{filled[path]}{query}" for path, query in ELSEWHERE.items() if query}


@pytest.fixture
def full(client) -> dict[str, str]:
    """Addresses of a catalogue that holds two of everything."""
    with make.catalogue() as session:
        values = one_of_each(session, make.full_show(session))
    return addresses(values)


def closed(document: dict[str, Any]) -> dict[str, Any]:
    """The document with every object closed, so that an undocumented field fails."""
    document = deepcopy(document)
    for schema in document["components"]["schemas"].values():
        schema["additionalProperties"] = False
    return document


def open_reads(document: dict[str, Any]) -> set[str]:
    """The paths of the catalogue: what anybody may read. Users have stories of their own (`test_users.py`)."""
    return {
        path
        for path, operations in document["paths"].items()
        if path.startswith("/api/v1/") and "security" not in (get := operations.get("get", {"security": []}))
        if get["tags"] != ["Users"] and not path.endswith(".ndjson")
    }


def violations(
    document: dict[str, Any], path: str, status: str, mimetype: str, body: Any, method: str = "get"
) -> list[str]:
    response = document["paths"][path][method]["responses"][status]
    if "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    schema = {**response["content"][mimetype]["schema"], "components": document["components"]}
    return [error.message for error in Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(body)]


def test_the_document_lists_every_route_and_every_answer_is_as_it_says(app, client, full):
    document = closed(client.get("/openapi.json").json)
    served = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.startswith(("swagger_ui.", "api-docs.", "console.", "static"))
    }
    assert served == set(document["paths"])
    assert set(full) == open_reads(document)
    for path, address in {**full, "/": "/", "/health": "/health", "/healthz": "/healthz"}.items():
        answer = client.get(address)
        assert answer.status_code == 200, path
        assert violations(document, path, "200", "application/json", answer.json) == [], path
        assert document["paths"][path]["get"]["summary"]


def test_the_parity_test_would_notice(client, full):
    document = closed(client.get("/openapi.json").json)
    body = client.get(full["/api/v1/shows/{show_id}"]).json
    for wrong in (
        body | {"undocumented": 1},
        {key: value for key, value in body.items() if key != "genres"},
        body | {"id": "no-uuid"},
        body | {"runtimes": ["42"]},
    ):
        assert violations(document, "/api/v1/shows/{show_id}", "200", "application/json", wrong)


def test_errors_are_documented_as_the_problems_that_they_are(client, full):
    document = closed(client.get("/openapi.json").json)
    for path, address in full.items():
        if "_id}" not in path:
            continue
        for status, other in (("404", str(uuid4())), ("422", "no-uuid")):
            id_ = address.split("/")[5 if "shows/people" in path else 4]
            answer = client.get(address.replace(id_, other, 1))
            assert (path, str(answer.status_code)) == (path, status)
            assert violations(document, path, status, "application/problem+json", answer.json) == []


def test_every_route_runs_one_statement_whatever_the_size(client, statements):
    for size in (1, 100):
        with make.catalogue() as session:
            show = make.full_show(session, size)
            values = one_of_each(session, show)
            season = session.get_one(Season, values["{season_id}"])
            for number in range(2, size):
                make.episode(session, season, number)
                make.image(session, make.show(session, f"Nulla {number}").id, "poster", "poster")
        for path, address in addresses(values).items():
            with statements() as seen:
                limit = 24 if path.endswith("/home") else 100
                answer = client.get(f"{address}{'&' if '?' in address else '?'}limit={limit}")
            assert answer.status_code == 200
            assert len(seen) == 1, path
    assert len(client.get("/api/v1/shows?limit=100").json) == 100


def test_below_a_merged_entity_everything_redirects_to_the_survivor_of_the_whole_chain(client):
    with make.catalogue() as session:
        survivor, between, show = (make.show(session, name) for name in ("Survivor", "Between", "Merged"))
        make.season(session, survivor, 1)
        session.get_one(Entity, show.id).merged_into = between.id
        session.get_one(Entity, between.id).merged_into = survivor.id
        person, other = make.person(session), make.person(session)
        session.get_one(Entity, other.id).merged_into = person.id
    for part in BELOW_SHOW:
        answer = client.get(f"/api/v1/shows/{show.id}{part}?limit=3&kind=p%20q")
        assert answer.status_code == 301
        assert answer.location == f"/api/v1/shows/{survivor.id}{part}?limit=3&kind=p%20q"
        assert client.get(f"/api/v1/shows/{show.id}{part}", follow_redirects=True).status_code == 200
    answer = client.get(f"/api/v1/shows/people/{other.id}")
    assert (answer.status_code, answer.location) == (301, f"/api/v1/shows/people/{person.id}")
    for part in BELOW_PERSON:
        answer = client.get(f"/api/v1/people/{other.id}{part}")
        assert (answer.status_code, answer.location) == (301, f"/api/v1/people/{person.id}{part}")


def test_a_ring_of_merges_ends_in_not_found(client):
    with make.catalogue() as session:
        one, two = make.show(session, "One"), make.show(session, "Two")
        session.get_one(Entity, one.id).merged_into = two.id
        session.get_one(Entity, two.id).merged_into = one.id
    assert client.get(f"/api/v1/shows/{one.id}").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=-1", "limit=101", "limit=x", "limit=", "limit=1.5", "limit=%00", "limit=%ff"),
        *(f"limit={'9' * 5000}", "offset=-1", "offset=10001", "offset=%E2%82%AC"),
    ],
)
def test_pages_out_of_range_are_422_and_name_the_parameter(bare_client, query):
    name = query.split("=")[0]
    for path in PAGED:
        answer = bare_client.get(f"{path.replace('{id}', str(uuid4()))}?{query}")
        assert (path, answer.status_code) == (path, 422)
        assert answer.json["errors"][0]["loc"] == ["query", name]
        assert answer.json["detail"].startswith(f"query.{name}: ")


def test_the_edges_of_a_page_are_accepted(client):
    for query in ("limit=1", "limit=100", "offset=0", "offset=10000", "unknown=%ff%00"):
        assert client.get(f"/api/v1/shows?{query}").status_code == 200


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("villa", "show_id"),
        ("%00", "show_id"),
        ("%ff%fe", "show_id"),
        ("people", "show_id"),
        ("{0123}", "show_id"),
        ("1-2-3-4-5/seasons", "show_id"),
        ("00000000-0000-0000-0000-00000000000%D9%A1", "show_id"),
        ("people/%ED%A0%80", "person_id"),
        ("people/00000000-0000-0000-0000-00000000000g", "person_id"),
        ("00000000-0000-0000-0000-000000000000/seasons/one", "season_number"),
        ("00000000-0000-0000-0000-000000000000/seasons/1.0", "season_number"),
        ("00000000-0000-0000-0000-000000000000/seasons/%D9%A1", "season_number"),
        ("00000000-0000-0000-0000-000000000000/seasons/1%00/episodes", "season_number"),
    ],
)
def test_a_malformed_path_parameter_is_422_and_named(bare_client, path, name):
    answer = bare_client.get(f"/api/v1/shows/{path}")
    assert answer.status_code == 422
    [error] = answer.json["errors"]
    assert (error["loc"], error["type"]) == (["path", name], "malformed")


@pytest.mark.parametrize("query", ["kind=%00", "kind=", "kind=%0a", f"kind={'k' * 65}"])
def test_a_kind_that_no_database_would_take_is_422(bare_client, query):
    answer = bare_client.get(f"/api/v1/shows/{uuid4()}/images?{query}")
    assert (answer.status_code, answer.json["errors"][0]["loc"]) == (422, ["query", "kind"])


@pytest.mark.parametrize("region", ["USA", "U", "%00%00", "u1", ""])
def test_a_region_is_two_letters(bare_client, region):
    answer = bare_client.get(f"/api/v1/shows/{uuid4()}?region={region}")
    assert (answer.status_code, answer.json["errors"][0]["loc"]) == (422, ["query", "region"])
