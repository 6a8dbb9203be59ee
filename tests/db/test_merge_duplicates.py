"""Which two are merged by themselves, which wait for a person, and that a person's no is remembered."""

from typing import Any

import pytest
from sqlalchemy import text

from db.commands.duplicates import merge_duplicates
from db.commands.identity import OWNED_BY_ANOTHER, claim, followed, known
from db.commands.merge import merge
from db.commands.merge.undo import unmerge
from db.derive import derive
from models.entities import Kind
from tests.db import rows as make
from tests.db.rows import touched

IMDB: Any = "imdb"
TMDB: Any = "tmdb"


def show(session: Any, name: str, *, age: int = 0, **ids: str) -> Any:
    """A show made so many days ago, with these ids."""
    made = make.show(session, name)
    session.execute(
        text("update core.entities set created_at = created_at - make_interval(days => :age) where id = :id"),
        {"age": age, "id": made},
    )
    claim(session, Kind.SHOW, {made: ids})
    derive(session, Kind.SHOW, [made])
    return made


def open_cases(session: Any) -> int:
    return session.execute(text("select count(*) from ops.match_cases where status = 'open'")).scalar_one()


def ids_of(session: Any, entity: Any) -> set[tuple[str, str, bool]]:
    rows = session.execute(
        text("select source, value, is_primary from core.external_ids where entity_id = :id"), {"id": entity}
    )
    return {tuple(row) for row in rows}


def test_two_that_share_an_id_and_contradict_each_other_nowhere_are_one(session):
    of_imdb = show(session, "Casa Ficta", imdb="tt1")
    of_tmdb = show(session, "Haus Ficta", age=1, tmdb="2")
    claim(session, Kind.SHOW, {of_tmdb: {IMDB: "tt1"}})

    (made,) = merge_duplicates(session, Kind.SHOW, "test")

    assert followed(session, [of_imdb]) == {of_imdb: of_tmdb}, "the older one stays"
    assert ids_of(session, of_tmdb) == {("imdb", "tt1", True), ("tmdb", "2", True)}
    shown = "select imdb_id, tmdb_id from core.shows where id = :id"
    assert tuple(session.execute(text(shown), {"id": of_tmdb}).one()) == ("tt1", 2)
    assert tuple(session.execute(text(shown), {"id": of_imdb}).one()) == (None, None)
    assert open_cases(session) == 0
    reason = session.execute(text("select reason, merged_by from core.merge_log where id = :id"), {"id": made}).one()
    assert tuple(reason) == ("both are imdb tt1", "test")


def test_of_two_as_old_the_one_with_more_ids_stays(session):
    bare = show(session, "Casa Ficta", imdb="tt1")
    rich = show(session, "Casa Ficta", tmdb="2", tvdb="3", wikidata="Q4")
    claim(session, Kind.SHOW, {rich: {IMDB: "tt1"}})
    assert len(merge_duplicates(session, Kind.SHOW, "test")) == 1
    assert followed(session, [bare]) == {bare: rich}


def test_two_tmdb_ids_with_one_imdb_id_are_one_where_a_name_agrees(session):
    first = show(session, "Les Apprentis d'Été", age=1, tmdb="1", imdb="tt1")
    second = show(session, "les apprentis d ete", tmdb="2")
    claim(session, Kind.SHOW, {second: {IMDB: "tt1"}})
    assert len(merge_duplicates(session, Kind.SHOW, "test")) == 1
    assert ids_of(session, first) == {("tmdb", "1", True), ("tmdb", "2", False), ("imdb", "tt1", True)}
    assert known(session, Kind.SHOW, TMDB, ["1", "2"]) == {"1": first, "2": first}


def test_an_alias_is_a_name_too(session):
    first = show(session, "Summer House", age=1, tmdb="1", imdb="tt1")
    second = show(session, "Casa Estiva", tmdb="2")
    session.execute(
        text("insert into core.aliases (entity_id, source, name) values (:id, 'tmdb', 'Summer  house')"), {"id": second}
    )
    claim(session, Kind.SHOW, {second: {IMDB: "tt1"}})
    assert len(merge_duplicates(session, Kind.SHOW, "test")) == 1
    assert followed(session, [second]) == {second: first}


@pytest.mark.parametrize(
    ("name", "first", "second", "claimed"),
    [
        ("Another name", {"tmdb": "1", "imdb": "tt1"}, {"tmdb": "2"}, {"imdb": "tt1"}),
        ("Casa Ficta", {"tmdb": "1", "imdb": "tt1", "tvdb": "5"}, {"tmdb": "2", "tvdb": "6"}, {"imdb": "tt1"}),
        ("Casa Ficta", {"tmdb": "1", "imdb": "tt1"}, {"imdb": "tt2"}, {"imdb": "tt1"}),
        ("Casa Ficta", {"tmdb": "1", "tvdb": "5"}, {"tmdb": "2"}, {"tvdb": "5"}),
    ],
    ids=["other names", "two TVDB ids", "two IMDb ids", "two TMDb ids and no IMDb id"],
)
def test_two_that_contradict_each_other_wait_for_a_person(session, name, first, second, claimed):
    show(session, "Casa Ficta", **first)
    claimant = show(session, name, **second)
    claim(session, Kind.SHOW, {claimant: claimed})
    assert merge_duplicates(session, Kind.SHOW, "test") == []
    assert open_cases(session) == 1


