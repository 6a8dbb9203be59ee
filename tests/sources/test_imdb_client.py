"""IMDb through its layers, against the sample upstream: who is asked, who stands in, what is told, and that it heals."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from db.session import read as read_only
from deployments.upstream import Sample, Upstream
from flows.fetching import Fetched, fetch_missing
from flows.settings import HttpSettings, ImdbSettings
from flows.sources.breaker import GIVEN_UP, breaker
from flows.sources.errors import MalformedAnswer, NotFound, Unauthorized
from flows.sources.http import Refresh
from flows.sources.imdb import reading
from flows.sources.imdb.client import GIVES, ImdbClient, NoLayer, layers_for

HILL, MARLA, LIST = "tt990000001", "nm990000001", "ls990000001"
REFS = {
    "list": LIST,
    "title": HILL,
    "episodes": HILL,
    "credits": HILL,
    "appearances": f"{HILL}/{MARLA}",
    "title_images": HILL,
    "person_images": MARLA,
}
BOTH = tuple(resource for resource in REFS if resource != "appearances")
GRAPHQL, PAGES = "imdb-graphql", "imdb-pages"


@pytest.fixture(scope="module")
def sample() -> Sample:
    return Sample()


@pytest.fixture
def upstream(sample: Sample) -> Iterator[Upstream]:
    """A sample upstream at a port of the test's own, because breakers belong to a host."""
    with Upstream(sample) as running:
        yield running


def read(resource, body):
    return reading.read(resource, body)


def client(upstream: Upstream, http: HttpSettings, layers: str = "graphql,pages,datasets") -> ImdbClient:
    settings = ImdbSettings(
        imdb_layers=layers,
        imdb_graphql_url=f"{upstream.url}/imdb/graphql",
        imdb_pages_url=f"{upstream.url}/imdb",
        imdb_rate=1000,
        imdb_burst=50,
    )
    return ImdbClient(settings, http)


@pytest.fixture
def imdb(upstream, http):
    with client(upstream, http) as opened:
        yield opened


def test_graphql_gives_all_there_is_and_whole_with_one_request_each(imdb, upstream):
    for number, (resource, ref) in enumerate(REFS.items(), start=1):
        answer = imdb.ask(resource, ref)
        found, drift = reading.read_with_drift(resource, answer.body)
        assert (answer.layer, answer.complete, found.is_complete) == ("graphql", True, True), resource
        assert not drift["missing"] and not drift["unknown"]
        assert upstream.stats.count(protocol=GRAPHQL) == imdb.stats.sent == number
    assert upstream.stats.count(protocol=PAGES) == 0 and not imdb.stats.troubles


@pytest.mark.parametrize(
    "failure",
    [
        {"challenge": "empty"},
        {"challenge": "page"},
        {"rotated_schema": True},
        {"status": 500},
        {"status": 403},
        {"status": 404},
    ],
)
def test_pages_stand_in_for_a_graphql_that_fails_until_it_heals(imdb, upstream, failure):
    upstream.fail(GRAPHQL, **failure)
    answer = imdb.ask("title", HILL)
    assert answer.layer == "pages" and read("title", answer.body).name.startswith("Glass Hill Realty")
    (trouble,) = imdb.stats.troubles
    assert trouble.startswith("IMDb's graphql did not give title: ")
    upstream.heal()
    healed = imdb.ask("title", HILL, refresh=Refresh.REVALIDATE)
    assert (healed.layer, healed.complete) == ("graphql", True)


def test_pages_stand_in_for_all_that_they_can_give(imdb, upstream):
    upstream.fail(GRAPHQL, rotated_schema=True)
    for resource in BOTH:
        answer = imdb.ask(resource, REFS[resource])
        assert answer.layer == "pages" and read(resource, answer.body).is_complete is answer.complete
    assert set(imdb.stats.troubles.values()) == {1} and len(imdb.stats.troubles) == len(BOTH)


