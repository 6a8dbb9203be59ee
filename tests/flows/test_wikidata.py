"""Wikidata over the sample: who is found and how, what is stored, and which items are left to a person."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from deployments.upstream.sample.items import DELETED, NO_PERSON, REDIRECTED
from flows.sources import breaker

DELPHINE = 900100008
ODD = {f"Theo Castellane (person {DELETED})", f"Coco Delacroix-Reyes (person {NO_PERSON})"}
"""Whose item TMDb names wrongly in the sample: one was deleted, one is a house."""


@pytest.fixture
def wikidata(catalogue, upstream, monkeypatch) -> Iterator[Callable[..., Any]]:
    """Run the stage with Wikidata switched on, at the sample upstream, of which nothing bad is remembered."""
    breaker._breakers.clear()
    for name, value in {"ENABLED": "true", "URL": f"{upstream.url}/wikidata", "RATE": "1000", "BURST": "1000"}.items():
        monkeypatch.setenv(f"WIKIDATA_{name}", value)
    yield lambda **selection: catalogue.run("wikidata", **selection)
    breaker._breakers.clear()


def person(catalogue, name):
    [found] = catalogue.records("select * from core.people where name = :name", name=name)
    return found


def said(catalogue, name):
    """What Wikidata says of somebody."""
    return catalogue.column(
        "select f.fields from core.facts f join core.people p on p.id = f.entity_id"
        " where f.source = 'wikidata' and p.name = :name",
        name=name,
    )


def cases(catalogue):
    return catalogue.rows(
        "select p.name, c.reason, c.candidates->0->>'value', c.status from ops.match_cases c"
        " join core.people p on p.id = c.entity_id where c.source = 'wikidata'"
    )


def test_wikidata_is_left_alone_where_it_is_switched_off(catalogue, upstream):
    report = catalogue.run("wikidata")
    assert report.notes == ["Wikidata was not asked: WIKIDATA_ENABLED is false"]
    assert (report.status, report.selected, len(upstream.requests)) == ("completed", 0, 0)


def test_wikidata_is_asked_by_id_and_what_it_says_is_shown_where_it_wins(wikidata, catalogue):
    report = wikidata()
    assert (set(report.failures), report.ambiguous, report.drift) == (ODD, 1, {})

    told = said(catalogue, "Delphine Astor-Quist")
    assert told[0]["fandom_article"] == ["fictional-ladies:Delphine Astor-Quist"]
    assert told[0]["occupations"] == ["television personality", "ferry operator"]
    bram = person(catalogue, "Bram Holloway")
    assert (bram["birth_date"], bram["death_date"], bram["zodiac"]) == (
        date(1969, 12, 24),
        date(2022, 10, 3),
        "capricorn",
    )
    jonah = said(catalogue, "Jonah Weatherby")[0]
    assert jonah["birth_date"] == "1991-01", "a deprecated date is not believed"
    assert said(catalogue, "Priya Anand-Holt")[0]["birth_date"] == "1988-07-19", "the preferred date counts alone"
    assert "birth_date" not in said(catalogue, "Odette Marchetti")[0]
    assert person(catalogue, "Ash Whitlock")["gender"] == "non_binary"
    assert catalogue.one("select count(*) from core.facts f join core.shows s on s.id = f.entity_id"
                         " where f.source = 'wikidata'") > 5  # fmt: skip
    assert ("Delphine Quist", "wikidata") in catalogue.rows("select name, source from core.aliases")

    served = catalogue.ask(f"/people/{person(catalogue, 'Delphine Astor-Quist')['id']}/provenance")
    assert {"tmdb", "wikidata"} <= {source["source"] for source in served["sources"]}
    [born] = [field for field in served["fields"] if field["field"] == "birth_date"]
    assert {saying["source"]: saying["value"] for saying in born["others"]} == {"wikidata": "1966-02"}

    known = catalogue.rows(
        "select p.tmdb_id, x.value from core.external_ids x join core.people p on p.id = x.entity_id"
        " where x.source = 'wikidata' and x.is_primary"
    )
    assert (DELPHINE, f"Q99{DELPHINE}") in known
    renata = person(catalogue, "Renata Solis")["tmdb_id"]
    assert (renata, f"Q99{renata}") in known, "found by IMDb's id"


def test_many_are_asked_about_at_once_and_a_second_run_asks_and_writes_nothing(wikidata, catalogue, upstream):
    upstream.requests.clear()
    report = wikidata()
    asked = [parse_qs(urlsplit(request.path).query) for request in upstream.requests]
    items = [len(query["ids"][0].split("|")) for query in asked if query["action"] == ["wbgetentities"]]
    assert report.requests == len(upstream.requests) < report.selected / 3
    assert max(items) <= 50
    upstream.requests.clear()
    before = catalogue.snapshot("core")
    again = wikidata()
    assert (len(upstream.requests), catalogue.snapshot("core")) == (0, before)
    assert (again.done, set(again.failures)) == (report.done, ODD)


def test_an_item_that_was_merged_is_followed_and_a_wrong_or_deleted_one_is_left_to_a_person(
    wikidata, catalogue, upstream
):
    wikidata()
    assert said(catalogue, "Kit Abernathy")[0]["birth_date"] == "1980-04-01"
    assert REDIRECTED in catalogue.column(
        "select value from core.external_ids where is_primary and source = 'wikidata'"
    )
    assert said(catalogue, "Theo Castellane") == said(catalogue, "Coco Delacroix-Reyes") == []
    assert cases(catalogue) == [("Coco Delacroix-Reyes", "answers-as-another", NO_PERSON, "open")]
    errors = catalogue.column("select last_error from ops.sync_state where resource = 'wikidata' and status = 'failed'")
    assert len(errors) == 2


def test_an_item_with_other_ids_is_not_believed_and_nothing_is_lost(wikidata, catalogue):
    wikidata()
    before = said(catalogue, "Dex Ferro")
    assert before
    catalogue.change(
        "update core.external_ids x set value = x.value || '9' from core.people p"
        " where p.id = x.entity_id and x.source in ('imdb', 'tmdb') and p.name = 'Dex Ferro'"
    )
    report = wikidata(again=True)
    assert [problem for name, problem in report.failures.items() if "Dex Ferro" in name and "its id of imdb" in problem]
    assert said(catalogue, "Dex Ferro") == before
    assert "Dex Ferro" in {name for name, *_ in cases(catalogue)}


def test_while_wikidata_fails_everything_stays_and_the_next_run_catches_up(wikidata, catalogue, upstream):
    upstream.fail("wikidata", challenge="page")
    report = wikidata()
    assert (report.status, report.tables["core.facts"].inserted) == ("failed", 0)
    assert len(report.failures) > 50
    upstream.heal("wikidata")
    breaker._breakers.clear()
    assert set(wikidata().failures) == ODD
    assert said(catalogue, "Delphine Astor-Quist")


def test_a_dry_run_tells_and_changes_nothing(wikidata, catalogue, upstream):
    before = catalogue.snapshot("core")
    report = wikidata(dry_run=True)
    assert report.tables["core.facts"].inserted > 10
    assert catalogue.snapshot("core") == before
