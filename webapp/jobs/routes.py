"""Routes of jobs."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from models.accounts import Role
from webapp.api import Blueprint
from webapp.frame import current_user, request_session
from webapp.idempotency import HEADER, Done
from webapp.jobs import service
from webapp.jobs.schemas import DeploymentSchema, JobSchema, JobStart

blp = Blueprint("Jobs", __name__, description="Runs of collecting, for admins and services: start, watch, cancel")


@blp.route("/jobs/deployments")
class Deployments(MethodView):
    @blp.requires(Role.ADMIN, Role.SERVICE)
    @blp.response(200, DeploymentSchema(many=True))
    @blp.alt_response(503, "SERVICE_UNAVAILABLE")
    def get(self) -> list[dict[str, Any]]:
        """List what can be run, each with the JSON Schema of its parameters"""
        return service.startable()


def _again(done: Done, **_path: Any) -> dict[str, Any]:
    """A job that was started or cancelled before, as it stands now."""
    assert done.result_id is not None
    return service.job(request_session(), done.result_id)


@blp.route("/jobs")
class Jobs(MethodView):
    @blp.requires(Role.ADMIN, Role.SERVICE)
    @blp.limited("start_job")
    @blp.arguments(JobStart)
    @blp.response(200, JobSchema)
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(503, "SERVICE_UNAVAILABLE")
    @blp.repeatable(_again)
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Run a deployment as soon as a worker is free"""
        key = request.headers.get(HEADER)  # Prefect keeps it, too: a crash after its answer must start nothing twice
        return service.start(request_session(), current_user(), **body, key=key)


@blp.route("/jobs/<id:job_id>")
class Job(MethodView):
    @blp.requires(Role.ADMIN, Role.SERVICE)
    @blp.response(200, JobSchema)
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(503, "SERVICE_UNAVAILABLE")
    def get(self, job_id: UUID) -> dict[str, Any]:
        """Tell how a job stands"""
        return service.job(request_session(), job_id)


@blp.route("/jobs/<id:job_id>/cancel")
class JobEnd(MethodView):
    @blp.requires(Role.ADMIN, Role.SERVICE)
    @blp.limited("admin")
    @blp.response(200, JobSchema)
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    @blp.alt_response(503, "SERVICE_UNAVAILABLE")
    @blp.repeatable(_again)
    def post(self, job_id: UUID) -> dict[str, Any]:
        """Ask for the end of a job: at once where it has not begun, else by its worker"""
        return service.cancel(request_session(), current_user(), job_id)
