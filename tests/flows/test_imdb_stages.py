"""IMDb in the stages over shows, from request to row: lists, titles and episodes of the sample, and each way to fail."""

from collections.abc import Iterator
from typing import Any

import pytest

from deployments.upstream import Sample, Upstream
from tests.flows.conftest import Catalogue, Worlds, all_sources

LISTS = ("ls990000001", "ls990000002")
HILL, LOUNGE, STUDS, ONLY_IMDB = "tt990000001", "tt990000006", "tt990000007", "tt990000015"
STAGES = ("import-lists", "show-details", "seasons-episodes")


@pytest.fixture(scope="module")
def world(worlds: Worlds, database_template: str) -> Iterator[Catalogue]:
    """The sample's lists, titles and episodes of TMDb and IMDb, with an upstream of the module's own."""
    with Upstream(Sample()) as upstream:
        settings: dict[str, Any] = all_sources(upstream) | {
            "HTTP_ATTEMPTS": "1",
            "TMDB_LIST_IDS": "900000001",
            "IMDB_LIST_CSV": "",
        }
        with worlds.catalogue(database_template, upstream, **settings) as catalogue:
            for stage in STAGES:
                catalogue.run(stage)
            yield catalogue


@pytest.fixture
def healed(world: Catalogue) -> Iterator[Catalogue]:
    """The same; what a test breaks is healed after it."""
    yield world
    world.upstream.heal()
    world.upstream.restore()


def shown(catalogue: Catalogue, imdb_id: str) -> dict[str, Any]:
    (row,) = catalogue.records("select * from core.shows where imdb_id = :id", id=imdb_id)
    return row


def episodes(catalogue: Catalogue, imdb_id: str) -> list[tuple[Any, ...]]:
    return catalogue.rows(
        "select n.season_number, e.episode_number, e.tmdb_id is not null, e.imdb_id is not null, e.name"
        " from core.episodes e join core.seasons n on n.id = e.season_id join core.shows s on s.id = e.show_id"
        " where s.imdb_id = :id and e.is_listed and n.is_listed order by 1, 2",
        id=imdb_id,
    )


def state(catalogue: Catalogue, resource: str, imdb_id: str) -> tuple[Any, ...]:
    (row,) = catalogue.rows(
        "select y.status, y.last_success_at is not null, y.last_error is null from ops.sync_state y"
        " join core.shows s on s.id = y.entity_id where y.resource = :resource and s.imdb_id = :id",
        resource=resource,
        id=imdb_id,
    )
    return row


def rows_of(catalogue: Catalogue) -> dict[str, Any]:
    """What is known of shows, seasons and episodes."""
    tables = ("shows", "seasons", "episodes", "listings", "show_labels", "images", "list_items", "external_ids")
    return {table: catalogue.rows(f"select t::text from core.{table} t order by 1") for table in tables}


def test_all_is_well(world):
    for stage in STAGES:
        report = world.reports[stage]
        assert (report.status, report.failures, report.drift) == ("completed", {}, {})


def test_imdbs_lists_bring_shows_with_ranks_and_notes_and_pass_over_a_film(world):
    places = world.rows(
        "select l.source_id, l.name, i.rank, s.imdb_id, i.note from core.list_items i"
        " join core.lists l on l.id = i.list_id join core.shows s on s.id = i.show_id where l.source = 'imdb' order by 1, 3"
    )
    assert [place[3] for place in places if place[0] == LISTS[0]] == [
        *("tt990000002", HILL, "tt990000005", ONLY_IMDB, LOUNGE, "tt990000009")
    ]
    assert places[0] == (LISTS[0], "Reality on IMDb", 1, "tt990000002", "The ferry first.")
    assert places[3][2:] == (5, ONLY_IMDB, "TMDb has not heard of it.")
    assert (
        "IMDb list ls990000001: 1 entries are not television and were passed over"
        in world.reports["import-lists"].notes
    )
    assert world.one("select count(*) from core.shows where imdb_id = 'tt990000016'") == 0


def test_a_show_on_a_list_of_each_is_one(world):
    assert shown(world, HILL)["listed_on"] == ["imdb", "tmdb"]
    assert world.one("select count(*) from core.shows where imdb_id = :id", id=HILL) == 1


