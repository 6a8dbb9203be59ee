"""Matching before writing: renumbering moves rows, it makes no phantoms."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from models.rules.matching import Incoming, Stored, match

DAY = date(2020, 1, 1)


def row(number, source_id=None, episode=None, aired=None):
    """A stored row; its id tells which."""
    return Stored(UUID(int=number), source_id, (1, number if episode is None else episode), aired)


def item(source_id, episode, aired=None):
    return Incoming(source_id, (1, episode), aired)


def matched(stored, incoming):
    """Which stored row (by its number) each incoming item is."""
    return {source_id: id_.int for source_id, id_ in match(stored, incoming).items()}


def test_nothing_matches_nothing():
    assert match([], []) == {}
    assert match([], [item("a", 1)]) == {}
    assert match([row(1, "a")], []) == {}


def test_the_id_decides_whatever_number_and_date_say():
    stored = [row(1, "a", aired=DAY), row(2, "b", aired=DAY + timedelta(1))]
    assert matched(stored, [item("a", 2, DAY + timedelta(1)), item("b", 1, DAY)]) == {"a": 1, "b": 2}


def test_two_that_swapped_numbers_keep_their_rows():
    assert matched([row(1, "a"), row(2, "b")], [item("a", 2), item("b", 1)]) == {"a": 1, "b": 2}


def test_a_row_without_the_sources_id_is_known_by_its_number():
    assert matched([row(1), row(2)], [item("b", 2), item("c", 3)]) == {"b": 2}


def test_a_row_that_the_source_knows_by_another_id_is_not_taken_over():
    assert matched([row(1, "a", aired=DAY)], [item("new", 1, DAY)]) == {}


def test_a_date_decides_where_numbers_do_not():
    assert matched([row(1, aired=DAY)], [item("a", 7, DAY)]) == {"a": 1}


def test_a_number_comes_before_a_date():
    stored = [row(1, aired=DAY), row(2, aired=DAY + timedelta(1))]
    assert matched(stored, [item("a", 1, DAY + timedelta(1)), item("b", 9, DAY)]) == {"a": 1}


def test_a_date_that_is_not_unique_decides_nothing():
    assert matched([row(1, aired=DAY), row(2, aired=DAY)], [item("a", 7, DAY)]) == {}
    assert matched([row(1, aired=DAY)], [item("a", 7, DAY), item("b", 8, DAY)]) == {}


def test_a_missing_date_matches_no_missing_date():
    assert matched([row(1)], [item("a", 7)]) == {}


def test_episodes_before_a_dropped_and_after_an_inserted_one_keep_their_rows():
    stored = [row(n, f"id{n}") for n in (1, 2, 3, 4)]
    incoming = [item("new", 1), item("id1", 2), item("id3", 3), item("id4", 4)]
    assert matched(stored, incoming) == {"id1": 1, "id3": 3, "id4": 4}


def test_a_second_season_is_not_the_first():
    stored = [Stored(UUID(int=1), None, (1, 1))]
    assert match(stored, [Incoming("a", (2, 1))]) == {}


IDS = st.sampled_from(["a", "b", "c", "d", "e"])
NUMBERS = st.integers(0, 3)
DATES = st.none() | st.integers(0, 3).map(lambda days: DAY + timedelta(days))
STORED = st.lists(st.tuples(IDS | st.none(), NUMBERS, DATES), max_size=6).map(
    lambda drawn: [
        row(position, source_id if source_id not in [other[0] for other in drawn[:position]] else None, episode, aired)
        for position, (source_id, episode, aired) in enumerate(drawn)
    ]
)
INCOMING = st.lists(st.builds(item, IDS, NUMBERS, DATES), max_size=6)


@given(stored=STORED, incoming=INCOMING)
def test_no_two_incoming_items_are_ever_one_stored_row(stored, incoming):
    found = match(stored, incoming)
    assert len(set(found.values())) == len(found)
    assert set(found) <= {one.source_id for one in incoming}
    rows = {one.id: one for one in stored}
    for source_id, id_ in found.items():
        assert rows[id_].source_id in (None, source_id)
    for one in stored:
        if one.source_id in {listed.source_id for listed in incoming}:
            assert found[one.source_id] == one.id


@given(stored=STORED, incoming=INCOMING.filter(lambda items: len({one.source_id for one in items}) == len(items)))
def test_what_matched_once_matches_the_same_the_next_time(stored, incoming):
    found = match(stored, incoming)
    owner = {id_: source_id for source_id, id_ in found.items()}
    learned = [Stored(one.id, owner.get(one.id, one.source_id), one.number, one.air_date) for one in stored]
    again = match(learned, incoming)
    assert {source_id: again.get(source_id) for source_id in found} == found
