"""Start commands of the local stack, and make sure that nothing of them stays."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.harness import Run, Start, processes_of, wait_for


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
