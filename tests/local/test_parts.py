"""Ports, locks and children on their own."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from db.settings import ConfigurationError
from deployments.local.lock import AlreadyRunning, StackLock
from deployments.local.ports import Ports, is_free
from deployments.local.process import MARKER, Child, ChildFailed, is_alive, sweep
from tests.conftest import ROOT
from tests.local.harness import wait_for


def test_ports_are_free_distinct_and_remembered(tmp_path):
    first = Ports(tmp_path / "ports.json")
    chosen = {name: first.take(name) for name in ("a", "b", "c")}
    assert len(set(chosen.values())) == 3
    again = Ports(tmp_path / "ports.json")
    assert {name: again.take(name) for name in chosen} == chosen


def test_a_remembered_port_that_is_taken_by_now_is_replaced(tmp_path):
    port = Ports(tmp_path / "ports.json").take("web")
    with socket.create_server(("127.0.0.1", port)):
        assert not is_free(port)
        assert Ports(tmp_path / "ports.json").take("web") != port


CHOOSING = """
import sys
from pathlib import Path
from deployments.local.ports import Ports
print(Ports(Path(sys.argv[1])).take("web"), flush=True)
sys.stdin.read()
"""


def test_a_port_that_another_process_chose_is_left_to_it_before_its_server_listens(tmp_path):
    file = tmp_path / "ports.json"
    with subprocess.Popen(
        [sys.executable, "-c", CHOOSING, str(file)], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout and other.stdin
        port = int(other.stdout.readline())
        assert is_free(port)
        with pytest.raises(ConfigurationError, match=f"port {port} is taken"):
            Ports(tmp_path / "none.json").take("web", asked=port, variable="WEB_PORT")
        assert Ports(file).take("web") != port
        other.kill()
    assert Ports(tmp_path / "none.json").take("web", asked=port, variable="WEB_PORT") == port


def test_a_port_the_user_asked_for_is_never_replaced(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"^WEB_PORT: port {port} is taken"):
            Ports(tmp_path / "ports.json").take("web", asked=port, variable="WEB_PORT")


def test_a_broken_ports_file_is_written_anew(tmp_path):
    (tmp_path / "ports.json").write_text('{"web": 80')
    assert Ports(tmp_path / "ports.json").take("web")


def test_one_holder_per_folder(tmp_path):
    held = StackLock(tmp_path)
    held.acquire()
    with pytest.raises(AlreadyRunning, match=f"pid {os.getpid()}"):
        StackLock(tmp_path).acquire()
    held.release()
    assert not StackLock(tmp_path).is_held()


def _child(code: str, log: Path, **options: object) -> Child:
    return Child("Sleeper", [sys.executable, "-c", code], env=dict(os.environ), log=log, **options)  # type: ignore[arg-type]


def test_a_child_that_ends_early_is_reported_with_the_end_of_its_log(tmp_path):
    child = _child("print('no such table'); raise SystemExit(3)", tmp_path / "log", ready=lambda: False)
    child.start()
    with pytest.raises(ChildFailed, match=r"(?s)Sleeper ended with exit code 3 before it was ready.*no such table"):
        child.wait_ready()


def test_a_child_that_ignores_every_request_is_killed_with_its_own_children(tmp_path):
    code = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN); signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    child = _child(code, tmp_path / "log", ready=lambda: (tmp_path / "log").stat().st_size > 0, patience=0.2)
    child.start()
    child.wait_ready()
    grandchild = int((tmp_path / "log").read_text())
    child.stop()
    assert child.poll() == -9
    wait_for(lambda: not is_alive(grandchild))


def test_sweeping_ends_what_carries_the_marker_and_nothing_else(tmp_path):
    ours = Child("a", ["sleep", "60"], env={**os.environ, MARKER: str(tmp_path)}, log=tmp_path / "a.log")
    other = Child("b", ["sleep", "60"], env={**os.environ, MARKER: str(tmp_path) + "x"}, log=tmp_path / "b.log")
    for child in (ours, other):
        child.start()
    try:
        assert sweep(tmp_path) == [ours.pid]
        assert ours.poll() is not None
        assert other.poll() is None
    finally:
        ours.stop()
        other.stop()
