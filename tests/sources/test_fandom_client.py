"""How wikis are asked, against doubles of MediaWiki that lag, refuse, fail and put up walls."""

from typing import Any

import pytest

from flows.settings import FandomSettings, HttpSettings
from flows.sources.errors import NotFound, RateLimited, Unavailable, UpstreamError
from flows.sources.fandom.client import FandomClient
from flows.sources.fandom.payloads import ParsedPage, TitlesPayload
from flows.sources.http import Answer, Refresh
from tests.flows.wiki import RIGHTS, WIKI, Wikis, person
from tests.sources.double import Asked, Reply, json_reply

OTHER = "other.fandom.com"
WALL = Reply(200, b"<html><title>Client Challenge</title>loading-error</html>")


@pytest.fixture
def wikis() -> Any:
    """Two wikis with an article each."""
    served = Wikis()
    served.wiki().write("Nemo Fictus", person("Villa Ficta", Gender="Male"), revision=5, categories=["Villa Cast"])
    served.wiki(OTHER).write("Ann Example", "<p>Ann.</p>")
    yield served
    served.close()


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def client(wikis, http, slept) -> Any:
    settings = FandomSettings(
        fandom_enabled=True, fandom_url=f"{wikis.url}/{{wiki}}", fandom_rate=1000, fandom_burst=100
    )
    http = HttpSettings(**http.model_dump() | {"http_contact": "mail@example.org", "http_attempts": 1})
    with FandomClient(settings, http, sleep=slept.append) as made:
        yield made


def found(answer: Answer | UpstreamError, title: str) -> Any:
    assert isinstance(answer, Answer), answer
    return TitlesPayload.parse(answer.body).found(title)


def test_many_titles_are_one_question_a_wiki_by_an_honest_user_agent(client, wikis):
    wikis.wiki().redirects["Captain N"] = "Nemo Fictus"
    refs = [f"{WIKI}:Nemo Fictus", f"{OTHER}:Ann Example", f"{WIKI}:Captain N", f"{WIKI}:Nobody"]
    answers = client.ask_many("title", refs)
    assert set(answers) == set(refs)
    assert sorted(wikis.questions()) == ["titles Ann Example", "titles Nemo Fictus|Captain N|Nobody"]
    assert wikis.asked[0].headers["User-Agent"] == "TheRealityReport/0.1 (+mail@example.org)"
    assert "maxlag=5" in wikis.asked[0].path
    page, redirected = found(answers[refs[0]], "Nemo Fictus")
    assert (page.revision_id, redirected) == (5, False)
    assert [page.title for page in TitlesPayload.parse(answers[refs[0]].body).query.pages] == ["Nemo Fictus"]
    page, redirected = found(answers[refs[2]], "Captain N")
    assert (page.title, redirected) == ("Nemo Fictus", True)
    assert found(answers[refs[3]], "Nobody") is None
    assert answers[refs[0]].body["query"]["rightsinfo"]["text"] == RIGHTS
    assert all(answer.layer == "api" and answer.complete for answer in answers.values())


def test_a_page_comes_with_its_gallery_and_the_sizes_of_its_pictures(client, wikis):
    picture = "https://static.wikia.nocookie.net/x/images/a/ab/Nemo.jpg"
    wikis.wiki().write(
        "Nemo Fictus/Gallery", f'<div class="wikia-gallery-item"><a href="{picture}"><img src="{picture}">'
    )
    wikis.wiki().files["Nemo.jpg"] = (1200, 900)
    answer = client.ask("page", f"{WIKI}:Nemo Fictus")
    page = ParsedPage.parse(answer.body)
    assert wikis.questions() == ["parse Nemo Fictus", "parse Nemo Fictus/Gallery", "files File:Nemo.jpg"]
    assert (answer.layer, answer.complete, page.page.revid) == ("api", True, 5)
    assert (page.sizes, page.category_names) == ({"Nemo.jpg": (1200, 900)}, ("Villa Cast",))
    assert page.gallery is not None


