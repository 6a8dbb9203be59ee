"""Episode numbers: unique among what is listed, checked when a transaction ends."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from db.bulk import Counts, write
from db.commands.listing import list_again, unlist
from models.entities import Entity
from models.shows import Episode, Season
from tests.db import rows as make
from tests.db.rows import touched


@pytest.fixture
def season(session):
    """A season of a show, as (show, season)."""
    show = make.show(session)
    return show, make.season(session, show, 1)


def episode(session, season, number):
    show_id, season_id = season
    return make.episode(session, show_id, season_id, number)


def at_commit(session):
    """Check what a commit would."""
    session.execute(text("set constraints all immediate"))
    session.execute(text("set constraints all deferred"))


def numbers(session):
    return dict(session.execute(text("select id, episode_number from core.episodes where is_listed")).all())


def test_two_listed_episodes_of_one_number_are_refused_at_commit(session, season):
    episode(session, season, 1)
    episode(session, season, 1)
    with pytest.raises(IntegrityError, match="ex_episodes_number"):
        session.commit()


def test_two_listed_seasons_of_one_number_are_refused_at_commit(session, season):
    show, _ = season
    make.season(session, show, 1)
    with pytest.raises(IntegrityError, match="ex_seasons_number"):
        session.commit()


def test_episodes_swap_their_numbers_in_one_transaction(session, season):
    one, two = episode(session, season, 1), episode(session, season, 2)
    at_commit(session)
    swapped = [{"id": one, "episode_number": 2}, {"id": two, "episode_number": 1}]
    show_id, season_id = season
    rows = [{"show_id": show_id, "season_id": season_id, **row} for row in swapped]
    assert write(session, Episode, rows) == Counts(updated=2)
    at_commit(session)
    assert numbers(session) == {one: 2, two: 1}


def test_one_number_in_two_seasons_and_number_nought_are_ordinary(session, season):
    show, first = season
    specials = make.season(session, show, 0)
    for parent in (first, specials):
        make.episode(session, show, parent, 0)
    at_commit(session)


def test_an_episode_belongs_to_the_show_of_its_season(session, season):
    other = make.show(session)
    with pytest.raises(Exception, match="fk_episodes_season_id_show_id"):
        make.episode(session, other, season[1], 1)


def test_what_is_listed_no_more_frees_its_number_and_keeps_its_row(session, season):
    gone = episode(session, season, 1)
    assert unlist(session, Episode, [gone]) == Counts(removed=1)
    new = episode(session, season, 1)
    at_commit(session)
    assert numbers(session) == {new: 1}
    row, entity = session.get_one(Episode, gone), session.get_one(Entity, gone)
    assert (row.is_listed, row.episode_number) == (False, 1)
    assert entity.removed_at is not None


def test_unlisting_again_touches_nothing_and_keeps_the_day_of_removal(session, season):
    gone = episode(session, season, 1)
    unlist(session, Episode, [gone])
    with touched(session) as seen:
        assert unlist(session, Episode, [gone]) == Counts()
    assert seen.tables == {}


def test_what_comes_back_is_listed_again(session, season):
    gone = episode(session, season, 1)
    unlist(session, Episode, [gone])
    assert list_again(session, Episode, [gone]) == Counts(updated=1)
    assert numbers(session) == {gone: 1}
    assert session.exec(select(Entity.removed_at).where(Entity.id == gone)).one() is None
    with touched(session) as seen:
        assert list_again(session, Episode, [gone]) == Counts()
    assert seen.tables == {}


def test_what_comes_back_to_a_taken_number_is_refused_by_name(session, season):
    gone = episode(session, season, 1)
    unlist(session, Episode, [gone])
    episode(session, season, 1)
    at_commit(session)
    list_again(session, Episode, [gone])
    with pytest.raises(IntegrityError, match=r"ex_episodes_number[\s\S]*episode_number"):
        session.commit()


def test_seasons_are_unlisted_and_come_back_alike(session, season):
    _, season_id = season
    assert unlist(session, Season, [season_id]) == Counts(removed=1)
    assert session.exec(select(Season.is_listed)).one() is False
    assert list_again(session, Season, [season_id]) == Counts(updated=1)
    assert session.exec(select(Season.is_listed)).one() is True


def test_nothing_is_unlisted_and_nothing_comes_back_where_nothing_is_named(session, season):
    episode(session, season, 1)
    with touched(session) as seen:
        assert unlist(session, Episode, []) == Counts()
        assert list_again(session, Episode, []) == Counts()
    assert seen.tables == {}
