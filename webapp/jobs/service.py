"""Starting, watching and cancelling runs of collecting, through Prefect."""

import hashlib
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.commands.audit import record
from webapp.access.viewer import Viewer
from webapp.errors import Conflict, Invalid, NotFound
from webapp.jobs import parameters as given
from webapp.jobs import prefect_api as prefect
from webapp.request_id import request_id

FINAL = frozenset({"COMPLETED", "FAILED", "CANCELLED", "CRASHED"})
"""Types of states that a flow run does not leave."""

Json = dict[str, Any]

_REPORTS = text(
    """
    with whole as (select id from ops.runs where flow_run_id = :flow_run_id)
    select run.stage, run.status, run.flow_run_id, run.started_at, run.finished_at, run.report
    from ops.runs run
    where run.id in (select id from whole) or run.parent_id in (select id from whole)
    order by run.started_at, run.id
    """
)


def startable() -> list[Json]:
    """Every deployment, with the JSON Schema of its parameters."""
    return [
        {
            "deployment": found["name"],
            "description": found["description"],
            "parameters": found["parameters"],
            "schema": found["parameter_openapi_schema"] or {},
        }
        for found in prefect.deployments()
    ]


def start(session: Session, viewer: Viewer, *, deployment: str, parameters: Json, key: str | None) -> Json:
    """Start a deployment; answers the job, the same one for the same key of the same user.

    Raises:
        NotFound: there is no such deployment.
        Conflict: several flows have a deployment of this name.
        Invalid: the parameters are not what the flow takes.
    """
    found = prefect.deployments(deployment)
    if not found:
        raise NotFound("Deployment not found")
    if len(found) > 1:
        raise Conflict(f"{len(found)} deployments are called {deployment}")
    given.check({**found[0]["parameters"], **parameters}, found[0]["parameter_openapi_schema"])
    own_key = key and hashlib.sha256(f"{viewer.id} {deployment} {key}".encode()).hexdigest()
    try:
        job_id = UUID(prefect.start(found[0]["id"], parameters, key=own_key)["id"])
    except prefect.Refused as refusal:
        raise Invalid([(given.LOC, str(refusal), "invalid")]) from None
    record(
        session, viewer.id, "job.start", ("job", job_id), details={"deployment": deployment, "parameters": parameters}
    )
    return job(session, job_id)


def job(session: Session, job_id: UUID) -> Json:
    """How a job stands: Prefect's state and bar, and the reports of its stages as far as they have begun.

    Raises:
        NotFound: there is no such job.
    """
    run = prefect.flow_run(job_id)
    reports = [dict(row) for row in session.execute(_REPORTS, {"flow_run_id": job_id}).mappings()]
    bar = prefect.progress([str(job_id), *(str(r["flow_run_id"]) for r in reports if r["flow_run_id"] != job_id)])
    deployment = prefect.deployment(run["deployment_id"]) if run["deployment_id"] else None
    return {
        "id": job_id,
        "name": run["name"],
        "deployment": deployment and deployment["name"],
        "state": str(run["state_type"] or "PENDING").lower(),
        "message": (run["state"] or {}).get("message"),
        "parameters": run["parameters"],
        "progress": bar and {"percent": float(bar["data"]), "text": bar["description"]},
        "created_at": run["created"],
        "started_at": run["start_time"],
        "finished_at": run["end_time"],
        "reports": reports,
    }


def cancel(session: Session, viewer: Viewer, job_id: UUID) -> Json:
    """Ask for the end of a job.

    Raises:
        NotFound: there is no such job.
        Conflict: it has ended.
    """
    run = prefect.flow_run(job_id)
    if run["state_type"] in FINAL:
        raise Conflict(f"The job has ended: {str(run['state_type']).lower()}")
    prefect.cancel(job_id)
    record(session, viewer.id, "job.cancel", ("job", job_id), request_id=request_id())
    return job(session, job_id)
