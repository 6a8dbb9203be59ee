"""Runs: what was started, by which parameters, and what it reported."""

from typing import Any
from uuid import UUID

from sqlalchemy import desc, text
from sqlmodel import Session, select

from db.session import read, transaction
from models.ops import Installation, Run, RunStatus


def start(
    stage: str,
    *,
    parameters: dict[str, Any],
    dry_run: bool,
    worker: str | None = None,
    flow_run_id: UUID | None = None,
    parent_flow_run_id: UUID | None = None,
) -> UUID:
    """Record that a run begins; answers its id. It belongs to the run of its parent flow, if there is one."""
    with transaction() as session:
        parent_id = None
        if parent_flow_run_id:
            parent_id = session.exec(select(Run.id).where(Run.flow_run_id == parent_flow_run_id)).first()
        run = Run(
            stage=stage,
            parent_id=parent_id,
            flow_run_id=flow_run_id,
            worker=worker,
            status=RunStatus.RUNNING,
            dry_run=dry_run,
            parameters=parameters,
            report={},
        )
        session.add(run)
        return run.id


def finish(run_id: UUID, status: RunStatus, report: dict[str, Any]) -> None:
    """Record how a run ended."""
    with transaction() as session:
        run = session.get_one(Run, run_id)
        run.status = status
        run.report = report
        session.flush()
        session.execute(text("update ops.runs set finished_at = now() where id = :id"), {"id": run_id})


def holder(stage: str) -> str:
    """Who is running this stage, in words."""
    with read() as connection:
        run = connection.execute(
            select(Run.id, Run.worker, Run.started_at)
            .where(Run.stage == stage, Run.status == RunStatus.RUNNING)
            .order_by(desc("started_at"))
            .limit(1)
        ).one_or_none()
    if run is None:
        return "a run that has not recorded itself yet"
    return f"run {run.id} in process {run.worker}, since {run.started_at:%Y-%m-%d %H:%M:%S %Z}"


def crashed(stage: str) -> list[UUID | None]:
    """Mark this stage's runs that never ended as crashed; the caller holds the stage's lock, so nobody runs them.

    Returns:
        The Prefect flow run of each, where it had one.
    """
    with transaction() as session:
        return list(
            session.execute(
                text(
                    "update ops.runs set status = 'crashed', finished_at = now()"
                    " where stage = :stage and status = 'running' and not dry_run returning flow_run_id"
                ),
                {"stage": stage},
            ).scalars()
        )


def latest(session: Session, *, limit: int = 20) -> list[Run]:
    """The newest runs, newest first."""
    return list(session.exec(select(Run).order_by(desc("started_at"), "id").limit(limit)))


def database_id() -> UUID:
    """Which database this is: a new one is filled anew, whatever an orchestrator remembers of another."""
    with read() as connection:
        return connection.execute(select(Installation.database_id)).scalar_one()
