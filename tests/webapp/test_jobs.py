"""Jobs over the session's real Prefect server: started with what the flow takes, watched, cancelled."""

from uuid import UUID, uuid4

import pytest
import requests
from prefect.utilities.callables import parameter_schema
from sqlalchemy import text
from sqlmodel import select

from db import runs
from db.session import as_system
from flows.pipeline import FLOWS
from models.access import AuditEntry
from models.accounts import Role
from models.ops import RunStatus
from webapp.settings import prefect_settings

JOBS = "/api/v1/jobs"


class Prefect:
    """The server as its own clients and workers use it."""

    def __init__(self, address: str) -> None:
        self.address = address

    def ask(self, path: str, body=None, method: str = "POST"):
        answer = requests.request(method, f"{self.address}/{path}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def deploy(self, name: str, flow: str = "people-cast", **more) -> str:
        """A deployment of a flow of ours, as `prefect deploy` makes it."""
        flow_id = self.ask("flows/", {"name": flow})["id"]
        schema = parameter_schema(FLOWS["people-cast"].fn).model_dump()  # type: ignore[attr-defined]
        body = {"name": name, "flow_id": flow_id, "parameter_openapi_schema": schema, "enforce_parameter_schema": True}
        return str(self.ask("deployments/", body | more)["id"])

    def state(self, job: str, type_: str, message: str | None = None) -> None:
        """What a worker says of a run."""
        self.ask(f"flow_runs/{job}/set_state", {"state": {"type": type_, "message": message}, "force": True})


@pytest.fixture
def prefect(prefect_server, monkeypatch):
    monkeypatch.setenv("PREFECT_API_URL", prefect_server.api_url)
    prefect_settings.cache_clear()
    yield Prefect(prefect_server.api_url)
    prefect_settings.cache_clear()


@pytest.fixture
def name() -> str:
    """A name of a deployment that no other test has."""
    return f"people-{uuid4()}"


def test_an_admin_starts_watches_and_cancels_a_job(as_user, prefect, name):
    admin = as_user("operator", Role.ADMIN)
    deployment_id = prefect.deploy(name, description="Who was there", parameters={"people": {"people_ids": [287]}})
    [listed] = [found for found in admin.get(f"{JOBS}/deployments").json if found["deployment"] == name]
    assert listed["description"] == "Who was there"
    assert set(listed["schema"]["properties"]) == {"selection", "people"}

    wish = {"deployment": name, "parameters": {"selection": {"tmdb_ids": [1399], "dry_run": True}}}
    answer = admin.post(JOBS, json=wish)
    assert answer.status_code == 200, answer.json
    job = answer.json
    assert (job["state"], job["deployment"], job["progress"], job["reports"]) == ("scheduled", name, None, [])
    assert job["parameters"] == {"people": {"people_ids": [287]}, **wish["parameters"]}
    queued = prefect.ask(f"flow_runs/{job['id']}", method="GET")
    assert (queued["deployment_id"], queued["parameters"]) == (deployment_id, job["parameters"])

    prefect.state(job["id"], "RUNNING")
    run_id = runs.start("people-cast", parameters={}, dry_run=True, flow_run_id=UUID(job["id"]))
    bar = {"key": "progress-people-cast", "type": "progress", "data": 40.0, "description": "2 of 5"}
    prefect.ask("artifacts/", bar | {"flow_run_id": job["id"]})
    now = admin.get(f"{JOBS}/{job['id']}").json
    assert (now["state"], now["progress"]) == ("running", {"percent": 40.0, "text": "2 of 5"})
    assert [(r["stage"], r["status"], r["report"], r["finished_at"]) for r in now["reports"]] == [
        ("people-cast", "running", {}, None)
    ]
    assert now["started_at"] is not None and now["finished_at"] is None

    named = {"Idempotency-Key": "k-1"}
    assert admin.post(f"{JOBS}/{job['id']}/cancel", headers=named).json["state"] == "cancelling"
    prefect.state(job["id"], "CANCELLED", "by its worker")
    runs.finish(run_id, RunStatus.CANCELLED, {"stage": "people-cast", "done": 2})
    then = admin.get(f"{JOBS}/{job['id']}").json
    assert (then["state"], then["message"]) == ("cancelled", "by its worker")
    assert [(r["status"], r["report"]["done"]) for r in then["reports"]] == [("cancelled", 2)]
    again = admin.post(f"{JOBS}/{job['id']}/cancel")
    assert (again.status_code, again.json["detail"]) == (409, "The job has ended: cancelled")
    lost = admin.post(f"{JOBS}/{job['id']}/cancel", headers=named)
    assert (lost.json["state"], lost.headers["Idempotency-Replayed"]) == ("cancelled", "true")
    with as_system() as session:
        noted = session.exec(select(AuditEntry).order_by("id")).all()
        assert [(entry.action, entry.actor_id, entry.target_id) for entry in noted] == [
            ("job.start", admin.user_id, job["id"]),
            ("job.cancel", admin.user_id, job["id"]),
        ]


def test_a_pipeline_shows_the_bar_and_the_reports_of_its_stages(as_user, prefect, name):
    service = as_user("scheduler", Role.SERVICE)
    prefect.deploy(name)
    job = service.post(JOBS, json={"deployment": name}).json
    flow_id = prefect.ask("flows/", {"name": "show-details"})["id"]
    part = prefect.ask("flow_runs/", {"flow_id": flow_id, "state": {"type": "RUNNING"}})["id"]
    runs.start("pipeline", parameters={}, dry_run=False, flow_run_id=UUID(job["id"]))
    runs.start(
        "show-details",
        parameters={},
        dry_run=False,
        flow_run_id=UUID(part),
        parent_flow_run_id=UUID(job["id"]),
    )
    bar = {"key": "progress-show-details", "type": "progress", "data": 75.5, "description": "3 of 4"}
    prefect.ask("artifacts/", bar | {"flow_run_id": part})
    told = service.get(f"{JOBS}/{job['id']}").json
    assert told["progress"] == {"percent": 75.5, "text": "3 of 4"}
    assert [report["stage"] for report in told["reports"]] == ["pipeline", "show-details"]


def test_a_job_that_has_not_begun_is_cancelled_at_once_and_the_same_key_starts_nothing_twice(as_user, prefect, name):
    ann, bob = as_user("ann", Role.ADMIN), as_user("bob", Role.ADMIN)
    prefect.deploy(name)
    keyed = {"json": {"deployment": name}, "headers": {"Idempotency-Key": "k-1"}}
    first = ann.post(JOBS, **keyed).json
    again = ann.post(JOBS, **keyed)
    assert (again.json["id"], again.headers["Idempotency-Replayed"]) == (first["id"], "true")
    with as_system() as session:  # as if we had ended between Prefect's answer and our commit
        session.execute(text("delete from ops.idempotency_keys"))
    lost = ann.post(JOBS, **keyed)
    assert (lost.json["id"], lost.headers.get("Idempotency-Replayed")) == (first["id"], None)
    assert bob.post(JOBS, **keyed).json["id"] != first["id"]
    assert ann.post(JOBS, json={"deployment": name}).json["id"] != first["id"]
    assert ann.post(f"{JOBS}/{first['id']}/cancel").json["state"] == "cancelled"


@pytest.mark.parametrize(
    ("parameters", "loc", "kind"),
    [
        ({"selection": {"limit": 0}}, ["selection", "limit"], "invalid"),
        ({"selection": {"dry-run": True}}, ["selection", "dry-run"], "unknown"),
        ({"selection": {"tmdb_ids": [1, "two"]}}, ["selection", "tmdb_ids", "1"], "invalid"),
        ({"selection": {"ids": ["no-uuid"]}}, ["selection", "ids", "0"], "invalid"),
        ({"people": []}, ["people"], "invalid"),
        ({"everything": True}, ["everything"], "unknown"),
        (
            {"selection": {"limit": {"__prefect_kind": "jinja", "template": "{{ 1 }}"}}},
            ["selection", "limit"],
            "invalid",
        ),
    ],
)
def test_what_the_flow_would_not_take_is_refused_and_named(as_user, prefect, parameters, loc, kind):
    prefect.deploy("people-refused")
    answer = as_user("operator", Role.ADMIN).post(JOBS, json={"deployment": "people-refused", "parameters": parameters})
    assert answer.status_code == 422
    assert [(error["loc"], error["type"]) for error in answer.json["errors"]] == [(["json", "parameters", *loc], kind)]
    query = {"deployments": {"name": {"any_": ["people-refused"]}}}
    assert prefect.ask("flow_runs/count", query) == 0


def test_unknown_and_doubtful_names_and_unknown_jobs(as_user, prefect, name):
    admin = as_user("operator", Role.ADMIN)
    assert admin.post(JOBS, json={"deployment": name}).status_code == 404
    prefect.deploy(name)
    prefect.deploy(name, flow="another")
    answer = admin.post(JOBS, json={"deployment": name})
    assert (answer.status_code, answer.json["detail"]) == (409, f"2 deployments are called {name}")
    for path in (f"{JOBS}/{uuid4()}", f"{JOBS}/{uuid4()}/cancel"):
        answer = admin.open(path, method="POST" if path.endswith("cancel") else "GET")
        assert (answer.status_code, answer.json["detail"]) == (404, "Job not found")
    assert admin.get(f"{JOBS}/people").status_code == 422


def test_only_admins_and_services_have_jobs(as_user, client):
    for who, status in ((client, 401), (as_user("fan"), 403), (as_user("mod", Role.MODERATOR), 403)):
        assert who.get(f"{JOBS}/deployments").status_code == status
        assert who.post(JOBS, json={"deployment": "nightly"}).status_code == status
        assert who.get(f"{JOBS}/{uuid4()}").status_code == status
        assert who.post(f"{JOBS}/{uuid4()}/cancel").status_code == status


@pytest.mark.parametrize(
    ("url", "detail"),
    [
        ("http://127.0.0.1:9/api", "Prefect does not answer at the moment"),
        ("", "Jobs are not set up here: PREFECT_API_URL is not set"),
    ],
)
def test_without_prefect_the_answer_is_503_and_says_so(as_user, monkeypatch, url, detail):
    monkeypatch.setenv("PREFECT_API_URL", url)
    prefect_settings.cache_clear()
    admin = as_user("operator", Role.ADMIN)
    for answer in (admin.get(f"{JOBS}/deployments"), admin.post(JOBS, json={"deployment": "nightly"})):
        assert (answer.status_code, answer.json["detail"]) == (503, detail)
        assert answer.headers["Retry-After"]
    prefect_settings.cache_clear()