def test_imdb_fills_what_tmdb_does_not_say_and_rates(world):
    hill, alone = shown(world, HILL), shown(world, ONLY_IMDB)
    assert (hill["name"], float(hill["imdb_rating"]), hill["imdb_vote_count"]) == ("Glass Hill Realty", 7.4, 2210)
    assert hill["tags"] == ["Docuseries", "Reality TV"] and {"Reality", "Reality-TV"} <= set(hill["genres"])
    assert (alone["name"], alone["tmdb_id"]) == ("Pilot Light", None)
    assert alone["description"] == "Four tenants share one stove and a meter that takes coins."
    told = world.one(
        "select fields->>'name' from core.facts f join core.shows s on s.id = f.entity_id"
        " where f.source = 'imdb' and s.imdb_id = :id",
        id=HILL,
    )
    assert told == "Glass Hill Realty: The Steepest Street"
    posters = world.rows(
        "select i.url from core.images i join core.shows s on s.id = i.entity_id"
        " where i.source = 'imdb' and i.kind = 'poster' and s.imdb_id = :id",
        id=HILL,
    )
    assert len(posters) == 1


def test_a_show_that_only_imdb_has_gets_its_seasons_and_totals(world):
    assert [row[:4] for row in episodes(world, ONLY_IMDB)] == [(1, n, False, True) for n in range(1, 5)]
    assert (shown(world, ONLY_IMDB)["season_total"], shown(world, ONLY_IMDB)["episode_total"]) == (1, 4)


def test_eleven_against_ten_and_a_season_that_only_imdb_has(world):
    first = [row[1:] for row in episodes(world, LOUNGE) if row[0] == 1]
    assert first[0] == (0, False, True, "Unaired Pilot")
    assert [row[:3] for row in first[1:]] == [(n, True, True) for n in range(1, 11)]
    assert [row for row in episodes(world, STUDS) if row[0] == 3] == [
        (3, 1, False, True, "The Shed"),
        (3, 2, False, True, "The Other Shed"),
    ]
    assert len(world.ask(f"/shows/{world.show(900000006)}/seasons/1/episodes")) == 11


def test_titles_overviews_and_dates_of_episodes_are_imdbs_where_it_has_them(world):
    first, third = (
        world.records(
            "select e.name, e.overview, e.air_date::text, e.runtime from core.episodes e"
            " join core.seasons n on n.id = e.season_id join core.shows s on s.id = e.show_id"
            " where s.imdb_id = :id and n.season_number = 1 and e.episode_number = :number",
            id=HILL,
            number=number,
        )[0]
        for number in (1, 3)
    )
    assert (first["name"], first["overview"]) == ("Keys", "A listing is signed and its keys are gone.")
    assert third["air_date"] == "2019-04-17" and third["runtime"] is not None


def test_a_second_run_asks_for_the_lists_only_and_writes_nothing(world):
    before = world.snapshot()
    reports = [world.run(stage) for stage in STAGES]
    assert [report.written for report in reports] == [0, 0, 0]
    assert world.snapshot() == before
    assert [report.requests for report in reports] == [len(LISTS), 0, 0]


FACTS = "select fields from core.facts f join core.shows s on s.id = f.entity_id where f.source = 'imdb' and s.imdb_id = :id"
LAYER = "select layer from ops.source_records where source = 'imdb' and resource = :resource and ref = :id"
PARTS = {
    "show-details": ("title", "show_details", "imdb_title"),
    "seasons-episodes": ("episodes", "seasons_episodes", "imdb_episodes"),
}
"""Stages by what they ask IMDb, and their states with TMDb and with IMDb."""


@pytest.mark.parametrize(
    ("stage", "how"),
    [
        ("show-details", {"challenge": "page"}),
        ("seasons-episodes", {"challenge": "empty"}),
        ("seasons-episodes", {"rotated_schema": True}),
        ("show-details", {"status": 504}),
    ],
)
def test_where_graphql_fails_pages_answer_and_no_word_is_lost(healed, stage, how):
    resource = PARTS[stage][0]
    before, facts = rows_of(healed), healed.one(FACTS, id=LOUNGE)
    healed.upstream.fail("imdb-graphql", **how)
    report = healed.run(stage, imdb_ids=[LOUNGE], force=True)
    assert (report.status, report.failures) == ("completed", {})
    assert [f"IMDb's graphql did not give {resource}" in trouble for trouble in report.troubles] == [True]
    assert healed.one(LAYER, resource=resource, id=LOUNGE) == "pages"
    after = rows_of(healed)
    same = ("shows", "seasons", "episodes", "listings", "external_ids")
    assert {table: after[table] for table in same} == {table: before[table] for table in same}
    assert facts.items() <= healed.one(FACTS, id=LOUNGE).items()
    healed.upstream.heal()
    assert healed.run(stage, imdb_ids=[LOUNGE], force=True).troubles == {}
    assert healed.one(LAYER, resource=resource, id=LOUNGE) == "graphql"


