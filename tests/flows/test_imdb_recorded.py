"""Game of Thrones: the ten episodes that TMDb served of its first season, and the eleven of IMDb's page."""

import html
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from db import records
from db.records import Record, RecordKey
from db.session import transaction
from deployments.upstream import Recordings, Upstream
from tests.flows.conftest import Catalogue, Worlds, all_sources

pytestmark = pytest.mark.recorded

PAGE = "imdb/next_data_json/episodes_page_tt0944947_game_of_thrones_s1.json"


@pytest.fixture(scope="module")
def thrones(recordings: Path, worlds: Worlds, database_template: str) -> Iterator[Catalogue]:
    with Upstream(Recordings(recordings)) as upstream:
        settings: dict[str, Any] = all_sources(upstream) | {"IMDB_LAYERS": "pages", "HTTP_ATTEMPTS": "1"}
        with worlds.catalogue(database_template, upstream, **settings) as catalogue:
            catalogue.run("import-lists", tmdb_ids=[1399])
            keep(recorded_page(upstream))
            catalogue.run("seasons-episodes", tmdb_ids=[1399])
            yield catalogue


def recorded_page(upstream: Upstream) -> Record:
    """IMDb's answer of which the one recorded page is a part: the overview and the other seasons were not recorded."""
    url = f"{upstream.url}/imdb/title/tt0944947/episodes/?season=1"
    page = {"url": url, "text": requests.get(url, timeout=60).text}
    now = datetime.now(UTC)
    return Record(
        RecordKey("imdb", "episodes", "tt0944947"),
        {"layer": "pages", "pages": [page], "missing": [{"url": url.replace("=1", "=2"), "problem": "not recorded"}]},
        now,
        now + timedelta(days=1),
        layer="pages",
        is_complete=False,
    )


def keep(record: Record) -> None:
    with transaction() as session:
        records.save(session, [record])


@pytest.fixture
def told(recording: Callable[[str], Any]) -> list[dict[str, Any]]:
    """IMDb's items, as they were served."""
    items: list[dict[str, Any]] = recording(PAGE)["props"]["pageProps"]["contentData"]["section"]["episodes"]["items"]
    return items


def test_eleven_rows_are_joined_by_number_and_the_unaired_pilot_is_added(thrones, told):
    rows = thrones.rows(
        "select e.episode_number, e.tmdb_id is not null, e.imdb_id, e.name, e.imdb_vote_count from core.episodes e"
        " join core.seasons n on n.id = e.season_id where n.season_number = 1 and e.is_listed order by 1"
    )
    assert len(told) == 11 and len(rows) == 11
    assert rows[0][:4] == (0, False, "tt31321401", "Unaired Original Pilot")
    assert [row[:3] for row in rows[1:]] == [(int(i["episode"]), True, i["id"]) for i in told[1:]]
    assert [row[3] for row in rows] == [html.unescape(item["titleText"]) for item in told]
    assert [row[4] for row in rows[1:]] == [item["voteCount"] for item in told[1:]]


def test_both_sources_list_what_both_have(thrones):
    assert thrones.rows(
        "select source, count(*) from core.listings where season_number = 1 and episode_number is not null"
        " group by 1 order by 1"
    ) == [("imdb", 11), ("tmdb", 10)]
    assert thrones.rows("select count(*) from core.seasons where season_number = 1") == [(1,)]


def test_what_was_not_recorded_leaves_the_answer_incomplete_and_takes_nothing_away(thrones):
    """Of the other seasons there are no pages; TMDb's stay."""
    assert thrones.one("select is_complete from ops.source_records where source = 'imdb'") is False
    assert thrones.one("select count(*) from core.seasons where is_listed") > 7
    before = thrones.snapshot()
    report = thrones.run("seasons-episodes", tmdb_ids=[1399])
    assert report.written == 0 and thrones.snapshot() == before
