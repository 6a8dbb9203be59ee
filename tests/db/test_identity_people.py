"""People by IMDb's ids: known, found through TMDb, or new; never by name alone."""

from typing import Any

from sqlalchemy import text

from db.commands.identity import claim, ensure
from db.commands.people import SAME_NAME, people_by_imdb
from models.entities import Kind
from tests.db import rows as make
from tests.db.rows import touched

IMDB: Any = "imdb"
TMDB: Any = "tmdb"


def credit(session: Any, show: Any, person: Any) -> None:
    session.execute(
        text(
            "insert into core.credits (show_id, person_id, source, source_id, category)"
            " values (:show, :person, 'tmdb', gen_random_uuid()::text, 'cast')"
        ),
        {"show": show, "person": person},
    )


def cases(session: Any) -> list[tuple[Any, ...]]:
    rows = session.execute(text("select entity_id, reason, status, candidates from ops.match_cases order by reason"))
    return [tuple(row) for row in rows]


def test_a_known_id_is_its_person_whatever_tmdb_finds(session):
    show, person = make.show(session), make.person(session)
    claim(session, Kind.PERSON, {person: {IMDB: "nm1"}})
    found = people_by_imdb(session, {show: {"nm1": "Another name"}}, {"nm1": "77"})
    assert (found.ids, found.fresh, found.ambiguous) == ({"nm1": person}, set(), 0)


def test_what_tmdb_finds_is_that_person_who_has_the_id_from_then_on(session):
    show, person = make.show(session), make.person(session)
    claim(session, Kind.PERSON, {person: {TMDB: "77"}})
    found = people_by_imdb(session, {show: {"nm1": "Nemo Fictus"}}, {"nm1": "77"})
    assert (found.ids, found.fresh) == ({"nm1": person}, set())
    assert ensure(session, Kind.PERSON, IMDB, ["nm1"]) == {"nm1": person}


def test_somebody_whom_tmdb_finds_and_we_do_not_know_is_new_with_both_ids(session):
    found = people_by_imdb(session, {make.show(session): {"nm1": "Nemo Fictus"}}, {"nm1": "77"})
    (person,) = found.fresh
    assert ensure(session, Kind.PERSON, TMDB, ["77"]) == {"77": person}
    assert ensure(session, Kind.PERSON, IMDB, ["nm1"]) == {"nm1": person} == found.ids


def test_whom_nobody_finds_is_new(session):
    one, other = make.show(session), make.show(session)
    found = people_by_imdb(session, {one: {"nm1": "A", "nm2": "B"}, other: {"nm1": "A"}}, {})
    assert len(found.ids) == len(found.fresh) == 2
    with touched(session) as seen:
        again = people_by_imdb(session, {one: {"nm1": "A", "nm2": "B"}, other: {"nm1": "A"}}, {})
    assert (again.ids, again.fresh, seen.tables) == (found.ids, set(), {})


def test_a_find_that_contradicts_the_imdb_id_we_hold_is_a_case_and_somebody_new(session):
    show, person = make.show(session), make.person(session)
    claim(session, Kind.PERSON, {person: {TMDB: "77", IMDB: "nm9"}})
    found = people_by_imdb(session, {show: {"nm1": "Nemo Fictus"}}, {"nm1": "77"})
    assert found.ids["nm1"] != person
    assert [(entity, reason) for entity, reason, _, _ in cases(session)] == [(found.ids["nm1"], "id-owned-by-another")]
    assert found.ambiguous == 1


def test_of_two_ids_that_tmdb_finds_to_be_one_person_the_first_is(session):
    show, person = make.show(session), make.person(session)
    claim(session, Kind.PERSON, {person: {TMDB: "77"}})
    found = people_by_imdb(session, {show: {"nm1": "Nemo", "nm2": "Nemo"}}, {"nm1": "77", "nm2": "77"})
    assert found.ids["nm1"] == person != found.ids["nm2"]
    assert found.ambiguous == 1


def test_a_namesake_in_the_show_stays_another_and_is_a_question(session):
    show, namesake = make.show(session), make.person(session, "Zoë  Ficta")
    claim(session, Kind.PERSON, {namesake: {TMDB: "5"}})
    credit(session, show, namesake)
    found = people_by_imdb(session, {show: {"nm1": "Zoe Ficta"}}, {})
    assert found.ids["nm1"] != namesake and found.ambiguous == 1
    ((entity, reason, status, candidates),) = cases(session)
    assert (entity, reason, status) == (found.ids["nm1"], SAME_NAME, "open")
    assert candidates == [{"source": "imdb", "value": "nm1", "name": "Zoe Ficta", "entity_id": str(namesake)}]


def test_namesakes_of_whom_both_have_an_imdb_id_are_two_and_no_question(session):
    show, namesake = make.show(session), make.person(session, "Zoe Ficta")
    claim(session, Kind.PERSON, {namesake: {IMDB: "nm5"}})
    credit(session, show, namesake)
    assert people_by_imdb(session, {show: {"nm1": "Zoe Ficta"}}, {}).ambiguous == 0
    assert cases(session) == []


def test_a_namesake_in_another_show_is_no_question(session):
    show, other, namesake = make.show(session), make.show(session), make.person(session, "Zoe Ficta")
    credit(session, other, namesake)
    assert people_by_imdb(session, {show: {"nm1": "Zoe Ficta"}}, {}).ambiguous == 0


def test_a_question_about_a_namesake_resolves_itself_when_an_id_tells(session):
    show, namesake = make.show(session), make.person(session, "Zoe Ficta")
    credit(session, show, namesake)
    people_by_imdb(session, {show: {"nm1": "Zoe Ficta"}}, {})
    claim(session, Kind.PERSON, {namesake: {IMDB: "nm2"}})
    people_by_imdb(session, {show: {"nm1": "Zoe Ficta"}}, {})
    assert [status for _, _, status, _ in cases(session)] == ["resolved"]
