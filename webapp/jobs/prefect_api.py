"""What the web app asks of Prefect's REST API. It serves a self-hosted server and Prefect Cloud alike."""

from typing import Any
from uuid import UUID

import requests

from webapp.errors import NotFound, Unavailable
from webapp.settings import prefect_settings

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 10.0
PAGE = 200
"""Rows that Prefect gives at most for one question."""

NO_ANSWER = "Prefect does not answer at the moment"

Json = dict[str, Any]


class Refused(Exception):
    """Prefect does not do what it was asked; the message is its own."""


def deployments(name: str | None = None) -> list[Json]:
    """The deployments, by name; those of one name where several flows have one."""
    found: list[Json] = []
    wanted = {"deployments": {"name": {"any_": [name]}}} if name is not None else {}
    while len(found) % PAGE == 0:
        page = _ask("POST", "deployments/filter", {**wanted, "sort": "NAME_ASC", "limit": PAGE, "offset": len(found)})
        found += page
        if not page:
            break
    return found


def deployment(deployment_id: str) -> Json | None:
    """One deployment; None when it is there no more."""
    try:
        return dict(_ask("GET", f"deployments/{deployment_id}"))
    except NotFound:
        return None


def start(deployment_id: str, parameters: Json, *, key: str | None) -> Json:
    """Have a deployment run as soon as a worker is free; answers the flow run, the same one for the same key.

    Raises:
        Refused: Prefect found something wrong with the parameters.
    """
    body: Json = {"parameters": parameters}
    if key is not None:
        body["idempotency_key"] = key
    return dict(_ask("POST", f"deployments/{deployment_id}/create_flow_run", body))


def flow_run(flow_run_id: UUID) -> Json:
    """One flow run.

    Raises:
        NotFound: Prefect knows no such run.
    """
    return dict(_ask("GET", f"flow_runs/{flow_run_id}"))


def cancel(flow_run_id: UUID) -> None:
    """Ask for the end of a flow run; one that has not begun is cancelled at once, a running one by its worker."""
    _ask("POST", f"flow_runs/{flow_run_id}/set_state", {"state": {"type": "CANCELLING", "name": "Cancelling"}})


def progress(flow_run_ids: list[str]) -> Json | None:
    """The bar that was last moved by one of these flow runs: `data` is its percentage."""
    wanted = {"artifacts": {"flow_run_id": {"any_": flow_run_ids}, "type": {"any_": ["progress"]}}}
    bars = _ask("POST", "artifacts/filter", {**wanted, "sort": "UPDATED_DESC", "limit": 1})
    return dict(bars[0]) if bars else None


def _ask(method: str, path: str, body: Json | None = None) -> Any:
    settings = prefect_settings()
    if settings.prefect_api_url is None:
        raise Unavailable("Jobs are not set up here: PREFECT_API_URL is not set")
    key = settings.prefect_api_key
    try:
        answer = requests.request(
            method,
            f"{settings.prefect_api_url.rstrip('/')}/{path}",
            json=body,
            headers={"Authorization": f"Bearer {key.get_secret_value()}"} if key else {},
            timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
        )
        if answer.status_code == 404:
            raise NotFound("Job not found")
        if answer.status_code in (400, 409, 422):
            raise Refused(str(answer.json().get("detail") or answer.json()))
        answer.raise_for_status()
        return answer.json()
    except requests.RequestException as error:
        raise Unavailable(NO_ANSWER) from error
