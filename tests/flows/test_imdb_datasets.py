"""The flow imdb-datasets: what IMDb's files add to what other layers told, what they tell alone, and each way to fail."""

import gzip
from collections.abc import Iterator
from typing import Any

import pytest

from deployments.upstream import Upstream
from flows.imdb_datasets import Datasets, sync_imdb_datasets
from flows.outcome import StageFailed
from flows.report import RunReport
from flows.selection import Selection
from flows.settings import HttpSettings, load
from flows.sources.imdb.datasets import COLUMNS, Dataset
from flows.sources.imdb.datasets.files import folder_of
from tests.flows.conftest import Catalogue, Worlds

HILL, LOUNGE, SALT = "tt990000001", "tt990000006", "tt990000004"
HOST = "nm990000047"


def read_files(files: list[Dataset] | None = None, **selection: Any) -> RunReport:
    """Run the flow; gives its report, also where it failed."""
    try:
        report = sync_imdb_datasets(Selection(**selection), Datasets(files=files or list(Dataset)))
    except StageFailed as failure:
        report = failure.report
    assert isinstance(report, RunReport)
    return report


@pytest.fixture
def alone(worlds: Worlds, collected: Catalogue, upstream: Upstream) -> Iterator[Catalogue]:
    """The sample as TMDb told it, with IMDb's datasets as the only layer of IMDb that is switched on."""
    settings: dict[str, Any] = {
        "IMDB_LAYERS": "datasets",
        "IMDB_DATASETS_URL": f"{upstream.url}/imdb/datasets",
        "IMDB_RATE": "1000",
        "IMDB_BURST": "1000",
        "HTTP_ATTEMPTS": "1",
    }
    with worlds.catalogue(collected.name, upstream, bucket=collected.bucket, **settings) as copy:
        yield copy


def file_rows(upstream: Upstream, dataset: Dataset) -> list[dict[str, str]]:
    """A file as the upstream sends it, read by other means."""
    import urllib.request

    with urllib.request.urlopen(f"{upstream.url}/imdb/datasets/{dataset.file_name}") as answer:
        lines = gzip.decompress(answer.read()).decode().splitlines()
    return [dict(zip(COLUMNS[dataset], line.split("\t"), strict=True)) for line in lines[1:]]


def facts(catalogue: Catalogue, kind: str, imdb_id: str) -> tuple[dict[str, Any], dict[str, str]]:
    ((fields, layers),) = catalogue.rows(
        "select f.fields, f.layers from core.facts f join core.external_ids x on x.entity_id = f.entity_id"
        " where f.source = 'imdb' and x.source = 'imdb' and x.kind = :kind and x.value = :id",
        kind=kind,
        id=imdb_id,
    )
    return fields, layers


def test_ratings_of_everything_come_without_one_page_request(whole):
    whole.change("update core.facts set fields = fields - 'imdb_rating' - 'imdb_vote_count' where source = 'imdb'")
    before = whole.rows("select id, name, overview, air_date from core.episodes order by id")
    listings = whole.rows("select * from core.listings order by entity_id, source")
    appearances = whole.rows("select * from core.appearances where source = 'imdb' order by 1, 2, 3, 4, 5")
    whole.upstream.requests.clear()
    report = read_files()
    assert (report.status, report.failures) == ("completed", {})
    ratings = {row["tconst"]: row for row in file_rows(whole.upstream, Dataset.RATINGS)}
    shown = whole.rows(
        "select imdb_id, imdb_rating, imdb_vote_count from core.shows where imdb_id is not null union all"
        " select imdb_id, imdb_rating, imdb_vote_count from core.episodes where imdb_id is not null"
    )
    rated = {id_: (float(rating), votes) for id_, rating, votes in shown if rating is not None}
    wanted = {id_: (float(r["averageRating"]), int(r["numVotes"])) for id_, r in ratings.items()}
    assert len(rated) > 100 and rated == {id_: wanted[id_] for id_, *_ in shown if id_ in wanted}
    assert facts(whole, "show", LOUNGE)[1]["imdb_rating"] == "datasets"
    assert facts(whole, "show", LOUNGE)[1]["name"] == "graphql"
    assert whole.rows("select id, name, overview, air_date from core.episodes order by id") == before
    assert whole.rows("select * from core.listings order by entity_id, source") == listings
    kept = whole.rows("select * from core.appearances where source = 'imdb' order by 1, 2, 3, 4, 5")
    assert set(map(str, appearances)) <= set(map(str, kept))
    assert whole.upstream.requests.count("/imdb/graphql") == whole.upstream.requests.count("/imdb/title") == 0
    states = whole.rows("select status, next_due_at > now() from ops.sync_state where resource = 'imdb_ratings'")
    assert len(states) == whole.one("select count(*) from core.shows where imdb_id is not null")
    assert set(states) == {("success", True)}


