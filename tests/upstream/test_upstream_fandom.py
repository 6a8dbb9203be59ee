"""Fans' wikis at the sample upstream: the API in both format versions, pages, pictures, and how they fail."""

import re
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from deployments.upstream import Generated, Upstream
from deployments.upstream.generator.wikis import WIKI
from tests.upstream.conftest import asking

LADIES = "/fandom/fictional-ladies.fandom.com"


@pytest.fixture
def api(ask):
    def asked(wiki=LADIES, **query):
        answer = ask(f"{wiki}/api.php", format="json", **query)
        assert answer.status_code == 200
        return answer.json()

    return asked


def test_one_query_tells_which_of_many_titles_exist_where_redirects_lead_and_which_revision_is_current(api):
    titles = "delphine|Katherine_Abernathy|Nobody|Renata Solis"
    found = api(action="query", titles=titles, redirects=1, prop="info|revisions|categories", inprop="url")["query"]
    assert found["normalized"] == [
        {"from": "delphine", "to": "Delphine"},
        {"from": "Katherine_Abernathy", "to": "Katherine Abernathy"},
    ]
    assert {pair["from"]: pair["to"] for pair in found["redirects"]} == {
        "Delphine": "Delphine Astor-Quist",
        "Katherine Abernathy": "Kit Abernathy",
    }
    by_title = {page["title"]: (key, page) for key, page in found["pages"].items()}
    key, missing = by_title["Nobody"]
    assert (key, missing) == ("-1", {"ns": 0, "title": "Nobody", "missing": ""})
    key, page = by_title["Delphine Astor-Quist"]
    assert key == str(page["pageid"])
    assert page["lastrevid"] == page["revisions"][0]["revid"]
    assert page["fullurl"] == "https://fictional-ladies.fandom.com/wiki/Delphine_Astor-Quist"
    assert {"ns": 14, "title": "Category:Cast Members"} in page["categories"]


def test_format_version_2_says_true_and_lists_pages(api):
    found = api(action="query", formatversion=2, titles="Nobody|Kit Abernathy|LLB", prop="info")["query"]["pages"]
    assert isinstance(found, list)
    assert [page.get("missing", False) for page in found] == [True, False, False]
    assert found[2]["redirect"] is True


def test_a_parsed_article_has_the_markup_of_a_portable_infobox_and_its_tables(api):
    parsed = api(action="parse", page="Delphine", redirects=1, prop="text|revid|categories|images|sections")["parse"]
    assert parsed["redirects"] == [{"from": "Delphine", "to": "Delphine Astor-Quist"}]
    html = parsed["text"]["*"]
    assert '<div class="pi-data-value pi-font">February 14, 1967 (Age 59)</div>' in html
    assert 'data-source="Full Name"' in html and "Delphine Marguerite <br /> Astor-Quist" in html
    assert [section["line"] for section in parsed["sections"]] == [
        *("Casting", "Taglines", "Reunion Seating", "Trivia", "Casting Statistics", "Gallery", "Navigation"),
    ]
    assert parsed["categories"][0] == {"sortkey": "", "*": "The_Ladies_of_Larkspur_Bay"}
    modern = api(action="parse", page="Delphine Astor-Quist", prop="text|revid", formatversion=2)["parse"]
    assert (modern["text"], modern["revid"]) == (html, parsed["revid"])


def test_islanders_have_another_infobox(api):
    html = api("/fandom/fictional-isla.fandom.com", action="parse", page="Jace Rowan")["parse"]["text"]["*"]
    assert re.search(r'<td [^>]*data-source="Left">Day 11</td>', html)
    assert re.search(r'data-source="Born">\s*<h3[^>]*>Born</h3>\s*<div[^>]*>September 9, 1996</div>', html)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"action": "parse", "page": "Nobody"}, "missingtitle"),
        ({"action": "edit"}, "badvalue"),
        ({"action": "query", "titles": "|".join(map(str, range(51)))}, "toomanyvalues"),
        ({"action": "query", "list": "search"}, "missingparam"),
    ],
)
def test_errors_come_within_200(api, query, code):
    assert api(**query)["error"]["code"] == code


def test_search_finds_articles_by_their_words_and_goes_on(api):
    hill = "/fandom/fictional-hill.fandom.com"
    found = api(hill, action="query", list="search", srsearch="Theo Castellane")["query"]
    assert found["search"][0]["title"] == "Theodore Castellane"
    paged = api(action="query", list="search", srsearch="larkspur", srlimit=2)
    assert len(paged["query"]["search"]) == 2 < paged["query"]["searchinfo"]["totalhits"]
    assert paged["continue"]["sroffset"] == 2


def test_a_page_states_article_and_revision_and_a_missing_one_none(ask, api):
    page = ask(f"{LADIES}/wiki/Delphine_Astor-Quist")
    revision = api(action="parse", page="Delphine Astor-Quist", prop="revid")["parse"]["revid"]
    assert (page.status_code, f'"wgRevisionId":{revision}' in page.text) == (200, True)
    assert '<span class="mw-page-title-main">Delphine Astor-Quist</span>' in page.text
    assert ask(f"{LADIES}/wiki/Delphine").text == page.text
    missing = ask(f"{LADIES}/wiki/Nobody")
    assert (missing.status_code, '"wgArticleId":0' in missing.text) == (404, True)
    assert ask("/fandom/nowhere.fandom.com/api.php", format="json").status_code == 404


