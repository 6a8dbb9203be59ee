"""Game of Thrones as TMDb really served it: regulars that no episode lists, offers by region, and what changed since 2019."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deployments.upstream import Recordings, Upstream
from tests.flows.conftest import Catalogue, Worlds

pytestmark = pytest.mark.recorded

SHOW = 1399
CORE = ("show-details", "entities", "watch-providers", "seasons-episodes", "people-cast", "images")


@pytest.fixture(scope="module")
def source(recordings: Path) -> Recordings:
    return Recordings(recordings)


@pytest.fixture(scope="module")
def thrones(source: Recordings, worlds: Worlds, database_template: str) -> Iterator[Catalogue]:
    """First as TMDb answered before 2020, then as it answers now; `reports` are those of the second time."""
    folder = source._folder
    with (
        Upstream(Recordings(folder, captured_before="2020")) as upstream,
        worlds.catalogue(database_template, upstream) as catalogue,
    ):
        catalogue.run("import-lists", tmdb_ids=[SHOW])
        for stage in CORE[:4]:
            catalogue.run(stage, tmdb_ids=[SHOW])
        catalogue.before = snapshot(catalogue)  # type: ignore[attr-defined]
        upstream.source = source
        for stage in CORE:
            catalogue.run(stage, tmdb_ids=[SHOW], force=True)
        yield catalogue


def snapshot(catalogue: Catalogue) -> dict[str, Any]:
    (show,) = catalogue.records("select * from core.shows where tmdb_id = 1399")
    seasons = catalogue.records("select * from core.seasons order by season_number")
    return {"show": show, "seasons": {season["season_number"]: season for season in seasons}}


def said(value: Any) -> Any:
    return value or None if isinstance(value, str) else value


def test_its_regulars_of_season_one_have_their_episodes_though_no_episode_lists_them(thrones, source):
    season = source.body(f"tv/{SHOW}/season/1") or {}
    regulars = {member["id"] for member in (source.part(f"tv/{SHOW}/season/1", "credits") or {})["cast"]}
    told = (source.part(f"tv/{SHOW}/season/1", "aggregate_credits") or {})["cast"]
    counts = {member["id"]: member["total_episode_count"] for member in told if member["id"] in regulars}
    guests = {guest["id"] for episode in season["episodes"] for guest in episode["guest_stars"]}
    assert len(regulars) == 18 and not regulars & guests
    stored = dict(
        thrones.rows(
            "select p.tmdb_id, n.episodes from core.credit_counts n join core.people p on p.id = n.person_id"
            " join core.seasons s on s.id = n.entity_id"
            " where s.season_number = 1 and n.category = 'cast' and n.is_regular"
        )
    )
    assert stored == counts

    served = thrones.ask(f"/shows/{thrones.show(SHOW)}/cast?season_number=1&limit=100")
    by_person = {member["person"]["tmdb_id"]: member for member in served}
    for person, episodes in counts.items():
        (part,) = [part for part in by_person[person]["seasons"] if part["season_number"] == 1]
        assert (part["episodes"], part["is_regular"]) == (episodes, True)


def test_its_whole_cast_is_there_with_the_counts_of_the_whole_show(thrones, source):
    told = (source.part(f"tv/{SHOW}", "aggregate_credits") or {})["cast"]
    stored = dict(
        thrones.rows(
            "select p.tmdb_id, n.episodes from core.credit_counts n join core.people p on p.id = n.person_id"
            " join core.shows s on s.id = n.entity_id where n.category = 'cast'"
        )
    )
    assert len(told) > 100
    assert {member["id"]: member["total_episode_count"] for member in told}.items() <= stored.items()


def test_its_ten_episodes_are_served_as_told(thrones, source):
    told = (source.body(f"tv/{SHOW}/season/1") or {})["episodes"]
    served = thrones.ask(f"/shows/{thrones.show(SHOW)}/seasons/1/episodes")
    assert len(served) == 10
    assert [
        (
            e["episode_number"],
            e["title"],
            e["overview"],
            e["air_date"],
            e["runtime"],
            e["tmdb_id"],
            e["tmdb_vote_count"],
        )
        for e in served
    ] == [
        (e["episode_number"], e["name"], e["overview"], e["air_date"], e["runtime"], e["id"], e["vote_count"])
        for e in told
    ]
    stills = set(thrones.column("select source_id from core.images where kind = 'still'"))
    assert {episode["still_path"] for episode in told} <= stills


def test_its_offers_stand_by_region_with_the_link_and_order_of_tmdb(thrones, source):
    told = (source.part(f"tv/{SHOW}", "watch/providers") or {})["results"]
    assert len(told) > 90
    served = thrones.ask(f"/shows/{thrones.show(SHOW)}")["watch_providers"]
    assert {offer["region"] for offer in served} == set(told)
    for offer in served:
        providers = told[offer["region"]][offer["offer_type"]]
        assert offer["link"] == told[offer["region"]]["link"]
        assert sorted((p["provider_id"], p["display_priority"]) for p in offer["providers"]) == sorted(
            (p["provider_id"], p["display_priority"]) for p in providers
        )
    only = thrones.ask(f"/shows/{thrones.show(SHOW)}?region=DE")["watch_providers"]
    assert {offer["region"] for offer in only} == {"DE"}


def test_of_what_it_was_in_2019_only_what_tmdb_changed_has_changed(thrones, source):
    old = Recordings(source._folder, captured_before="2020").body(f"tv/{SHOW}") or {}
    new = source.body(f"tv/{SHOW}") or {}
    before, after = thrones.before, snapshot(thrones)
    names = {
        "name": "name",
        "original_name": "original_name",
        "overview": "description",
        "homepage": "homepage",
        "status": "status",
        "type": "type",
        "in_production": "in_production",
        "original_language": "original_language",
        "languages": "languages",
        "origin_country": "origin_countries",
        "episode_run_time": "runtimes",
    }
    for theirs, ours in names.items():
        assert before["show"][ours] == said(old.get(theirs)), theirs
        assert after["show"][ours] == said(new.get(theirs)), theirs
    changed = {ours for theirs, ours in names.items() if said(old.get(theirs)) != said(new.get(theirs))}
    assert {ours for ours in names.values() if before["show"][ours] != after["show"][ours]} == changed
    assert before["show"]["id"] == after["show"]["id"]
    shared = set(before["seasons"]) & set(after["seasons"])
    assert len(shared) > 7
    assert all(before["seasons"][number]["id"] == after["seasons"][number]["id"] for number in shared)


def test_its_people_who_are_not_recorded_fail_one_by_one_and_keep_what_the_credits_say(thrones):
    report = thrones.reports["people-cast"]
    assert report.status == "failed" and all("404" in problem for problem in report.failures.values())
    assert thrones.one("select count(*) from core.people where name is null or name = tmdb_id::text") == 0
