"""What a person decides about a question of identity."""

from uuid import uuid4

import pytest
from sqlmodel import select

from db.commands.cases import UNSURE, NotOpen, choose, dismiss
from db.commands.identity import OWNED_BY_ANOTHER, open_case
from db.commands.merge import MergeRefused
from models.entities import Entity, Kind
from models.ops import CaseStatus, MatchCase
from models.shows import Show
from tests.db import rows as make

HITS = [{"source": "tmdb", "value": "12", "name": "One"}, {"source": "tmdb", "value": "13", "name": "Other"}]


def the_case(session) -> MatchCase:
    session.expire_all()
    return session.exec(select(MatchCase)).one()


def asked(session, entity, reason=UNSURE, candidates=HITS, kind=Kind.SHOW) -> MatchCase:
    open_case(session, kind, entity, "tmdb", reason, candidates)
    return the_case(session)


def test_a_chosen_hit_gives_the_show_its_id_and_settles_the_case(session):
    show = make.show(session)
    case = asked(session, show)
    assert choose(session, case.id, "tmdb", "13", by="a test") == show
    session.expire_all()
    assert session.get_one(Show, show).tmdb_id == 13
    assert the_case(session).status == CaseStatus.RESOLVED


def test_an_id_that_another_show_has_by_now_opens_the_next_question(session):
    show, owner = make.show(session), make.show(session, "Owner")
    make.external_id(session, Kind.SHOW, owner, "tmdb", "13")
    choose(session, asked(session, show).id, "tmdb", "13", by="a test")
    session.expire_all()
    cases = {case.reason: case for case in session.exec(select(MatchCase)).all()}
    assert cases[UNSURE].status == CaseStatus.RESOLVED
    assert cases[OWNED_BY_ANOTHER].candidates == [{"source": "tmdb", "value": "13", "entity_id": str(owner)}]
    choose(session, cases[OWNED_BY_ANOTHER].id, "tmdb", "13", by="a test")
    session.expire_all()
    assert session.get_one(Entity, show).merged_into == owner
    assert {case.status for case in session.exec(select(MatchCase)).all()} == {CaseStatus.RESOLVED}


def test_a_candidate_that_was_merged_meanwhile_stands_for_what_it_became(session):
    person, other, survivor = (make.person(session, name) for name in ("Nemo", "Nemo", "Nemo"))
    make.merge(session, other, survivor)
    told = [{"source": "tmdb", "value": "7", "entity_id": str(other)}]
    assert (
        choose(session, asked(session, person, OWNED_BY_ANOTHER, told, Kind.PERSON).id, "tmdb", "7", by="x") == survivor
    )
    session.expire_all()
    assert session.get_one(Entity, person).merged_into == survivor


def test_what_cannot_become_one_leaves_the_case_open(session):
    person, show = make.person(session), make.show(session)
    told = [{"source": "tmdb", "value": "7", "entity_id": str(show)}]
    case = asked(session, person, OWNED_BY_ANOTHER, told, Kind.PERSON)
    with pytest.raises(MergeRefused):
        choose(session, case.id, "tmdb", "7", by="x")
    assert the_case(session).status == CaseStatus.OPEN


def test_a_dismissed_case_is_not_asked_again_about_the_same_candidates(session):
    show = make.show(session)
    case = asked(session, show)
    dismiss(session, case.id)
    assert asked(session, show).status == CaseStatus.DISMISSED
    assert session.get_one(Show, show).tmdb_id is None


def test_only_what_is_asked_can_be_answered(session):
    case = asked(session, make.show(session))
    with pytest.raises(NotOpen, match="tmdb 99"):
        choose(session, case.id, "tmdb", "99", by="x")
    with pytest.raises(NotOpen):
        dismiss(session, uuid4())
    dismiss(session, case.id)
    for again in (lambda: dismiss(session, case.id), lambda: choose(session, case.id, "tmdb", "12", by="x")):
        with pytest.raises(NotOpen, match="settled already"):
            again()


def test_a_contradiction_that_no_choice_mends_can_only_be_dismissed(session):
    case = asked(session, make.show(session), "answers-as-another")
    with pytest.raises(NotOpen, match="nothing to choose"):
        choose(session, case.id, "tmdb", "12", by="x")
    dismiss(session, case.id)
    assert the_case(session).status == CaseStatus.DISMISSED
