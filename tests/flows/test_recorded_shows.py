"""What TMDb really served, from client to API: nothing is lost that the schema has a place for.

Every expectation is read from the recorded bodies here, field by field, without the project's own mapping.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from deployments.upstream import Recordings, Upstream
from tests.flows.conftest import Catalogue, Worlds

pytestmark = pytest.mark.recorded

STAGES = (
    *("import-lists", "resolve-ids", "show-details", "entities"),
    *("watch-providers", "seasons-episodes", "people-cast", "images"),
)
"""All but the mirror: the recordings hold no pictures."""

Body = dict[str, Any]


@dataclass
class Told:
    """A show as TMDb told it, as the database holds it, and as the API shows it."""

    body: Body
    parts: Callable[[str], Body]
    row: dict[str, Any]
    detail: dict[str, Any]

    @property
    def id(self) -> Any:
        return self.row["id"]


@dataclass
class Recorded:
    """The recorded shows in a catalogue."""

    catalogue: Catalogue
    source: Recordings
    shows: dict[int, Told]


@pytest.fixture(scope="module")
def recorded(recordings: Path, worlds: Worlds, database_template: str) -> Iterator[Recorded]:
    """All recorded shows, collected from the list that the recordings make of them."""
    source = Recordings(recordings)
    with (
        Upstream(source) as upstream,
        worlds.catalogue(database_template, upstream, TMDB_LIST_IDS="1") as catalogue,
    ):
        upstream.withdraw("tv/1399/aggregate_credits")  # a thousand people, who have a test of their own
        upstream.withdraw("tv/1399/season/1/aggregate_credits")
        for stage in STAGES:
            catalogue.run(stage)
        rows = {row["tmdb_id"]: row for row in catalogue.records("select * from core.shows")}
        shows = {
            tmdb_id: Told(
                source.body(f"tv/{tmdb_id}") or {},
                partial(part_of, source, tmdb_id),
                rows[tmdb_id],
                catalogue.ask(f"/shows/{rows[tmdb_id]['id']}"),
            )
            for tmdb_id in source.show_ids()
        }
        yield Recorded(catalogue, source, shows)


def part_of(source: Recordings, tmdb_id: int, name: str) -> Body:
    return source.part(f"tv/{tmdb_id}", name) or {}


def said(value: Any) -> Any:
    """A text as it counts: an empty one says nothing."""
    return (value.strip() or None) if isinstance(value, str) else value


def day(value: Any) -> str | None:
    return value.isoformat() if value else None


def differences(recorded: Recorded, expected: Callable[[Told], Any], *found: Callable[[Told], Any]) -> dict[int, Any]:
    """The shows where what TMDb told is not what the catalogue holds, by TMDb's id."""
    return {
        tmdb_id: (expected(told), *(look(told) for look in found))
        for tmdb_id, told in recorded.shows.items()
        if any(expected(told) != look(told) for look in found)
    }


def test_there_are_over_sixty_shows_and_every_stage_before_people_took_them_all(recorded):
    assert len(recorded.shows) > 60
    for stage in ("import-lists", "show-details", "entities", "watch-providers", "seasons-episodes", "images"):
        report = recorded.catalogue.reports[stage]
        assert (report.status, report.failures) == ("completed", {}), stage
    assert recorded.catalogue.one("select count(*) from core.list_items where rank is not null") == len(recorded.shows)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("original_name", "original_name"),
        ("overview", "description"),
        ("tagline", "tagline"),
        ("homepage", "homepage"),
        ("status", "status"),
        ("type", "type"),
        ("in_production", "in_production"),
        ("adult", "adult"),
        ("original_language", "original_language"),
        ("name", "name"),
    ],
)
def test_every_text_of_a_show_is_kept_and_served(recorded, theirs, ours):
    assert not differences(
        recorded, lambda t: said(t.body.get(theirs)), lambda t: t.row[ours], lambda t: t.detail[ours]
    )


@pytest.mark.parametrize(("theirs", "ours"), [("first_air_date", "premiere_date"), ("last_air_date", "last_air_date")])
def test_every_date_of_a_show_is_kept_and_served(recorded, theirs, ours):
    assert not differences(
        recorded, lambda t: said(t.body.get(theirs)), lambda t: day(t.row[ours]), lambda t: t.detail[ours]
    )


@pytest.mark.parametrize(
    ("theirs", "ours", "digits"),
    [
        ("vote_average", "tmdb_vote_average", 3),
        ("vote_count", "tmdb_vote_count", 0),
        ("popularity", "tmdb_popularity", 4),
    ],
)
def test_every_vote_and_popularity_is_kept_and_served(recorded, theirs, ours, digits):
    def expected(told: Told) -> Any:
        return pytest.approx(told.body[theirs], abs=0.51 * 10**-digits) if theirs in told.body else None

    assert not differences(recorded, expected, lambda t: t.row[ours] and float(t.row[ours]), lambda t: t.detail[ours])