def test_layers_agree_on_what_a_thing_is(upstream, http):
    with client(upstream, http, "graphql") as graphql, client(upstream, http, "pages") as pages:
        asked = {name: [layer.ask(name, REFS[name]) for layer in (graphql, pages)] for name in BOTH}
    found = {name: [read(name, answer.body) for answer in answers] for name, answers in asked.items()}
    one, other = found["list"]
    assert [entry.imdb_id for entry in one.entries] == [entry.imdb_id for entry in other.entries]
    one, other = found["title"]
    assert (one.imdb_id, one.name, one.rating, one.votes) == (other.imdb_id, other.name, other.rating, other.votes)
    one, other = found["episodes"]
    assert {episode.imdb_id: episode.name for episode in one.episodes} == {e.imdb_id: e.name for e in other.episodes}
    one, other = found["credits"]
    assert {credit.person_id for credit in one.credits} >= {credit.person_id for credit in other.credits} != set()
    for one, other in (found["title_images"], found["person_images"]):
        assert {image.id for image in one.images} >= {image.id for image in other.images} != set()


def test_when_all_layers_fail_the_error_tells_the_story_of_each(imdb, upstream):
    upstream.fail(GRAPHQL, rotated_schema=True)
    upstream.fail(PAGES, challenge="empty")
    with pytest.raises(NoLayer, match="graphql: the server answered 400; pages: 202") as failure:
        imdb.ask("title", HILL)
    assert failure.value.status == 202
    assert set(imdb.stats.troubles) == {
        "IMDb's graphql did not give title: the server answered 400",
        "IMDb's pages did not give title: 202 instead of an answer",
    }


def test_a_refusal_of_access_fails_a_layer_and_never_the_whole_task(imdb, upstream):
    upstream.fail(GRAPHQL, status=401)
    upstream.fail(PAGES, status=401)
    with pytest.raises(NoLayer) as failure:
        imdb.ask("title", HILL)
    assert not isinstance(failure.value, Unauthorized) and isinstance(failure.value.__cause__, Unauthorized)


def test_a_layer_that_is_switched_off_is_never_asked(upstream, http):
    with client(upstream, http, "pages") as pages:
        assert pages.ask("title", HILL).layer == "pages"
        with pytest.raises(NoLayer, match="IMDB_LAYERS switches on no layer that gives appearances"):
            pages.ask("appearances", REFS["appearances"])
    assert upstream.stats.count(protocol=GRAPHQL) == 0
    upstream.stats.reset()
    with client(upstream, http, "graphql") as graphql:
        upstream.fail(GRAPHQL, challenge="empty")
        with pytest.raises(NoLayer):
            graphql.ask("title", HILL)
    assert upstream.stats.count(protocol=PAGES) == 0
    upstream.stats.reset()
    with client(upstream, http, "none") as nothing, pytest.raises(NoLayer):
        nothing.ask("title", HILL)
    assert upstream.stats.count() == 0


def test_a_challenge_opens_the_breaker_of_its_layer_alone(imdb, upstream):
    upstream.fail(GRAPHQL, challenge="empty")
    for number in range(1, GIVEN_UP + 4):
        assert imdb.ask("title", f"tt99000000{number}").layer == "pages"
    assert upstream.stats.count(protocol=GRAPHQL) == GIVEN_UP
    host = upstream.url.removeprefix("http://")
    assert breaker(GRAPHQL, host).refuses() and not breaker(PAGES, host).refuses()
    assert len(imdb.stats.troubles) == 2, "how many seconds are left is no other trouble"


def test_pages_of_graphql_that_take_too_long_get_smaller_and_the_answer_stays_whole(imdb, upstream):
    upstream.fail(GRAPHQL, largest_page=60)
    answer = imdb.ask("credits", HILL)
    assert (answer.layer, answer.complete) == ("graphql", True)


def test_errors_beside_data_leave_an_answer_that_may_take_nothing_away(imdb, upstream):
    whole = read("credits", imdb.ask("credits", HILL).body)
    upstream.fail(GRAPHQL, partial_errors=True)
    part = imdb.ask("credits", HILL, refresh=Refresh.FORCE)
    assert (part.layer, part.complete) == ("graphql", False)
    assert 0 < len(read("credits", part.body).credits) < len(whole.credits)
    assert imdb.stats.troubles == {"IMDb's graphql gave credits in part only": 1}


