"""Who is who: known, made, claimed, contested."""

from typing import Any
from uuid import uuid4

from sqlalchemy import text
from sqlmodel import select

from db.bulk import Counts
from db.commands.identity import OWNED_BY_ANOTHER, Conflict, claim, ensure, known, open_case, settle_cases
from models.entities import Entity, ExternalId, IdSource, Kind
from models.ops import MatchCase
from tests.db import rows as make
from tests.db.rows import touched

IMDB: Any = IdSource.IMDB
TMDB: Any = IdSource.TMDB


def ids_of(session, entity_id):
    """An entity's ids as {source: (primary, [others])}."""
    session.expire_all()
    held = session.exec(select(ExternalId).where(ExternalId.entity_id == entity_id).order_by(ExternalId.value)).all()
    return {
        source: (
            next((x.value for x in held if x.source == source and x.is_primary), None),
            [x.value for x in held if x.source == source and not x.is_primary],
        )
        for source in {x.source for x in held}
    }


def cases(session):
    session.expire_all()
    return {(c.entity_id, c.source, c.reason): c for c in session.exec(select(MatchCase)).all()}


def case_of(session, entity_id, source=IMDB, reason=OWNED_BY_ANOTHER):
    return cases(session)[entity_id, source, reason]


def test_ids_lead_to_their_entities_and_unknown_ones_to_none(session):
    show = make.entity(session)
    make.external_id(session, Kind.SHOW, show, "tmdb", "1")
    assert known(session, Kind.SHOW, TMDB, ["1", "2"]) == {"1": show}
    assert known(session, Kind.SHOW, IMDB, ["1"]) == {}
    assert known(session, Kind.PERSON, TMDB, ["1"]) == {}
    assert known(session, Kind.SHOW, TMDB, []) == {}


def test_ids_of_a_merged_entity_lead_to_what_it_became(session):
    loser, winner = make.entity(session), make.entity(session)
    make.external_id(session, Kind.SHOW, loser, "tmdb", "1")
    make.merge(session, loser, winner)
    assert known(session, Kind.SHOW, TMDB, ["1"]) == {"1": winner}
    assert ensure(session, Kind.SHOW, TMDB, ["1"]) == {"1": winner}


def test_ensure_makes_what_is_missing_once(session):
    person = make.entity(session, Kind.PERSON)
    make.external_id(session, Kind.PERSON, person, "tmdb", "1")

    found = ensure(session, Kind.PERSON, TMDB, ["1", "2", "2", "3"])

    assert found["1"] == person
    assert len(set(found.values())) == 3
    assert set(session.exec(select(Entity.kind)).all()) == {"person"}
    with touched(session) as seen:
        assert ensure(session, Kind.PERSON, TMDB, ["3", "2", "1"]) == found
    assert seen.tables == {}


def test_one_value_names_a_show_and_a_person(session):
    show = ensure(session, Kind.SHOW, TMDB, ["7"])["7"]
    person = ensure(session, Kind.PERSON, TMDB, ["7"])["7"]
    assert show != person
    assert known(session, Kind.SHOW, TMDB, ["7"]) == {"7": show}


def test_a_free_id_is_taken_and_taking_it_again_touches_nothing(session):
    show = make.entity(session)
    assert claim(session, Kind.SHOW, {show: {TMDB: "1", IMDB: "tt1"}}) == []
    assert ids_of(session, show) == {"tmdb": ("1", []), "imdb": ("tt1", [])}
    with touched(session) as seen:
        assert claim(session, Kind.SHOW, {show: {TMDB: "1", IMDB: "tt1"}}) == []
    assert seen.tables == {}


def test_no_claims_are_no_conflicts(session):
    assert claim(session, Kind.SHOW, {}) == []
    assert claim(session, Kind.SHOW, {make.entity(session): {}}) == []


