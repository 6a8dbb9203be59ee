"""The console without a browser: every page answers, nothing in the catalogue can harm it, and every link leads somewhere."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from db import session
from models.entities import Entity, Kind
from models.ops import MatchCase, MediaFailure, Run, SyncState
from tests.webapp import factories as make
from tests.webapp.console_pages import page_of
from webapp.console import charts, formats

NOW = datetime.now(UTC)
HOSTILE = "<script>alert('x')</script>\"'><img src=x onerror=alert(1)>{{ 7 * 7 }}"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
def full(client) -> dict[str, UUID]:
    """A catalogue with two of everything, a run in two parts, and something of each kind that needs a person."""
    with make.catalogue() as opened:
        show = make.full_show(opened)
        other = make.show(opened, HOSTILE, description=HOSTILE, homepage="javascript:alert(1)", genres=[HOSTILE])
        person = make.person(opened, HOSTILE, biography=HOSTILE, homepage="data:text/html,x")
        make.credit(opened, other, person, character=HOSTILE)
        make.image(opened, other.id, "poster", "not-copied")
        page = make.wiki_page(opened, person.id, HOSTILE, show_id=other.id)
        make.page_text(opened, page, "biography", 0, HOSTILE)
        make.wiki_page(opened, person.id, "Perhaps", status="candidate", reason=HOSTILE, show_id=other.id)
        candidates: list[dict[str, Any]] = [
            {"source": "tmdb", "value": "1", "name": HOSTILE, "year": 2012},
            {"source": "imdb", "value": "tt1", "entity_id": str(show.id)},
        ]
        case = MatchCase(
            kind=Kind.SHOW, entity_id=other.id, source="tmdb", reason="uncertain-hit", candidates=candidates
        )
        report = {
            "selected": 3, "done": 2, "requests": 5, "failures": {"tt1": HOSTILE}, "notes": [HOSTILE],
            "drift": {"unknown: show.mood": 3},
            "tables": {"core.shows": {"inserted": 1, "updated": 0, "removed": 0, "unchanged": 1}},
        }  # fmt: skip
        run = Run(
            stage="pipeline", status="completed", parameters={}, report=report, started_at=NOW - timedelta(hours=2),
            finished_at=NOW - timedelta(hours=1, minutes=58),
        )  # fmt: skip
        opened.add_all([case, run])
        opened.flush()
        part = Run(stage="show-details", status="running", parameters={}, report={}, parent_id=run.id, started_at=NOW)
        failed = SyncState(
            resource="wikidata", entity_id=person.id, status="failed", last_attempt_at=NOW, last_error=HOSTILE
        )
        failure = MediaFailure(
            url="https://images.invalid/x.jpg",
            host="images.invalid",
            code="status",
            reason=HOSTILE,
            attempts=2,
            last_attempt_at=NOW,
            next_attempt_at=NOW,
        )
        opened.add_all([part, failed, failure])
    return {"show": show.id, "hostile": other.id, "person": person.id, "run": run.id}


def test_every_link_of_every_page_leads_somewhere(client, full):
    waiting, seen = ["/console/"], {}
    while waiting:
        address = waiting.pop().split("#")[0]
        if address in seen or address.startswith(("https://", "http://", "/docs", "/media")) or not address:
            continue
        with client.get(address) as answer:
            seen[address] = answer.status_code
            if address.startswith("/console") and not address.startswith("/console/static"):
                waiting += page_of(answer).links
    assert {address: status for address, status in seen.items() if status != 200} == {}
    kinds = {re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", address.split("?")[0]) for address in seen}
    assert {
        *(f"/console/shows/ID{part}" for part in ("", "/cast", "/seasons/1")),
        *(f"/console/{page}/ID" for page in ("people", "episodes", "runs", "networks", "companies", "providers")),
        *("/console/freshness", "/console/waiting", "/console/static/console.css", "/console/static/console.js"),
        *("/api/v1/shows/ID", "/api/v1/people/ID/provenance", "/api/v1/networks/ID/shows", "/api/v1/genres"),
    } <= kinds  # fmt: skip


def test_hostile_text_is_only_text(client, full):
    for address in (
        *("/console/shows", "/console/waiting", "/console/freshness", "/console/", f"/console/runs/{full['run']}"),
        *(f"/console/shows/{full['hostile']}", f"/console/people/{full['person']}"),
    ):
        answer = client.get(address)
        page = page_of(answer)
        assert HOSTILE in page.text, address
        assert "49" not in re.findall(r"alert\(1\)>(\d+)", page.text)
        assert {link for link in page.links if link.split(":")[0] in ("javascript", "data")} == set()
        assert "<script>" not in answer.text and "<img src=x" not in answer.text


def test_a_page_loads_nothing_from_another_host(client, full):
    for address in ("/console/shows", f"/console/shows/{full['hostile']}", f"/console/shows/{full['show']}"):
        sources = re.findall(r'(?:src|srcset)="([^"]+)"', client.get(address).text)
        assert sources and all(source.startswith(("/console/static/", "/media/")) for source in sources)
    assert re.search(r'<img src="/media/[0-9a-f]{64}\?w=342"', client.get(f"/console/shows/{full['show']}").text)


def test_a_show_tells_whose_word_each_value_is_and_where_to_watch(client, full):
    text = page_of(client.get(f"/console/shows/{full['show']}")).text
    assert "IMDb rating: IMDb (datasets) says so" in " ".join(text.split())
    assert "Provider 0" in text and "Data by JustWatch" in text
    assert "Nobody lives there." in text and "2 and" in text
    other = page_of(client.get(f"/console/shows/{full['hostile']}")).text
    assert "No offer is known in any region." in other and "No season is known." in other


def test_texts_of_a_wiki_stand_beside_their_page_revision_and_licence(client, full):
    page = page_of(client.get(f"/console/people/{full['person']}"))
    assert "revision 7, by its contributors, under CC BY-SA 3.0" in " ".join(page.text.split())
    assert any(link.startswith("https://fictional.fandom.com/wiki/") for link in page.links)
    for name in ("TMDb API but is not endorsed or certified", "JustWatch", "CC BY-SA", "IMDb"):
        assert name in page.text


def test_an_empty_catalogue_says_so_in_sentences(client):
    for address, sentence in (
        ("/console", "The catalogue is empty."),
        ("/console/shows", "No show is here."),
        ("/console/people", "Nobody is known yet."),
        ("/console/people?q=x", "Nobody's name begins so."),
        ("/console/runs", "Nothing has run yet."),
        ("/console/freshness", "Nothing has been collected yet."),
        ("/console/waiting", "No match is in doubt."),
    ):
        assert sentence in page_of(client.get(address)).text


def test_errors_are_pages_in_the_same_frame(client, full, environment):
    for address, status, words in (
        ("/console/nowhere", 404, "Not Found"),
        (f"/console/shows/{uuid4()}", 404, "Show not found"),
        (f"/console/people/{uuid4()}", 404, "Person not found"),
        (f"/console/runs/{uuid4()}", 404, "Run not found"),
        (f"/console/shows/{full['show']}/seasons/77", 404, "Season not found"),
        (f"/console/episodes/{uuid4()}", 404, "Episode not found"),
        ("/console/shows/villa", 422, "Not a valid UUID."),
    ):
        answer = client.get(address)
        assert (answer.status_code, words in page_of(answer).text) == (status, True), address
    session.dispose()
    environment.setenv("DATABASE_URL", "postgresql+psycopg://trr_app:hidden-password@127.0.0.1:9/trr")
    answer = client.get("/console/shows")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    text = page_of(answer).text
    assert "does not answer" in text and answer.headers["X-Request-ID"] in text and "127.0.0.1" not in text


def test_a_merged_show_leads_to_the_page_of_what_it_became(client, full):
    with make.catalogue() as opened:
        opened.get_one(Entity, full["hostile"]).merged_into = full["show"]
    answer = client.get(f"/console/shows/{full['hostile']}?region=US")
    assert (answer.status_code, answer.location) == (301, f"/console/shows/{full['show']}?region=US")


def names(client: Any, query: str) -> list[str]:
    return re.findall(r'card-name">([^<]+)<', client.get(f"/console/shows?{query}").text)


def test_shows_are_found_by_name_genre_network_and_status(client):
    with make.catalogue() as opened:
        villa = make.show(opened, "Villa", genres=["Reality"], status="Ended", premiere_date=date(2020, 1, 1))
        make.show(opened, "Vista", genres=["Talk"], status="Returning Series", premiere_date=date(2022, 1, 1))
        network = make.network(opened, villa, "Antenna <b>", tmdb_id=77)
    assert names(client, "q=&genre=&network=&status=&order=name") == ["Villa", "Vista"]
    assert names(client, "q=vil") == ["Villa"]
    assert names(client, "genre=talk") == ["Vista"]
    assert names(client, f"network={network.id}") == names(client, "network=77") == ["Villa"]
    assert names(client, "status=Ended&order=premiere") == ["Villa"]
    assert names(client, "order=premiere") == ["Vista", "Villa"]
    nothing = page_of(client.get("/console/shows?q=nowhere"))
    assert "No show is here." in nothing.text
    answer = client.get("/console/shows?q=%00&network=x")
    assert answer.status_code == 422 and "query.q" in page_of(answer).text
    kept = re.search(r"<option[^>]*selected>Ended</option>", client.get("/console/shows?status=ended").text)
    assert kept
    page = page_of(client.get("/console/networks/77"))
    assert f"/console/shows/{villa.id}" in page.links and "Antenna <b>" in page.text
    assert "Antenna <b>" in page_of(client.get("/console/networks?q=ante")).text
    assert "Nobody is here." in page_of(client.get("/console/providers")).text
    assert client.get("/console/others").status_code == 404


def test_search_finds_any_spelling_and_says_when_it_finds_nothing(client, full):
    show = f"/console/shows/{full['show']}"
    assert show in page_of(client.get("/console/search?q=isolla+fictta&type=")).links
    assert show in page_of(client.get("/console/search?q=isola")).links
    people = page_of(client.get("/console/search?q=isola&type=person"))
    assert show not in people.links
    assert any("/console/people/" in link for link in page_of(client.get("/console/search?q=somebody")).links)
    assert any("/console/episodes/" in link for link in page_of(client.get("/console/search?q=isola+ficta+s1e1")).links)
    assert "Nothing is called anything like “xyzzyx”." in page_of(client.get("/console/search?q=xyzzyx")).text
    for short in ("", "?q=", "?q=a", "?q=%20%20"):
        assert "Two letters are enough" in page_of(client.get(f"/console/search{short}")).text
    for bad in ("q=ab%00", "q=ab&type=planet", f"q={'x' * 101}"):
        assert client.get(f"/console/search?{bad}").status_code == 422


def test_a_long_list_has_pages(client):
    with make.catalogue() as opened:
        for number in range(50):
            make.show(opened, f"Nulla {number:02}")
    first, second = (page_of(client.get(f"/console/shows?page={page}")) for page in (1, 2))
    assert "/console/shows?page=2&order=name" in first.links and "Nulla 49" not in first.text
    assert "/console/shows?page=1&order=name" in second.links and "/console/shows?page=3&order=name" not in second.links
    assert "Nulla 49" in second.text and "Nulla 47" not in second.text
    for odd in ("0", "-3", "x", "9" * 40):
        assert client.get(f"/console/shows?page={odd}").status_code == 200


def test_a_browser_at_the_root_is_led_to_the_console_and_a_client_is_not(bare_client):
    answer = bare_client.get("/", headers=BROWSER)
    assert (answer.status_code, answer.location, answer.headers["Vary"]) == (302, "/console/", "Accept")
    for accept in ("*/*", "application/json", "application/json, text/html", "text/plain", ""):
        answer = bare_client.get("/", headers={"Accept": accept})
        assert (answer.status_code, answer.json["service"]) == (200, "trr-backend")


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (formats.day("2024-01-06"), "6 Jan 2024"),
        (formats.day("1974-12"), "Dec 1974"),
        (formats.day("1974"), "1974"),
        (formats.day(None), ""),
        (formats.lasting(0.42), "0.4 s"),
        (formats.lasting(185), "3 min 5 s"),
        (formats.lasting(7800), "2 h 10 min"),
        (formats.amount(1234567), "1\u202f234\u202f567"),
        (formats.words("imdb_vote_count"), "IMDb vote count"),
        (formats.words("uncertain-hit"), "Uncertain hit"),
        (formats.said([True, None, {"season_number": 1}]), "yes, nothing, Season number: 1"),
        (formats.said("x" * 300), "x" * 239 + "…"),
        (formats.ago((datetime.now(UTC) - timedelta(minutes=1, seconds=5)).isoformat()), "1 minute ago"),
        (formats.ago((datetime.now(UTC) + timedelta(days=2, hours=1)).isoformat()), "in 2 days"),
        (formats.ago(None), "never"),
        (formats.web("https://one.example/x"), "https://one.example/x"),
        *((formats.web(bad), None) for bad in ("javascript:alert(1)", "//one.example", "https://[", "", None)),
        (formats.elsewhere("tt1", "imdb", "show"), "https://www.imdb.com/title/tt1/"),
        (formats.elsewhere("x/../y?z", "instagram", "show"), None),
        (formats.elsewhere("1", "unheard-of", "show"), None),
        (formats.picture(f"https://m.example/images/a/{'a' * 64}.jpg?X-Sig=1", 200), f"/media/{'a' * 64}?w=342"),
        (formats.picture("https://image.tmdb.example/t/p/x.jpg", 200), None),
    ],
)
def test_values_are_written_for_a_reader(made, expected):
    assert made == expected


def test_charts_stay_within_their_box():
    at = datetime(2026, 1, 2, tzinfo=UTC)
    runs = [
        {"id": str(place), "stage": "x", "status": "completed", "seconds": seconds,
         "started_at": (at + timedelta(seconds=10 * place)).isoformat()}
        for place, seconds in enumerate((10.0, 0.0, 40.0))
    ]  # fmt: skip
    columns = charts.columns(runs)
    assert [bar.run_id for bar in columns] == ["2", "1", "0"], "the newest is on the right"
    assert [bar.height for bar in columns] == [charts.COLUMNS_HEIGHT, charts.LEAST, charts.COLUMNS_HEIGHT / 4]
    lines = charts.timeline(runs)
    assert lines[0].x == charts.LABELS and lines[2].x + lines[2].width == pytest.approx(charts.WIDTH)
    assert charts.columns([]) == charts.timeline([]) == []
    assert charts.shares(0, 0) == [0, 0] and charts.shares(1, 3) == [25, 75]
