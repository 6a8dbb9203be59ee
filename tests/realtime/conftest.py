"""Web processes as an installation has them, over a database of the session's own, and clients of them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import urllib3
from sqlalchemy import text

from db import session as sessions
from db.commands.events import announce
from db.session import acting_as, as_system
from models.accounts import Role
from models.rules.rooms import Room
from tests.conftest import SCRATCH
from tests.realtime.clients import Client, Contract, wait_until
from webapp.access import issuers
from webapp.access.minting import mint

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {
    "S3_ENDPOINT": "http://127.0.0.1:9",  # where nobody listens
    "S3_ACCESS_KEY": "reader",
    "S3_SECRET_KEY": "not-a-real-secret",
    "AUTH_SECRET": "a-secret-for-tests-that-is-long-enough",
    "REALTIME_SOCKETS_PER_ADDRESS": "2000",
    "REALTIME_SOCKETS_PER_USER": "5",
    "REALTIME_ROOMS_PER_SOCKET": "3",
    "REALTIME_EVENTS_PER_SECOND": "20",
    "REALTIME_REPLAY": "50",
    "REALTIME_RECHECK_SECONDS": "1",
    "REALTIME_POLL_SECONDS": "1",
}


class Web:
    """A web process."""

    program = "tests.realtime.program"

    def __init__(self, port: int, variables: dict[str, str], *arguments: str) -> None:
        self.port = port
        self.address = f"http://127.0.0.1:{port}"
        self._arguments = arguments
        self._variables = variables
        self.start()

    def start(self) -> None:
        """Start it; it serves once `ready` has returned."""
        with (SCRATCH / f"web-{self.port}.log").open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", self.program, *self._arguments],
                cwd=ROOT,
                env={**os.environ, "WEB_PORT": str(self.port), **self._variables},
                stdout=log,
                stderr=log,
            )

    def ready(self) -> "Web":
        """Wait until it serves."""
        wait_until(self.serves, "the web process did not start")
        return self

    def serves(self) -> bool:
        """Whether it answers."""
        assert self.process.poll() is None, (SCRATCH / f"web-{self.port}.log").read_text()
        try:
            return urllib3.request("GET", f"{self.address}/health", retries=False, timeout=5).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ask it to stop; answers its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(120)


@pytest.fixture(scope="session")
def variables(postgres: Any, database_template: str) -> dict[str, str]:
    """What points a program at a database that all tests here share."""
    postgres.create_database("realtime", owner="trr_owner", template=database_template)
    return SETTINGS | {
        "DATABASE_URL": postgres.url("realtime", "trr_app"),
        "MIGRATION_DATABASE_URL": postgres.url("realtime", "trr_owner"),
        "SYSTEM_DATABASE_URL": postgres.url("realtime", "trr_system"),
    }


@pytest.fixture
def here(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the test's own process announce into that database, and sign tokens that the web processes believe."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    _forget()
    yield
    _forget()


def _forget() -> None:
    sessions.dispose()
    issuers.forget()


@pytest.fixture(scope="session")
def web(variables: dict[str, str], ports: Any) -> Iterator[Web]:
    """A web process on threads."""
    process = Web(ports.take("web"), variables)
    yield process.ready()
    process.kill()


@pytest.fixture(scope="session")
def green_web(variables: dict[str, str], ports: Any) -> Iterator[Web]:
    """A web process on gevent."""
    process = Web(ports.take("green"), variables, "--gevent")
    yield process.ready()
    process.kill()


@pytest.fixture(scope="session")
def contract(web: Web) -> Contract:
    """What events may look like."""
    return Contract(web.address)


@pytest.fixture
def connect(here: None, web: Web, contract: Contract) -> Iterator[Callable[..., Client]]:
    """Connect a client; every event that it was sent is held to its schema at the end."""
    made: list[Client] = []

    def make(namespace: str, user: UUID | None = None, *, to: Web = web, seconds: float = 600, **more: Any) -> Client:
        token = None if user is None else mint(user, Role.USER, lifetime=timedelta(seconds=seconds))
        made.append(Client(to.address, contract, namespace, more.get("token", token)))
        return made[-1]

    yield make
    for client in made:
        client.close()
        assert client.violations == []


def a_user(name: str | None = None) -> UUID:
    """A new user."""
    user = uuid4()
    with as_system() as session:
        session.execute(
            text("insert into accounts.users (id, display_name) values (:id, :name)"), {"id": user, "name": name}
        )
    return user


def a_conversation(*members: UUID) -> Room:
    """A conversation as the test's program knows it."""
    room = Room.conversation(uuid4())
    with as_system() as session:
        for user in members:
            session.execute(
                text("insert into accounts.identities (issuer, subject, user_id) values (:room, :user, :id)"),
                {"room": str(room.id), "user": str(user), "id": user},
            )
    return room


def tell(room: Room, *numbers: int, type: str = "tick", **payload: Any) -> None:
    """Announce events, each in a transaction of its own."""
    for number in numbers:
        with acting_as(None) as session:
            announce(session, room, type, payload or {"n": number})


def stored(room: Room) -> list[tuple[int, Any]]:
    """What the database holds of a room."""
    with as_system() as session:
        rows = session.execute(
            text("select seq, payload from ops.events where room = :room order by seq"), {"room": str(room)}
        )
        return [(seq, payload) for seq, payload in rows]


def heard(client: Client, *types: str) -> list[tuple[int, Any]]:
    """What a client was told, as `stored` puts it."""
    return [(event["seq"], event["payload"]) for event in client.of(*(types or ("tick",)))]


def hears_all(client: Client, room: Room, after: int = 0) -> None:
    """Wait until a client was told exactly what the database holds of a room after a number."""
    wait_until(lambda: heard(client) == stored(room)[after:], f"not all came: {heard(client)} of {stored(room)}")


def settle(seconds: float = 0.3) -> None:
    """Give what must not come a moment to come all the same."""
    time.sleep(seconds)
