"""`python -m webapp`: it serves over a real socket, and says in one line why it cannot."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import urllib3

from db.session import dispose
from deployments.local.ports import Ports
from tests.conftest import SCRATCH
from tests.webapp import factories as make
from webapp import __main__ as program
from webapp import serving as servers
from webapp.settings import web_settings

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port for a server that needs seconds to listen, which no other test session chooses meanwhile."""
    return Ports(SCRATCH / "ports-of-programs.json").take("program")


@contextmanager
def serving() -> Iterator[str]:
    """The address of an app in a process of its own."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "webapp"],
        cwd=ROOT,
        env={**os.environ, "WEB_PORT": str(port)},
        text=True,
        stderr=subprocess.PIPE,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(2400):
            try:
                urllib3.request("GET", f"{address}/healthz", retries=False, timeout=1)
                break
            except urllib3.exceptions.HTTPError:
                assert process.poll() is None, process.communicate()
                time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.communicate(timeout=60)


def status_of(address: str, raw: bytes) -> int:
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(raw)
        return int(connection.makefile("rb").readline().split()[1])


@pytest.fixture
def start(environment, database, monkeypatch, capsys):
    """Start the program in this process, up to where it would serve: its exit code, its one line, and how it would serve."""
    served: dict[str, object] = {}
    monkeypatch.setattr(servers.signal, "signal", lambda *_: None)  # this process is not the server
    monkeypatch.setattr(servers, "run_simple", lambda host, port, app, **how: served.update(how, at=(host, port)))

    def run(*arguments: str, **variables: str) -> tuple[int, str, dict[str, object]]:
        for name, value in {"WEB_PORT": str(free_port()), **variables}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["webapp", *arguments])
        web_settings.cache_clear()
        dispose()
        code = program.main()
        out, err = capsys.readouterr()
        assert out == "" and err.count("\n") == (1 if code else 0)
        return code, err, served

    return run


def test_it_serves_over_a_socket_and_no_byte_is_an_internal_error(environment, database, start):
    with make.catalogue() as session:
        show = make.full_show(session)
    with serving() as address:
        answer = urllib3.request("GET", f"{address}/api/v1/shows/{show.id}")
        assert (answer.status, answer.json()["name"]) == (200, "Isola Ficta")
        junk = urllib3.request("GET", f"{address}/api/v1/shows/%FF%00")
        assert (junk.status, junk.headers["Content-Type"]) == (422, "application/problem+json")
        end = b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        assert status_of(address, b"GET /api/v1/shows/\xff\xfe\x80" + end) == 422
        assert status_of(address, b"GET /api/v1/shows?limit=\xff\x01" + end) == 422
        assert status_of(address, b"GET /api/v1/shows" + end.replace(b"x", b"\xff\xfe:99999")) in (200, 400)
        code, line, _ = start(WEB_PORT=address.rsplit(":", 1)[1])
    assert code == 1
    assert line.startswith("WEB_PORT: ") and "is taken" in line


@pytest.mark.parametrize(
    ("variable", "value", "line"),
    [
        ("WEB_PORT", "70000", r"WEB_PORT: .*65535"),
        ("WEB_SERVER", "eventlet", r"WEB_SERVER: .*'threads' or 'gevent'"),
        ("WEB_HOST", "192.0.2.1", r"WEB_HOST: cannot listen on 192\.0\.2\.1"),
        ("CORS_ALLOW_ORIGINS", "fans.example", r"CORS_ALLOW_ORIGINS: .*'fans\.example' is no origin"),
        ("DATABASE_URL", "postgresql+psycopg://u@127.0.0.1:9/trr", r"DATABASE_URL: the database does not answer"),
        ("S3_SECRET_KEY", "changeme", r"S3_SECRET_KEY: still holds a placeholder"),
        ("S3_ENDPOINT", "store.example", r"S3_ENDPOINT: must be an address"),
    ],
)
def test_a_start_that_cannot_work_is_refused_in_one_line(start, variable, value, line):
    code, error, served = start(**{variable: value})
    assert (code, served) == (1, {})
    assert re.match(line, error)


def test_a_database_without_tables_is_refused_in_one_line(start, empty_database):
    assert start() == (1, "DATABASE_URL: the database has no tables yet; run `make migrate`\n", {})


@pytest.mark.parametrize("arguments", [(), ("--reload",)])
def test_it_serves_threads_where_it_was_told_and_reloads_when_asked(start, arguments):
    port = free_port()
    how = {"at": ("127.0.0.1", port), "threaded": True, "use_reloader": bool(arguments)}
    how["request_handler"] = servers.Silent
    assert start(*arguments, WEB_PORT=str(port)) == (0, "", how)
