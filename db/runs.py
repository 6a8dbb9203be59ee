"""Runs: what was started, by which parameters, and what it reported."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, select

from db.session import read, transaction
from models.ops import Installation, Run, RunStatus


def start(
    stage: str, *, parameters: dict[str, Any], dry_run: bool, parent_id: UUID | None, flow_run_id: UUID | None
) -> UUID:
    """Record that a run begins; answers its id."""
    with transaction() as session:
        run = Run(
            stage=stage,
            parent_id=parent_id,
            flow_run_id=flow_run_id,
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


def latest(session: Session, *, limit: int = 20) -> list[Run]:
    """The newest runs, newest first."""
    return list(session.exec(select(Run).order_by(Run.started_at.desc(), Run.id).limit(limit)))  # type: ignore[union-attr]


def database_id() -> UUID:
    """Which database this is: a new one is filled anew, whatever an orchestrator remembers of another."""
    with read() as connection:
        return connection.execute(select(Installation.database_id)).scalar_one()
