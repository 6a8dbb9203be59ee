"""What Wikidata is asked, and what is made of its answers. All answers here are synthetic."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from flows.settings import WikidataSettings
from flows.sources.errors import Challenge, Incomplete, MalformedAnswer, NotFound, Unavailable
from flows.sources.http import Refresh
from flows.sources.wikidata.client import WikidataClient
from tests.sources.double import Reply, json_reply
from tests.sources.wikidata import entity, person, statement, text


@pytest.fixture
def client(double, http):
    with WikidataClient(
        WikidataSettings(wikidata_url=double.url, wikidata_rate=1000, wikidata_burst=1000), http
    ) as client:
        yield client


def asked(double):
    return [{key: value for key, [value] in parse_qs(urlsplit(r.path).query).items()} for r in double.asked]


def answering(double, entities=None, hits=(), **further):
    """Answer questions for items with these, and searches with these hits."""

    def answer(request):
        query = {key: value for key, [value] in parse_qs(urlsplit(request.path).query).items()}
        if query["action"] == "query":
            search = [{"ns": 0, "title": hit, "pageid": 1} for hit in hits]
            return json_reply(
                {"batchcomplete": "", "query": {"searchinfo": {"totalhits": 1}, "search": search}} | further
            )
        wanted = query["ids"].split("|")
        known = {id_: (entities or {}).get(id_, {"id": id_, "missing": ""}) for id_ in wanted}
        if "languages" in query:
            known = {id_: found | _in_english(found) for id_, found in known.items()}
        return json_reply({"entities": known, "success": 1})

    double.answer = answer


def _in_english(found):
    labels = found.get("labels")
    return {"labels": {k: v for k, v in labels.items() if k in ("en", "mul")}} if isinstance(labels, dict) else {}


def test_items_are_asked_for_together_politely_and_in_the_parts_that_are_read(client, double):
    answering(double, {"Q1": person("Q1"), "Q2": person("Q2")})
    answers = client.ask_many("entity", ["Q1", "Q2"])
    assert [answers[id_].body["id"] for id_ in ("Q1", "Q2")] == ["Q1", "Q2"]
    assert urlsplit(double.asked[0].path).path == "/w/api.php"
    assert asked(double) == [
        {
            "action": "wbgetentities",
            "ids": "Q1|Q2",
            "props": "labels|aliases|claims",
            "languages": "en|mul",
            "format": "json",
            "maxlag": "5",
        }
    ]
    assert double.asked[0].headers["User-Agent"].startswith("TheRealityReport/")


def test_what_is_not_read_of_an_item_is_not_kept(client, double):
    answering(double, {"Q1": person("Q1", statement("P569", "somevalue"), statement("P18", text("a.jpg")))})
    body = client.ask("entity", "Q1").body
    assert set(body["claims"]) == {"P31", "P569"}
    assert "references" not in json.dumps(body)


def test_deleted_items_merged_ones_and_what_is_no_item_are_told_apart(client, double):
    answering(double, {"Q1": person("Q2", redirects={"from": "Q1", "to": "Q2"})})
    answers = client.ask_many("entity", ["Q1", "Q3", "house", ""])
    assert answers["Q1"].body["redirects"] == {"from": "Q1", "to": "Q2"}
    assert all(isinstance(answers[ref], NotFound) for ref in ("Q3", "house", ""))
    assert asked(double)[0]["ids"] == "Q1|Q3"
    with pytest.raises(NotFound, match="deleted"):
        client.ask("entity", "Q3")


def test_one_id_that_is_refused_does_not_keep_the_others_from_being_answered(client, double):
    def answer(request):
        ids = parse_qs(urlsplit(request.path).query)["ids"][0].split("|")
        if "Q4" in ids:
            return json_reply({"error": {"code": "no-such-entity", "info": "none", "id": "Q4"}, "servedby": "x"})
        return json_reply({"entities": {id_: person(id_) for id_ in ids}, "success": 1})

    double.answer = answer
    answers = client.ask_many("entity", ["Q1", "Q2", "Q3", "Q4"])
    assert [answers[id_].body["id"] for id_ in ("Q1", "Q2", "Q3")] == ["Q1", "Q2", "Q3"]
    assert isinstance(answers["Q4"], NotFound)


def test_names_are_english_else_any(client, double):
    czech = {"cs": {"language": "cs", "value": "Dům"}, "de": {"language": "de", "value": "Haus"}}
    english = {"en": {"language": "en", "value": "house"}, "mul": {"language": "mul", "value": "H"}}
    answering(double, {"Q1": entity("Q1") | {"labels": english}, "Q2": entity("Q2") | {"labels": czech}})
    answers = client.ask_many("label", ["Q1", "Q2", "Q3"])
    assert answers["Q1"].body == {"id": "Q1", "labels": english}
    assert answers["Q2"].body == {"id": "Q2", "labels": {"cs": czech["cs"]}}
    assert isinstance(answers["Q3"], NotFound)
    assert [(q["ids"], q.get("languages")) for q in asked(double)] == [("Q1|Q2|Q3", "en|mul"), ("Q2", None)]


def test_an_item_is_found_by_an_id_only_where_its_own_statement_says_so(client, double):
    items = {
        "Q1": person("Q1", statement("P345", text("nm1"))),
        "Q2": person("Q2", statement("P345", text("nm2"), "deprecated")),
        "Q3": person("Q3", statement("P345", text("nm3"))),
        "Q4": person("Q4", statement("P345", text("nm3"))),
    }
    answering(double, items, hits=list(items))
    answers = client.ask_many("by_imdb", ["nm1", "nm2", "nm3", "nm4"])
    found = {ref: answer.body["items"] for ref, answer in answers.items()}
    assert found == {"nm1": ["Q1"], "nm2": [], "nm3": ["Q3", "Q4"], "nm4": []}
    assert asked(double)[0]["srsearch"] == "haswbstatement:P345=nm1|P345=nm2|P345=nm3|P345=nm4"


def test_a_search_without_hits_is_one_request_and_the_longest_is_short_enough(client, double):
    answering(double)
    refs = [f"nm{number:08}" for number in range(client.at_once["by_imdb"])]
    assert client.ask_many("by_imdb", refs)[refs[0]].body == {"items": []}
    [query] = asked(double)
    assert len(query["srsearch"]) <= 300
    client.ask_many("by_tmdb_show", ["1399"])
    client.ask_many("by_tmdb_person", ["287"])
    assert [query["srsearch"][15:] for query in asked(double)[1:]] == ["P4983=1399", "P4985=287"]


def test_a_search_that_is_not_told_to_its_end_is_not_believed(client, double):
    answering(double, **{"continue": {"sroffset": 50, "continue": "-||"}})
    with pytest.raises(Incomplete):
        client.ask("by_imdb", "nm1")


def lagging(times):
    refusals = iter(range(times))

    def answer(request):
        if next(refusals, None) is not None:
            error = {"code": "maxlag", "info": "Waiting for db1: 9 seconds lagged", "host": "db1", "lag": 9}
            return json_reply({"error": error}, Retry_After="0")
        return json_reply({"entities": {"Q1": person("Q1")}, "success": 1})

    return answer


def test_a_server_that_lags_behind_is_asked_again(client, double):
    double.answer = lagging(2)
    assert client.ask("entity", "Q1").body["id"] == "Q1"
    assert (len(double.asked), client.stats.retries) == (3, 2)


def test_one_that_keeps_lagging_is_given_up_and_its_refusal_is_not_kept(client, double):
    double.answer = lagging(3)
    with pytest.raises(Unavailable, match="maxlag"):
        client.ask("entity", "Q1")
    assert client.ask("entity", "Q1").body["id"] == "Q1"


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (json_reply({"error": {"code": "internal_api_error", "info": "oops"}}), MalformedAnswer),
        (json_reply({"error": "oops"}), MalformedAnswer),
        (json_reply({"success": 1}), MalformedAnswer),
        (Reply(200, b"<html>Are you human?</html>"), Challenge),
        (Reply(202, b""), Challenge),
        (Reply(503, b""), Unavailable),
    ],
)
def test_what_is_no_answer_is_an_error(client, double, reply, error):
    double.answer = lambda request: reply
    with pytest.raises(error):
        client.ask_many("entity", ["Q1", "Q2"])


def test_an_item_that_the_answer_leaves_out_fails_alone(client, double):
    double.answer = lambda request: json_reply({"entities": {"Q1": person("Q1"), "Q2": []}, "success": 1})
    answers = client.ask_many("entity", ["Q1", "Q2", "Q3"], refresh=Refresh.FORCE)
    assert answers["Q1"].body["id"] == "Q1"
    assert isinstance(answers["Q2"], MalformedAnswer) and isinstance(answers["Q3"], MalformedAnswer)


def test_there_is_no_other_resource(client):
    with pytest.raises(ValueError, match="by_name"):
        client.ask("by_name", "Nemo")