def test_a_series_without_episodes_and_a_title_without_credits_are_not_taken_for_whole(imdb, upstream):
    upstream.fail(GRAPHQL, empty_lists=True)
    assert [imdb.ask(resource, HILL).complete for resource in ("episodes", "credits")] == [False, False]


def test_not_found_is_only_what_is_certain(imdb, upstream):
    with pytest.raises(NotFound):
        imdb.ask("title", "tt1")
    assert upstream.stats.count(protocol=PAGES) == 0
    upstream.fail(GRAPHQL, challenge="empty")
    with pytest.raises(NotFound):
        imdb.ask("title", "tt1")
    with pytest.raises(NoLayer, match="pages: "):
        imdb.ask("credits", "tt1")


def test_what_no_layer_gives_is_a_mistake_of_ours_and_the_table_says_who_gives_what():
    assert all(set(REFS) >= given for given in GIVES.values())
    with ImdbClient(ImdbSettings(imdb_layers="none")) as imdb, pytest.raises(ValueError, match="no reviews"):
        imdb.ask("reviews", HILL)
    assert layers_for("appearances", ImdbSettings(imdb_layers="pages,datasets")) == ()
    assert layers_for("title", ImdbSettings(imdb_layers="pages,graphql")) == ("graphql", "pages")


def test_what_is_fetched_is_kept_with_its_layer_and_the_run_is_told_of_troubles(upstream, http, database, monkeypatch):
    asked = {
        "layers": "graphql,pages",
        "graphql_url": f"{upstream.url}/imdb/graphql",
        "pages_url": f"{upstream.url}/imdb",
    }
    for name, value in {**asked, "rate": "1000", "burst": "50"}.items():
        monkeypatch.setenv(f"IMDB_{name.upper()}", value)
    for name in ("http_cache_dir", "http_state_dir", "http_backoff"):
        monkeypatch.setenv(name.upper(), str(getattr(http, name)))
    fetched = Fetched(at=datetime.now(UTC))
    fetch_missing("title", [HILL, "tt1"], fetched, source="imdb")
    upstream.fail(GRAPHQL, partial_errors=True)
    fetch_missing("credits", [HILL], fetched, source="imdb")
    upstream.fail(GRAPHQL, status=401, partial_errors=False)
    fetch_missing("title_images", [HILL], fetched, source="imdb")
    fetch_missing("appearances", [f"{HILL}/{MARLA}"], fetched, source="imdb")
    with read_only() as connection:
        kept = connection.execute(
            text("select resource, ref, status, layer, is_complete from ops.source_records")
        ).all()
    assert sorted(map(tuple, kept), key=str) == [
        ("credits", HILL, 200, "graphql", False),
        ("title", "tt1", 404, None, True),
        ("title", HILL, 200, "graphql", True),
        ("title_images", HILL, 200, "pages", True),
    ]
    assert (
        list(fetched.failures) == [f"{HILL}/{MARLA}"]
        and "no layer gave appearances" in fetched.failures[f"{HILL}/{MARLA}"]
    )
    assert fetched.troubles == {
        "IMDb's graphql gave credits in part only": 1,
        "IMDb's graphql did not give title_images: access was refused": 1,
        "IMDb's graphql did not give appearances: access was refused": 1,
    }


def test_the_documented_table_says_who_gives_what():
    page = (Path(__file__).parents[2] / "docs" / "sources.md").read_text(encoding="utf-8").split("## IMDb\n")[1]
    told: dict[str, set[str]] = {"graphql": set(), "pages": set()}
    for line in page.split("\n## ")[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        for resource in [name for name in REFS if len(cells) == 5 and f"`{name}`" in cells[0]]:
            for layer, cell in zip(told, cells[2:4], strict=True):
                told[layer] |= set() if cell == "no" else {resource}
    assert told == {layer.value: set(given) for layer, given in GIVES.items()}


def test_a_body_of_no_known_layer_is_malformed():
    for body in ({}, {"layer": "datasets", "pages": []}, {"layer": ["graphql"]}, {"layer": "graphql", "pages": {}}):
        with pytest.raises(MalformedAnswer):
            read("title", body)