@pytest.mark.parametrize(
    ("stage", "how"), [("show-details", {"challenge": "page"}), ("seasons-episodes", {"status": 503})]
)
def test_where_every_layer_fails_tmdbs_part_is_done_all_is_kept_and_the_next_run_recovers(healed, stage, how):
    _, ours, theirs = PARTS[stage]
    before = rows_of(healed)
    for protocol in ("imdb-graphql", "imdb-pages"):
        healed.upstream.fail(protocol, **how)
    report = healed.run(stage, imdb_ids=[LOUNGE], force=True)
    ((name, problem),) = report.failures.items()
    assert name == f"The Late Lounge with Dex Ferro (imdb {LOUNGE})"
    assert "graphql:" in problem and "pages:" in problem
    assert (report.done, report.status) == (1, "failed")
    assert state(healed, ours, LOUNGE) == ("success", True, True)
    assert state(healed, theirs, LOUNGE) == ("failed", True, False)
    assert rows_of(healed) == before
    healed.upstream.heal()
    assert healed.run(stage, imdb_ids=[LOUNGE], force=True).failures == {}
    assert state(healed, theirs, LOUNGE) == ("success", True, True)


def test_an_answer_with_errors_beside_it_takes_nothing_away(healed):
    before = {table: set(rows) for table, rows in rows_of(healed).items()}
    healed.upstream.fail("imdb-graphql", partial_errors=True)
    healed.upstream.fail("imdb-pages", status=503)
    for stage in ("show-details", "seasons-episodes"):
        healed.run(stage, imdb_ids=[LOUNGE], force=True)
    healed.run("import-lists", further=lists(LISTS[0]))
    after = {table: set(rows) for table, rows in rows_of(healed).items()}
    assert all(
        before[table] <= after[table] for table in ("listings", "episodes", "seasons", "list_items", "show_labels")
    )


def test_an_empty_answer_is_told_and_takes_nothing_away(healed):
    before = rows_of(healed)
    for protocol in ("imdb-graphql", "imdb-pages"):
        healed.upstream.fail(protocol, empty_lists=True)
    report = healed.run("seasons-episodes", imdb_ids=[LOUNGE], force=True)
    assert len(report.failures) == 1
    lists_report = healed.run("import-lists", further=lists(LISTS[0]))
    assert lists_report.status == "failed" and LISTS[0] in str(lists_report.failures)
    after = rows_of(healed)
    assert (after["episodes"], after["listings"], after["list_items"]) == (
        before["episodes"],
        before["listings"],
        before["list_items"],
    )


def test_one_list_that_is_not_there_fails_alone(healed):
    report = healed.run("import-lists", further=lists("ls999999999", LISTS[1]))
    assert report.status == "failed" and set(report.failures) == {"IMDb list ls999999999"}
    assert report.done == 2


def test_with_imdb_switched_off_its_lists_are_left_alone_and_nobody_is_asked(healed, monkeypatch):
    monkeypatch.setenv("IMDB_LAYERS", "datasets")
    healed.upstream.requests.clear()
    report = healed.run("import-lists", further=lists(LISTS[0]))
    assert report.failures == {} and any("left alone" in note for note in report.notes)
    healed.run("show-details", imdb_ids=[LOUNGE], force=True)
    assert healed.upstream.requests.count("/imdb/") == 0


def test_an_id_that_is_no_show_or_another_title_makes_a_case_and_nothing_of_it_is_stored(healed):
    """An editor gave a show the id of a film, which TMDb does not contradict."""
    show = shown(healed, ONLY_IMDB)["id"]
    healed.change("update core.external_ids set value = 'tt990000016' where entity_id = :id", id=show)
    healed.change("update core.shows set imdb_id = 'tt990000016' where id = :id", id=show)
    facts = healed.rows("select fields::text from core.facts where entity_id = :id", id=show)
    report = healed.run("show-details", ids=[show], force=True)
    assert "is a movie; nothing of it was stored" in str(report.failures)
    cases = "select reason, source, status, candidates->0->>'value' from ops.match_cases where entity_id = :id"
    assert healed.rows(cases, id=show) == [("answers-as-another", "imdb", "open", "tt990000016")]
    assert healed.rows("select fields::text from core.facts where entity_id = :id", id=show) == facts
    healed.change("update core.external_ids set value = :imdb where entity_id = :id", id=show, imdb=ONLY_IMDB)
    healed.change("update core.shows set imdb_id = :imdb where id = :id", id=show, imdb=ONLY_IMDB)
    assert healed.run("show-details", ids=[show], force=True).failures == {}
    assert healed.rows(cases, id=show)[0][2] == "resolved"


def lists(*imdb: str) -> dict[str, Any]:
    from flows.import_lists import ListSources

    return {"lists": ListSources(imdb_lists=list(imdb))}
