"""Workers as processes: called when there is work, killed in the middle of it, asked to stop, several at once."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlmodel import select

from db.commands import outbox
from db.session import acting_as, as_system, dispose
from models.access import AuditEntry
from models.outbox import OutboxItem
from webapp.worker import __main__ as program

ROOT = Path(__file__).resolve().parents[2]


def until(condition: Callable[[], object], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


class Process:
    """A worker in a process of its own."""

    def __init__(self, folder: Path, *command: str, **variables: str) -> None:
        self.log = folder / f"log-{time.monotonic_ns()}"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *(command or ("tests.webapp.worker_program", str(folder)))],
                cwd=ROOT,
                env={**os.environ, "WORKER_THREADS": "1", "WORKER_POLL_SECONDS": "0.3", **variables},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def says(self, words: str) -> bool:
        return words in self.log.read_text()


@pytest.fixture
def start(database, tmp_path):
    """Start a worker; what still runs at the end is killed."""
    started: list[Process] = []

    def begin(*command: str, **variables: str) -> Process:
        started.append(Process(tmp_path, *command, **variables))
        return started[-1]

    yield begin
    for worker in started:
        worker.process.kill()
        worker.process.wait()


def queue(topic: str, *numbers: int) -> None:
    with acting_as(None) as session:
        for number in numbers:
            outbox.enqueue(session, topic, {"n": number})


def done() -> "Counter[int]":
    """How often each item was done, by what it left in the database."""
    with as_system() as session:
        return Counter(int(n or 0) for n in session.exec(select(AuditEntry.target_id)))


def waiting() -> int:
    with as_system() as session:
        return session.execute(text("select count(*) from ops.outbox where done_at is null")).scalar_one()


def begun(folder: Path) -> list[list[str]]:
    """Which items that wait were begun, each with the process that did."""
    file = folder / "begun"
    return [line.split() for line in file.read_text().splitlines()] if file.exists() else []


def test_a_worker_that_is_killed_in_the_middle_loses_nothing_and_repeats_that_one_alone(start, tmp_path):
    queue("wait", 0)
    queue("note", *range(1, 21))
    first = start()
    until(lambda: len(begun(tmp_path)) == 1)
    first.process.kill()
    first.process.wait()
    assert done() == {}
    assert waiting() == 21

    with as_system() as session:  # the pause before the next attempt is over
        session.execute(text("update ops.outbox set available_at = now()"))
    (tmp_path / "0").touch()
    start()
    until(lambda: waiting() == 0)
    assert done() == Counter(range(21))
    assert [number for number, _ in begun(tmp_path)] == ["0", "0"]
    with as_system() as session:
        attempts = session.exec(select(OutboxItem.attempts).order_by("id")).all()
    assert attempts == [2, *[1] * 20]


def test_two_workers_share_the_work_and_each_piece_is_done_once(start, tmp_path):
    queue("wait", 0, 1)
    both = [start(), start()]
    until(lambda: len(begun(tmp_path)) == 2)  # at the same time, each by a worker with one thread
    assert {process for _, process in begun(tmp_path)} == {str(worker.process.pid) for worker in both}
    queue("note", *range(2, 300))
    (tmp_path / "0").touch()
    (tmp_path / "1").touch()
    until(lambda: waiting() == 0)
    assert done() == Counter(range(300))


def test_a_worker_that_is_asked_to_stop_finishes_what_it_has_in_hand_and_takes_no_more(start, tmp_path):
    queue("wait", 0)
    queue("note", 1)
    worker = start()
    until(lambda: begun(tmp_path))
    worker.process.send_signal(signal.SIGTERM)
    until(lambda: worker.says("stopping"))
    assert worker.process.poll() is None
    (tmp_path / "0").touch()
    assert worker.process.wait(120) == 0
    assert done() == Counter([0])
    assert waiting() == 1
    assert not worker.says("Traceback")


def test_a_worker_is_called_outlives_its_connections_and_ends_with_ctrl_c(start, postgres):
    worker = start(
        WORKER_POLL_SECONDS="3600"
    )  # it looks by itself once an hour, so whatever it does, it was called for
    for number in (1, 2):
        queue("note", number)
        until(lambda: waiting() == 0)
    with psycopg.connect(postgres.url("webapp").replace("+psycopg", ""), autocommit=True) as superuser:
        ended = superuser.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = 'webapp' and application_name in ('trr-system', 'trr-listen')"
        ).fetchall()
    assert ended
    queue("note", 3)
    until(lambda: waiting() == 0)
    assert done() == Counter([1, 2, 3])
    worker.process.send_signal(signal.SIGINT)
    assert worker.process.wait(120) == 0
    assert not worker.says("Traceback")


def test_the_program_tells_what_waits_does_what_is_due_and_names_what_it_lacks(database, monkeypatch, capsys):
    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["python -m webapp.worker", *arguments])
        dispose()
        code = program.main()
        return code, "".join(capsys.readouterr())

    assert run("--status") == (0, "nothing waits, nothing was given up\n")
    queue("sweep", 1)  # without the name of a sweep
    assert run("--once") == (0, "1 items were handled\n")
    code, told = run("--status")
    assert code == 0
    assert told.startswith("sweep: 0 due, 0 later, 0 failed before, 1 given up\ngiven up: sweep ")
    assert told.endswith("after 1 attempts: there is no sweep None\n")
    monkeypatch.setenv("SYSTEM_DATABASE_URL", "")
    code, told = run()
    assert code == 1
    assert told.startswith("SYSTEM_DATABASE_URL: is not set") and told.count("\n") == 1