def test_an_id_that_another_owns_is_a_case_and_stays_where_it_is(session):
    owner, claimant = make.entity(session), make.entity(session)
    claim(session, Kind.SHOW, {owner: {IMDB: "tt1"}})

    conflicts = claim(session, Kind.SHOW, {claimant: {IMDB: "tt1", TMDB: "2"}})

    assert conflicts == [Conflict(claimant, owner, "imdb", "tt1")]
    assert ids_of(session, owner) == {"imdb": ("tt1", [])}
    assert ids_of(session, claimant) == {"tmdb": ("2", [])}
    case = case_of(session, claimant)
    assert (case.kind, case.status) == ("show", "open")
    assert case.candidates == [{"source": "imdb", "value": "tt1", "entity_id": str(owner)}]


def test_the_same_conflict_again_touches_nothing(session):
    owner, claimant = make.entity(session), make.entity(session)
    claims = {owner: {IMDB: "tt1"}, claimant: {IMDB: "tt1"}}
    first = claim(session, Kind.SHOW, claims)
    with touched(session) as seen:
        assert claim(session, Kind.SHOW, claims) == first
    assert seen.tables == {}


def test_of_two_that_claim_one_id_at_once_the_first_gets_it(session):
    first, second = make.entity(session), make.entity(session)
    conflicts = claim(session, Kind.SHOW, {first: {IMDB: "tt1"}, second: {IMDB: "tt1"}})
    assert conflicts == [Conflict(second, first, "imdb", "tt1")]
    assert ids_of(session, first) == {"imdb": ("tt1", [])}
    assert ids_of(session, second) == {}
    assert list(cases(session)) == [(second, "imdb", OWNED_BY_ANOTHER)]


def test_two_that_swapped_their_ids_are_two_cases_and_keep_them(session):
    one, other = make.entity(session), make.entity(session)
    claim(session, Kind.SHOW, {one: {IMDB: "tt1"}, other: {IMDB: "tt2"}})
    assert len(claim(session, Kind.SHOW, {one: {IMDB: "tt2"}, other: {IMDB: "tt1"}})) == 2
    assert (ids_of(session, one), ids_of(session, other)) == ({"imdb": ("tt1", [])}, {"imdb": ("tt2", [])})


def test_what_a_conflict_wanted_costs_the_claimant_none_of_its_own_ids(session):
    owner, claimant = make.entity(session), make.entity(session)
    claim(session, Kind.SHOW, {owner: {IMDB: "tt1"}, claimant: {IMDB: "tt2"}})
    claim(session, Kind.SHOW, {claimant: {IMDB: "tt1"}})
    assert ids_of(session, claimant) == {"imdb": ("tt2", [])}


def test_the_newest_id_of_a_source_is_the_primary_one(session):
    show = make.entity(session)
    for value in ("tt1", "tt2", "tt1", "tt3"):
        claim(session, Kind.SHOW, {show: {IMDB: value, TMDB: "1"}})
    assert ids_of(session, show) == {"imdb": ("tt3", ["tt1", "tt2"]), "tmdb": ("1", [])}


def test_a_merged_entitys_id_is_claimed_by_what_it_became(session):
    loser, winner = make.entity(session), make.entity(session)
    claim(session, Kind.SHOW, {loser: {IMDB: "tt1"}, winner: {IMDB: "tt2"}})
    make.merge(session, loser, winner)

    assert claim(session, Kind.SHOW, {winner: {IMDB: "tt1"}}) == []

    assert ids_of(session, winner) == {"imdb": ("tt1", ["tt2"])}
    assert ids_of(session, loser) == {}


def test_what_a_merged_entity_claims_goes_to_what_it_became(session):
    loser, winner = make.entity(session), make.entity(session)
    claim(session, Kind.SHOW, {winner: {IMDB: "tt1"}})
    make.merge(session, loser, winner)

    assert claim(session, Kind.SHOW, {loser: {IMDB: "tt1", TMDB: "5"}}) == []

    assert ids_of(session, winner) == {"imdb": ("tt1", []), "tmdb": ("5", [])}
    assert ids_of(session, loser) == {}
    assert cases(session) == {}


