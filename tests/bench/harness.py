"""What every bench stands on: servers of its own in a temporary folder, a clean environment, and one JSON line.

    with bench("upsert") as run:
        postgres = run.postgres()
        database = run.database("catalogue")
        ...
        run.print(ratio_to_copy=1.8)

PostgreSQL runs with the options of the local stack, safe against power cuts, unless `durable=False` is asked for.
Variables of the developer's environment and `.env` are hidden: a bench never touches a real database or upstream. What
happens meanwhile is told on stderr; stdout holds the JSON line alone.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic_settings import DotEnvSettingsSource

from deployments.local.object_store import ObjectStore
from deployments.local.ports import Ports
from deployments.local.postgres import Postgres
from deployments.local.prefect_server import SILENT, PrefectServer
from deployments.local.process import Child

ROOT = Path(__file__).resolve().parents[2]
OURS = (
    *("DATABASE_", "MIGRATION_DATABASE_", "SYSTEM_DATABASE_", "S3_", "MEDIA_", "TMDB_", "IMDB_", "IMAGE_", "HTTP_"),
    *("WEB_", "PREFECT_", "FETCH_", "LOCAL_DIR", "FANDOM_", "WIKIDATA_", "REALTIME_"),
)
BUCKET = "bench"


@dataclass(frozen=True)
class Database:
    """A migrated database: its name, and its addresses as the application, as its owner and as the system."""

    name: str
    url: str
    owner_url: str
    system_url: str

    @property
    def environment(self) -> dict[str, str]:
        """What points a program at it."""
        return {
            "DATABASE_URL": self.url,
            "MIGRATION_DATABASE_URL": self.owner_url,
            "SYSTEM_DATABASE_URL": self.system_url,
        }


class Bench:
    """A bench under way."""

    def __init__(self, name: str, folder: Path, stack: ExitStack) -> None:
        self.name, self.folder = name, folder
        self.started = time.monotonic()
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith(OURS)},
            **SILENT,
            "PREFECT_HOME": str(folder / "prefect"),
            "HTTP_CACHE_DIR": str(folder / "http-cache"),
            "HTTP_STATE_DIR": str(folder / "http-state"),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        }
        self._stack = stack
        self._postgres: Postgres | None = None

    @cached_property
    def ports(self) -> Ports:
        """Free ports for this bench."""
        return Ports(self.folder / "ports.json")

    def postgres(self, *, durable: bool = True) -> Postgres:
        """Start PostgreSQL, once."""
        if self._postgres is None:
            port = self.ports.take("postgres")
            self._postgres = Postgres(
                self.folder / "postgres", port, self.folder / "postgres.log", env=self.env, durable=durable
            )
            self._run(self._postgres.child, self._postgres.start)
            self._postgres.prepare()
        return self._postgres

    def database(self, name: str) -> Database:
        """Make and migrate a database; this process's settings and those of its children point to it from now on."""
        postgres = self.postgres()
        postgres.create_database(name, owner="trr_owner")
        made = Database(name, *(postgres.url(name, login) for login in ("trr_app", "trr_owner", "trr_system")))
        self.set(made.environment)
        migrated = self.command("-m", "db", "migrate")
        if migrated.returncode:
            raise RuntimeError(f"python -m db migrate failed:\n{migrated.stdout}{migrated.stderr}")
        return made

    def object_store(self) -> ObjectStore:
        """Start the object store, with a public bucket that the settings point to."""
        store = ObjectStore(self.folder / "object-store", self.ports, self.folder / "object-store.log", env=self.env)
        self._run(store.child, store.start)
        store.make_public_bucket(BUCKET)
        self.set(store.environment(BUCKET))
        return store

    def prefect_server(self) -> PrefectServer:
        """Start a Prefect server with its database beside the catalogue's, as the local stack does."""
        database = self.postgres().url("prefect", "prefect", driver="asyncpg")
        server = PrefectServer(self.ports.take("prefect"), database, self.folder, env=self.env)
        self._run(server.child, server.start)
        self.set({"PREFECT_API_URL": server.api_url})
        return server

    def program(
        self, name: str, *arguments: str, ready: Callable[[], bool] = lambda: True, timeout: float = 60
    ) -> Child:
        """Start `python ARGUMENTS` in the background until the bench ends; its output goes to a log file."""
        child = Child(
            name,
            [sys.executable, *arguments],
            env=self.env,
            log=self.folder / f"{name}.log",
            ready=ready,
            timeout=timeout,
            cwd=ROOT,
        )
        self._run(child, child.start)
        return child

    def service(
        self, name: str, command: Sequence[str], *, ready: Callable[[], bool] = lambda: True, timeout: float = 60
    ) -> Child:
        """Start a program that is not ours in the background until the bench ends; its output goes to a log file."""
        child = Child(name, command, env=self.env, log=self.folder / f"{name}.log", ready=ready, timeout=timeout)
        self._run(child, child.start)
        return child

    def command(self, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run `python ARGUMENTS` to its end."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**self.env, **(env or {})},
            capture_output=True,
            text=True,
            check=False,
        )

    def set(self, variables: Mapping[str, str]) -> None:
        """Set variables for this process and its children."""
        self.env |= variables
        os.environ.update(variables)
        from db import session

        session.dispose()

    def say(self, message: str) -> None:
        """Tell what happens."""
        print(f"[{time.monotonic() - self.started:6.1f} s] {self.name}: {message}", file=sys.stderr, flush=True)

    def print(self, **figures: Any) -> None:
        """The bench's one line of JSON, rounded to what a reader can use."""
        figures = {"bench": self.name, **figures, "seconds": time.monotonic() - self.started, "machine": machine()}
        print(json.dumps(_rounded(figures)), flush=True)

    def _run(self, child: Child, start: Callable[[], None]) -> None:
        self._stack.callback(child.stop)
        start()
        child.wait_ready()


