"""The stack as its user meets it: real processes, started by the command line, stopped, killed, refused.

Prefect and the upstream step aside here, because each start would cost seconds; `make run` itself is the subject of
`test_run.py`.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from deployments.local.process import MARKER

ROOT = Path(__file__).resolve().parents[2]
SERVERS_ONLY = {"PREFECT_API_URL": "http://127.0.0.1:9/api", "TMDB_API_URL": "http://127.0.0.1:9", "TMDB_LIST_IDS": "1"}


class Run:
    """One `python -m deployments.local COMMAND` as a child of the test."""

    def __init__(self, folder: Path, command: str, **variables: str) -> None:
        self.folder = folder
        self.output = folder.parent / f"{folder.name}-{time.monotonic_ns()}.txt"
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "deployments.local", command],
                cwd=ROOT,
                env={**os.environ, "LOCAL_DIR": str(folder), **variables},
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def text(self) -> str:
        return self.output.read_text()

    def until(self, words: str, timeout: float = 60) -> "Run":
        """Wait until it has said these words."""
        deadline = time.monotonic() + timeout
        while words not in self.text:
            assert self.process.poll() is None and time.monotonic() < deadline, self.text
            time.sleep(0.05)
        return self

    def end(self, number: int | None = None, timeout: float = 30) -> int:
        """Send a signal, if any, and wait for the exit code."""
        if number is not None:
            self.process.send_signal(number)
        return self.process.wait(timeout)

    @property
    def addresses(self) -> dict[str, str]:
        return dict(json.loads((self.folder / "stack.json").read_text())["addresses"])


Start = Callable[..., Run]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a command in a data folder of this test, by name."""
    runs: list[Run] = []

    def begin(command: str, folder: str = "local", **variables: str) -> Run:
        runs.append(Run(tmp_path / folder, command, **variables))
        return runs[-1]

    yield begin
    for run in runs:
        run.process.kill()
        run.process.wait()
    wait_for(lambda: not any(processes_of(run.folder) for run in runs))


def processes_of(folder: Path) -> dict[int, str]:
    """The living processes of a stack: those that carry its marker, and PostgreSQL's, which work in its data folder."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            marked = f"{MARKER}={folder}".encode() in (entry / "environ").read_bytes().split(b"\0")
            if (marked or (entry / "cwd").readlink().is_relative_to(folder)) and "Z (" not in _status(entry):
                found[int(entry.name)] = (entry / "comm").read_text().strip()
        except OSError:
            continue
    return found


def _status(entry: Path) -> str:
    return (entry / "status").read_text()


def pid_of(folder: Path, program: str) -> int:
    """The first process of a stack that runs a program."""
    return min(pid for pid, name in processes_of(folder).items() if name == program)


def wait_for(condition: Callable[[], bool], timeout: float = 20) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_two_checkouts_run_side_by_side_and_ctrl_c_leaves_nothing_behind(start):
    one = start("up", "one", **SERVERS_ONLY)
    two = start("up", "two", **SERVERS_ONLY)
    one.until("Ctrl-C stops everything")
    two.until("Ctrl-C stops everything")
    assert one.addresses["Database"] != two.addresses["Database"]
    assert one.addresses["Object store"] != two.addresses["Object store"]

    second = start("up", "one", **SERVERS_ONLY)
    assert second.end() == 1
    assert f"already running (pid {one.process.pid})" in second.text
    assert one.addresses["Database"] in second.text

    assert one.end(signal.SIGINT) == 0
    assert processes_of(one.folder) == {}
    assert processes_of(two.folder) != {}
    assert start("stop", "two", **SERVERS_ONLY).end() == 0
    assert two.end() == 0
    assert processes_of(two.folder) == {}


def test_a_part_that_dies_stops_the_rest_with_a_message_and_the_data_stays(start):
    first = start("up", **SERVERS_ONLY).until("Ctrl-C stops everything")
    with psycopg.connect(first.addresses["Database"].replace("trr_app", "trr_owner")) as connection:
        connection.execute("create table public.kept as select 7 as n")
    os.kill(pid_of(first.folder, "postgres"), signal.SIGKILL)
    assert first.end() == 1
    assert "PostgreSQL ended unexpectedly (signal SIGKILL)" in first.text
    assert str(first.folder / "logs" / "postgres.log") in first.text
    assert "Traceback" not in first.text
    assert processes_of(first.folder) == {}

    second = start("up", **SERVERS_ONLY).until("Ctrl-C stops everything")
    with psycopg.connect(second.addresses["Database"].replace("trr_app", "trr_owner")) as connection:
        assert connection.execute("select n from public.kept").fetchone() == (7,)

    second.process.kill()  # the supervisor itself: nothing survives it, and the next start finds a free house
    second.process.wait()
    wait_for(lambda: not processes_of(second.folder))
    assert start("stop", **SERVERS_ONLY).end() == 0
    cleaned = start("clean", **SERVERS_ONLY)
    assert cleaned.end() == 0
    assert f"removing {second.folder}" in cleaned.text
    assert not second.folder.exists()


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"TMDB_BEARER_TOKEN": "abc"}, "TMDB_LIST_IDS: is not set, and neither is IMDB_LIST_CSV"),
        ({"MIGRATION_DATABASE_URL": "postgresql://x"}, "DATABASE_URL: is not set, but MIGRATION_DATABASE_URL is"),
        ({"WEB_PORT": "http"}, "WEB_PORT: "),
        (SERVERS_ONLY | {"WEED_BIN": "/nowhere/weed"}, "WEED_BIN: /nowhere/weed is not a program"),
        (
            SERVERS_ONLY
            | {"DATABASE_URL": "postgresql+psycopg://x@127.0.0.1:9/x", "S3_ENDPOINT": "http://127.0.0.1:9"},
            "DATABASE_URL: the database does not answer",
        ),
    ],
)
def test_a_wrong_setting_is_one_message_and_exit_1(start, variables, message):
    run = start("up", **variables)
    assert run.end() == 1
    assert message in run.text
    assert "Traceback" not in run.text
    assert processes_of(run.folder) == {}


def test_a_taken_port_is_named_with_its_variable(start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = start("up", POSTGRES_PORT=str(port), **SERVERS_ONLY)
        assert run.end() == 1
    assert f"POSTGRES_PORT: port {port} is taken" in run.text
    assert "Traceback" not in run.text


def test_only_a_running_stack_has_an_environment_to_export(start):
    run = start("env")
    assert run.end() == 1
    assert "no stack is running here" in run.text
