from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.rules.refresh import (
    DAILY,
    EXPIRY,
    JITTER,
    MONTHLY,
    SOONEST,
    WEEKLY,
    find_expiry,
    person_expiry,
    season_expiry,
    show_expiry,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
EVEN = 0.5
"""The spread that adds and takes nothing."""


def pause(body, rule=show_expiry, spread=EVEN):
    return rule(body, NOW, spread) - NOW


def test_a_running_show_is_due_daily_and_an_ended_one_monthly():
    assert pause({"status": "Returning Series"}) == DAILY
    assert pause({"status": "Ended", "last_air_date": "2024-01-01"}) == MONTHLY
    assert pause({"status": "Canceled", "last_air_date": "2024-01-01"}) == MONTHLY


def test_a_show_that_ended_within_thirty_days_is_still_due_daily():
    assert pause({"status": "Ended", "last_air_date": "2026-10-23"}) == DAILY
    assert pause({"status": "Ended", "last_air_date": "2026-10-22"}) == MONTHLY


@pytest.mark.parametrize("name", ["TBA", "tbd", " To Be Announced "])
def test_an_aired_episode_without_a_name_makes_a_show_due_as_soon_as_anything_is(name):
    season = {"episodes": [{"name": name, "air_date": "2026-11-20"}]}
    assert pause({"status": "Ended", "last_air_date": "2020-01-01", "season/3": season}) == SOONEST


def test_an_unnamed_episode_that_has_not_aired_or_aired_long_ago_hurries_nobody():
    for day in ("2026-11-22", "2026-10-01"):
        season = {"episodes": [{"name": "TBA", "air_date": day}]}
        assert pause({"status": "Returning Series", "season/3": season}) == DAILY


def test_a_body_of_2019_without_status_counts_as_running():
    assert pause({}) == DAILY


def test_a_season_on_air_is_due_daily_and_an_old_one_monthly():
    assert pause({"episodes": [{"air_date": "2026-11-01"}, {"air_date": "2026-12-24"}]}, season_expiry) == DAILY
    assert pause({"episodes": [{"air_date": "2020-11-01"}]}, season_expiry) == MONTHLY
    assert pause({"episodes": [{"air_date": None}, None]}, season_expiry) == MONTHLY


def test_people_are_due_monthly_and_searches_weekly():
    assert pause({}, person_expiry) == MONTHLY
    assert pause({}, find_expiry) == timedelta(days=7)


def imdb_episodes(*dates):
    edges = [
        {"node": {"releaseDate": date and dict(zip(("year", "month", "day"), date, strict=True))}} for date in dates
    ]
    return {"layer": "graphql", "pages": [{"data": {"title": {"episodes": {"episodes": {"edges": edges}}}}}]}


def test_imdbs_episodes_are_due_daily_around_an_airing_and_weekly_else():
    rule = EXPIRY["imdb"]["episodes"]
    assert pause(imdb_episodes(None, (2010, 1, None), (2026, 12, 20)), rule) == DAILY
    assert pause(imdb_episodes((2026, 10, 23)), rule) == DAILY
    assert pause(imdb_episodes((2026, 10, 22), (2026, 2, 30)), rule) == WEEKLY
    malformed: list[Any] = [
        {},
        {"pages": [None, {"data": []}]},
        imdb_episodes(("x", "y", "z")),
        imdb_episodes((10**12, 1, 1)),
    ]
    assert {pause(body, rule) for body in malformed} == {WEEKLY}


def test_an_answer_of_imdb_that_lacks_a_part_is_due_daily_and_one_of_its_pages_weekly_at_the_latest():
    rules = EXPIRY["imdb"]
    assert [pause({}, rules[name]) for name in ("list", "title", "credits", "appearances", "title_images")] == [
        *(SOONEST, WEEKLY, WEEKLY),
        *(MONTHLY, MONTHLY),
    ]
    assert {
        name: pause({"missing": "a page"}, rule) for name, rule in rules.items() if name != "list"
    } == dict.fromkeys((name for name in rules if name != "list"), DAILY)
    assert pause({"missing": "a page"}, rules["list"]) == SOONEST
    assert pause({"layer": "pages"}, rules["person_images"]) == WEEKLY


def test_answers_of_one_run_fall_due_apart_by_at_most_a_tenth_either_way():
    spread = [pause({"status": "Ended"}, spread=s) for s in (0.0, 0.25, 1.0)]
    assert spread == [MONTHLY * (1 - JITTER), MONTHLY * (1 - JITTER / 2), MONTHLY * (1 + JITTER)]


@pytest.mark.parametrize("broken", [{"last_air_date": 7}, {"season/1": None}, {"season/1": {"episodes": 5}}])
def test_a_malformed_body_still_has_an_expiry(broken):
    assert pause(broken | {"status": "Ended"}) == MONTHLY
