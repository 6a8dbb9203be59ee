"""Sync state: a failure never erases a success."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlmodel import select

from db import sync_state
from models.ops import Resource, SyncState
from tests.db import rows as make

DUE = datetime(2031, 2, 3, 4, 5, tzinfo=UTC)


def state(session, entity_id, resource=Resource.IMAGES):
    session.expire_all()
    return session.get_one(SyncState, (resource, entity_id))


def an_hour_passes(session):
    """Move what is stored into the past: within one transaction, the database's now() stands still."""
    session.execute(
        text(
            "update ops.sync_state set last_attempt_at = last_attempt_at - interval '1 hour',"
            " last_success_at = last_success_at - interval '1 hour'"
        )
    )


def test_a_success_says_when_the_next_is_due(session):
    show = make.entity(session)
    sync_state.succeeded(session, Resource.IMAGES, {show: DUE})
    row = state(session, show)
    assert (row.status, row.next_due_at, row.last_error) == ("success", DUE, None)
    assert row.last_success_at == row.last_attempt_at is not None


def test_a_failure_keeps_the_last_success_and_makes_it_due(session):
    show = make.entity(session)
    sync_state.succeeded(session, Resource.IMAGES, {show: DUE})
    an_hour_passes(session)
    success = state(session, show).last_success_at

    sync_state.failed(session, Resource.IMAGES, {show: "it rained"})

    row = state(session, show)
    assert (row.status, row.last_error, row.next_due_at) == ("failed", "it rained", None)
    assert row.last_success_at == success
    assert row.last_attempt_at - success == timedelta(hours=1)


def test_a_success_after_a_failure_forgets_the_error(session):
    show = make.entity(session)
    sync_state.failed(session, Resource.IMAGES, {show: "it rained"})
    assert state(session, show).last_success_at is None
    sync_state.succeeded(session, Resource.IMAGES, {show: None})
    row = state(session, show)
    assert (row.status, row.last_error, row.next_due_at) == ("success", None, None)
    assert row.last_success_at is not None


def test_a_long_error_is_cut(session):
    show = make.entity(session)
    sync_state.failed(session, Resource.IMAGES, {show: "é" * 5000})
    assert state(session, show).last_error == "é" * 1000


def test_each_entity_and_each_resource_stands_for_itself(session):
    one, two, three = (make.entity(session) for _ in range(3))
    sync_state.succeeded(session, Resource.IMAGES, {one: DUE, two: None})
    sync_state.failed(session, Resource.IMAGES, {three: "three"})
    sync_state.failed(session, Resource.IDS, {one: "ids"})
    rows = session.exec(select(SyncState.entity_id, SyncState.resource, SyncState.status)).all()
    assert set(rows) == {
        (one, "images", "success"), (two, "images", "success"), (three, "images", "failed"), (one, "ids", "failed"),
    }  # fmt: skip


def test_nothing_is_said_of_nobody(session):
    sync_state.succeeded(session, Resource.IMAGES, {})
    sync_state.failed(session, Resource.IMAGES, {})
    assert session.exec(select(SyncState)).all() == []
