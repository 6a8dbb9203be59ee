"""What tests run against: the real servers of the local stack, one of each a session, started when a test first asks.

| fixture | gives |
|---|---|
| `postgres` | the session's PostgreSQL (`deployments.local.postgres.Postgres`) |
| `database` | a migrated database of the test's own; `DATABASE_URL` and its two kin point to it |
| `empty_database` | the same without any tables |
| `object_store` | the session's SeaweedFS (`deployments.local.object_store.ObjectStore`) |
| `bucket` | the name of an empty public bucket of the test's own; `S3_*` and `MEDIA_PUBLIC_URL` name it and a private one |
| `prefect_server` | the session's Prefect server (`deployments.local.prefect_server.PrefectServer`), `PREFECT_API_URL` set |
| `recordings`, `recording` | the folder of real upstream answers, and a function that reads one; skips where there are none |

Variables of the developer's own environment and `.env` are hidden, so that no test touches a real database or upstream.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from pydantic_settings import DotEnvSettingsSource
from xdist.scheduler import LoadFileScheduling

from deployments.local.object_store import ObjectStore
from deployments.local.ports import Ports
from deployments.local.postgres import Postgres
from deployments.local.prefect_server import SILENT, PrefectServer

ROOT = Path(__file__).resolve().parents[1]
OURS = (
    "DATABASE_",
    "MIGRATION_DATABASE_",
    "SYSTEM_DATABASE_",
    "S3_",
    "MEDIA_",
    "AUTH_",
    "MAIL_",
    "TMDB_",
    "IMDB_",
    "FANDOM_",
    "WIKIDATA_",
    "IMAGE_",
    "HTTP_",
    "WEB_",
    "WORKER_",
    "KEEP_",
    "CORS_",
    "REALTIME_",
    "PREFECT_",
    "LOCAL_DIR",
)
SCRATCH = Path(tempfile.mkdtemp(prefix="trr-test-"))
"""Everything a test session keeps on disk; removed at its end."""

for _name in [name for name in os.environ if name.startswith(OURS)]:
    del os.environ[_name]
QUIET = {"IMDB_LAYERS": "none", "FANDOM_ENABLED": "false", "WIKIDATA_ENABLED": "false"}
"""Only a test that brings its own double of one of these lets it be asked."""

os.environ |= (
    SILENT
    | QUIET
    | {
        "AUTH_SECRET": "a-secret-for-tests-that-is-long-enough",
        "PREFECT_HOME": str(SCRATCH / "prefect"),  # before anything imports Prefect
        "HTTP_CACHE_DIR": str(SCRATCH / "http-cache"),
        "HTTP_STATE_DIR": str(SCRATCH / "http-state"),
    }
)
DotEnvSettingsSource._read_env_files = lambda self: {}  # type: ignore[method-assign]

IDLE = (
    "CANCELLATION_CLEANUP",
    "CLEANUP_RECONCILER",
    "EVENT_PERSISTER",
    "FOREMAN",
    "LATE_RUNS",
    "PAUSE_EXPIRATIONS",
    "REPOSSESSOR",
    "TRIGGERS",
)
"""Services of Prefect's server that look for things which no test brings about, and cost a quarter of its processor time."""

_numbers = count(1)


@dataclass(frozen=True)
class Database:
    """A database of one test."""

    name: str
    url: str
    """As the application (`DATABASE_URL`)."""
    owner_url: str
    """As its owner (`MIGRATION_DATABASE_URL`)."""
    system_url: str
    """As the system (`SYSTEM_DATABASE_URL`)."""


settings.register_profile(
    "steady",
    deadline=None,  # how long an example takes says how busy the machine is
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="TRR_PROVE" not in os.environ,  # the same examples everywhere; `make prove` looks for others
    database=None,
)
settings.load_profile("steady")

LONGEST_FIRST = ("survival", "flows", "local", "bench", "adversary", "realtime", "webapp", "db", "upstream", "sources")
"""Folders in the order in which their tests run, so that no process is left alone with a long file at the end."""