@pytest.mark.parametrize(
    ("expected", "ours"),
    [
        (lambda body: body.get("languages", []), "languages"),
        (lambda body: body.get("origin_country", []), "origin_countries"),
        (lambda body: body.get("episode_run_time", []), "runtimes"),
        (lambda body: [one["iso_639_1"] for one in body.get("spoken_languages", [])], "spoken_languages"),
        (lambda body: [one["iso_3166_1"] for one in body.get("production_countries", [])], "production_countries"),
    ],
)
def test_every_language_country_and_runtime_is_kept_in_order(recorded, expected, ours):
    assert not differences(recorded, lambda t: expected(t.body), lambda t: t.row[ours], lambda t: t.detail[ours])


def test_every_genre_is_kept(recorded):
    assert not differences(
        recorded,
        lambda t: sorted({genre["name"] for genre in t.body.get("genres", [])}),
        lambda t: sorted(t.row["genres"]),
        lambda t: sorted(t.detail["genres"]),
    )


@pytest.mark.parametrize(
    ("theirs", "names", "ids", "objects"),
    [
        ("networks", "networks", "tmdb_network_ids", "tmdb_networks"),
        (
            *("production_companies", "production_companies"),
            *("tmdb_production_company_ids", "tmdb_production_companies"),
        ),
    ],
)
def test_every_network_and_company_is_kept_in_tmdbs_order_with_country_and_logo(recorded, theirs, names, ids, objects):
    assert not differences(recorded, lambda t: [o["name"].strip() for o in t.body[theirs]], lambda t: t.detail[names])
    assert not differences(recorded, lambda t: [o["id"] for o in t.body[theirs]], lambda t: t.detail[ids])
    told = {o["id"]: o for t in recorded.shows.values() for o in t.body[theirs]}
    for show in recorded.shows.values():
        for shown in show.detail[objects]:
            theirs_ = told[shown["id"]]
            assert shown["name"] == theirs_["name"].strip()
            newest = {
                (o.get("origin_country") or None, o.get("logo_path")) for o in all_of(recorded, theirs, shown["id"])
            }
            assert (shown["origin_country"], shown["tmdb_logo_path"]) in newest


def all_of(recorded: Recorded, field: str, id_: int) -> Iterator[Body]:
    """What all bodies say of one network or company; captures of different years may differ."""
    return (o for told in recorded.shows.values() for o in told.body[field] if o["id"] == id_)


def test_every_creator_is_a_credit_of_the_show(recorded):
    credited: dict[Any, set[tuple[int, str]]] = {}
    for show, person, source_id in recorded.catalogue.rows(
        "select c.show_id, p.tmdb_id, c.source_id from core.credits c join core.people p on p.id = c.person_id"
        " where c.category = 'creator'"
    ):
        credited.setdefault(show, set()).add((person, source_id))
    assert not differences(
        recorded,
        lambda t: {(creator["id"], creator["credit_id"]) for creator in t.body["created_by"]},
        lambda t: credited.get(t.id, set()),
    )
    names = dict(recorded.catalogue.rows("select tmdb_id, name from core.people"))
    creators = {c["id"]: c["name"] for t in recorded.shows.values() for c in t.body["created_by"]}
    assert {id_ for id_, name in creators.items() if names[id_] != name} == set()


@pytest.mark.parametrize(
    ("theirs", "ours"), [("last_episode_to_air", "most_recent_episode"), ("next_episode_to_air", "next_episode")]
)
def test_the_latest_and_the_next_episode_are_named(recorded, theirs, ours):
    def expected(told: Told) -> Body | None:
        if (episode := told.body.get(theirs)) is None:
            return None
        return {
            "season_number": episode["season_number"],
            "episode_number": episode["episode_number"],
            "name": said(episode["name"]),
            "air_date": said(episode["air_date"]),
            "tmdb_id": episode["id"],
        }

    assert not differences(recorded, expected, lambda t: t.row[ours], lambda t: t.detail[ours])


def test_every_season_keeps_number_name_overview_date_and_poster(recorded):
    stored: dict[Any, dict[int, Any]] = {}
    for season in recorded.catalogue.records("select * from core.seasons"):
        stored.setdefault(season["show_id"], {})[season["season_number"]] = season
    posters = set(
        recorded.catalogue.rows("select entity_id, source_id from core.images where kind = 'poster' and is_listed")
    )
    for tmdb_id, told in recorded.shows.items():
        assert set(stored.get(told.id, {})) == {season["season_number"] for season in told.body["seasons"]}, tmdb_id
        for season in told.body["seasons"]:
            ours = stored[told.id][season["season_number"]]
            detail = recorded.source.body(f"tv/{tmdb_id}/season/{season['season_number']}") or {}
            for field in ("name", "overview", "air_date"):
                shown = day(ours[field]) if field == "air_date" else ours[field]
                assert shown == (said(detail.get(field)) or said(season.get(field))), (tmdb_id, field)
            assert ours["tmdb_id"] == season["id"]
            listed = len(detail["episodes"]) if detail else season["episode_count"]
            assert ours["episode_total"] == listed, (tmdb_id, season)
            if season["poster_path"]:
                assert (ours["id"], season["poster_path"]) in posters


