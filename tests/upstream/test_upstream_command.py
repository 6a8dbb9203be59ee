"""`python -m deployments.upstream` as its own process."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from deployments.upstream.__main__ import main

ROOT = Path(__file__).resolve().parents[2]


def test_it_says_when_it_is_ready_answers_and_stops_cleanly_on_sigterm():
    command = [
        sys.executable,
        "-m",
        "deployments.upstream",
        "--port",
        "0",
        "--shows",
        "3",
        "--token",
        "secret",
        "--rate",
        "0.01",
        "--burst",
        "1",
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = process.stdout.readline()
        url = ready.split()[4]
        assert requests.get(f"{url}/_health", timeout=60).json()["source"] == "3 generated full shows, seed 1"
        listed = [requests.get(f"{url}/3/list/1", params={"api_key": "secret"}, timeout=60) for _ in range(2)]
        assert [answer.status_code for answer in listed] == [200, 429]
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=60)
    assert ready.startswith("sample upstream listening on http://127.0.0.1:")
    assert (process.returncode, output, errors) == (0, "sample upstream stopped after 2 requests\n", "")


@pytest.fixture
def quiet_signals():
    """The signal handlers `main` sets are taken back."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("quiet_signals")
def test_a_taken_port_is_one_clear_line_and_exit_code_1(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port)]) == 1
    assert capsys.readouterr().err == f"sample upstream: cannot listen on 127.0.0.1:{port}: Address already in use\n"


@pytest.mark.usefixtures("quiet_signals")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--data", "no-such-folder"], "no recordings.json there"),
        (["--shows", "0"], "must be between 1 and"),
        (["--rate", "0"], "rate must be above 0"),
        (["--too-many", "0.7", "--drops", "0.7"], "at most 1 together"),
        (["--malformed-kinds", "odd"], "malformed kinds are cut, html"),
    ],
)
def test_impossible_options_are_one_clear_line_and_exit_code_1(capsys, arguments, words):
    assert main(arguments) == 1
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1


def test_help_explains_every_option(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    for option in (
        *("--host", "--port", "--data", "--shows", "--seed", "--captured-before", "--placeholder-images", "--token"),
        *(
            "--latency",
            "--rate",
            "--burst",
            "--size",
            "--foreign-changes",
            "--too-many",
            "--server-errors",
            "--timeouts",
        ),
        *("--timeout-seconds", "--drops", "--malformed", "--malformed-kinds", "--max-in-flight", "--in-flight-status"),
        *("--retry-after", "--faults-on-images", "--fault-seed"),
    ):
        assert f"  {option}" in text