def test_a_second_run_asks_for_nothing_that_did_not_change_and_writes_nothing(alone):
    read_files()
    before = alone.snapshot("core")
    alone.upstream.requests.clear()
    report = read_files()
    assert alone.snapshot("core") == before and report.written == 0
    assert alone.upstream.requests.count("/imdb/datasets/", status=304) == 7
    assert not list(folder_of(load(HttpSettings)).glob("sifted-*"))


def test_alone_they_list_episodes_and_name_what_nobody_else_tells(alone):
    assert alone.one("select count(*) from core.listings where source = 'imdb'") == 0
    people = alone.one("select count(*) from core.people")
    report = read_files()
    assert (report.status, report.failures) == ("completed", {})
    numbers = alone.rows(
        "select x.value, l.season_number, l.episode_number from core.listings l join core.external_ids x"
        " on x.entity_id = l.entity_id and x.source = 'imdb' where l.source = 'imdb' and l.episode_number is not null"
        " and l.show_id = (select id from core.shows where imdb_id = :id)",
        id=LOUNGE,
    )
    listed = [row for row in file_rows(alone.upstream, Dataset.EPISODES) if row["parentTconst"] == LOUNGE]
    assert sorted(numbers) == sorted((r["tconst"], int(r["seasonNumber"]), int(r["episodeNumber"])) for r in listed)
    fields, layers = facts(alone, "show", LOUNGE)
    assert (fields["name"], fields["imdb_rating"], fields["imdb_vote_count"]) == (
        "The Late Lounge with Dex Ferro",
        7.0,
        880,
    )
    assert (layers["imdb_rating"], layers["name"]) == ("datasets", "export")
    assert set(facts(alone, "episode", "tt990200061")[1].values()) == {"datasets"}
    pilot = alone.one("select name from core.episodes where imdb_id = 'tt990200061'")
    assert pilot == "Unaired Pilot"
    names = alone.rows("select country, kind from core.aliases where source = 'imdb'")
    assert ("US", "imdbDisplay") in names and not any(kind == "original" for _, kind in names)
    genres = alone.column(
        "select l.name from core.show_labels l join core.shows s on s.id = l.show_id"
        " where l.source = 'imdb' and l.kind = 'genre' and s.imdb_id = :id order by 1",
        id=LOUNGE,
    )
    basics = {row["tconst"]: row for row in file_rows(alone.upstream, Dataset.BASICS)}
    assert set(genres) >= set(basics[LOUNGE]["genres"].split(",")) and genres
    assert report.tables["core.show_labels"].removed == 0
    assert alone.one("select count(*) from core.people") == people


def test_alone_they_say_who_was_in_an_episode_of_those_whom_we_have(alone):
    known = set(alone.column("select value from core.external_ids where kind = 'person' and source = 'imdb'"))
    read_files()
    rows = alone.rows(
        "select e.imdb_id, p.imdb_id, a.category, a.job, a.role from core.appearances a"
        " join core.episodes e on e.id = a.episode_id join core.people p on p.id = a.person_id where a.source = 'imdb'"
    )
    principals = file_rows(alone.upstream, Dataset.PRINCIPALS)
    series = {row["tconst"] for row in file_rows(alone.upstream, Dataset.BASICS) if row["titleType"] != "tvEpisode"}
    ours = set(alone.column("select imdb_id from core.episodes where imdb_id is not null"))
    wanted = {(r["tconst"], r["nconst"]) for r in principals if r["nconst"] in known and r["tconst"] in ours - series}
    assert len(wanted) > 50 and wanted <= {(episode, person) for episode, person, *_ in rows}
    assert {person for _, person, *_ in rows} <= known
    host = {(category, job, role) for _, person, category, job, role in rows if person == HOST}
    assert ("cast", "Self", "Self - Host") in host
    fields, _ = facts(alone, "person", "nm990000007")
    assert (fields["death_date"], fields["known_for"] in (None, "Acting")) == ("2022", True)


def test_what_graphql_told_completely_about_a_person_stays(whole):
    pairs = whole.rows(
        "select e.show_id, a.person_id from core.appearances a join core.episodes e on e.id = a.episode_id"
        " where a.source = 'imdb' group by 1, 2"
    )
    before = {pair: rows_of(whole, *pair) for pair in pairs[:20]}
    whole.change("update core.facts set fields = fields - 'name', layers = layers - 'name' where source = 'imdb'")
    read_files()
    complete = {pair: found for pair, found in before.items() if found == rows_of(whole, *pair)}
    assert complete == before
    assert facts(whole, "person", HOST)[1]["name"] == "datasets"


def rows_of(catalogue: Catalogue, show: Any, person: Any) -> list[tuple[Any, ...]]:
    return catalogue.rows(
        "select * from core.appearances where show_id = :show and person_id = :person and source = 'imdb' order by 1, 4, 5",
        show=show,
        person=person,
    )


