"""IMDb's GraphQL endpoint at the sample upstream: answers to our queries, paging, errors, and how it fails."""

from io import BytesIO
from typing import Any

import pytest
import requests
from PIL import Image

from deployments.upstream import Generated, Upstream
from flows.sources.imdb.graphql import queries

HILL, LOUNGE, MARLA = "tt990000001", "tt990000006", "nm990000001"


def posting(upstream: Upstream) -> Any:
    """A function that sends a query to an upstream."""

    def post(query: str, **variables: Any) -> requests.Response:
        body: Any = {"query": query, "variables": variables}
        return requests.post(f"{upstream.url}/imdb/graphql", json=body, timeout=60)

    return post


@pytest.fixture
def post(upstream):
    return posting(upstream)


@pytest.fixture
def data(post):
    def asked(query, **variables):
        answer = post(query.text, **variables)
        assert answer.status_code == 200, answer.text
        assert "errors" not in answer.json()
        return answer.json()["data"]

    return asked


def test_a_list_comes_in_pages_with_ranks_notes_and_titles_of_all_kinds(data):
    found, after = [], None
    while True:
        page = data(queries.LIST, id="ls990000001", first=3, after=after)["list"]["titleListItemSearch"]
        found += page["edges"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert [edge["node"]["absolutePosition"] for edge in found] == list(range(1, page["total"] + 1))
    assert found[0]["node"]["description"] == {"originalText": {"plainText": "The ferry first."}}
    kinds = {edge["listItem"]["id"]: edge["listItem"]["titleType"]["id"] for edge in found}
    assert (kinds["tt990000016"], kinds["tt990000015"]) == ("movie", "tvSeries")
    assert data(queries.LIST, id="ls990000003", first=10)["list"]["titleListItemSearch"]["edges"] == []
    assert data(queries.LIST, id="ls1", first=10)["list"] is None


def test_a_title_tells_its_own_words_rating_and_interests(data):
    title = data(queries.TITLE, id=HILL)["title"]
    assert title["titleText"]["text"] == "Glass Hill Realty: The Steepest Street"
    assert title["ratingsSummary"] == {"aggregateRating": 7.4, "voteCount": 2210}
    assert [edge["node"]["primaryText"]["text"] for edge in title["interests"]["edges"]] == ["Docuseries", "Reality TV"]
    assert title["releaseYear"] == {"year": 2019, "endYear": None}
    assert data(queries.TITLE, id="tt1")["title"] is None
    assert data(queries.TITLE, id="tt990000016")["title"]["episodes"] is None


def test_eleven_episodes_stand_where_tmdb_has_ten_the_first_of_them_number_0(data, ask):
    found = data(queries.EPISODES, id=LOUNGE, first=250, filter={"includeSeasons": ["1"]})
    edges = found["title"]["episodes"]["episodes"]["edges"]
    numbers = [edge["node"]["series"]["episodeNumber"]["episodeNumber"] for edge in edges]
    assert numbers == list(range(11))
    assert len(ask("/3/tv/900000006/season/1").json()["episodes"]) == 10
    whole = data(queries.EPISODES, id="tt990000009", first=4)["title"]["episodes"]
    assert [edge["node"]["season"] for edge in whole["displayableSeasons"]["edges"]] == ["1", "2", "Unknown"]
    assert (whole["episodes"]["total"], whole["episodes"]["pageInfo"]["hasNextPage"]) == (11, True)


def test_cast_and_crew_have_categories_attributes_and_counts_which_their_episodes_bear_out(data):
    edges = data(queries.CREDITS, id=HILL, first=250)["title"]["credits"]["edges"]
    mine = {edge["node"]["category"]["id"]: edge["node"] for edge in edges if edge["node"]["name"]["id"] == MARLA}
    assert set(mine) == {"self", "archive_footage", "producer"}
    assert mine["self"]["characters"] == [{"name": "Self - Broker"}]
    assert mine["archive_footage"]["attributes"] == [{"text": "archive footage"}]
    assert mine["producer"]["jobDetails"] == [{"job": {"text": "co-executive producer"}, "attributes": None}]
    episodes = data(queries.APPEARANCES, id=HILL, filter={"names": [MARLA]}, first=250)["title"]["credits"]["edges"]
    counted = {edge["node"]["category"]["id"]: edge["node"]["episodeCredits"] for edge in episodes}
    for category, node in mine.items():
        assert len(counted[category]["edges"]) == counted[category]["total"] == node["episodeCredits"]["total"]
    names = [edge["node"]["name"]["nameText"]["text"] for edge in edges]
    assert names.count("Alex Kim") == 2


def test_images_of_titles_and_people_are_paged_and_can_be_fetched(data, ask, upstream):
    first = data(queries.TITLE_IMAGES, id=HILL, first=50)["title"]["images"]
    second = data(queries.TITLE_IMAGES, id=HILL, first=50, after=first["pageInfo"]["endCursor"])["title"]["images"]
    positions = [edge["position"] for edge in first["edges"] + second["edges"]]
    assert positions == list(range(1, 61)) and second["pageInfo"]["hasNextPage"] is False
    node = second["edges"][0]["node"]
    assert len(node["names"]) == 2
    of_person = data(queries.PERSON_IMAGES, id=MARLA, first=50)["name"]["images"]["edges"][0]["node"]
    for image in (node, of_person):
        fetched = ask(image["url"].removeprefix(upstream.url))
        assert Image.open(BytesIO(fetched.content)).size == (image["width"], image["height"])
    small = ask(of_person["url"].removeprefix(upstream.url).replace("._V1_.", "._V1_QL75_UX120_."))
    assert Image.open(BytesIO(small.content)).width == 120
    assert ask("/imdb-images/M/MV5Bnm990000001_9_00000000@._V1_.jpg").status_code == 404


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("query { title(id: 1) { naem } }", 400, 'Cannot query field "naem" on type "Title"'),
        ("query {", 400, "Syntax Error"),
        ('query { title(id: "tt990000001") { images { total } } }', 200, "Exactly one of `first` or `last`"),
        (
            'query { title(id: "tt990000001") { images(first: 251) { total } } }',
            200,
            "`first` must be between 0 and 250",
        ),
    ],
)
def test_what_cannot_be_answered_is_told_in_errors(post, query, status, words):
    answer = post(query)
    assert answer.status_code == status
    assert words in answer.json()["errors"][0]["message"]


