"""What an operator can get wrong, run as the operator runs it: one clear message, no traceback, nothing half-written."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from deployments.upstream import Upstream
from tests.flows.conftest import Catalogue, Worlds

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = "127.0.0.1:9"
SELECTED = ["--tmdb-ids", "900000001"]


class Case(NamedTuple):
    """A command, what is wrong with its environment (None: the variable is not set), and what must be said."""

    arguments: list[str]
    environment: dict[str, str | None]
    said: str


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    output: str
    errors: str


CASES = {
    "no token": Case(
        ["pipeline", *SELECTED],
        {"TMDB_BEARER_TOKEN": None, "TMDB_API_URL": None},
        "TMDB_BEARER_TOKEN: is not set, and neither is TMDB_API_KEY",
    ),
    "a placeholder for a token": Case(
        ["pipeline", *SELECTED], {"TMDB_BEARER_TOKEN": "changeme"}, "TMDB_BEARER_TOKEN: still holds a placeholder"
    ),
    "no list": Case(["pipeline"], {}, "TMDB_LIST_IDS: is not set, and neither is IMDB_LIST_CSV"),
    "wrong token": Case(
        ["pipeline", *SELECTED], {"TMDB_BEARER_TOKEN": "of-somebody-else"}, "TMDB_BEARER_TOKEN were refused"
    ),
    "unreachable database": Case(
        ["pipeline", *SELECTED],
        {"DATABASE_URL": f"postgresql+psycopg://trr_app:x@{NOWHERE}/trr"},
        "DATABASE_URL: the database does not answer",
    ),
    "unmigrated database": Case(
        ["pipeline", *SELECTED], {"DATABASE_URL": "EMPTY"}, "DATABASE_URL: the database has no"
    ),
    "no database": Case(["pipeline", *SELECTED], {"DATABASE_URL": None}, "DATABASE_URL: is not set"),
    "unreachable object store": Case(
        ["mirror-media"], {"DATABASE_URL": "COLLECTED", "S3_ENDPOINT": f"http://{NOWHERE}"}, "S3_ENDPOINT: the object"
    ),
    "wrong key of the object store": Case(
        ["mirror-media"],
        {"DATABASE_URL": "COLLECTED", "S3_SECRET_KEY": "of-somebody-else"},
        "S3_ACCESS_KEY: the object",
    ),
    "unknown list": Case(["import-lists", "--tmdb-list", "404404"], {}, "TMDb list 404404: there is no such list"),
    "no list at all": Case(["import-lists", "--tmdb-list", "the best"], {}, "'the best' is not a TMDb list"),
    "malformed CSV": Case(["import-lists", "--imdb-csv", "BROKEN"], {}, "is not an IMDb list export"),
    "missing CSV": Case(["import-lists", "--imdb-csv", "/nowhere/list.csv"], {}, "/nowhere/list.csv: cannot be read"),
    "no moment": Case(["show-details", "--since", "yesterday-ish"], {}, "--since:"),
    "no id of ours": Case(["show-details", "--ids", "17"], {}, "--ids:"),
    "unreachable Prefect": Case(
        ["pipeline", *SELECTED], {"PREFECT_API_URL": f"http://{NOWHERE}/api"}, "PREFECT_API_URL: "
    ),
    "no Prefect": Case(["pipeline", *SELECTED], {"PREFECT_API_URL": None}, "PREFECT_API_URL"),
    "unreachable upstream": Case(
        ["import-lists", *SELECTED],
        {"TMDB_API_URL": f"http://{NOWHERE}", "HTTP_ATTEMPTS": "1"},
        "TMDb show 900000001: tmdb: no answer",
    ),
}


COMMAND = """
import json, os, sys
from flows.__main__ import main
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

def run(case):
    if child := os.fork():
        return child
    os.environ.clear()
    os.environ.update(case["environment"])
    for stream, file in ((1, case["output"]), (2, case["errors"])):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), stream)
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):  # for which a flow ends up to a second later
        code = main(case["arguments"])
    sys.stdout.flush()
    os._exit(code)  # an orderly end takes most of a second

