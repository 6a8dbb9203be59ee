"""Ids in both directions: found, ambiguous, unknown, and owned by another show."""

from typing import Any

from tests.flows.conftest import Catalogue

FOUND, AMBIGUOUS, UNKNOWN = "tt990000011", "tt990000013", "tt990000015"


def ids(catalogue: Catalogue) -> dict[str, int | None]:
    return dict(catalogue.rows("select imdb_id, tmdb_id from core.shows where imdb_id is not null"))


def imported(catalogue: Catalogue, *imdb_ids: str) -> Any:
    from deployments.upstream import IMDB_LIST_CSV
    from flows.import_lists import ListSources

    if not imdb_ids:
        return catalogue.run("import-lists", further={"lists": ListSources(imdb_csv=[str(IMDB_LIST_CSV)])})
    return catalogue.run("import-lists", imdb_ids=list(imdb_ids))


def test_a_show_that_find_knows_gets_its_tmdb_id_and_the_rest_wait_or_stay(empty_catalogue, upstream):
    imported(empty_catalogue)
    report = empty_catalogue.run("resolve-ids")
    assert (report.failures, report.ambiguous, report.done) == ({}, 1, 8)
    assert ids(empty_catalogue) == {
        **{f"tt9900{n:05}": 900000000 + n for n in (1, 2, 3, 6, 10, 11)},
        AMBIGUOUS: None,
        UNKNOWN: None,
    }
    (case,) = empty_catalogue.records("select * from ops.match_cases")
    assert (case["reason"], case["source"], case["status"]) == ("uncertain-hit", "tmdb", "open")
    assert {candidate["value"] for candidate in case["candidates"]} == {"900000013", "900000014"}
    assert all(candidate["name"] and candidate["year"] for candidate in case["candidates"])


def test_what_a_person_has_dismissed_is_not_asked_again(empty_catalogue):
    imported(empty_catalogue)
    empty_catalogue.run("resolve-ids", imdb_ids=[AMBIGUOUS])
    empty_catalogue.change("update ops.match_cases set status = 'dismissed', settled_at = now()")
    case = empty_catalogue.records("select * from ops.match_cases")
    assert len(case) == 1
    empty_catalogue.run("resolve-ids", imdb_ids=[AMBIGUOUS], force=True)
    assert empty_catalogue.records("select * from ops.match_cases") == case


def test_a_show_of_imdb_and_one_of_tmdb_that_turn_out_to_be_one_are_merged(empty_catalogue, upstream):
    empty_catalogue.run("import-lists", tmdb_ids=[900000001])
    empty_catalogue.change(
        "delete from core.external_ids where source = 'imdb' and value = 'tt990000001'",
    )
    empty_catalogue.change("update core.shows set imdb_id = null")
    imported(empty_catalogue, "tt990000001")
    merged = [empty_catalogue.run("resolve-ids", force=True).tables.get("core.merge_log") for _ in range(2)]
    assert merged[0].inserted == 1 and merged[1] is None
    assert (
        empty_catalogue.rows("select kind, merged_by, reason from core.merge_log")
        == [("show", "resolve-ids", "both are tmdb 900000001")]
        or empty_catalogue.one("select reason from core.merge_log") == "both are imdb tt990000001"
    )
    assert empty_catalogue.rows(
        "select s.tmdb_id, s.imdb_id from core.shows s join core.entities e on e.id = s.id where e.merged_into is null"
    ) == [(900000001, "tt990000001")]
    assert empty_catalogue.one("select count(*) from ops.match_cases where status = 'open'") == 0


def test_an_id_of_tmdb_that_a_show_with_another_imdb_id_owns_leaves_both_and_a_case(empty_catalogue, upstream):
    empty_catalogue.run("import-lists", tmdb_ids=[900000001])
    empty_catalogue.change("update core.external_ids set value = 'tt990009999' where source = 'imdb'")
    empty_catalogue.change("update core.shows set imdb_id = 'tt990009999'")
    imported(empty_catalogue, "tt990000001")
    for _ in range(2):
        report = empty_catalogue.run("resolve-ids", force=True)
        assert report.failures == {} and report.ambiguous >= 1
    assert empty_catalogue.one("select count(*) from core.shows") == 2
    assert empty_catalogue.one("select count(*) from core.external_ids where source = 'tmdb'") == 1
    assert empty_catalogue.one("select count(*) from ops.match_cases where status = 'open'") >= 1


def test_an_imdb_id_that_tmdb_learned_later_is_taken(catalogue, upstream):
    upstream.amend("tv/900000012/external_ids", imdb_id="tt990000012")
    assert catalogue.one("select imdb_id from core.shows where tmdb_id = 900000012") is None
    report = catalogue.run("resolve-ids", tmdb_ids=[900000012], force=True)
    assert (report.done, report.failures) == (1, {})
    assert catalogue.one("select imdb_id from core.shows where tmdb_id = 900000012") == "tt990000012"


def test_a_find_that_fails_leaves_the_show_due(empty_catalogue, upstream):
    from flask import Response

    imported(empty_catalogue, FOUND)
    upstream.faults.append(lambda request: Response("<html>", 200) if request.path.startswith("/3/find/") else None)
    report = empty_catalogue.run("resolve-ids")
    assert report.status == "failed" and len(report.failures) == 1
    assert empty_catalogue.rows("select status, last_success_at, next_due_at from ops.sync_state") == [
        ("failed", None, None)
    ]
    upstream.faults.clear()
    assert empty_catalogue.run("resolve-ids").status == "completed"
    assert ids(empty_catalogue)[FOUND] == 900000011
