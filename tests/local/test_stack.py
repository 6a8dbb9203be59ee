"""The stack as its user meets it: real processes, started by the command line, stopped, killed, refused.

Prefect and the upstream step aside here, because each start would cost seconds; `make run` itself is the subject of
`test_run.py`.
"""

import os
import signal
import socket

import psycopg
import pytest

from tests.local.harness import pid_of, processes_of, wait_for

SERVERS_ONLY = {"PREFECT_API_URL": "http://127.0.0.1:9/api", "TMDB_API_URL": "http://127.0.0.1:9", "TMDB_LIST_IDS": "1"}


def test_two_checkouts_run_side_by_side_and_ctrl_c_leaves_nothing_behind(start):
    one = start("up", "one", **SERVERS_ONLY)
    two = start("up", "two", **SERVERS_ONLY)
    one.until("Ctrl-C stops everything")
    exported = start("env", "one")
    assert exported.end() == 0
    assert f"export DATABASE_URL={one.addresses['Database']}" in exported.text.splitlines()
    with psycopg.connect(one.addresses["Database"]) as connection:  # libpq's form, as psql takes it
        assert connection.execute("select current_user").fetchone() == ("trr_app",)
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


@pytest.mark.parametrize(("command", "variable"), [("up", "POSTGRES_PORT"), ("run", "WEB_PORT")])
def test_a_taken_port_is_named_with_its_variable(start, command, variable):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = start(command, **{variable: str(port)}, **SERVERS_ONLY)
        assert run.end() == 1
    assert f"{variable}: port {port} is taken" in run.text
    assert "Traceback" not in run.text


def test_ctrl_c_while_it_starts_leaves_nothing_behind(start):
    run = start("up", **SERVERS_ONLY).until("PostgreSQL")
    assert run.end(signal.SIGINT) == 0
    assert "Traceback" not in run.text
    assert processes_of(run.folder) == {}


def test_only_a_running_stack_has_an_environment_to_export(start):
    run = start("env")
    assert run.end() == 1
    assert "no stack is running here" in run.text