def test_one_that_claims_ids_of_two_others_waits_for_a_person(session):
    show(session, "Casa Ficta", imdb="tt1")
    show(session, "Casa Ficta", tvdb="5")
    claimant = show(session, "Casa Ficta", tmdb="2")
    claim(session, Kind.SHOW, {claimant: {IMDB: "tt1", "tvdb": "5"}})
    assert merge_duplicates(session, Kind.SHOW, "test") == []
    assert open_cases(session) == 2


def test_people_of_one_name_without_a_shared_id_stay_two(session):
    one, other = make.person(session, "Nemo Fictus"), make.person(session, "Nemo Fictus")
    claim(session, Kind.PERSON, {one: {TMDB: "1"}, other: {IMDB: "nm2"}})
    assert merge_duplicates(session, Kind.PERSON, "test") == []
    assert followed(session, [one, other]) == {}


def contested(session: Any) -> tuple[Any, Any]:
    """Two that would be merged by themselves."""
    older, newer = show(session, "Casa Ficta", age=1, imdb="tt1"), show(session, "Casa Ficta", tmdb="2")
    claim(session, Kind.SHOW, {newer: {IMDB: "tt1"}})
    return older, newer


def test_what_a_person_dismissed_is_not_merged(session):
    older, newer = contested(session)
    session.execute(text("update ops.match_cases set status = 'dismissed', settled_at = now()"))
    # Another source says the same of them, in a case of its own.
    claim(session, Kind.SHOW, {older: {"tvdb": "7"}})
    claim(session, Kind.SHOW, {newer: {"tvdb": "7"}})
    assert open_cases(session) == 1
    assert merge_duplicates(session, Kind.SHOW, "test") == []


def test_what_a_person_parted_is_not_merged_again_and_not_asked_about(session):
    _, newer = contested(session)
    (made,) = merge_duplicates(session, Kind.SHOW, "test")
    unmerge(session, made)

    assert len(claim(session, Kind.SHOW, {newer: {IMDB: "tt1"}})) == 1
    assert merge_duplicates(session, Kind.SHOW, "test") == []
    assert open_cases(session) == 0


def test_a_person_may_change_their_mind(session):
    older, newer = contested(session)
    (made,) = merge_duplicates(session, Kind.SHOW, "test")
    unmerge(session, made)
    again = merge(session, Kind.SHOW, older, newer, "after all", "somebody")
    assert again != made
    assert followed(session, [newer]) == {newer: older}


def test_parted_from_one_they_are_parted_from_what_that_became(session):
    older, newer = contested(session)
    (made,) = merge_duplicates(session, Kind.SHOW, "test")
    unmerge(session, made)
    third = show(session, "Casa Ficta")
    merge(session, Kind.SHOW, third, older, "one", "somebody")
    session.execute(text("update ops.match_cases set status = 'open'"))
    assert merge_duplicates(session, Kind.SHOW, "test") == []
    assert followed(session, [older, newer]) == {older: third}


def test_once_merged_the_same_claims_change_nothing(session):
    older, newer = contested(session)
    merge_duplicates(session, Kind.SHOW, "test")
    with touched(session) as seen:
        assert claim(session, Kind.SHOW, {newer: {TMDB: "2", IMDB: "tt1"}, older: {IMDB: "tt1"}}) == []
        assert merge_duplicates(session, Kind.SHOW, "test") == []
    assert seen.tables == {}


def test_a_chain_of_duplicates_becomes_one(session):
    first = show(session, "Casa Ficta", age=3, imdb="tt1")
    second = show(session, "Casa Ficta", age=2, tmdb="2")
    third = show(session, "Casa Ficta", age=1, tvdb="7")
    claim(session, Kind.SHOW, {second: {IMDB: "tt1"}})
    claim(session, Kind.SHOW, {third: {TMDB: "2"}})
    assert len(merge_duplicates(session, Kind.SHOW, "test")) == 2
    assert followed(session, [second, third]) == {second: first, third: first}
    assert (
        session.execute(text("select count(*) from core.entities where merged_into = :id"), {"id": first}).scalar_one()
        == 2
    )


def test_organisations_are_never_merged_by_themselves(session):
    with pytest.raises(ValueError, match="network"):
        merge_duplicates(session, Kind.NETWORK, "test")


def test_a_case_about_two_that_a_person_merged_is_resolved(session):
    one, other = show(session, "One", tmdb="1", imdb="tt1"), show(session, "Other", tmdb="2")
    claim(session, Kind.SHOW, {other: {IMDB: "tt1"}})
    merge(session, Kind.SHOW, one, other, "renamed", "somebody")
    status = session.execute(
        text("select status from ops.match_cases where reason = :reason"), {"reason": OWNED_BY_ANOTHER}
    )
    assert list(status.scalars()) == ["resolved"]