def test_pages_are_read_where_the_api_fails_and_missing_ones_are_not_found(client, wikis):
    for broken in (WALL, Reply(403, b"{}"), Reply(503, b"busy"), Reply(202, b""), json_reply({"error": {"code": "x"}})):
        wikis.broken["api"] = broken
        wikis.asked.clear()
        answers = client.ask_many("title", [f"{WIKI}:Nemo Fictus", f"{WIKI}:Nobody"], refresh=Refresh.FORCE)
        assert found(answers[f"{WIKI}:Nemo Fictus"], "Nemo Fictus")[0].revision_id == 5
        assert isinstance(answers[f"{WIKI}:Nobody"], NotFound)
        answer = client.ask("page", f"{WIKI}:Nemo Fictus", refresh=Refresh.FORCE)
        assert (answer.layer, answer.complete) == ("pages", False)
        assert ParsedPage.parse(answer.body).category_names == ("Villa Cast",)
        assert client.ask_many("page", [f"{WIKI}:Nobody"])[f"{WIKI}:Nobody"].status == 404


def test_a_wall_before_both_layers_is_a_failure_and_is_not_kept(client, wikis):
    wikis.broken |= {"api": WALL, "pages": WALL}
    answer = client.ask_many("title", [f"{WIKI}:Nemo Fictus"])[f"{WIKI}:Nemo Fictus"]
    assert isinstance(answer, Unavailable)
    assert "a page where data was due; its page: a challenge page (client challenge)" in str(answer)
    with pytest.raises(Unavailable):
        client.ask("page", f"{WIKI}:Nemo Fictus")
    with pytest.raises(UpstreamError):
        client.ask("search", f"{WIKI}:Nemo Fictus")
    wikis.broken.clear()
    assert client.ask("page", f"{WIKI}:Nemo Fictus").layer == "api"


def test_a_wiki_that_lags_is_asked_later_and_an_error_is_not_taken_from_the_cache(client, wikis, slept):
    lag = {"error": {"code": "maxlag", "info": "Waiting for a host", "lag": 7.5}}
    answer = wikis._answer
    replies = [json_reply(lag), json_reply(lag)]
    wikis.answer = lambda request: replies.pop(0) if replies else answer(request)
    assert client.ask("page", f"{WIKI}:Nemo Fictus").layer == "api"
    assert slept == [7.5, 7.5]
    wikis.answer = lambda request: json_reply(lag)
    with pytest.raises(RateLimited, match="maxlag"):
        client.ask("page", f"{WIKI}:Ann Example")
    assert not any("/wiki/" in request.path for request in wikis.asked)  # who asks us to wait is not asked otherwise
    wikis.answer = answer
    wikis.wiki().write("Ann Example", "<p>Ann.</p>")
    assert client.ask("page", f"{WIKI}:Ann Example").layer == "api"


def test_what_a_part_of_a_page_lacks_makes_it_incomplete(client, wikis):
    picture = "https://static.wikia.nocookie.net/x/images/a/ab/Nemo.jpg"
    wikis.wiki().texts["Nemo Fictus"] += f'<a class="image" href="{picture}"><img src="{picture}" width="300"></a>'
    answer = wikis._answer

    def without_files(request: Asked) -> Reply:
        return Reply(500) if "imageinfo" in request.path else answer(request)

    wikis.answer = without_files
    page = client.ask("page", f"{WIKI}:Nemo Fictus")
    assert (page.layer, page.complete) == ("api", False)


def test_a_page_that_tells_no_links_and_no_categories_is_a_page(client, wikis):
    text = '<div class="mw-parser-output"><p>Nemo.</p></div>'
    for links in ({}, {"links": None}, {"links": 5}, {"links": [5, {"title": 5}]}):
        parse = {"title": "Nemo Fictus", "revid": 5, "text": text, **links}
        wikis.answer = lambda request, parse=parse: json_reply({"parse": parse})
        answer = client.ask("page", f"{WIKI}:Nemo Fictus", refresh=Refresh.FORCE)
        assert (answer.layer, answer.complete, "links" in answer.body["parse"]) == ("api", True, False)


def test_searches_and_names_that_are_none(client):
    answer = client.ask("search", f"{WIKI}:Captain Fictus")
    assert [hit["title"] for hit in answer.body["query"]["search"]] == ["Nemo Fictus"]
    for resource, ref in (("title", "Nemo"), ("page", f"{WIKI}:"), ("other", f"{WIKI}:Nemo")):
        with pytest.raises(ValueError, match="no"):
            client.ask(resource, ref)
    gone = client.ask_many("title", ["gone.fandom.com:Nemo"])["gone.fandom.com:Nemo"]
    assert isinstance(gone, NotFound)