def test_seasons_are_served_by_number_season_zero_included(recorded):
    with_specials = 0
    for told in list(recorded.shows.values())[::8]:
        served = recorded.catalogue.ask(f"/shows/{told.id}/seasons?limit=100")
        numbers = sorted(season["season_number"] for season in told.body["seasons"])
        assert [season["season_number"] for season in served] == numbers[:100]
        by_number = {season["season_number"]: said(season["overview"]) for season in told.body["seasons"]}
        assert {season["season_number"]: season["overview"] for season in served} == by_number
        with_specials += 0 in by_number
    assert with_specials


@pytest.mark.parametrize(("theirs", "kind"), [("poster_path", "poster"), ("backdrop_path", "backdrop")])
def test_every_main_image_is_an_image_of_the_show(recorded, theirs, kind):
    stored = set(
        recorded.catalogue.rows(
            "select entity_id, source_id from core.images where kind = :kind and is_listed", kind=kind
        )
    )
    missing = [id_ for id_, t in recorded.shows.items() if t.body[theirs] and (t.id, t.body[theirs]) not in stored]
    assert missing == []
    assert not differences(recorded, lambda t: bool(t.body[theirs]), lambda t: bool(t.detail[f"{kind}_url"]))


def test_every_recorded_keyword_rating_and_title_is_kept(recorded):
    def ratings(told: Told) -> set[tuple[str, str]]:
        """Some countries give a show two."""
        listed = told.parts("content_ratings").get("results", [])
        return {(r["iso_3166_1"], r["rating"]) for r in listed if r["rating"]}

    def titles(told: Told) -> set[tuple[str, str]]:
        return {(r["iso_3166_1"], r["title"].strip()) for r in told.parts("alternative_titles").get("results", [])}

    def keywords(told: Told) -> list[str]:
        return sorted({keyword["name"] for keyword in told.parts("keywords").get("results", [])})

    assert any(map(ratings, recorded.shows.values())) and any(map(keywords, recorded.shows.values()))
    assert not differences(
        recorded, keywords, lambda t: sorted(t.row["keywords"]), lambda t: sorted(t.detail["keywords"])
    )
    assert not differences(
        recorded, ratings, lambda t: {(r["country"], r["rating"]) for r in t.detail["content_ratings"]}
    )
    assert not differences(recorded, titles, lambda t: {(a["country"], a["name"]) for a in t.detail["aliases"]})


def test_every_recorded_external_id_is_kept_and_served(recorded):
    names = {
        **{f"{name}_id": name for name in ("imdb", "tvdb", "tvrage", "wikidata", "facebook", "instagram", "twitter")},
        "freebase_mid": "freebase",
    }

    def expected(told: Told) -> dict[str, str]:
        recorded_ids = told.parts("external_ids")
        ids = {ours: str(recorded_ids[theirs]) for theirs, ours in names.items() if recorded_ids.get(theirs)}
        return {"tmdb": str(told.body["id"])} | ids

    assert any(len(expected(told)) > 4 for told in recorded.shows.values())
    assert not differences(recorded, expected, lambda t: t.detail["external_ids"])


def test_every_recorded_offer_is_kept_by_region_and_kind(recorded):
    def expected(told: Told) -> set[tuple[str, str, int]]:
        return {
            (region, kind, provider["provider_id"])
            for region, offers in told.parts("watch/providers").get("results", {}).items()
            for kind, providers in offers.items()
            if kind != "link"
            for provider in providers
        }

    def served(told: Told) -> set[tuple[str, str, int]]:
        return {
            (offer["region"], offer["offer_type"], provider["provider_id"])
            for offer in told.detail["watch_providers"]
            for provider in offer["providers"]
        }

    assert any(map(expected, recorded.shows.values()))
    assert not differences(recorded, expected, served)


def test_what_a_show_names_and_nobody_knows_is_counted_as_drift_not_lost_silently(recorded):
    """Keys of the recorded bodies that the payload models do not know would show here."""
    report = recorded.catalogue.reports["show-details"]
    unknown = {name for name in report.drift if name.startswith("show: unknown")}
    assert unknown <= {
        *("show: unknown networks[].logo", "show: unknown seasons[].networks", "show: unknown credits"),
        *("show: unknown last_episode_to_air.show_id", "show: unknown next_episode_to_air.show_id"),
    }
