"""How IMDb's GraphQL endpoint is asked: pages to the end, smaller where large ones are refused, and what fails what."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from flows.settings import ImdbSettings
from flows.sources.errors import Challenge, MalformedAnswer, NotFound, Unavailable, UpstreamError
from flows.sources.http import Refresh
from flows.sources.imdb.graphql import ImdbGraphql, queries, reading
from tests.sources.double import Reply, json_reply


@pytest.fixture
def imdb(double, http):
    settings = ImdbSettings(imdb_graphql_url=double.url, imdb_rate=1000, imdb_burst=50)
    with ImdbGraphql(settings, http) as client:
        yield client


def read(answer, resource="title_images"):
    return reading.read_graphql(resource, answer.body)


def variables(request):
    return json.loads(request.body)["variables"]


def gallery(count, *, largest=1000, fails_at=None, total=None):
    """A double with so many pictures of every title, that gives up on pages above `largest`."""

    def answer(request):
        asked = variables(request)
        if asked["first"] > largest:
            return Reply(504, b"<html>504 Gateway Time-out</html>")
        start = int(asked.get("after", 0))
        if fails_at is not None and start >= fails_at:
            return Reply(503, b"")
        end = min(start + asked["first"], count)
        return json_reply({"data": {"title": {"id": asked["id"], "images": pictures(start, end, count, total)}}})

    return answer


def pictures(start, end, count, total=None):
    return {
        "total": count if total is None else total,
        "pageInfo": {"hasNextPage": end < count, "endCursor": str(end)},
        "edges": [{"position": number, "node": picture(number)} for number in range(start, end)],
    }


def picture(number):
    sizes = {"width": 100, "height": 150, "type": "still_frame", "caption": None}
    return {
        "id": f"rm{number}",
        "url": f"https://m.media-amazon.com/{number}.jpg",
        **sizes,
        "names": None,
        "titles": None,
    }


def test_an_answer_is_asked_for_page_by_page_in_full_queries_and_by_our_own_name(double, imdb):
    double.answer = gallery(600)
    answer = imdb.ask("title_images", "tt1")
    assert [(variables(asked)["first"], variables(asked).get("after")) for asked in double.asked] == [
        *((250, None), (250, "250")),
        (250, "500"),
    ]
    assert (answer.complete, answer.layer, len(answer.body["pages"])) == (True, "graphql", 3)
    assert len(read(answer).images) == 600
    asked, headers = json.loads(double.asked[0].body), double.asked[0].headers
    assert (asked["query"], asked["operationName"]) == (queries.TITLE_IMAGES.text, "TitleImages")
    assert (double.asked[0].method, headers["Content-Type"]) == ("POST", "application/json")
    assert headers["Accept"] == "application/graphql+json, application/json"
    assert (
        headers["User-Agent"].startswith("TheRealityReport/") and headers["x-imdb-client-name"] == "the-reality-report"
    )
    again = imdb.ask("title_images", "tt1")
    assert again.from_cache and again.fetched_at == answer.fetched_at and len(double.asked) == 3
    imdb.ask("title_images", "tt1", refresh=Refresh.FORCE)
    assert len(double.asked) == 6


@pytest.mark.parametrize("refusal", [504, "Too much data requested", "The query exceeds the maximum complexity"])
def test_pages_that_are_refused_for_their_size_get_smaller_until_they_come(double, imdb, refusal):
    serves = gallery(130, largest=70)

    def answer(request):
        if refusal != 504 and variables(request)["first"] > 70:
            return json_reply({"errors": [{"message": refusal}], "data": None})
        return serves(request)

    double.answer = answer
    found = imdb.ask("title_images", "tt1")
    assert found.complete and "missing" not in found.body
    asked = [variables(request)["first"] for request in double.asked]
    assert sorted(set(asked), reverse=True) == [250, 125, 62] and asked[-3:] == [62, 62, 62]
    del double.asked[:]
    assert imdb.ask("title_images", "tt2").complete
    assert {variables(request)["first"] for request in double.asked} == {62}


def test_many_threads_learn_the_size_from_one_and_the_breaker_stays_closed(double, imdb):
    double.answer = gallery(30, largest=50)
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda number: imdb.ask("title_images", f"tt{number}"), range(1, 25)))
    assert all(answer.complete for answer in answers)
    sizes = [variables(request)["first"] for request in double.asked]
    assert [size for size in sizes if size > 50] == [250, 250, 125, 125, 62, 62]
    assert len(double.asked) == 6 + 24


def test_what_fails_at_every_size_fails(double, imdb):
    double.answer = lambda request: Reply(503, b"")
    with pytest.raises(Unavailable, match="503"):
        imdb.ask("credits", "tt1")
    assert [variables(request)["first"] for request in double.asked] == [250, 250, 125, 125, 62, 62, 31, 31]


def test_errors_beside_data_keep_what_came_as_not_complete_and_not_for_long(double, imdb):
    page = {"data": {"title": {"id": "tt1", "images": pictures(0, 3, 3)}}, "errors": [{"message": "captions are away"}]}
    double.answer = lambda request: json_reply(page)
    answer = imdb.ask("title_images", "tt1")
    assert (answer.complete, answer.body["missing"]) == (False, "captions are away")
    assert answer.body["pages"] == [page]
    assert imdb.stats.troubles == {"IMDb's graphql gave title_images in part only": 1}
    del page["errors"]
    assert imdb.ask("title_images", "tt1").complete


def test_errors_that_leave_nothing_to_read_fail_and_say_what_they_said(double, imdb):
    said = [{"message": 'Cannot query field "images" on type "Title".'}]
    for body in (
        {"errors": said},
        {"errors": said, "data": None},
        {"errors": said, "data": {"title": {"id": "tt1", "images": None}}},
    ):
        double.answer = lambda request, body=body: json_reply(body)
        with pytest.raises(MalformedAnswer, match='Cannot query field "images"'):
            imdb.ask("title_images", "tt1")
    double.answer = lambda request: json_reply({"errors": said}, 400)
    with pytest.raises(UpstreamError, match=r"answered 400.*Cannot query field"):
        imdb.ask("title_images", "tt1")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(202, b""),
        Reply(200, b""),
        Reply(405, b"<html></html>"),
        Reply(403, b"<html>"),
        Reply(200, b"<!DOCTYPE html>"),
    ],
)
def test_a_challenge_is_a_failure(double, imdb, reply):
    double.answer = lambda request: reply
    with pytest.raises(UpstreamError) as failure:
        imdb.ask("title", "tt1")
    assert isinstance(failure.value, Challenge) or reply.status == 405
    assert len(double.asked) == 1


def test_a_later_page_that_fails_leaves_what_came_before_as_not_complete(double, imdb):
    double.answer = gallery(600, fails_at=500)
    answer = imdb.ask("title_images", "tt1")
    assert not answer.complete and "503" in answer.body["missing"]
    assert len(read(answer).images) == 500


def test_fewer_entries_than_there_are_said_to_be_are_not_complete_and_a_cursor_that_stands_still_ends_it(double, imdb):
    double.answer = gallery(10, total=12)
    assert not imdb.ask("title_images", "tt1").complete
    still = pictures(0, 5, 600)
    double.answer = lambda request: json_reply({"data": {"title": {"id": "tt2", "images": still}}})
    del double.asked[:]
    assert not imdb.ask("title_images", "tt2").complete
    assert len(double.asked) == 2


def test_nothing_by_that_name_is_not_found_and_a_missing_endpoint_is_a_failure(double, imdb):
    double.answer = lambda request: json_reply({"data": {"title": None}})
    with pytest.raises(NotFound, match="no title tt1"):
        imdb.ask("title", "tt1")
    double.answer = lambda request: json_reply({"data": {"title": None}, "errors": [{"message": "down"}]})
    with pytest.raises(MalformedAnswer, match="down"):
        imdb.ask("title", "tt2")
    double.answer = lambda request: Reply(404, b"gone")
    with pytest.raises(Unavailable, match="no such endpoint"):
        imdb.ask("title", "tt3")


def test_what_cannot_be_read_fails_and_is_not_kept(double, imdb):
    double.answer = lambda request: json_reply({"data": {"title": {"id": "tt1", "images": {"nodes": []}}}})
    with pytest.raises(MalformedAnswer, match="edges") as failure:
        imdb.ask("title_images", "tt1")
    assert str(failure.value.field).startswith("images.")
    double.answer = gallery(3)
    assert imdb.ask("title_images", "tt1").complete


def test_episodes_of_a_person_are_followed_in_the_categories_that_one_page_did_not_hold(double, imdb):
    episodes = {"self": 300, "producer": 2}

    def answer(request):
        asked = variables(request)
        start = int(asked.get("after", 0))
        wanted = asked["filter"].get("categories", list(episodes))
        nodes = [in_category(name, start, asked["first"], episodes[name]) for name in wanted]
        edges = [{"node": node} for node in nodes]
        info = {"hasNextPage": False, "endCursor": "x"}
        return json_reply(
            {"data": {"title": {"id": "tt1", "credits": {"total": len(edges), "pageInfo": info, "edges": edges}}}}
        )

    double.answer = answer
    found = imdb.ask("appearances", "tt1/nm1")
    assert [variables(request)["filter"] for request in double.asked] == [
        {"names": ["nm1"]},
        {"names": ["nm1"], "categories": ["self"]},
    ]
    appearances = read(found, "appearances")
    assert (len(appearances.credits), appearances.total, found.complete) == (302, 302, True)
    assert (appearances.imdb_id, appearances.person_id) == ("tt1", "nm1")


def in_category(name, start, size, count):
    end = min(start + size, count)
    title = {"titleText": {"text": "Part"}, "releaseYear": None, "series": None}
    edges = [
        {"node": {"title": {"id": f"tt9{n}", **title}, "characters": None, "attributes": None}}
        for n in range(start, end)
    ]
    page = {"total": count, "pageInfo": {"hasNextPage": end < count, "endCursor": str(end)}, "edges": edges}
    said = {"characters": None, "attributes": None}
    return {
        "__typename": "Cast",
        "name": {"id": "nm1"},
        "category": {"id": name, "text": name},
        **said,
        "episodeCredits": page,
    }


@pytest.mark.parametrize(
    ("resource", "ref"), [("title", "nm1"), ("list", "tt1"), ("appearances", "tt1"), ("reviews", "tt1")]
)
def test_nothing_is_asked_by_a_wrong_name(double, imdb, resource, ref):
    with pytest.raises(ValueError, match="has no"):
        imdb.ask(resource, ref)
    assert not double.asked
