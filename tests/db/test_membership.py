"""Lists and who stands on them."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlmodel import select

from db.bulk import Counts
from db.commands.membership import put_items, put_list
from models.lists import ListItem, ShowList
from tests.db import rows as make
from tests.db.rows import touched


@pytest.fixture
def shelf(session):
    """A list."""
    return put_list(session, "tmdb", "7", "Shelf", None)


def place(list_id, show_id, rank=None, note=None):
    return {"list_id": list_id, "show_id": show_id, "rank": rank, "note": note, "left_at": None}


def standing(session, list_id):
    return set(
        session.execute(
            text("select show_id from core.list_items where list_id = :list and left_at is null"), {"list": list_id}
        ).scalars()
    )


def test_a_list_keeps_its_id_when_it_changes_its_name(session, shelf):
    assert put_list(session, "tmdb", "7", "Renamed", "Described") == shelf
    stored = session.exec(select(ShowList)).one()
    assert (stored.name, stored.description) == ("Renamed", "Described")
    with touched(session) as seen:
        put_list(session, "tmdb", "7", "Renamed", "Described")
    assert seen.tables == {}


def test_lists_of_two_sources_share_an_id(session, shelf):
    assert put_list(session, "imdb", "7", None, None) != shelf


def test_who_is_not_on_a_whole_list_has_left_it_and_keeps_the_place(session, shelf):
    stays, goes = make.show(session), make.show(session)
    put_items(session, shelf, [place(shelf, stays, 1), place(shelf, goes, 2, "a note")], whole=True)

    counts, problem = put_items(session, shelf, [place(shelf, stays, 1)], whole=True)

    assert (counts, problem) == (Counts(removed=1, unchanged=1), None)
    assert standing(session, shelf) == {stays}
    left = session.get_one(ListItem, (shelf, goes))
    assert left.left_at is not None and (left.rank, left.note) == (2, "a note")


def test_the_same_list_again_touches_nothing_also_not_who_left_before(session, shelf):
    stays, goes = make.show(session), make.show(session)
    put_items(session, shelf, [place(shelf, stays), place(shelf, goes)], whole=True)
    put_items(session, shelf, [place(shelf, stays)], whole=True)
    with touched(session) as seen:
        assert put_items(session, shelf, [place(shelf, stays)], whole=True) == (Counts(unchanged=1), None)
    assert seen.tables == {}


def test_who_returns_stands_there_since_the_first_time(session, shelf):
    stays, returns = make.show(session), make.show(session)
    both, first_time = [place(shelf, stays, 1), place(shelf, returns, 2)], datetime(2001, 1, 1, tzinfo=UTC)
    put_items(session, shelf, both, whole=True)
    session.execute(text("update core.list_items set added_at = :then"), {"then": first_time})
    put_items(session, shelf, both[:1], whole=True)

    counts, _ = put_items(session, shelf, [both[0], place(shelf, returns, 9)], whole=True)

    assert counts == Counts(updated=1, unchanged=1)
    back = session.get_one(ListItem, (shelf, returns))
    assert (back.left_at, back.rank, back.added_at) == (None, 9, first_time)


def test_an_empty_answer_removes_nobody_and_is_reported(session, shelf):
    shows = {make.show(session), make.show(session)}
    put_items(session, shelf, [place(shelf, show) for show in shows], whole=True)
    counts, problem = put_items(session, shelf, [], whole=True)
    assert counts == Counts()
    assert problem is not None and "2 shows" in problem
    assert standing(session, shelf) == shows


def test_an_empty_list_that_was_always_empty_is_no_problem(session, shelf):
    assert put_items(session, shelf, [], whole=True) == (Counts(), None)


def test_a_part_of_a_list_takes_nobody_off_it(session, shelf):
    first, second = make.show(session), make.show(session)
    put_items(session, shelf, [place(shelf, first)], whole=False)
    assert put_items(session, shelf, [place(shelf, second)], whole=False) == (Counts(inserted=1), None)
    assert put_items(session, shelf, [], whole=False) == (Counts(), None)
    assert standing(session, shelf) == {first, second}


def test_leaving_one_list_says_nothing_about_another(session, shelf):
    show, other = make.show(session), put_list(session, "imdb", "ls1", None, None)
    newcomer = make.show(session)
    for list_id in (shelf, other):
        put_items(session, list_id, [place(list_id, show)], whole=True)
    put_items(session, shelf, [place(shelf, newcomer)], whole=True)
    assert (standing(session, shelf), standing(session, other)) == ({newcomer}, {show})


def test_a_list_that_lost_too_much_at_once_keeps_everybody_unless_that_is_allowed(session, shelf):
    shows = [make.show(session) for _ in range(10)]
    places = [place(shelf, show) for show in shows]
    put_items(session, shelf, places, whole=True)

    counts, problem = put_items(session, shelf, places[:6], whole=True)
    assert (counts.removed, standing(session, shelf)) == (0, set(shows))
    assert problem is not None and "6 of its 10 shows" in problem

    assert put_items(session, shelf, places[:7], whole=True) == (Counts(removed=3, unchanged=7), None)
    assert put_items(session, shelf, [], whole=True, allow_shrink=True) == (Counts(removed=7), None)
    assert standing(session, shelf) == set()