@contextmanager
def bench(name: str, *, keep: bool = False) -> Iterator[Bench]:
    """Run a bench in a temporary folder, which is removed at the end unless it is to be kept."""
    for variable in [variable for variable in os.environ if variable.startswith(OURS)]:
        del os.environ[variable]
    DotEnvSettingsSource._read_env_files = lambda self: {}  # type: ignore[method-assign]
    folder = Path(tempfile.mkdtemp(prefix=f"trr-bench-{name}-"))
    try:
        with ExitStack() as stack:
            run = Bench(name, folder, stack)
            os.environ.update({variable: run.env[variable] for variable in run.env if variable.startswith(OURS)})
            yield run
            from db import session

            session.dispose()
    finally:
        if keep:
            print(f"kept: {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)


def arguments(description: str | None) -> argparse.ArgumentParser:
    """The parser of a bench's own options; `--keep` keeps its folder."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", action="store_true", help="keep the bench's folder with all logs and data")
    return parser


def pace(began: float, number: int, rate: float) -> None:
    """Wait until it is time for event `number`, at so many a second since `began`; at a rate of 0 it is always time."""
    if rate:
        time.sleep(max(0.0, began + number / rate - time.monotonic()))


@contextmanager
def timed(times: list[float]) -> Iterator[None]:
    """Add the seconds that the block takes."""
    began = time.perf_counter()
    yield
    times.append(time.perf_counter() - began)


def processor_of(pid: int) -> float:
    """Processor seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def processor_of_tree(pid: int) -> float:
    """Processor seconds so far of a process and of all that descend from it and live."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    total, waiting = 0.0, [pid]
    while waiting:
        one = waiting.pop()
        with suppress(OSError):
            total += processor_of(one)
        waiting += children.get(one, [])
    return total


def median(times: list[float]) -> float:
    """The middle of several times."""
    return statistics.median(times)


def machine() -> str:
    """Where the figures come from: they mean nothing without it, which is why most of them are ratios."""
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.machine()}"


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 3) if abs(value) < 100 else round(value, 1)
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list) else value
