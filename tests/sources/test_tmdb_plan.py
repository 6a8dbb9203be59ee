import pytest

from flows.sources.tmdb import plan


def show_with(numbers):
    return {"id": 1, "seasons": [{"season_number": number} for number in numbers]}


def test_the_first_request_of_a_show_asks_for_twenty_parts_and_no_more():
    ask = plan.show_request(1399)
    parts = str(ask.params["append_to_response"]).split(",")
    assert len(parts) == len(set(parts)) == 20
    assert parts[8:] == [f"season/{number}" for number in range(12)]
    assert ask.path == "3/tv/1399" and ask.params["include_image_language"] == "en,null"


def test_a_show_of_twelve_seasons_needs_no_further_request():
    assert plan.further_requests(1, show_with(range(12))) == []


def test_more_seasons_come_twenty_to_a_request():
    asks = plan.further_requests(1, show_with(range(46)))
    asked = [str(ask.params["append_to_response"]).split(",") for ask in asks]
    assert [len(parts) for parts in asked] == [20, 14]
    assert asked[0][0] == "season/12" and asked[1][-1] == "season/45"


def test_seasons_numbered_by_year_are_asked_for_too():
    (ask,) = plan.further_requests(1, show_with([1, 2019, 2020]))
    assert ask.params["append_to_response"] == "season/2019,season/2020"


def test_a_season_that_was_asked_for_and_did_not_come_is_not_asked_for_again():
    assert plan.further_requests(1, show_with([0, 1]) | {"season/1": {}}) == []


@pytest.mark.parametrize("seasons", [None, [], [{}], ["?"], "x"])
def test_a_show_without_usable_seasons_needs_no_further_request(seasons):
    assert plan.further_requests(1, {"id": 1, "seasons": seasons}) == []


def test_parts_are_merged_into_the_first_body():
    first = {"id": 1, "name": "first", "season/1": {"id": 11}}
    second = {"id": 1, "name": "second", "season/12": {"id": 112}}
    assert plan.merged([first, second]) == first | {"season/12": {"id": 112}}


@pytest.mark.parametrize(
    "text",
    [
        "8301263",
        " https://www.themoviedb.org/list/8301263?language=en-US",
        "https://www.themoviedb.org/list/8301263-reality-tv",
        "themoviedb.org/list/8301263/",
    ],
)
def test_a_list_is_known_by_its_number_or_address(text):
    assert plan.parse_tmdb_list_id(text) == "8301263"


@pytest.mark.parametrize(
    "text", ["", "reality", "-5", "https://www.imdb.com/list/ls4106677119/", "https://evil.example/list/1"]
)
def test_what_is_no_list_is_refused_in_a_sentence(text):
    with pytest.raises(ValueError, match="is not a TMDb list; give its number or its address"):
        plan.parse_tmdb_list_id(text)
