"""The embedded PostgreSQL: starts, keeps its data through crashes, has what the stack needs."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import deployments.local.postgres
from db.settings import ConfigurationError
from deployments.local.ports import Ports
from deployments.local.postgres import Postgres, refuge


@pytest.fixture
def own_postgres(tmp_path: Path) -> Iterator[Postgres]:
    server = _server(tmp_path)
    yield server
    server.child.stop()


def _server(folder: Path) -> Postgres:
    port = Ports(folder / "ports.json").take("postgres")
    return Postgres(folder / "data", port, folder / "postgres.log", env=os.environ)


def test_a_killed_postmaster_comes_back_with_its_data(own_postgres, tmp_path):
    own_postgres.start()
    own_postgres.child.wait_ready()
    with own_postgres.connect() as connection:
        connection.execute("create table kept as select generate_series(1, 1000) as n")

    assert own_postgres.child.pid
    os.kill(own_postgres.child.pid, signal.SIGKILL)
    again = _server(tmp_path)
    try:
        again.start()
        again.child.wait_ready()
        with again.connect() as connection:
            assert connection.execute("select count(*) from kept").fetchone() == (1000,)
    finally:
        again.child.stop()


def test_a_pid_file_that_names_a_stranger_does_not_keep_it_from_starting(own_postgres):
    own_postgres.start()
    own_postgres.child.wait_ready()
    own_postgres.child.stop()
    (own_postgres.data / "postmaster.pid").write_text(f"{os.getppid()}\n{own_postgres.data}\n0\n1\n")
    own_postgres.start()
    own_postgres.child.wait_ready()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user")
def test_root_without_user_namespaces_runs_it_as_nobody(tmp_path, monkeypatch):
    monkeypatch.setattr(deployments.local.postgres, "can_unshare", lambda: False)
    server = _server(tmp_path)
    home = refuge(tmp_path / "data")
    try:
        server.start()
        server.child.wait_ready()
        server.prepare()
        assert server.data.is_relative_to(home)
        assert Path(f"/proc/{server.child.pid}").stat().st_uid == 65534
    finally:
        server.child.stop()
        shutil.rmtree(home)


def test_owner_application_and_system_are_plain_logins_and_the_trigram_extension_is_there(postgres):
    with postgres.connect() as connection:
        roles = connection.execute(
            "select rolname, rolsuper, rolbypassrls, rolcanlogin from pg_roles where rolname like 'trr%' order by 1"
        ).fetchall()
        assert roles == [(name, False, False, True) for name in ("trr_app", "trr_owner", "trr_system")]
        assert connection.execute("show server_encoding").fetchone() == ("UTF8",)
    with psycopg.connect(postgres.url("trr", "trr_owner").replace("+psycopg", "")) as connection:
        connection.execute("create extension if not exists pg_trgm")
        connection.execute("create extension if not exists unaccent")
        connection.rollback()


def test_each_test_has_a_database_of_its_own(database, postgres):
    with psycopg.connect(database.url.replace("+psycopg", "")) as connection:
        assert connection.execute("select current_user, current_database()").fetchone() == ("trr_app", database.name)
        assert connection.execute("select count(*) from core.shows").fetchone() == (0,)


def test_a_folder_without_postgres_is_refused_by_its_variable(tmp_path):
    with pytest.raises(ConfigurationError, match=r"^POSTGRES_BIN: there is no postgres"):
        Postgres(tmp_path / "data", 1, tmp_path / "log", env={}, binaries=tmp_path)