def test_pictures_are_served_original_and_scaled(ask, upstream, api):
    query = {"titles": "File:Delphine Astor-Quist Promo.jpg", "prop": "imageinfo", "iiprop": "url|size|mime"}
    (page,) = api(action="query", formatversion=2, **query)["query"]["pages"]
    info = page["imageinfo"][0]
    path = info["url"].removeprefix(upstream.url)
    original, small = ask(path), ask(path.replace("latest?", "latest/scale-to-width-down/268?"))
    assert Image.open(BytesIO(original.content)).size == (info["width"], info["height"])
    assert Image.open(BytesIO(small.content)).width == 268
    assert ask(path.replace("Astor-Quist_Promo", "Astor-Quist_Nothing")).status_code == 404


def test_a_change_of_an_article_is_a_new_revision(api, upstream):
    path = "fandom/fictional-ladies.fandom.com/Kit Abernathy"
    upstream.amend(path, lambda page: page | {"html": "<p>New</p>", "revid": page["revid"] + 1})
    parsed = api(action="parse", page="Kit Abernathy")["parse"]
    assert parsed["text"]["*"] == "<p>New</p>"
    page = api(action="query", formatversion=2, titles="Kit Abernathy", prop="info")["query"]["pages"][0]
    assert page["lastrevid"] == parsed["revid"]
    upstream.withdraw(path)
    assert api(action="parse", page="Kit Abernathy")["error"]["code"] == "missingtitle"


def test_a_wiki_fails_alone_and_heals(ask, upstream, api):
    upstream.fail("fandom", challenge="page")
    challenged = ask(f"{LADIES}/api.php", action="query", format="json")
    assert challenged.status_code == 403 and "Client Challenge" in challenged.text and "/_fs-ch-" in challenged.text
    assert ask("/3/tv/900000001").status_code == 200
    upstream.heal("fandom")
    upstream.fail("fandom", redesign=True, empty_lists=True, lag=7.5)
    assert "portable-infobox" not in api(action="parse", page="Kit Abernathy")["parse"]["text"]["*"]
    assert "portable-infobox" not in ask(f"{LADIES}/wiki/Kit_Abernathy").text
    assert api(action="query", list="search", srsearch="larkspur")["query"]["search"] == []
    lagged = ask(f"{LADIES}/api.php", action="query", format="json", titles="LLB", maxlag=5)
    assert (lagged.json()["error"]["code"], lagged.json()["error"]["lag"]) == ("maxlag", 7.5)
    assert lagged.headers["Retry-After"]
    upstream.heal()
    assert "portable-infobox" in api(action="parse", page="Kit Abernathy")["parse"]["text"]["*"]


def test_most_regulars_of_generated_shows_have_an_article_that_names_the_show(ask_generated):
    source = Generated(20, size="full")
    with Upstream(source) as running:
        ask, found = asking(running), 0
        for show_id in source.show_ids()[:5]:
            show: Any = source.show(show_id)
            people: list[Any] = [source.person(role.person) for role in show.roles]
            names = [person.name for person in people]
            query = {"action": "query", "format": "json", "formatversion": 2, "titles": "|".join([show.name, *names])}
            pages = ask(f"/fandom/{WIKI}/api.php", **query).json()["query"]["pages"]
            assert "missing" not in pages[0]
            found += sum("missing" not in page for page in pages[1:])
            title = next((page["title"] for page in pages[1:] if "missing" not in page), None)
            if title:
                page = ask(f"/fandom/{WIKI}/api.php", action="parse", format="json", page=title).json()
                assert "portable-infobox" in page["parse"]["text"]["*"]
        assert found > 10


@pytest.mark.recorded
def test_recorded_pages_are_served_whole_and_as_parsed_articles(ask_recorded, recording):
    path = "/fandom/real-housewives.fandom.com"
    page = ask_recorded(f"{path}/wiki/Bronwyn_Newport")
    assert page.text == recording("fandom/reality/real-housewives_Bronwyn_Newport.html")
    parsed = ask_recorded(f"{path}/api.php", action="parse", format="json", page="Bronwyn Newport").json()["parse"]
    assert (parsed["pageid"], parsed["revid"]) == (5687, 41443)
    assert "September 14, 1985 (Age 39)" in parsed["text"]["*"]
    assert {"sortkey": "", "*": "Cast_Members"} in parsed["categories"]
    missing = ask_recorded("/fandom/naruto.fandom.com/wiki/Episode_2")
    assert missing.status_code == 404
    query = {"action": "query", "format": "json", "titles": "Episode 2"}
    assert "-1" in ask_recorded("/fandom/naruto.fandom.com/api.php", **query).json()["query"]["pages"]
