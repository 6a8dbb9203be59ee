"""Asking for IMDb's pages, against a protocol double. Synthetic pages; what real ones look like is proved elsewhere."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from flows.settings import HttpSettings, ImdbSettings
from flows.sources.errors import Challenge, MalformedAnswer, NotFound, NotThisPage
from flows.sources.http import Refresh
from flows.sources.imdb.answers import ImdbEpisodes, ImdbImages, ImdbList
from flows.sources.imdb.pages import ImdbPages, read_pages, read_with_drift
from tests.sources.double import Asked, Double, Reply
from tests.sources.imdb_pages import props
from tests.sources.test_imdb_pages_shapes import MOSAIC, VIEWER, edge, gallery, list_page, listed, season_page

SEASONS = ["1", "2", "3", "4", "Unknown"]


@pytest.fixture
def client(double: Double, http: HttpSettings) -> Iterator[ImdbPages]:
    """A client that asks the double, at any speed."""
    settings = ImdbSettings(imdb_pages_url=double.url, imdb_rate=1000, imdb_burst=1000)
    with ImdbPages(settings, http) as pages:
        yield pages


def page(text: str, status: int = 200) -> Reply:
    return Reply(status, text.encode(), {"Content-Type": "text/html; charset=utf-8"})


def season(request: Asked) -> str:
    return parse_qs(urlsplit(request.path).query).get("season", ["1"])[0]


def show(request: Asked) -> Reply:
    """A show of four seasons and an unknown one; without a season asked for, the first is shown."""
    number = season(request)
    return page(season_page(number, SEASONS, [listed(1, number), listed(2, number)]))


def seasons_asked(double: Double) -> list[str]:
    asked = [season(request) for request in double.asked]
    double.asked.clear()
    return asked


def test_a_show_is_one_page_for_each_season_and_the_one_that_the_overview_shows_is_not_asked_again(
    double: Double, client: ImdbPages
) -> None:
    double.answer = show

    answer = client.ask("episodes", "tt9000001")
    episodes = read_pages("episodes", answer.body)

    assert isinstance(episodes, ImdbEpisodes)
    assert seasons_asked(double) == SEASONS
    assert (answer.layer, answer.complete, answer.body["layer"]) == ("pages", True, "pages")
    assert (len(episodes.episodes), episodes.complete_seasons, episodes.is_complete) == (10, (1, 2, 3, 4), True)


def test_revalidating_asks_for_the_newest_seasons_again_and_forcing_for_all(double: Double, client: ImdbPages) -> None:
    double.answer = show
    client.ask("episodes", "tt9000001")
    seasons_asked(double)

    client.ask("episodes", "tt9000001", refresh=Refresh.REVALIDATE)
    revalidated = seasons_asked(double)
    client.ask("episodes", "tt9000001", refresh=Refresh.FORCE)

    assert revalidated == ["1", "3", "4", "Unknown"]  # the overview is one of them
    assert seasons_asked(double) == SEASONS


@pytest.mark.parametrize(
    "broken",
    [
        page("<html>no</html>", 404),
        page("<html><body>JavaScript is disabled</body></html>"),
        page(season_page("1", SEASONS, [listed(1, "1")])),  # another season than was asked for
    ],
)
def test_a_season_that_fails_makes_the_answer_incomplete(double: Double, client: ImdbPages, broken: Reply) -> None:
    double.answer = lambda request: broken if season(request) == "3" else show(request)

    answer = client.ask("episodes", "tt9000001")
    episodes = read_pages("episodes", answer.body)
    double.answer = show
    healed = client.ask("episodes", "tt9000001")

    assert isinstance(episodes, ImdbEpisodes)
    assert not answer.complete and not episodes.is_complete
    assert [missing["url"].endswith("season=3") for missing in answer.body["missing"]] == [True]
    assert episodes.complete_seasons == (1, 2, 4)
    assert healed.complete and "missing" not in healed.body  # a wrong page was not kept


def test_a_first_page_that_fails_is_an_error(double: Double, client: ImdbPages) -> None:
    double.answer = lambda request: page("", 404)
    with pytest.raises(NotFound):
        client.ask("title", "tt9000001")
    double.answer = lambda request: page("", 202)
    with pytest.raises(Challenge):
        client.ask("credits", "tt9000001")
    double.answer = lambda request: page(props("/find", {}))
    with pytest.raises(NotThisPage):
        client.ask("list", "ls900000001")
    with pytest.raises(ValueError, match="no pages of keywords"):
        client.ask("keywords", "tt9000001")


def test_requests_say_who_asks_and_what_for(double: Double, client: ImdbPages) -> None:
    title = {"id": "tt9000001", "titleText": {"text": "House of Paint"}}
    double.answer = lambda request: page(props("/title/[tconst]", {"aboveTheFoldData": title}))

    answer = client.ask("title", "tt9000001")

    (asked,) = double.asked
    assert asked.path == "/title/tt9000001/"
    assert asked.headers["User-Agent"].startswith("TheRealityReport/")
    assert asked.headers["Accept"].startswith("text/html") and asked.headers["Accept-Language"].startswith("en-US")
    assert not answer.complete  # half of the page's data is not there


def test_of_a_page_with_data_only_the_data_is_kept(double: Double, client: ImdbPages) -> None:
    text = list_page([edge(1)], 1, head="<title>A list</title>").replace("<body>", "<body>" + "<p>words</p>" * 1000)
    double.answer = lambda request: page(text)

    answer = client.ask("list", "ls900000001")

    kept = answer.body["pages"][0]["text"]
    assert len(kept) < 2000 and "<p>" not in kept and "<title>A list</title>" in kept
    assert read_pages("list", answer.body) == read_pages("list", {"pages": [{"url": "", "text": text}]})


def listing(request: Asked) -> Reply:
    """A list of five in three pages; the page after the last shows the last once more."""
    number = int(parse_qs(urlsplit(request.path).query).get("page", ["1"])[0])
    shown = {1: [1, 2], 2: [3, 4], 3: [5]}.get(number, [5])
    return page(list_page([edge(place) for place in shown], 5, more=number < 3))


def test_a_list_is_read_to_its_end(double: Double, client: ImdbPages) -> None:
    double.answer = listing

    answer = client.ask("list", "ls900000001")
    found = read_pages("list", answer.body)

    assert isinstance(found, ImdbList)
    assert [entry.rank for entry in found.entries] == [1, 2, 3, 4, 5]
    assert answer.complete and len(double.asked) == 3


def test_a_list_whose_later_page_fails_is_not_complete(double: Double, client: ImdbPages) -> None:
    double.answer = lambda request: page("<html></html>", 403) if "page=2" in request.path else listing(request)

    answer = client.ask("list", "ls900000001")
    found = read_pages("list", answer.body)

    assert isinstance(found, ImdbList)
    assert [entry.rank for entry in found.entries] == [1, 2]
    assert not answer.complete and not found.is_complete and len(answer.body["missing"]) == 1


def test_a_gallery_follows_its_cursor_and_notices_one_that_leads_nowhere(double: Double, client: ImdbPages) -> None:
    double.answer = lambda request: page(
        gallery(range(3, 5), 5) if "after=abc" in request.path else gallery(range(3), 5, "abc")
    )
    whole = client.ask("title_images", "tt9000001")
    double.answer = lambda request: page(gallery(range(3), 5, "abc"))
    same = client.ask("title_images", "tt9000001", refresh=Refresh.FORCE)

    found = read_pages("title_images", whole.body)
    assert isinstance(found, ImdbImages)
    assert (len(found.images), whole.complete) == (5, True)
    assert (len(same.body["pages"]), same.complete) == (1, False)


def test_pictures_without_sizes_are_looked_at_one_by_one(double: Double, client: ImdbPages) -> None:
    def answer(request: Asked) -> Reply:
        if "rm9002" in request.path:
            return page("", 404)
        return page(VIEWER if "/mediaviewer/" in request.path else MOSAIC)

    double.answer = answer
    found = read_pages("person_images", client.ask("person_images", "nm9000001").body)

    assert isinstance(found, ImdbImages)
    assert [(picture.id, picture.width, picture.people) for picture in found.images] == [
        ("rm9001", 2048, ("nm9000001", "nm9000002")),
        ("rm9002", None, ()),
    ]
    assert not found.is_complete


def test_a_body_without_pages_is_malformed() -> None:
    bodies: list[dict[str, Any]] = [{}, {"pages": []}, {"pages": [{"url": ""}]}, {"pages": ["<html>"]}]
    for body in bodies:
        with pytest.raises(MalformedAnswer):
            read_pages("title", body)


def test_drift_is_counted_over_all_pages() -> None:
    items = [listed(1, "1", sponsor="Soap"), listed(2, "1", sponsor="Soap")]
    del items[0]["titleText"]
    pages = [{"url": "", "text": season_page("1", ["1"], items)}, {"url": "", "text": season_page("2", ["1"], items)}]

    _, drift = read_with_drift("episodes", {"pages": pages})

    assert drift["unknown"] == {"section.episodes.items[].sponsor": 4}
    assert drift["missing"] == {"section.episodes.items[].titleText": 2}
