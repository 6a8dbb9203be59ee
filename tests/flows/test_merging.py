"""One person under two of TMDb's ids, and shows that turn out to be one: merged, kept, undone."""

from typing import Any

import pytest

from db.commands.merge import merge
from db.commands.merge.undo import unmerge
from db.session import unit_of_work
from models.entities import Kind
from tests.flows.conftest import LISTS, api

KIT, KATHERINE = 900100010, 900100096
"""The sample's one person under two ids."""
HOUSE, LARKSPUR = 900000001, 900000002


def holder(catalogue: Any, kind: str, tmdb: int) -> Any:
    return catalogue.one(
        "select entity_id from core.external_ids where kind = :kind and source = 'tmdb' and value = :value",
        kind=kind,
        value=str(tmdb),
    )


def lists_of(stage: str) -> dict[str, Any]:
    """What import-lists is told besides the selection."""
    from flows.import_lists import ListSources

    return {"lists": ListSources(tmdb_lists=LISTS.split(","))} if stage == "import-lists" else {}


def people(catalogue: Any, show: int) -> set[int]:
    return {member["person"]["tmdb_id"] for member in catalogue.ask(f"/shows/{catalogue.show(show)}/cast?limit=100")}


def test_one_person_under_two_ids_was_collected_as_one(catalogue, collected):
    person = holder(catalogue, "person", KIT)
    assert holder(catalogue, "person", KATHERINE) == person
    ids = catalogue.rows(
        "select value, is_primary from core.external_ids where entity_id = :id and source = 'tmdb' order by 1",
        id=person,
    )
    assert [value for value, _ in ids] == [str(KIT), str(KATHERINE)] and sum(primary for _, primary in ids) == 1
    ((loser, merged_by),) = catalogue.rows("select loser_id, merged_by from core.merge_log")
    assert merged_by == "people-cast"
    for table, column in (("credits", "person_id"), ("appearances", "person_id"), ("images", "entity_id")):
        assert catalogue.one(f"select count(*) from core.{table} where {column} = :id", id=loser) == 0
    answer = api().get(f"/api/v1/people/{loser}")
    assert (answer.status_code, answer.headers["Location"].rsplit("/", 1)[1]) == (301, str(person))


def test_undone_they_are_two_with_their_credits_and_stay_two(catalogue):
    ((made, loser),) = catalogue.rows("select id, loser_id from core.merge_log")
    with unit_of_work() as session:
        unmerge(session, made)
    assert len({holder(catalogue, "person", KIT), holder(catalogue, "person", KATHERINE)}) == 2
    assert catalogue.one("select count(*) from core.credits where person_id = :id", id=loser) > 0
    assert api().get(f"/api/v1/people/{loser}").status_code == 200
    catalogue.run("people-cast", force=True)
    assert catalogue.one("select count(*) from core.merge_log where undone_at is null") == 0
    assert catalogue.one("select merged_into from core.entities where id = :id", id=loser) is None


def test_a_nightly_run_by_force_makes_no_loser_again_and_writes_nothing(catalogue):
    catalogue.run("people-cast", force=True)
    catalogue.run("images", force=True)
    entities = catalogue.one("select count(*) from core.entities")
    before = catalogue.snapshot()
    for stage in ("import-lists", "resolve-ids", "people-cast", "images"):
        report = catalogue.run(stage, further=lists_of(stage), force=True)
        assert (stage, report.written, report.failures) == (stage, 0, {})
    assert catalogue.snapshot() == before
    assert catalogue.one("select count(*) from core.entities") == entities


def test_asked_by_the_other_id_the_answer_does_not_replace_that_of_the_primary_one(catalogue):
    from flows.people_cast import People

    facts = "select fields from core.facts where source = 'tmdb' and entity_id = :id"
    person = holder(catalogue, "person", KIT)
    before = catalogue.one(facts, id=person)
    for _ in range(2):
        report = catalogue.run("people-cast", further={"people": People(people_ids=[KIT, KATHERINE])}, force=True)
        assert (report.done, report.written, report.failures) == (2, 0, {})
    assert catalogue.one(facts, id=person) == before