ALL_SOURCES = frozenset({"test_images.py", "test_imdb_cast.py", "test_imdb_datasets.py"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bring what takes longest to the front."""
    places = {folder: place for place, folder in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: (places.get(item.path.parent.name, len(places)), _companions(item.nodeid)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    """Files go to whichever process is free; those that share a costly beginning stay together."""
    return Companions(config, log)


class Companions(LoadFileScheduling):
    """One process for companions, not only for the tests of a file."""

    def _split_scope(self, nodeid: str) -> str:
        return _companions(nodeid)


def _companions(nodeid: str) -> str:
    """What runs in one process with a test: its file; but all that disturb one catalogue, and all that read the sample as
    all sources told it, collect that once."""
    file = Path(nodeid.split("::", 1)[0])
    if file.parent.name == "survival":
        return " survival"
    return " all sources" if file.parent.name == "flows" and file.name in ALL_SOURCES else str(file)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove what the session left on disk."""
    shutil.rmtree(SCRATCH, ignore_errors=True)


@pytest.fixture(scope="session")
def ports() -> Ports:
    """Free ports for this session's servers."""
    return Ports(SCRATCH / "ports.json")


@pytest.fixture(scope="session")
def postgres(ports: Ports) -> Iterator[Postgres]:
    """The session's PostgreSQL, with the stack's roles; not safe against power cuts, and so faster."""
    server = Postgres(
        SCRATCH / "postgres", ports.take("postgres"), SCRATCH / "postgres.log", env=os.environ, durable=False
    )
    try:
        server.start()
        server.child.wait_ready()
        server.prepare()
        yield server
    finally:
        server.child.stop()


@pytest.fixture(scope="session")
def database_template(postgres: Postgres) -> str:
    """The name of a migrated database that each test's database is a copy of."""
    name = "template_migrated"
    postgres.create_database(name, owner="trr_owner")
    migrated = subprocess.run(
        [sys.executable, "-m", "db", "migrate"],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": postgres.url(name, "trr_app"),
            "MIGRATION_DATABASE_URL": postgres.url(name, "trr_owner"),
            "SYSTEM_DATABASE_URL": postgres.url(name, "trr_system"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert migrated.returncode == 0, f"python -m db migrate failed:\n{migrated.stdout}{migrated.stderr}"
    return name


@pytest.fixture
def database(postgres: Postgres, database_template: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A migrated database of the test's own, which the settings point to."""
    yield from _database(postgres, database_template, monkeypatch)


@pytest.fixture
def empty_database(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database without any tables, which the settings point to."""
    yield from _database(postgres, "template1", monkeypatch)


def _database(postgres: Postgres, template: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    from db import session

    name = f"test_{next(_numbers)}"
    postgres.create_database(name, owner="trr_owner", template=template)
    logins = [postgres.url(name, login) for login in ("trr_app", "trr_owner", "trr_system")]
    made = Database(name, *logins)
    monkeypatch.setenv("DATABASE_URL", made.url)
    monkeypatch.setenv("MIGRATION_DATABASE_URL", made.owner_url)
    monkeypatch.setenv("SYSTEM_DATABASE_URL", made.system_url)
    session.dispose()
    yield made
    session.dispose()
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def object_store(ports: Ports) -> Iterator[ObjectStore]:
    """The session's object store."""
    server = ObjectStore(SCRATCH / "object-store", ports, SCRATCH / "object-store.log", env=os.environ)
    try:
        server.start()
        server.child.wait_ready()
        yield server
    finally:
        server.child.stop()


@pytest.fixture
def bucket(object_store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty public bucket of the test's own, which the settings point to."""
    name = f"test-{next(_numbers)}"
    object_store.make_public_bucket(name)
    for variable, value in object_store.environment(name).items():
        monkeypatch.setenv(variable, value)
    forget_object_store()
    yield name
    forget_object_store()
    for made in (name, f"{name}-private"):
        if object_store.client.bucket_exists(made):
            for item in object_store.client.list_objects(made, recursive=True):
                object_store.client.remove_object(made, str(item.object_name))
            object_store.client.remove_bucket(made)


def forget_object_store() -> None:
    """Let the next look at the store be by the settings as they are now."""
    from db.object_store import object_store, prepared_private_store, private_store
    from db.settings import object_store_settings

    for cached in (object_store, private_store, prepared_private_store, object_store_settings):
        cached.cache_clear()


@pytest.fixture(scope="session")
def prefect_server(ports: Ports, postgres: Postgres) -> Iterator[PrefectServer]:
    """The session's Prefect server; flows of this process and of children use it."""
    database = postgres.url("prefect", "prefect", driver="asyncpg")
    idle = {f"PREFECT_SERVER_SERVICES_{service}_ENABLED": "false" for service in IDLE}
    server = PrefectServer(ports.take("prefect"), database, SCRATCH, env=os.environ | idle)
    try:
        server.start()
        from prefect.settings import PREFECT_API_URL, temporary_settings  # while the server starts: it takes a second

        server.child.wait_ready()
        os.environ["PREFECT_API_URL"] = server.api_url
        with temporary_settings({PREFECT_API_URL: server.api_url}):
            yield server
            _flush_prefect()
    finally:
        os.environ.pop("PREFECT_API_URL", None)
        server.child.stop()


def _flush_prefect() -> None:
    """Let this process's Prefect send its last events and logs while there is a server to take them."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    for worker in (EventsWorker, APILogWorker):
        worker.drain_all(timeout=10)


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder of real upstream answers."""
    folder = Path(os.environ.get("TRR_RECORDINGS") or ROOT.parent / "shared" / "recordings")
    if not folder.is_dir():
        pytest.skip(f"there are no recordings in {folder}; TRR_RECORDINGS names their folder")
    return folder


@pytest.fixture(scope="session")
def recording(recordings: Path) -> Callable[[str], Any]:
    """Read one recording by its path below the folder: JSON parsed, text as str, all else as bytes."""

    def read(name: str) -> Any:
        file = recordings / name
        if not file.exists():
            pytest.skip(f"there is no recording {name} in {recordings}; TRR_RECORDINGS names another folder")
        if file.suffix == ".json":
            return json.loads(file.read_bytes())
        if file.suffix in {".html", ".txt", ".csv", ".tsv", ".xml", ".md"}:
            return file.read_text(encoding="utf-8")
        return file.read_bytes()

    return read
