"""A catalogue in the making that may be killed and cut off at any moment, and a way to compare what came of it.

The collector runs as an operator runs it (`python -m flows pipeline`, a process of its own) against servers of this
package's own, so that a server can be taken away under it.
"""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from deployments.local.object_store import ObjectStore
from deployments.local.ports import Ports
from deployments.local.postgres import Postgres
from deployments.local.prefect_server import PrefectServer
from deployments.upstream import Generated, Upstream

ROOT = Path(__file__).resolve().parents[2]
FULL = os.environ.get("TRR_PROVE") == "1"
SHOWS = 12 if FULL else 3
LATENCY = 0.02
UNTOLD = {
    "id",
    "measured_at",
    "unreferenced_since",
    "created_at",
    "added_at",
    "changed_at",
    "opened_at",
    "settled_at",
    "version",
    "touched_by",
    "key",
}
"""Columns that differ between two databases of the same catalogue: our ids, moments, and what is made of them."""

OF_OUR_ID = re.compile("--[0-9a-f]{8}$")
"""What tells the slugs of namesakes apart; which of them goes without depends on our ids, too."""

Natural = dict[str, list[str]]


@dataclass
class Ground:
    """The servers that everything of this package runs on."""

    postgres: Postgres
    object_store: ObjectStore
    upstream: Upstream
    folder: Path


@dataclass
class Collector:
    """A database and a bucket of their own, and the process that fills them."""

    ground: Ground
    name: str
    variables: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """What a process of ours needs to work on it."""
        return dict(os.environ) | self.variables

    def start(self) -> "subprocess.Popen[str]":
        """Start the pipeline."""
        with (self.ground.folder / f"{self.name}.log").open("a") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "flows", "pipeline"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )

    def complete(self) -> None:
        """Run the pipeline to its end, which must be a good one."""
        code = self.start().wait()
        assert code == 0, (self.ground.folder / f"{self.name}.log").read_text()[-4000:]

    def until_asked(self, total: int, process: "subprocess.Popen[str]") -> bool:
        """Wait until the upstream has served so many requests; whether the process still runs by then."""
        while self.ground.upstream.requests.total < total and process.poll() is None:
            time.sleep(0.01)
        return process.poll() is None

    def kill(self, process: "subprocess.Popen[str]") -> None:
        """SIGKILL the process and whatever it started."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def rows(self, statement: str) -> list[dict[str, Any]]:
        """What the database answers."""
        with self.ground.postgres.connect(self.name) as connection:
            cursor = connection.cursor(row_factory=psycopg.rows.dict_row)
            return cursor.execute(statement).fetchall()

    def natural(self) -> Natural:
        """Every row of `core`, told by natural keys: ids of ours are replaced by what they stand for."""
        named: dict[UUID, str] = {
            row["entity_id"]: f"{row['kind']} {row['value']}"
            for row in self.rows("select entity_id, kind, value from core.external_ids where source = 'tmdb'")
        }
        named |= {row["id"]: row["sha256"] for row in self.rows("select id, sha256 from core.assets")}
        for table in ("lists", "episode_groups"):
            named |= {row["id"]: row["source_id"] for row in self.rows(f"select id, source_id from core.{table}")}
        tables = self.rows("select tablename from pg_tables where schemaname = 'core' order by 1")
        return {
            table: sorted(_told(row, named) for row in self.rows(f"select * from core.{table}"))
            for table in (row["tablename"] for row in tables)
        }

    def missing_objects(self) -> list[str]:
        """Keys of assets that the store does not hold."""
        client = self.ground.object_store.client
        held = {item.object_name for item in client.list_objects(self.name, recursive=True)}
        return [row["key"] for row in self.rows("select key from core.assets") if row["key"] not in held]


@dataclass(frozen=True)
class Undisturbed:
    """An undisturbed run: what filled which database, what came of it, and how many requests it took."""

    collector: Collector
    natural: Natural
    requests: int


def _told(row: dict[str, Any], named: dict[UUID, str]) -> str:
    told = {
        column: named.get(value, "?") if isinstance(value, UUID) else value
        for column, value in row.items()
        if column not in UNTOLD
    }
    if told.get("slug"):
        told["slug"] = OF_OUR_ID.sub("", told["slug"])
    return repr(sorted(told.items()))


@pytest.fixture(scope="session")
def ground(ports: Ports, prefect_server: PrefectServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Servers of this package's own, so that cutting them off hurts no other test; Prefect's are the session's."""
    folder = tmp_path_factory.mktemp("survival")
    postgres = Postgres(folder / "postgres", ports.take("survival-postgres"), folder / "postgres.log", env=os.environ)
    store = ObjectStore(folder / "store", Ports(folder / "ports.json"), folder / "store.log", env=os.environ)
    try:
        postgres.start()
        store.start()
        postgres.child.wait_ready()
        postgres.prepare()
        store.child.wait_ready()
        with Upstream(Generated(SHOWS, seed=7), latency=LATENCY) as upstream:
            yield Ground(postgres, store, upstream, folder)
    finally:
        postgres.child.stop()
        store.child.stop()


@pytest.fixture(scope="session")
def collector_in(ground: Ground) -> Callable[[str], Collector]:
    """Makes a migrated database and a bucket under a name."""

    def make(name: str) -> Collector:
        ground.postgres.create_database(name, owner="trr_owner")
        ground.object_store.make_public_bucket(name)
        upstream = ground.upstream
        variables = ground.object_store.environment(name) | {
            "DATABASE_URL": ground.postgres.url(name, "trr_app"),
            "MIGRATION_DATABASE_URL": ground.postgres.url(name, "trr_owner"),
            "HTTP_CACHE_DIR": str(ground.folder / name / "cache"),
            "HTTP_STATE_DIR": str(ground.folder / name / "state"),
            "TMDB_API_URL": upstream.url,
            "TMDB_IMAGE_URL": f"{upstream.url}/t/p",
            "TMDB_BEARER_TOKEN": upstream.token,
            "TMDB_LIST_IDS": "1",
            "TMDB_RATE": "400",
            "IMAGE_ORIGINS": upstream.url,
            "IMAGE_RATE": "400",
        }
        migrated = subprocess.run(
            [sys.executable, "-m", "db", "migrate"], cwd=ROOT, env=os.environ | variables, check=False
        )
        assert migrated.returncode == 0
        return Collector(ground, name, variables)

    return make


@pytest.fixture(scope="session")
def undisturbed(collector_in: Callable[[str], Collector]) -> Undisturbed:
    """A catalogue that nothing disturbed, to compare the others with."""
    collector = collector_in("undisturbed")
    upstream = collector.ground.upstream
    before = upstream.requests.total
    collector.complete()
    return Undisturbed(collector, collector.natural(), upstream.requests.total - before)


@pytest.fixture
def chance() -> random.Random:
    """Moments at random, the same in every run of the tests."""
    return random.Random(20_261_121)