def test_an_episode_that_the_file_lists_no_more_is_shown_no_more(alone):
    read_files()
    gone = "tt990200061"
    alone.upstream.amend(f"imdb/{LOUNGE}/episodes", lambda episodes: [e for e in episodes if e["id"] != gone])
    read_files(imdb_ids=[LOUNGE])
    assert alone.rows("select is_listed from core.episodes where imdb_id = :id", id=gone) == [(False,)]


def test_a_film_is_not_believed_to_be_a_show(alone):
    alone.upstream.amend(f"imdb/{SALT}", titleType={"id": "movie", "text": "Movie"})
    report = read_files()
    (problem,) = report.failures.values()
    assert "is a movie" in problem and report.ambiguous == 1
    assert alone.rows("select 1 from core.facts f join core.shows s on s.id = f.entity_id"
                      " where f.source = 'imdb' and s.imdb_id = :id and f.fields ? 'imdb_rating'", id=SALT) == []  # fmt: skip
    assert alone.rows("select reason from ops.match_cases where status = 'open' and reason = 'answers-as-another'")
    alone.upstream.restore()
    read_files()
    assert not alone.rows("select 1 from ops.match_cases where status = 'open' and reason = 'answers-as-another'")


FAILURES: dict[str, dict[str, Any]] = {
    "challenge": {"challenge": "page"},
    "down": {"status": 503},
    "redesign": {"redesign": True},
    "nothing in them": {"empty_lists": True},
}


def test_files_that_cannot_be_had_leave_everything_as_it_was(alone, monkeypatch):
    read_files()
    before = alone.snapshot("core")
    for name, failure in FAILURES.items():
        monkeypatch.setattr("flows.sources.breaker._breakers", {})
        alone.upstream.fail("imdb-datasets", **failure)
        report = read_files(force=True)
        assert len([file for file in report.failures if file.endswith("(file)")]) == 7, name
        assert all("is read" in problem for problem in report.failures.values()), name
        assert alone.snapshot("core") == before, name
        alone.upstream.heal()
    monkeypatch.setattr("flows.sources.breaker._breakers", {})
    assert read_files(force=True).failures == {}


def test_without_any_file_every_show_has_failed_and_keeps_its_last_success(alone, monkeypatch):
    monkeypatch.setattr("flows.sources.breaker._breakers", {})
    alone.upstream.fail("imdb-datasets", status=404)
    report = read_files()
    assert report.status == "failed" and any("no file of IMDb's datasets" in p for p in report.failures.values())
    states = alone.rows("select distinct status, last_success_at from ops.sync_state where resource = 'imdb_ratings'")
    assert states == [("failed", None)]


def test_a_file_that_was_damaged_on_disk_fails_alone(alone, monkeypatch):
    read_files()
    path = folder_of(load(HttpSettings)) / Dataset.AKAS.file_name
    content = bytearray(path.read_bytes())
    content[-6] ^= 0xFF
    path.write_bytes(content)
    alone.change("update core.facts set fields = fields - 'imdb_rating' where source = 'imdb'")
    report = read_files()
    assert list(report.failures) == [str(Dataset.AKAS)] and "damaged" in report.failures[str(Dataset.AKAS)]
    assert facts(alone, "show", LOUNGE)[0]["imdb_rating"] == 7.0
    assert alone.one("select count(*) from core.aliases where source = 'imdb'") > 0


def test_only_the_files_and_shows_that_were_named(alone):
    told = (
        "select x.value from core.facts f join core.external_ids x on x.entity_id = f.entity_id and x.source = 'imdb'"
    )
    alone.change("update core.facts set fields = fields - 'imdb_rating' where source = 'imdb'")
    report = read_files([Dataset.RATINGS], imdb_ids=[HILL])
    assert (report.status, report.selected, report.requests) == ("completed", 2, 1)
    assert alone.column(f"{told} where f.source = 'imdb' and f.fields ? 'imdb_rating'") == [HILL]
    assert alone.one("select count(*) from core.listings where source = 'imdb'") == 0


def test_a_dry_run_tells_the_difference_and_makes_none(alone):
    before = alone.snapshot("core")
    report = read_files(dry_run=True)
    assert report.written > 100 and alone.snapshot("core") == before
    assert alone.rows("select 1 from ops.sync_state where resource = 'imdb_ratings'") == []


def test_switched_off_they_are_left_alone(alone, monkeypatch):
    monkeypatch.setenv("IMDB_LAYERS", "graphql,pages")
    alone.upstream.requests.clear()
    report = read_files()
    assert report.status == "completed" and report.selected == 0
    assert any("IMDB_LAYERS" in note for note in report.notes)
    assert alone.upstream.requests.count("/imdb") == 0
