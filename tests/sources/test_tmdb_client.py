import json
from urllib.parse import parse_qs, urlsplit

import pytest

from flows.settings import TmdbSettings
from flows.sources.errors import Incomplete, NotFound
from flows.sources.http import Refresh
from flows.sources.tmdb.client import TmdbClient
from flows.sources.tmdb.image_urls import image_url
from tests.sources.double import Reply, json_reply


@pytest.fixture
def tmdb(double, http):
    with TmdbClient(TmdbSettings(tmdb_bearer_token="token", tmdb_api_url=double.url), http) as client:
        yield client


def show_of(seasons):
    """A protocol double of `/tv/{id}` with so many seasons, season 0 included."""

    def answer(request):
        parts = parse_qs(urlsplit(request.path).query)["append_to_response"][0].split(",")
        listed = [{"id": 100 + number, "season_number": number} for number in range(seasons)]
        numbers = [int(part[7:]) for part in parts if part.startswith("season/")]
        details = {f"season/{number}": {"id": 100 + number} for number in numbers if number < seasons}
        body = {"id": 7, "seasons": listed, **details} | ({"images": {}} if "images" in parts else {})
        return json_reply(body, ETag=f'"{",".join(parts)}"')

    return answer


@pytest.mark.parametrize(("seasons", "requests"), [(1, 1), (12, 1), (13, 2), (32, 2), (33, 3)])
def test_a_show_takes_as_few_requests_as_its_seasons_allow(double, tmdb, seasons, requests):
    double.answer = show_of(seasons)
    answer = tmdb.show(7)
    assert len(double.asked) == requests
    assert [key for key in answer.body if key.startswith("season/")] == [f"season/{n}" for n in range(seasons)]
    assert "images" in answer.body
    assert tmdb.show(7).from_cache and len(double.asked) == requests


def test_a_bundle_is_as_old_as_its_oldest_part(double, tmdb):
    double.answer = show_of(13)
    tmdb.show(7)
    refreshed = tmdb.show(7, refresh=Refresh.FORCE)
    assert len(double.asked) == 4 and not refreshed.from_cache
    assert refreshed.fetched_at < refreshed.expires_at


def test_records_are_asked_for_by_their_names(double, tmdb):
    double.answer = lambda request: json_reply({"id": 1})
    tmdb.ask("show", "1399")
    tmdb.ask("season", "1399/0")
    tmdb.ask("person", "287")
    tmdb.ask("find", "tt0944947")
    paths = [urlsplit(request.path).path for request in double.asked]
    assert paths == ["/3/tv/1399", "/3/tv/1399/season/0", "/3/person/287", "/3/find/tt0944947"]
    with pytest.raises(ValueError, match="no season"):
        tmdb.ask("season", "1399")


def pages_of(pages):
    def answer(request):
        number = int(parse_qs(urlsplit(request.path).query)["page"][0])
        body = pages.get(number)
        return json_reply(body) if body else json_reply({"status_code": 34}, 404)

    return answer


def page(number, ids, *, total_pages=2, comments=None):
    results = [{"id": id, "media_type": "tv", "name": f"Show {id}", "origin_country": ["US"]} for id in ids]
    counts = {"page": number, "total_pages": total_pages, "total_results": 3}
    return {"id": 12, "name": "Reality", "results": results, "comments": comments or {}, **counts}


def test_a_list_is_read_to_its_end_with_ranks_and_notes(double, tmdb):
    film = {"id": 5, "media_type": "movie", "title": "A film"}
    second = page(2, [9]) | {"results": [film], "comments": {"movie:5": "not ours"}}
    double.answer = pages_of({1: page(1, [5, 6], comments={"tv:5": "the first", "tv:6": ""}), 2: second})
    found = tmdb.list_items("12")
    assert [(item.rank, item.media_type, item.tmdb_id, item.note) for item in found.items] == [
        (1, "tv", 5, "the first"),
        (2, "tv", 6, None),
        (3, "movie", 5, "not ours"),
    ]
    assert (found.name, found.total, found.items[2].title) == ("Reality", 3, "A film")
    assert double.asked[0].path.startswith("/4/list/12?") and double.asked[0].headers["Authorization"] == "Bearer token"


def test_an_entry_that_moved_to_a_later_page_while_we_read_is_kept_once(double, tmdb):
    double.answer = pages_of({1: page(1, [5, 6]), 2: page(2, [6, 7])})
    assert [item.tmdb_id for item in tmdb.list_items("12").items] == [5, 6, 7]


@pytest.mark.parametrize("second", [None, page(2, []), page(1, [8])])
def test_a_page_that_vanishes_is_an_error_and_not_a_shorter_list(double, tmdb, second):
    double.answer = pages_of({1: page(1, [5, 6]), 2: second})
    with pytest.raises(Incomplete, match="page 2 of 2 of list 12"):
        tmdb.list_items("12")


def test_a_list_that_is_not_there_is_not_found_and_an_empty_one_is_empty(double, tmdb):
    double.answer = pages_of({})
    with pytest.raises(NotFound):
        tmdb.list_items("12")
    double.answer = pages_of({1: page(1, [], total_pages=1)})
    assert tmdb.list_items("12").items == ()


def test_with_a_key_alone_version_3_of_a_list_is_read(double, http):
    items = [{"id": 5, "media_type": "tv", "name": "Show 5"}]
    double.answer = lambda request: json_reply({"id": "12", "name": "Reality", "items": items, "item_count": 1})
    with TmdbClient(TmdbSettings(tmdb_api_key="the-key", tmdb_api_url=double.url), http) as tmdb:
        found = tmdb.list_items("12")
    assert (found.total, found.items[0].title) == (1, "Show 5")
    assert double.asked[0].path.startswith("/3/list/12?") and "api_key=the-key" in double.asked[0].path


def test_the_token_wins_over_the_key(double, http):
    settings = TmdbSettings(tmdb_bearer_token="token", tmdb_api_key="the-key", tmdb_api_url=double.url)
    with TmdbClient(settings, http) as tmdb:
        tmdb.person(1)
    assert "the-key" not in double.asked[0].path and double.asked[0].headers["Authorization"] == "Bearer token"


@pytest.mark.recorded
def test_the_recorded_404_is_not_found_and_the_recorded_list_is_read(double, tmdb, recording):
    body = recording("tmdb/errors/404_status6_invalid_id.json")
    double.answer = lambda request: json_reply(body, 404)
    with pytest.raises(NotFound):
        tmdb.show(1)
    films = recording("tmdb/lists_v3/list_509ec17b_2013.json")
    double.answer = lambda request: Reply(200, json.dumps(films).encode())
    assert all(item.media_type == "movie" for item in tmdb.list_items("509").items)


def test_images_are_addressed_by_size_and_path():
    settings = TmdbSettings(tmdb_api_key="k")
    assert image_url(settings, "/a.jpg") == "https://image.tmdb.org/t/p/original/a.jpg"
    assert image_url(settings, "/a.jpg", "w500") == "https://image.tmdb.org/t/p/w500/a.jpg"
