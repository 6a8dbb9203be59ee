"""Source records: what upstreams answered, and whether it is to be asked again."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from db import records
from db.bulk import Counts
from db.records import Record, RecordKey, Wanted
from db.session import read, transaction
from tests.db.rows import touched

NOW = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
DAY = timedelta(days=1)
ONE, TWO, THREE = (RecordKey("tmdb", "show", ref) for ref in "123")


def answer(key=ONE, body=None, at=NOW, **columns):
    return Record(key, body or {"id": 1}, at, at + DAY, **columns)


def loaded(session, *keys):
    return records.load(session, keys or [ONE])


def test_an_answer_comes_back_as_it_was_given(session):
    body = {"name": "Étoile 🦩", "list": [1, 2.5, None, True], "deep": {"a": {"b": []}}, "quote": '" \\ \n \\u0041'}
    given = answer(body=body, etag='W/"x"')
    absent = answer(TWO, {"not_found": "no such show"}, status=404)

    assert records.save(session, [given, absent]) == Counts(inserted=2)

    found = loaded(session, ONE, TWO, THREE)
    assert found.keys() == {ONE, TWO}
    one = found[ONE]
    assert (one.body, one.fetched_at, one.expires_at, one.etag, one.status) == (body, NOW, NOW + DAY, 'W/"x"', 200)
    assert (found[TWO].status, found[TWO].etag) == (404, None)
    assert records.load(session.connection(), []) == {}


def test_text_that_postgresql_cannot_hold_is_left_out_when_an_answer_is_read(session):
    strange = {"a": "nought\0nought", "b": "half a pair \ud83d.", "c": "\\u0000 in words", "d": "\\\0"}
    records.save(session, [answer(body=strange)])
    body = loaded(session)[ONE].body
    assert body["a"] == "noughtnought"
    assert body["b"].startswith("half a pair ") and body["b"].endswith(".") and body["b"].encode()
    assert (body["c"], body["d"]) == ("\\u0000 in words", "\\")


def test_a_newer_answer_replaces_the_one_before(session):
    records.save(session, [answer(body={"v": 1}, etag="a"), answer(TWO)])
    assert records.save(session, [answer(body={"v": 2}, at=NOW + DAY)]) == Counts(updated=1)
    one = loaded(session)[ONE]
    assert (one.body, one.fetched_at, one.expires_at, one.etag) == ({"v": 2}, NOW + DAY, NOW + 2 * DAY, None)
    assert loaded(session, TWO)[TWO].fetched_at == NOW


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_answers_saved_at_once_the_newest_wins(session, first):
    both = [answer(body={"v": "old"}, at=NOW - DAY), answer(body={"v": "new"}, at=NOW)]
    assert records.save(session, [both[first], both[1 - first]]) == Counts(inserted=1)
    assert loaded(session)[ONE].body == {"v": "new"}


def test_an_answer_that_says_the_same_moves_its_times_and_not_its_change(session):
    records.save(session, [answer(body={"v": 1})])
    session.execute(text("update ops.source_records set changed_at = :then"), {"then": NOW - DAY})

    assert records.save(session, [answer(body={"v": 1}, at=NOW + DAY, etag="b")]) == Counts(unchanged=1)

    one = loaded(session)[ONE]
    assert (one.fetched_at, one.expires_at, one.etag) == (NOW + DAY, NOW + 2 * DAY, "b")
    assert records.changed_at(session, [ONE, TWO]) == {ONE: NOW - DAY}
    assert records.expiry(session, [ONE, TWO]) == {ONE: NOW + 2 * DAY}
    records.save(session, [answer(body={"v": 2}, at=NOW + DAY)])
    assert records.changed_at(session, [ONE])[ONE] > NOW - 5 * 365 * DAY
    assert loaded(session)[ONE].changed_at != NOW - DAY


def test_the_very_same_answer_again_touches_nothing(session):
    records.save(session, [answer(etag="a"), answer(TWO)])
    with touched(session) as seen:
        assert records.save(session, [answer(etag="a"), answer(TWO)]) == Counts(unchanged=2)
        assert records.save(session, []) == Counts()
    assert seen.tables == {}


def test_what_was_found_missing_and_is_there_now_is_a_change(session):
    records.save(session, [answer(body={"same": 1}, status=404)])
    assert records.save(session, [answer(body={"same": 1}, status=200)]) == Counts(updated=1)
    assert loaded(session)[ONE].status == 200


def test_what_is_missing_and_what_fell_due_is_wanted_in_the_order_of_asking(session):
    four, five = RecordKey("tmdb", "season", "1/1"), RecordKey("imdb", "show", "1")
    records.save(session, [answer(ONE, at=NOW - 2 * DAY), answer(TWO, at=NOW - DAY), answer(THREE, at=NOW)])
    asked = [five, THREE, TWO, four, ONE]
    assert records.wanted(session.connection(), asked, now=NOW) == Wanted([five, four], [TWO, ONE])
    assert records.wanted(session.connection(), [], now=NOW) == Wanted([], [])


def test_records_expire_because_something_says_they_changed(session):
    later = datetime.now(UTC) + DAY
    records.save(session, [answer(key, at=later) for key in (ONE, TWO, THREE)])
    assert records.expire(session, [ONE, RecordKey("tmdb", "show", "unknown")]) == 1
    assert records.expire(session, [ONE]) == 0
    assert records.expire(session, [TWO], before=later) == 0
    assert records.expire(session, [TWO], before=later + DAY) == 1
    assert records.expire(session, []) == 0
    assert records.wanted(session.connection(), [ONE, TWO, THREE], now=datetime.now(UTC)).due == [ONE, TWO]


def test_two_that_save_the_same_answers_at_once_both_succeed(database):
    """Stages that run side by side ask for the same bundles."""
    problems, began = [], threading.Event()

    def second():
        began.set()
        try:
            with transaction() as session:
                records.save(session, [answer(TWO, {"v": 2}), answer(ONE, {"v": 2})])
        except Exception as error:
            problems.append(error)

    other = threading.Thread(target=second)
    with transaction() as session:
        records.save(session, [answer(ONE, {"v": 1}), answer(TWO, {"v": 1})])
        other.start()
        began.wait(60)
        _wait_until_somebody_waits()
    other.join(60)
    assert problems == []
    with read() as connection:
        assert {key: record.body for key, record in records.load(connection, [ONE, TWO]).items()} == {
            ONE: {"v": 2},
            TWO: {"v": 2},
        }


def _wait_until_somebody_waits():
    waiting = text(
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    )
    for _ in range(12_000):
        with read() as connection:
            if connection.execute(waiting).scalar_one():
                return
        threading.Event().wait(0.005)
    pytest.fail("the second never came to wait for the first")