for case in map(json.loads, sys.stdin):
    print(os.waitstatus_to_exitcode(os.waitpid(run(case), 0)[1]), flush=True)
"""
"""Runs commands as processes of their own, without importing everything anew for each, which takes seconds."""

ALONE = ("unreachable Prefect", "no Prefect")
"""Cases of what is read at import: run as `python -m flows`, to the very end."""


def together(cases: list[dict[str, Any]]) -> list[int]:
    """Run these cases one after the other; gives their exit codes."""
    lines = "\n".join(map(json.dumps, cases))
    done = subprocess.run(
        [sys.executable, "-c", COMMAND],
        input=lines,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        timeout=180,
        check=True,
    )
    return [int(line) for line in done.stdout.splitlines()]


def alone(case: dict[str, Any]) -> int:
    """Run this case as the operator does; gives its exit code."""
    with open(case["output"], "w") as output, open(case["errors"], "w") as errors:
        command = [sys.executable, "-m", "flows", *case["arguments"]]
        return subprocess.run(
            command, cwd=ROOT, env=case["environment"], stdout=output, stderr=errors, timeout=120, check=False
        ).returncode


@pytest.fixture(scope="module")
def before(
    worlds: Worlds,
    sample_upstream: Upstream,
    collected: Catalogue,
    database_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Catalogue, dict[str, Ended]]]:
    """All commands, each ended, and the empty catalogue that they were to write."""
    folder = tmp_path_factory.mktemp("bad-input")
    broken = folder / "broken.csv"
    broken.write_text("Name,Year\nNobody,2000\n", encoding="utf-8")
    empty, mirrored = "flows_without_tables", "flows_unmirrored"
    worlds.postgres.create_database(empty, owner="trr_owner")
    worlds.postgres.create_database(mirrored, owner="trr_owner", template=collected.name)
    with worlds.postgres.connect(mirrored) as connection:
        connection.execute("update core.images set asset_id = null")
    databases = {
        name: worlds.postgres.url(url, "trr_app") for name, url in {"EMPTY": empty, "COLLECTED": mirrored}.items()
    }

    with worlds.catalogue(database_template, sample_upstream, bucket=collected.bucket) as catalogue:

        def told(name: str, case: Case) -> dict[str, Any]:
            changes = {key: databases.get(str(value), value) for key, value in case.environment.items()}
            return {
                "environment": {key: value for key, value in (os.environ | changes).items() if value is not None},
                "arguments": [str(broken) if argument == "BROKEN" else argument for argument in case.arguments],
                "output": str(folder / f"{name}.out"),
                "errors": str(folder / f"{name}.err"),
            }

        cases = {name: told(name, case) for name, case in CASES.items()}
        shared = [name for name in CASES if name not in ALONE]
        with ThreadPoolExecutor(2) as pool:
            halves = pool.map(lambda names: together([cases[name] for name in names]), [shared[::2], shared[1::2]])
            codes = dict(zip(shared[::2] + shared[1::2], chain(*halves), strict=True))
            codes |= zip(ALONE, pool.map(lambda name: alone(cases[name]), ALONE), strict=True)
        yield (
            catalogue,
            {
                name: Ended(codes[name], Path(case["output"]).read_text(), Path(case["errors"]).read_text())
                for name, case in cases.items()
            },
        )


@pytest.mark.parametrize("name", CASES)
def test_one_clear_message_and_no_traceback(before, name):
    ended = before[1][name]
    assert CASES[name].said in ended.errors, ended.errors + ended.output
    assert "Traceback" not in ended.errors + ended.output
    assert "\n  File " not in ended.errors + ended.output
    assert ended.code in (1, 2)
    told = [line for line in ended.errors.splitlines() if re.match(r"FAILED: |--[a-z]", line)]
    assert len(told) == 1, ended.errors


def test_nothing_is_half_written(before):
    catalogue, _ = before
    assert {table: rows for table, rows in catalogue.counts().items() if rows} == {}
    assert set(catalogue.column("select status from ops.runs")) == {"failed"}


def test_no_secret_is_told(before):
    for ended in before[1].values():
        assert "of-somebody-else" not in ended.output + ended.errors
        assert "sample-token" not in ended.output + ended.errors
