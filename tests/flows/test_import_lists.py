"""Lists: of TMDb in both versions, of IMDb as exports, by id; who stands where, who left, and that two lists meet."""

from pathlib import Path
from typing import Any

import pytest

from deployments.upstream import IMDB_LIST_CSV
from deployments.upstream.source import ItemList, ListItem
from tests.flows.conftest import Catalogue

CURATED, WATCHING = "900000001", "900000002"
HEADER = (
    "Position,Const,Created,Modified,Description,Title,URL,Title Type,"
    "IMDb Rating,Runtime (mins),Year,Genres,Num Votes,Release Date,Directors"
)


def lists(*tmdb: str, csv: str | Path | None = None) -> dict[str, Any]:
    from flows.import_lists import ListSources

    return {"further": {"lists": ListSources(tmdb_lists=list(tmdb), imdb_csv=[str(csv)] if csv else [])}}


def places(catalogue: Catalogue, list_id: str) -> dict[int, list[Any]]:
    """Who stands on a list: rank, note and whether they left, by TMDb's id."""
    return {
        tmdb_id: rest
        for tmdb_id, *rest in catalogue.rows(
            "select s.tmdb_id, i.rank, i.note, i.left_at is not null from core.list_items i"
            " join core.lists l on l.id = i.list_id join core.shows s on s.id = i.show_id where l.source_id = :id",
            id=list_id,
        )
    }


def export(folder: Path, *rows: str) -> Path:
    """An IMDb export of these shows: `id,title` or `id,title,votes`."""
    file = folder / "export.csv"
    cells = [row.split(",") for row in rows]
    lines = [
        f"{n},{id_},,,,{title},,tvSeries,,,,,{''.join(votes)},,"
        for n, (id_, title, *votes) in enumerate(cells, start=1)
    ]
    file.write_text("\n".join([HEADER, *lines]), encoding="utf-8")
    return file


class Listed:
    """The sample, with a list of these shows."""

    def __init__(self, beneath: Any, list_id: str, *shows: int, **fields: Any) -> None:
        self._beneath, self._list_id = beneath, list_id
        self.shows, self.fields = shows, fields

    def __getattr__(self, name: str) -> Any:
        return getattr(self._beneath, name)

    def item_list(self, list_id: str) -> ItemList | None:
        if list_id != self._list_id:
            found: ItemList | None = self._beneath.item_list(list_id)
            return found
        bodies = [self._beneath.body(f"tv/{show}") for show in self.shows]
        items = [ListItem({**body, "media_type": "tv", **self.fields}, f"note {body['id']}") for body in bodies]
        return ItemList(int(list_id), "Made for a test", items=items)


@pytest.fixture
def listed(upstream: Any) -> Any:
    """Serves list 77 with these shows, its entries with these fields."""
    beneath = upstream.source.beneath

    def serve(*shows: int, **fields: Any) -> None:
        upstream.source = Listed(beneath, "77", *shows, **fields)

    yield serve
    upstream.source = beneath


@pytest.mark.parametrize("version", [4, 3])
def test_a_tmdb_list_brings_ranks_and_with_a_token_the_notes(empty_catalogue, upstream, monkeypatch, version):
    if version == 3:
        monkeypatch.delenv("TMDB_BEARER_TOKEN")
        monkeypatch.setenv("TMDB_API_KEY", upstream.token)
    report = empty_catalogue.run("import-lists", **lists(CURATED, WATCHING))
    assert report.failures == {} and report.status == "completed"
    assert upstream.requests.count(f"/{version}/list/") == 2
    curated = places(empty_catalogue, CURATED)
    assert [curated[900000001 + n][0] for n in range(9)] == list(range(1, 10))
    assert curated[900000001][1] == ("Start here. Season 2 has the hotelier." if version == 4 else None)
    assert curated[900000003][1] is None
    assert len(curated) == 10 and len(places(empty_catalogue, WATCHING)) == 3  # the film at its end is no show
    assert empty_catalogue.one("select count(*) from core.shows") == 11
    name = empty_catalogue.one("select name from core.lists where source_id = :id", id=CURATED)
    assert name == "Reality, curated"


@pytest.mark.parametrize("order", ["csv first", "tmdb first", "together"])
def test_a_show_on_an_imdb_and_a_tmdb_list_is_one_show_in_any_order(empty_catalogue, order):
    runs = {
        "csv first": [lists(csv=IMDB_LIST_CSV), lists(CURATED)],
        "tmdb first": [lists(CURATED), lists(csv=IMDB_LIST_CSV)],
        "together": [lists(CURATED, csv=IMDB_LIST_CSV)],
    }
    for run in runs[order]:
        assert empty_catalogue.run("import-lists", **run).failures == {}
    both = empty_catalogue.rows(
        "select s.tmdb_id, s.imdb_id from core.shows s where s.listed_on @> array['imdb', 'tmdb'] order by 1"
    )
    assert both == [(900000000 + n, f"tt9900{n:05}") for n in (1, 2, 3, 6)]
    assert empty_catalogue.one("select count(*) from core.shows") == 14
    assert empty_catalogue.one("select count(*) from ops.match_cases") == 0
    ((rank, note),) = empty_catalogue.rows(
        "select i.rank, i.note from core.list_items i join core.lists l on l.id = i.list_id"
        " join core.shows s on s.id = i.show_id where l.source = 'imdb' and s.imdb_id = 'tt990000003'"
    )
    assert (rank, note) == (3, 'The desert one, "dry" in every sense.')
    ((rating, votes),) = empty_catalogue.rows(
        "select imdb_rating, imdb_vote_count from core.shows where imdb_id = 'tt990000003'"
    )
    assert (float(rating), votes) == (6.6, 1410)


