"""IMDb's cast and crew, and who is in which episode, as the sample's IMDb has them."""

from collections.abc import Iterator
from typing import Any

import pytest

from flows.sources import breaker
from tests.flows.conftest import Catalogue

HILL = "tt990000001"
"""Where somebody is seen in old pictures only, somebody is uncredited, and IMDb counts otherwise than TMDb."""
ONLY_IMDB = "tt990000015"

CREDITS = (
    "select split_part(c.source_id, '/', 1), c.department from core.credits c join core.shows s on s.id = c.show_id"
    " where c.source = 'imdb' and s.imdb_id = :show"
)
APPEARANCES = (
    "select p.imdb_id, e.imdb_id, a.is_archive_footage from core.appearances a join core.people p on p.id = a.person_id"
    " join core.episodes e on e.id = a.episode_id join core.shows s on s.id = a.show_id"
    " where a.source = 'imdb' and s.imdb_id = :show"
)
GRAPHQL, PAGES = "imdb-graphql", "imdb-pages"


@pytest.fixture(autouse=True)
def closed_circuits() -> Iterator[None]:
    """What one test's walls opened is no business of the next."""
    breaker._breakers.clear()
    yield
    breaker._breakers.clear()


def told(catalogue: Catalogue, path: str) -> list[dict[str, Any]]:
    """What the sample's IMDb has."""
    return list(catalogue.upstream.source.fact(f"imdb/{path}") or [])


def is_old(credit: dict[str, Any]) -> bool:
    return credit["category"]["id"] == "archive_footage"


def of_imdb(catalogue: Catalogue) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that IMDb's credits and appearances stand in, with the transaction that wrote it."""
    tables = ("credits", "credit_counts", "appearances")
    return {
        table: sorted(catalogue.rows(f"select xmin::text, t::text from core.{table} t where source = 'imdb'"))
        for table in tables
    }


@pytest.mark.parametrize("show", [HILL, ONLY_IMDB])
def test_everybody_whom_imdb_credits_belongs_to_the_show_but_for_old_pictures(whole, show):
    credited = told(whole, f"{show}/credits")
    wanted = {(c["name"]["id"], c["category"]["text"]) for c in credited if not is_old(c)}
    assert set(whole.rows(CREDITS, show=show)) == wanted
    assert show != HILL or any(map(is_old, credited))


def test_the_episodes_that_imdb_claims_stand_beside_those_of_tmdb(whole):
    claims = {c["name"]["id"]: c["episodes"] for c in told(whole, f"{HILL}/credits") if c["category"]["id"] == "self"}
    stored = whole.rows(
        "select p.imdb_id, n.episodes, t.episodes from core.credit_counts n join core.people p on p.id = n.person_id"
        " join core.shows s on s.id = n.entity_id and s.imdb_id = :show"
        " left join core.credit_counts t on t.entity_id = n.entity_id and t.person_id = n.person_id"
        "   and t.category = n.category and t.source = 'tmdb'"
        " where n.source = 'imdb' and n.category = 'cast'",
        show=HILL,
    )
    assert {person: imdb for person, imdb, _ in stored} == claims
    assert any(imdb != tmdb for _, imdb, tmdb in stored if tmdb is not None)


@pytest.mark.parametrize("show", [HILL, ONLY_IMDB])
def test_each_of_the_cast_is_in_the_episodes_that_imdb_says(whole, show):
    cast = {
        credit["name"]["id"] for credit in told(whole, f"{show}/credits") if credit["isCast"] and not is_old(credit)
    }
    wanted = {
        (person, credit["title"]["id"], is_old(credit))
        for person in cast
        for credit in told(whole, f"{show}/{person}")
        if credit["isCast"]
    }
    assert set(whole.rows(APPEARANCES + " and a.category = 'cast'", show=show)) == wanted


def test_somebody_whom_only_imdb_knows_is_a_person_by_imdbs_id(whole):
    people = whole.rows(
        "select distinct p.name, p.tmdb_id from core.credits c join core.people p on p.id = c.person_id"
        " join core.shows s on s.id = c.show_id where s.imdb_id = :show",
        show=ONLY_IMDB,
    )
    assert {name for name, _ in people} >= {"Barnaby Stokes", "Emmett Reed"}


def test_a_second_run_asks_nothing_and_writes_nothing(whole):
    before = of_imdb(whole)
    for stage in ("people-cast", "appearances"):
        report = whole.run(stage)
        assert (report.status, report.requests, report.failures) == ("completed", 0, {})
    assert of_imdb(whole) == before


def test_somebody_who_is_in_another_number_of_episodes_is_asked_about_again_and_nobody_else(whole):
    whole.change("update ops.source_records set expires_at = now() where source = 'imdb' and resource = 'credits'")
    person = told(whole, f"{HILL}/credits")[0]["name"]["id"]
    whole.upstream.amend(f"imdb/{HILL}/{person}", lambda credits: credits[1:])
    whole.run("people-cast")
    report = whole.run("appearances")
    assert (report.status, report.requests, report.tables["core.appearances"].removed) == ("completed", 1, 1)
    asked = whole.column(
        "select ref from ops.source_records where source = 'imdb' and resource = 'appearances' and fetched_at > :began",
        began=whole.one("select started_at from ops.runs where stage = 'appearances' order by 1 desc limit 1"),
    )
    assert asked == [f"{HILL}/{person}"]


WALLS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a challenge on both layers": ({"challenge": "empty"}, {"challenge": "page"}),
    "a rotated schema, and pages of another design": ({"rotated_schema": True}, {"redesign": True}),
    "nothing but errors": ({"status": 500}, {"status": 403}),
    "empty lists on both": ({"empty_lists": True}, {"empty_lists": True}),
}


@pytest.mark.parametrize("wall", WALLS)
def test_whatever_imdb_does_nothing_is_lost_and_it_is_said_and_it_heals(whole, wall):
    before = of_imdb(whole)
    for protocol, failure in zip((GRAPHQL, PAGES), WALLS[wall], strict=True):
        whole.upstream.fail(protocol, **failure)
    broken = whole.run("people-cast", imdb_ids=[HILL], force=True)
    assert [name for name in broken.failures if "imdb" in name], broken.failures
    assert not [name for name in broken.failures if "tmdb" in name]
    assert of_imdb(whole) == before
    whole.upstream.heal()
    breaker._breakers.clear()
    assert whole.run("people-cast", imdb_ids=[HILL], force=True).failures == {}
    assert of_imdb(whole) == before


def test_an_answer_in_parts_removes_nobody(whole):
    before = of_imdb(whole)
    whole.upstream.fail(GRAPHQL, partial_errors=True)
    for stage in ("people-cast", "appearances"):
        whole.run(stage, imdb_ids=[HILL], force=True)
    after = of_imdb(whole)
    assert {table: len(rows) for table, rows in after.items()} == {table: len(rows) for table, rows in before.items()}


def test_with_pages_alone_the_cast_is_kept_up_and_appearances_are_left_alone(whole, monkeypatch):
    monkeypatch.setenv("IMDB_LAYERS", "pages")
    before = of_imdb(whole)
    assert whole.run("people-cast", imdb_ids=[HILL], force=True).failures == {}
    report = whole.run("appearances", imdb_ids=[HILL])
    assert report.requests == 0 and any("IMDB_LAYERS" in note for note in report.notes)
    assert of_imdb(whole)["appearances"] == before["appearances"]