def test_a_claim_that_no_longer_contradicts_settles_its_case(session):
    owner, claimant, other = make.entity(session), make.entity(session), make.entity(session)
    claim(session, Kind.SHOW, {owner: {IMDB: "tt1"}})
    claim(session, Kind.SHOW, {claimant: {IMDB: "tt1"}, other: {IMDB: "tt1"}})

    claim(session, Kind.SHOW, {claimant: {IMDB: "tt9"}})

    settled = case_of(session, claimant)
    assert settled.status == "resolved" and settled.settled_at is not None
    assert case_of(session, other).status == "open"


def test_a_contradiction_that_comes_back_opens_its_case_again(session):
    owner, claimant = make.entity(session), make.entity(session)
    claim(session, Kind.SHOW, {owner: {IMDB: "tt1"}})
    for value in ("tt1", "tt9", "tt1"):
        claim(session, Kind.SHOW, {claimant: {IMDB: value}})
    case = case_of(session, claimant)
    assert (case.status, case.settled_at) == ("open", None)


CANDIDATES = [{"source": "tmdb", "value": "1", "name": "One"}, {"source": "tmdb", "value": "2", "name": "Two"}]


def dismiss(session):
    session.execute(text("update ops.match_cases set status = 'dismissed', settled_at = now()"))


def test_a_dismissed_case_is_not_asked_again_about_the_same_candidates(session):
    show = make.entity(session)
    assert open_case(session, Kind.SHOW, show, "tmdb", "unsure", CANDIDATES) == Counts(inserted=1)
    dismiss(session)
    with touched(session) as seen:
        assert open_case(session, Kind.SHOW, show, "tmdb", "unsure", CANDIDATES) == Counts(unchanged=1)
        renamed = [CANDIDATES[1] | {"name": "Zwei"}, CANDIDATES[0]]
        assert open_case(session, Kind.SHOW, show, "tmdb", "unsure", renamed) == Counts(unchanged=1)
    assert seen.tables == {}


def test_a_dismissed_case_is_asked_again_when_a_candidate_is_new(session):
    show = make.entity(session)
    open_case(session, Kind.SHOW, show, "tmdb", "unsure", CANDIDATES[:1])
    dismiss(session)
    assert open_case(session, Kind.SHOW, show, "tmdb", "unsure", CANDIDATES) == Counts(updated=1)
    case = case_of(session, show, TMDB, "unsure")
    assert (case.status, case.settled_at, case.candidates) == ("open", None, CANDIDATES)


def test_an_open_case_shows_the_newest_candidates(session):
    show = make.entity(session)
    open_case(session, Kind.SHOW, show, "tmdb", "unsure", CANDIDATES[:1])
    open_case(session, Kind.SHOW, show, "tmdb", "unsure", CANDIDATES)
    assert len(cases(session)) == 1
    assert case_of(session, show, TMDB, "unsure").candidates == CANDIDATES


def test_settling_concerns_only_the_questions_that_are_named(session):
    one, other = make.entity(session), make.entity(session)
    for show in (one, other):
        for source in ("tmdb", "imdb"):
            open_case(session, Kind.SHOW, show, source, "unsure", CANDIDATES)
    open_case(session, Kind.SHOW, one, "tmdb", "another reason", CANDIDATES)

    settle_cases(session, [(one, "tmdb"), (uuid4(), "tmdb")], "unsure")

    settled = [key for key, case in cases(session).items() if case.status == "resolved"]
    assert settled == [(one, "tmdb", "unsure")]
    settle_cases(session, [], "unsure")


def test_of_two_ids_claimed_for_one_entity_by_its_merged_half_its_own_is_primary(session):
    loser, winner = make.entity(session), make.entity(session)
    make.merge(session, loser, winner)
    claims = {loser: {IMDB: "tt1"}, winner: {IMDB: "tt2"}}
    assert claim(session, Kind.SHOW, claims) == []
    assert ids_of(session, winner) == {"imdb": ("tt2", ["tt1"])}
    with touched(session) as seen:
        claim(session, Kind.SHOW, claims)
    assert seen.tables == {}