def test_leaving_a_list_is_recorded_and_coming_back_clears_it(empty_catalogue, listed):
    listed(900000001, 900000002, 900000003)
    empty_catalogue.run("import-lists", **lists("77"))
    listed(900000003, 900000001)
    report = empty_catalogue.run("import-lists", **lists("77"))
    assert report.tables["core.list_items"].removed == 1
    assert places(empty_catalogue, "77") == {
        900000003: [1, "note 900000003", False],
        900000001: [2, "note 900000001", False],
        900000002: [2, "note 900000002", True],
    }
    assert empty_catalogue.one("select listed_on from core.shows where tmdb_id = 900000002") == []
    assert empty_catalogue.one("select count(*) from core.shows") == 3
    listed(900000001, 900000002, 900000003)
    empty_catalogue.run("import-lists", **lists("77"))
    assert {show: left for show, (_, _, left) in places(empty_catalogue, "77").items()} == {
        900000001: False,
        900000002: False,
        900000003: False,
    }


def test_a_list_that_came_back_empty_removes_nobody_and_fails_the_stage(empty_catalogue, listed):
    listed(900000001, 900000002)
    empty_catalogue.run("import-lists", **lists("77"))
    before = places(empty_catalogue, "77")
    listed()
    report = empty_catalogue.run("import-lists", **lists("77"))
    assert report.status == "failed" and "0 of its 2 shows are left" in report.failures["tmdb list 77"]
    assert places(empty_catalogue, "77") == before


def test_shows_are_imported_by_id_without_any_list(empty_catalogue, upstream):
    report = empty_catalogue.run("import-lists", tmdb_ids=[900000001], imdb_ids=["tt990000002"])
    assert report.failures == {}
    assert upstream.requests.count("/4/list/") == 0
    assert (
        empty_catalogue.rows("select tmdb_id, imdb_id from core.shows order by sort_name")
        == [
            (900000001, "tt990000001"),
            (None, "tt990000002"),
        ]
        or empty_catalogue.one("select count(*) from core.shows") == 2
    )
    empty_catalogue.run("import-lists", imdb_ids=["tt990000003"])
    assert empty_catalogue.one("select count(*) from core.list_items where left_at is not null") == 0


def test_a_show_that_tmdb_does_not_have_is_named_and_the_stage_fails(empty_catalogue):
    report = empty_catalogue.run("import-lists", tmdb_ids=[900000001, 900099999])
    assert report.status == "failed"
    assert "404" in report.failures["TMDb show 900099999"]
    assert empty_catalogue.column("select tmdb_id from core.shows") == [900000001]


def test_an_imdb_id_that_another_show_holds_makes_a_case_and_both_stay(empty_catalogue, upstream):
    empty_catalogue.run("import-lists", tmdb_ids=[900000001])
    upstream.amend("tv/900000002/external_ids", imdb_id="tt990000001")
    report = empty_catalogue.run("import-lists", tmdb_ids=[900000002])
    assert (report.failures, report.ambiguous) == ({}, 1)
    assert empty_catalogue.rows("select tmdb_id, imdb_id from core.shows order by 1") == [
        (900000001, "tt990000001"),
        (900000002, None),
    ]
    (case,) = empty_catalogue.records("select * from ops.match_cases")
    assert (case["reason"], case["status"]) == ("id-owned-by-another", "open")


def test_a_dry_run_changes_nothing_and_tells_the_difference(empty_catalogue, upstream):
    before = empty_catalogue.snapshot()
    report = empty_catalogue.run("import-lists", dry_run=True, **lists(CURATED, csv=IMDB_LIST_CSV))
    assert report.dry_run and report.tables["core.list_items"].inserted == 18
    assert empty_catalogue.snapshot() == before
    assert empty_catalogue.rows("select stage, status, dry_run from ops.runs") == [("import-lists", "completed", True)]
    empty_catalogue.run("import-lists", **lists(CURATED, csv=IMDB_LIST_CSV))
    assert empty_catalogue.reports["import-lists"].tables["core.list_items"].inserted == 18


def test_one_list_that_cannot_be_read_fails_the_stage_and_the_others_are_stored(empty_catalogue, tmp_path):
    broken = tmp_path / "broken.csv"
    broken.write_text("Name,Year\nA,2000\n", encoding="utf-8")
    report = empty_catalogue.run("import-lists", **lists(WATCHING, "404404", csv=broken))
    assert report.status == "failed"
    assert set(report.failures) == {f"IMDb export {broken}", "TMDb list 404404"}
    assert len(places(empty_catalogue, WATCHING)) == 3
    assert empty_catalogue.one("select count(*) from core.lists") == 1


@pytest.mark.parametrize(
    ("row", "problem"),
    [("tt990000001,Glass\x00Hill", "column Title"), ("tt990000001,Glass Hill,3000000000", "column Num Votes")],
)
def test_a_cell_that_no_database_takes_is_told_with_its_place(empty_catalogue, tmp_path, row, problem):
    file = export(tmp_path, "tt990000002,Ladies", row)
    report = empty_catalogue.run("import-lists", **lists(WATCHING, csv=file))
    assert report.status == "failed"
    (told,) = report.failures.values()
    assert f"{file}, line 3, {problem}" in told
    assert len(places(empty_catalogue, WATCHING)) == 3


def test_an_entry_that_the_database_refuses_is_told_and_nothing_is_half_written(empty_catalogue, listed):
    listed(900000001, id=10**12)
    before = empty_catalogue.snapshot()
    report = empty_catalogue.run("import-lists", **lists("77"))
    assert report.status == "failed"
    assert any("the database refuses" in problem for problem in report.failures.values())
    assert empty_catalogue.snapshot() == before
