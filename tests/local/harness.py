"""One command of the local stack as a child of a test, and what it leaves behind."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from deployments.local.process import MARKER
from tests.conftest import QUIET

ROOT = Path(__file__).resolve().parents[2]


class Run:
    """One `python -m deployments.local COMMAND` as a child of the test."""

    def __init__(self, folder: Path, command: str, **variables: str) -> None:
        self.folder = folder
        self.output = folder.parent / f"{folder.name}-{time.monotonic_ns()}.txt"
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "deployments.local", command],
                cwd=ROOT,
                env={**newcomer(), "LOCAL_DIR": str(folder), **variables},
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def text(self) -> str:
        return self.output.read_text()

    def until(self, words: str, timeout: float = 180) -> "Run":
        """Wait until it has said these words."""
        deadline = time.monotonic() + timeout
        while words not in self.text:
            assert self.process.poll() is None and time.monotonic() < deadline, self.text
            time.sleep(0.05)
        return self

    def end(self, number: int | None = None, timeout: float = 120) -> int:
        """Send a signal, if any, and wait for the exit code."""
        if number is not None:
            self.process.send_signal(number)
        return self.process.wait(timeout)

    @property
    def addresses(self) -> dict[str, str]:
        return dict(json.loads((self.folder / "stack.json").read_text())["addresses"])


def newcomer() -> dict[str, str]:
    """The environment of somebody who has set nothing: the stack's own upstream may be asked for everything."""
    return {name: value for name, value in os.environ.items() if name not in QUIET}


Start = Callable[..., Run]


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


def wait_for(condition: Callable[[], bool], timeout: float = 60) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
