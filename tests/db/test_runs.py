"""Runs: what was started, and what it reported."""

from uuid import uuid4

from sqlalchemy import text
from sqlmodel import Session, select

from db import runs
from db.session import engine, read
from models.ops import Run, RunStatus


def run(id_):
    with Session(engine()) as session:
        return session.exec(select(Run).where(Run.id == id_)).one()


def test_runs_keep_their_parameters_reports_and_parents(database):
    flow_run = uuid4()
    parent = runs.start("pipeline", parameters={"limit": 3}, dry_run=True, flow_run_id=flow_run)
    assert run(parent).status == RunStatus.RUNNING
    assert (run(parent).parameters, run(parent).dry_run, run(parent).finished_at) == ({"limit": 3}, True, None)

    child = runs.start("images", parameters={}, dry_run=False, parent_flow_run_id=flow_run)
    stray = runs.start("images", parameters={}, dry_run=False, parent_flow_run_id=uuid4())
    assert (run(child).parent_id, run(stray).parent_id) == (parent, None)

    runs.finish(child, RunStatus.FAILED, {"failures": {"a": "it rained"}})
    ended = run(child)
    assert (ended.status, ended.report) == ("failed", {"failures": {"a": "it rained"}})
    assert ended.finished_at >= ended.started_at
    assert run(parent).status == RunStatus.RUNNING

    with Session(engine()) as session:
        session.execute(
            text("update ops.runs set started_at = started_at - interval '1 day' where id = :id"), {"id": stray}
        )
        assert [row.id for row in runs.latest(session)] == [child, parent, stray]
        assert [row.id for row in runs.latest(session, limit=1)] == [child]


def test_a_database_keeps_its_identity(database):
    with read() as connection:
        stored = connection.execute(text("select database_id from ops.installation")).scalar_one()
    assert runs.database_id() == runs.database_id() == stored
