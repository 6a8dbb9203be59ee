"""Answers that are wrong, late or hostile: the show fails, the others are stored, and what came is kept."""

import gzip
import json
from collections import Counter
from typing import Any

import pytest
from flask import Response

BAD, GOOD = 900000004, 900000005


def sync(catalogue: Any, stage: str = "show-details") -> Any:
    return catalogue.run(stage, tmdb_ids=[BAD, GOOD], force=True)


def state_of(catalogue: Any, show: int, resource: str = "show_details") -> dict[str, Any]:
    (state,) = catalogue.records(
        "select y.* from ops.sync_state y join core.shows s on s.id = y.entity_id"
        " where s.tmdb_id = :show and y.resource = :resource",
        show=show,
        resource=resource,
    )
    return state


@pytest.mark.parametrize("wrong", [{"seasons": 5}, {"id": "x"}, {"genres": [{"name": "no id"}]}, {"networks": "none"}])
def test_a_body_that_does_not_parse_fails_its_show_alone_and_is_kept_as_it_came(catalogue, upstream, wrong):
    before = catalogue.records("select * from core.shows where tmdb_id = :id", id=BAD)
    upstream.amend(f"tv/{BAD}", **wrong)
    upstream.amend(f"tv/{GOOD}", tagline="Changed since.")
    report = sync(catalogue)
    assert [name for name in report.failures if str(BAD) in name] == list(report.failures) and report.failures
    assert next(iter(wrong)) in next(iter(report.failures.values()))
    assert report.status == "failed"  # one of two is more than a fifth
    assert catalogue.one("select tagline from core.shows where tmdb_id = :id", id=GOOD) == "Changed since."
    assert catalogue.records("select * from core.shows where tmdb_id = :id", id=BAD) == before
    body = catalogue.one("select body from ops.source_records where resource = 'show' and ref = :ref", ref=str(BAD))
    kept = json.loads(gzip.decompress(body))
    assert {key: kept[key] for key in wrong} == wrong
    state = state_of(catalogue, BAD)
    assert state["status"] == "failed" and state["last_success_at"] is not None
    assert state_of(catalogue, GOOD)["status"] == "success"


@pytest.mark.parametrize(
    ("stage", "path", "change"),
    [
        ("show-details", "", {"vote_count": 10**18}),
        ("show-details", "", {"name": "Salt\x00Ember"}),
        ("show-details", "", {"popularity": 1e300}),
        ("entities", "", {"networks": [{"id": 10**12, "name": "Too Far"}]}),
        (
            "watch-providers",
            "/watch/providers",
            {"results": {"US": {"flatrate": [{"provider_id": 1, "provider_name": "a\x00"}]}}},
        ),
        ("seasons-episodes", "/season/1", {"episodes": [{"id": 10**15, "episode_number": 1}]}),
        ("images", "/images", {"posters": [{"file_path": "/a.jpg", "width": 10**15, "height": 1}]}),
    ],
)
def test_a_value_that_the_database_refuses_fails_at_most_its_show(catalogue, upstream, stage, path, change):
    upstream.amend(f"tv/{BAD}{path}", **change)
    upstream.amend(f"tv/{GOOD}", tagline="Changed since.")
    report = sync(catalogue, stage)
    assert len(report.failures) <= 1 and all(str(BAD) in name for name in report.failures)
    assert state_of(catalogue, GOOD, stage.replace("-", "_"))["status"] == "success"
    if report.failures:
        assert state_of(catalogue, BAD, stage.replace("-", "_"))["status"] == "failed"


def test_a_season_number_below_zero_or_beyond_counting_fails_at_most_its_show(catalogue, upstream):
    for number in (-1, 10**12):
        seasons = [{"id": 900999900, "season_number": number, "name": "Nowhere"}]
        upstream.amend(f"tv/{BAD}", seasons=seasons)
        report = sync(catalogue, "seasons-episodes")
        assert len(report.failures) <= 1
        assert state_of(catalogue, GOOD, "seasons_episodes")["status"] == "success"


def test_a_page_where_data_was_due_fails_its_show_and_spoils_nothing(catalogue, upstream):
    before = catalogue.one("select body from ops.source_records where resource = 'show' and ref = :ref", ref=str(BAD))

    def wall(request: Any) -> Response | None:
        return Response("<html>Are you human?</html>", 200) if request.path == f"/3/tv/{BAD}" else None

    upstream.faults.append(wall)
    report = sync(catalogue)
    assert list(report.failures) and "page where data was due" in next(iter(report.failures.values()))
    after = catalogue.one("select body from ops.source_records where resource = 'show' and ref = :ref", ref=str(BAD))
    assert after == before
    upstream.faults.clear()
    assert sync(catalogue).failures == {}
    assert state_of(catalogue, BAD)["last_error"] is None


def test_429_and_503_before_every_answer_are_survived(catalogue, upstream):
    """Each address is answered well the third time only."""
    asked: Counter[str] = Counter()

    def weather(request: Any) -> Response | None:
        asked[request.path] += 1
        if not request.path.startswith("/3/") or asked[request.path] > 2:
            return None
        return Response("{}", 503) if asked[request.path] == 1 else Response("{}", 429, headers={"Retry-After": "0"})

    upstream.faults.append(weather)
    report = catalogue.run("people-cast", tmdb_ids=[BAD], force=True)
    assert (report.status, report.failures) == ("completed", {})
    assert report.retries == 2 * len(asked)
