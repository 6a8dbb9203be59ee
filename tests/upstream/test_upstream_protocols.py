"""What holds for one protocol alone, set over HTTP: failures, weather, limits, outages; and counts by protocol."""

import pytest
import requests

HILL, WIKI = "/imdb/title/tt990000001/", "/fandom/fictional-hill.fandom.com/wiki/Marla_Vance"


@pytest.fixture
def settle(upstream):
    def settled(**conditions):
        return requests.post(f"{upstream.url}/_conditions", json=conditions, timeout=60)

    return settled


def test_failures_of_a_protocol_are_set_stated_and_healed_over_http(ask, upstream, settle):
    stated = settle(protocols={"imdb-pages": {"challenge": "empty"}, "fandom": {"too_many": 1.0, "retry_after": 3}})
    assert stated.json()["protocols"]["imdb-pages"]["challenge"] == "empty"
    assert ask(HILL).status_code == 202
    refused = ask(WIKI)
    assert refused.status_code == 429 and refused.headers["Retry-After"]
    assert ask("/3/tv/900000001").status_code == 200
    assert settle(protocols={"imdb-pages": None, "fandom": None}).json()["protocols"] == {}
    assert (ask(HILL).status_code, ask(WIKI).status_code) == (200, 200)


def test_a_rate_limit_and_an_outage_hold_for_one_protocol(ask, settle):
    settle(protocols={"imdb-pages": {"rate": 0.5, "burst": 2}, "wikidata": {"outage_seconds": 30}})
    assert [ask(HILL).status_code for _ in range(3)] == [200, 200, 429]
    with pytest.raises(requests.ConnectionError):
        ask("/wikidata/w/api.php")
    assert ask(WIKI).status_code == 200
    settle(protocols={"wikidata": {"outage_seconds": 0}})
    assert ask("/wikidata/w/api.php").status_code == 200


@pytest.mark.parametrize(
    ("protocols", "words"),
    [
        ({"imdb": {}}, "there is no protocol imdb; there are tmdb"),
        ({"fandom": {"mood": 1}}, "there is no condition mood"),
        ({"fandom": {"challenge": "loud"}}, "a challenge is one of empty, page"),
        ({"fandom": {"status": 200}}, "from 400 to 599"),
        ({"fandom": 7}, "takes an object"),
        ([], "protocols is an object"),
    ],
)
def test_what_is_impossible_is_refused_and_nothing_set(settle, upstream, protocols, words):
    refused = settle(protocols=protocols)
    assert refused.status_code == 400
    assert words in refused.json()["error"]
    assert upstream.conditions.own == {}


def test_requests_are_counted_by_protocol_and_kind(ask, upstream):
    upstream.stats.reset()
    ask(HILL)
    ask(WIKI)
    ask("/3/tv/900000001")
    ask("/imdb/datasets/title.crew.tsv.gz")
    told = ask("/_stats").json()
    assert told["by_protocol"] == {name: {"200": 1} for name in ("fandom", "imdb-datasets", "imdb-pages", "tmdb")}
    assert {"fandom page", "imdb-pages title", "imdb-datasets dataset", "show"} <= set(told["by_kind"])
    assert upstream.stats.count(protocol="fandom", status=200) == 1


def test_an_unknown_protocol_cannot_fail(upstream):
    with pytest.raises(ValueError, match="there is no protocol imdb; there are tmdb"):
        upstream.fail("imdb", challenge="empty")


def test_one_person_is_known_to_all_four_who_differ_in_a_detail(ask, sample):
    tmdb = ask("/3/person/900100008", append_to_response="external_ids").json()
    imdb = sample.fact(f"imdb/{tmdb['external_ids']['imdb_id']}")
    item = sample.fact(f"wikidata/{tmdb['external_ids']['wikidata_id']}")
    wiki, _, title = item["claims"]["P6262"][0]["mainsnak"]["datavalue"]["value"].partition(":")
    article = sample.fact(f"fandom/{wiki}.fandom.com/{title}")
    assert tmdb["name"] == imdb["nameText"]["text"] == item["labels"]["en"]["value"] == article["title"]
    assert tmdb["birthday"] == "1966-02-14"
    assert item["claims"]["P569"][0]["mainsnak"]["datavalue"]["value"]["precision"] == 10
    assert "February 14, 1967" in article["html"]
    show = sample.fact(f"fandom/{wiki}.fandom.com/The Ladies of Larkspur Bay")
    assert title in show["html"]


def test_one_person_is_listed_twice_and_two_share_a_name_in_one_show(ask):
    listed = [ask(f"/3/person/{number}").json() for number in (900100010, 900100096)]
    assert {person["imdb_id"] for person in listed} == {"nm990000010"}
    cast = ask("/3/tv/900000001/aggregate_credits").json()["cast"]
    assert len([person["id"] for person in cast if person["name"] == "Alex Kim"]) == 2
