"""Wikidata at the sample upstream: items, searches by other catalogues' ids, and how it fails."""

from typing import Any

import pytest

from deployments.upstream import Generated, Sample

API = "/wikidata/w/api.php"
DELPHINE, KIT, PRIYA = "Q99900100008", "Q99900100010", "Q99900100003"


@pytest.fixture
def items(ask):
    def asked(*ids, **query):
        return ask(API, action="wbgetentities", format="json", ids="|".join(ids), **query).json()

    return asked


def dates(item):
    return [
        (claim["mainsnak"]["datavalue"]["value"]["time"], claim["mainsnak"]["datavalue"]["value"]["precision"])
        for claim in item["claims"]["P569"]
    ]


def test_items_have_labels_and_typed_claims_in_the_parts_and_languages_asked_for(items):
    answer = items(DELPHINE, props="labels|claims", languages="en|de")
    item = answer["entities"][DELPHINE]
    assert answer["success"] == 1
    assert set(item) == {"type", "id", "labels", "claims"}
    assert item["labels"] == {"en": {"language": "en", "value": "Delphine Astor-Quist"}}
    assert dates(item) == [("+1966-02-00T00:00:00Z", 10)]
    assert item["claims"]["P345"][0]["mainsnak"]["datavalue"] == {"value": "nm990000008", "type": "string"}
    assert item["claims"]["P31"][0]["mainsnak"]["datavalue"]["value"]["id"] == "Q5"
    assert item["claims"]["P6262"][0]["mainsnak"]["datavalue"]["value"] == "fictional-ladies:Delphine Astor-Quist"
    assert items(DELPHINE, props="labels", languages="de")["entities"][DELPHINE]["labels"] == {}


def test_places_and_occupations_have_labels_of_their_own(items):
    claims = items(DELPHINE, props="claims")["entities"][DELPHINE]["claims"]
    ids = [claim["mainsnak"]["datavalue"]["value"]["id"] for key in ("P19", "P106", "P21") for claim in claims[key]]
    labels = [item["labels"]["en"]["value"] for item in items(*ids, props="labels")["entities"].values()]
    assert labels == ["Trieste, Italy", "television personality", "ferry operator", "female"]


def test_ranks_unknown_values_redirects_and_missing_items_are_told(items):
    claims = items(PRIYA)["entities"][PRIYA]["claims"]["P569"]
    assert [claim["rank"] for claim in claims] == ["normal", "preferred"]
    unknown = items("Q99900100013")["entities"]["Q99900100013"]["claims"]["P569"][0]["mainsnak"]
    assert (unknown["snaktype"], "datavalue" in unknown) == ("somevalue", False)
    found = items("Q9989999999", "Q9989999998", "Q9989999997")["entities"]
    assert found["Q9989999999"]["id"] == KIT
    assert found["Q9989999999"]["redirects"] == {"from": "Q9989999999", "to": KIT}
    assert found["Q9989999998"] == {"id": "Q9989999998", "missing": ""}
    assert found["Q9989999997"]["claims"]["P31"][0]["mainsnak"]["datavalue"]["value"]["id"] == "Q3947"
    assert items("house")["error"]["code"] == "no-such-entity"
    assert items(*[f"Q{number}" for number in range(51)])["error"]["code"] == "toomanyvalues"


def test_searches_find_items_by_several_ids_at_once(ask):
    words = "haswbstatement:P345=nm990000008|P345=tt990000001|P345=nm1|P4985=900100003"
    found = ask(API, action="query", format="json", list="search", srsearch=words).json()["query"]
    assert [hit["title"] for hit in found["search"]] == [DELPHINE, "Q99900000001", PRIYA]
    assert found["searchinfo"] == {"totalhits": 3}


def test_tmdb_names_the_items_of_shows_and_of_some_people():
    source = Sample()
    paths = {"show": "tv/900000001", "Delphine": "person/900100008", "Theo": "person/900100002"}
    ids = {name: (source.part(path, "external_ids") or {})["wikidata_id"] for name, path in paths.items()}
    assert ids["Delphine"] == DELPHINE
    show: Any = source.fact(f"wikidata/{ids['show']}")
    assert show["labels"]["en"]["value"] == "Glass Hill Realty"
    assert source.fact(f"wikidata/{ids['Theo']}") is None
    assert source.fact("wikidata/search/P345=nm990000002") == []


def test_lag_empty_searches_and_refusals_are_wikidatas_alone(ask, items, upstream):
    upstream.fail("wikidata", lag=6, empty_lists=True)
    assert items(KIT, maxlag=5)["error"]["code"] == "maxlag"
    assert KIT in items(KIT, maxlag=9)["entities"]
    words = {"list": "search", "srsearch": "haswbstatement:P345=nm990000008"}
    assert ask(API, action="query", format="json", **words).json()["query"]["search"] == []
    upstream.fail("wikidata", status=429)
    assert ask(API).status_code == 429
    assert upstream.stats.count(protocol="wikidata", status=429) == 1
    assert ask("/3/tv/900000001").status_code == 200


def test_many_generated_people_have_an_item_with_a_date_of_some_precision():
    source = Generated(50, size="full")
    found = [source.fact(f"wikidata/Q99{920_000_000 + number}") for number in range(300)]
    known = [item for item in found if item]
    assert 100 < len(known) < 250
    assert {precision for item in known if "P569" in item["claims"] for _, precision in dates(item)} == {9, 10, 11}
    assert any("P6262" in item["claims"] for item in known)