def test_a_rotated_schema_large_pages_and_partial_errors_are_played(post, upstream):
    upstream.fail("imdb-graphql", rotated_schema=True)
    rotated = post(queries.TITLE.text, id=HILL)
    assert (rotated.status_code, rotated.json().get("data")) == (400, None)
    assert rotated.json()["errors"][0]["message"].startswith('Cannot query field "')
    upstream.heal("imdb-graphql")
    upstream.fail("imdb-graphql", largest_page=100)
    assert post(queries.CREDITS.text, id=HILL, first=250).status_code == 504
    assert post(queries.TITLE_IMAGES.text, id=HILL, first=100).status_code == 200
    upstream.heal("imdb-graphql")
    upstream.fail("imdb-graphql", partial_errors=True)
    partial = post(queries.CREDITS.text, id=HILL, first=250).json()
    credits = partial["data"]["title"]["credits"]
    assert partial["errors"] and 0 < len(credits["edges"]) < credits["total"]
    upstream.heal("imdb-graphql")
    upstream.fail("imdb-graphql", empty_lists=True)
    assert (
        post(queries.LIST.text, id="ls990000001", first=5).json()["data"]["list"]["titleListItemSearch"]["total"] == 0
    )
    upstream.heal("imdb-graphql")
    assert "errors" not in post(queries.CREDITS.text, id=HILL, first=250).json()


def test_a_challenge_comes_empty_or_as_a_page_and_an_outage_is_of_one_protocol_alone(post, ask, upstream):
    upstream.fail("imdb-graphql", challenge="empty")
    challenged = post(queries.TITLE.text, id=HILL)
    assert (challenged.status_code, challenged.content) == (202, b"")
    assert challenged.headers["x-amzn-waf-action"] == "challenge"
    upstream.heal()
    upstream.outage(30, protocol="imdb-graphql")
    with pytest.raises(requests.ConnectionError):
        post(queries.TITLE.text, id=HILL)
    assert ask("/3/tv/900000001").status_code == 200
    upstream.heal()
    assert post(queries.TITLE.text, id=HILL).status_code == 200


def test_what_is_amended_reaches_the_answer(data, upstream):
    upstream.amend(f"imdb/{HILL}", titleText={"text": "Renamed"})
    upstream.amend(f"imdb/{LOUNGE}/episodes", lambda episodes: episodes[:3])
    upstream.withdraw("imdb/tt990000002")
    assert data(queries.TITLE, id=HILL)["title"]["titleText"]["text"] == "Renamed"
    assert data(queries.EPISODES, id=LOUNGE, first=250)["title"]["episodes"]["episodes"]["total"] == 3
    assert data(queries.TITLE, id="tt990000002")["title"] is None


def test_generated_shows_are_on_imdb_at_full_shape():
    source = Generated(12, size="full")
    with Upstream(source) as running:
        post = posting(running)
        listed = post(queries.LIST.text, id="ls991000001", first=250).json()["data"]["list"]["titleListItemSearch"]
        assert listed["total"] == sum(bool(show and show.imdb_id) for show in map(source.show, source.show_ids()))
        title = listed["edges"][3]["listItem"]["id"]
        episodes = post(queries.EPISODES.text, id=title, first=250).json()["data"]["title"]["episodes"]["episodes"]
        assert episodes["total"] > 60
        alone = post(queries.TITLE.text, id=episodes["edges"][5]["node"]["id"]).json()["data"]["title"]
        assert alone["series"]["series"]["id"] == title
        credits = post(queries.CREDITS.text, id=title, first=250).json()["data"]["title"]["credits"]
        assert credits["total"] > 20
