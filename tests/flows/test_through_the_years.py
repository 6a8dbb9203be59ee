"""What the change feed tells when a show's answers of 2019, 2024 and 2025 arrive in turn: what changed, and nothing else."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deployments.upstream import Recordings, Upstream
from tests.flows.conftest import Catalogue, Worlds

pytestmark = pytest.mark.recorded

SHOW = 1399
FOLDER = "tmdb/set_game_of_thrones_1399"
BODIES = (
    "older_2019-05_tv_1399.json",
    "older_2024-02_tv_1399.json",
    "tv_1399__append_aggregate_credits,content_ratings,credits,external_ids,keywords.json",
)
COLUMNS = {
    "name": "name",
    "original_name": "original_name",
    "overview": "description",
    "tagline": "tagline",
    "homepage": "homepage",
    "status": "status",
    "type": "type",
    "in_production": "in_production",
    "adult": "adult",
    "first_air_date": "premiere_date",
    "last_air_date": "last_air_date",
    "original_language": "original_language",
    "languages": "languages",
    "origin_country": "origin_countries",
    "episode_run_time": "runtimes",
    "vote_average": "tmdb_vote_average",
    "vote_count": "tmdb_vote_count",
    "popularity": "tmdb_popularity",
    "number_of_seasons": "season_total",
    "number_of_episodes": "episode_total",
}
"""TMDb's fields that stand in a column of their own, unchanged."""
DERIVED = {"spoken_languages", "production_countries", "most_recent_episode", "next_episode", "genres", "keywords"}
DERIVED |= {"content_rating", "facebook_id", "instagram_id", "twitter_id", "imdb_id"}
"""Columns that are put together from parts of the body."""


@pytest.fixture(scope="module")
def years(recordings: Path, worlds: Worlds, database_template: str) -> Any:
    """The bodies in turn, what the feed told of the show's own row after each, and after the last one once more."""
    bodies = [json.loads((recordings / FOLDER / name).read_bytes()) for name in BODIES]
    told: list[set[str]] = []
    with (
        Upstream(Recordings(recordings)) as upstream,
        worlds.catalogue(database_template, upstream) as catalogue,
    ):
        for body in bodies:
            upstream.restore()
            upstream.amend(f"tv/{SHOW}", change=always(body))
            if body is bodies[0]:
                catalogue.run("import-lists", tmdb_ids=[SHOW])
            before = catalogue.one("select coalesce(max(seq), 0) from ops.changes")
            catalogue.run("show-details", tmdb_ids=[SHOW], force=True)
            told.append(fields_told(catalogue, before))
        again = catalogue.one("select max(seq) from ops.changes")
        catalogue.run("show-details", tmdb_ids=[SHOW], force=True)
        yield bodies, told, fields_told(catalogue, again)


def always(body: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda _: body


def fields_told(catalogue: Catalogue, since: int) -> set[str]:
    rows = catalogue.column(
        "select unnest(fields) from ops.changes where seq > :since and table_name = 'shows'", since=since
    )
    return set(rows)


def value(body: dict[str, Any], field: str) -> Any:
    """A field as it is shown: nothing where TMDb says nothing, numbers as exact as the column is."""
    found = body.get(field)
    if isinstance(found, float):
        return round(found, 4 if field == "popularity" else 3)
    return found if found not in ("", [], None) else None


@pytest.mark.parametrize("year", [1, 2], ids=["2024 after 2019", "2025 after 2024"])
def test_exactly_the_fields_that_changed_are_told(years, year):
    bodies, told, _ = years
    before, after = bodies[year - 1], bodies[year]
    changed = {column for field, column in COLUMNS.items() if value(before, field) != value(after, field)}
    assert changed
    assert told[year] - DERIVED - {"sort_name"} == changed


def test_the_same_answer_once_more_tells_nothing(years):
    assert years[2] == set()
