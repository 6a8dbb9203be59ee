"""The local Prefect server, its work pool and the worker that carries out scheduled and ad-hoc flow runs.

Its database is one of ours; nothing of it talks to the outside (analytics off). Registering the deployments is what `prefect
deploy --all` does with `prefect.yaml`.
"""

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from deployments.local.process import Child

PREFECT = (sys.executable, "-m", "prefect")
WORK_POOL = "local"
SILENT = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",  # a missing server is an error, not a slow hidden one
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
}
"""Environment in which no Prefect process reports home or starts a server of its own."""

NOWHERE = {"HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
"""For the server alone: it would ask GitHub for descriptions of work pool types, and uses its own copy when it cannot."""


class PrefectServer:
    """A Prefect server on loopback.

    Args:
        port: its port; the API is below `/api`, the page for people at `/`.
        database_url: an SQLAlchemy address with the driver asyncpg or aiosqlite.
        logs: the folder for the log files.
        env: the environment to run in; `SILENT` and PREFECT_HOME belong into it.
    """

    def __init__(self, port: int, database_url: str, logs: Path, *, env: Mapping[str, str]) -> None:
        self.page = f"http://127.0.0.1:{port}"
        self.api_url = f"{self.page}/api"
        self._logs = logs
        self._worker_asked_at = datetime.now(UTC)
        self.child = Child(
            "Prefect server",
            [*PREFECT, "server", "start", "--host", "127.0.0.1", "--port", str(port)],
            env={
                **env,
                **NOWHERE,
                "PREFECT_API_DATABASE_CONNECTION_URL": database_url,
                "PREFECT_UI_API_URL": self.api_url,  # else the page asks whatever listens on port 4200
            },
            log=logs / "prefect.log",
            ready=self._answers,
            timeout=120,
        )

    def start(self) -> None:
        """Start the server."""
        self.child.start()

    def make_work_pool(self) -> None:
        """Make the work pool, if it is missing; the worker fills in what its kind of job needs."""
        pool = {"name": WORK_POOL, "type": "process", "description": "Flow runs as processes of this machine"}
        request = urllib.request.Request(
            f"{self.api_url}/work_pools/", json.dumps(pool).encode(), {"Content-Type": "application/json"}
        )
        try:
            urllib.request.urlopen(request, timeout=30).close()
        except urllib.error.HTTPError as error:
            if error.code != 409:  # 409: it is there
                raise

    def worker(self, cwd: Path, *, env: Mapping[str, str]) -> Child:
        """The worker of the work pool, not started yet."""
        self._worker_asked_at = datetime.now(UTC)
        return Child(
            "Prefect worker",
            [*PREFECT, "worker", "start", "--pool", WORK_POOL, "--type", "process", "--name", "local"],
            env={**env, "PREFECT_API_URL": self.api_url, "PREFECT_WORKER_QUERY_SECONDS": "3"},
            log=self._logs / "worker.log",
            ready=self._worker_is_online,
            cwd=cwd,
            patience=4,
        )

    def deploy(self, prefect_file: Path, *, env: Mapping[str, str]) -> Child:
        """The one-off that registers all deployments of `prefect.yaml`, not started yet."""
        return Child(
            "Deployments",
            [*PREFECT, "--no-prompt", "deploy", "--all", "--prefect-file", prefect_file],
            env={**env, "PREFECT_API_URL": self.api_url},
            log=self._logs / "deploy.log",
            cwd=prefect_file.parent,
        )

    def _answers(self) -> bool:
        with urllib.request.urlopen(f"{self.api_url}/health", timeout=2) as answer:
            return bool(answer.status == 200)

    def _worker_is_online(self) -> bool:
        request = urllib.request.Request(
            f"{self.api_url}/work_pools/{WORK_POOL}/workers/filter", b"{}", {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            beats = [datetime.fromisoformat(worker["last_heartbeat_time"]) for worker in json.load(answer)]
        return any(beat > self._worker_asked_at for beat in beats)  # an earlier one may still be listed as online