@pytest.fixture
def merged_shows(catalogue: Any) -> Any:
    """Two shows of the sample, said to be one; answers what they were."""
    winner, loser = catalogue.show(HOUSE), catalogue.show(LARKSPUR)
    with unit_of_work() as session:
        made = merge(session, Kind.SHOW, winner, loser, "said to be", "test")
    return winner, loser, made


def test_two_shows_become_one_with_the_seasons_and_people_of_both(catalogue):
    ours, theirs = people(catalogue, HOUSE), people(catalogue, LARKSPUR)
    winner, loser = catalogue.show(HOUSE), catalogue.show(LARKSPUR)
    numbers = "select distinct season_number from core.seasons where show_id = any(:shows) and is_listed"
    before = set(catalogue.column(numbers, shows=[winner, loser]))
    seq = catalogue.one("select max(seq) from ops.changes")
    versions = dict(catalogue.rows("select id, version from core.entities where id = any(:ids)", ids=[winner, loser]))
    with unit_of_work() as session:
        merge(session, Kind.SHOW, winner, loser, "said to be", "test")
    assert people(catalogue, HOUSE) == ours | theirs
    assert set(catalogue.column(numbers, shows=[winner])) == before
    assert api().get(f"/api/v1/shows/{loser}").headers["Location"].endswith(str(winner))
    told = set(catalogue.rows("select entity_id, table_name from ops.changes where seq > :seq", seq=seq))
    assert {(loser, "entities"), (loser, "shows"), (winner, "shows"), (winner, "credits")} <= told
    now = dict(catalogue.rows("select id, version from core.entities where id = any(:ids)", ids=[winner, loser]))
    assert all(now[id_] == versions[id_] + 1 for id_ in versions), "an ETag is good for one state only"


def test_merged_shows_survive_the_night_and_lose_nothing(catalogue, merged_shows):
    winner, loser, _ = merged_shows
    listed = "select count(*) from core.episodes where show_id = :id and is_listed"
    episodes = catalogue.one(listed, id=winner)
    for _ in range(2):
        for stage in ("import-lists", "resolve-ids", "show-details", "seasons-episodes", "people-cast", "images"):
            report = catalogue.run(stage, further=lists_of(stage), force=True)
            assert report.failures == {}, stage
    assert catalogue.one(listed, id=winner) == episodes
    assert catalogue.one("select count(*) from core.credits where show_id = :id", id=loser) == 0
    assert [report.written for report in catalogue.reports.values()] == [0] * len(catalogue.reports)


def test_undone_two_shows_are_as_they_were(catalogue):
    compared = ("core.entities", "core.merge_log")
    before = {t: [row[2] for row in rows] for t, rows in catalogue.snapshot().items() if t not in compared}
    with unit_of_work() as session:
        made = merge(session, Kind.SHOW, catalogue.show(HOUSE), catalogue.show(LARKSPUR), "said to be", "test")
    with unit_of_work() as session:
        unmerge(session, made)
    after = {t: [row[2] for row in rows] for t, rows in catalogue.snapshot().items() if t not in compared}
    assert {t: sorted(rows) for t, rows in after.items()} == {t: sorted(rows) for t, rows in before.items()}


def test_a_stage_that_selected_a_show_before_it_was_merged_passes_it_over(catalogue, merged_shows):
    from datetime import UTC, datetime

    from flows.fetching import Fetched
    from flows.selection import Selection, ShowRef
    from flows.show_details import store_details

    _, loser, _ = merged_shows
    before = catalogue.snapshot()
    selected = [ShowRef(loser, str(LARKSPUR), None, "Larkspur")]
    outcome = store_details.fn(selected, Fetched(at=datetime.now(UTC)), Selection(force=True))
    assert (outcome.done, outcome.failures) == (0, {})
    assert catalogue.snapshot() == before
