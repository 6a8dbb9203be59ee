"""The app over its WSGI test client: one app a session, and one database, which every test that asks for it finds empty."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlmodel import SQLModel

from db import session
from db.object_store import object_store
from db.settings import object_store_settings
from models.accounts import Role
from tests.sources.double import Double
from tests.webapp.console_pages import Browser, secret_of
from tests.webapp.post import Post, post_office
from webapp import limits
from webapp.access import issuers
from webapp.access.minting import mint
from webapp.app import create_app
from webapp.settings import account_settings, mail_settings, web_settings, webhook_settings
from webapp.tasks.registry import HANDLERS
from webapp.worker.handling import drain

MEDIA = "https://media.invalid/pictures"
ENVIRONMENT = {
    "S3_ENDPOINT": "http://127.0.0.1:9",  # where nobody listens
    "S3_ACCESS_KEY": "reader",
    "S3_SECRET_KEY": "not-a-real-secret",
    "MEDIA_PUBLIC_URL": MEDIA,
    "CORS_ALLOW_ORIGINS": "",
    "AUTH_SECRET": "a-secret-for-tests-that-is-long-enough",
    "AUTH_ISSUERS": "",
}


def _forget_settings() -> None:
    for cached in (web_settings, object_store_settings, object_store):
        cached.cache_clear()
    issuers.forget()
    limits.forget()


def _configure(patch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        patch.setenv(name, value)
    _forget_settings()


@contextmanager
def configured() -> Iterator[None]:
    """All settings of the web app but the database's, while a module's own app is made and used."""
    with pytest.MonkeyPatch.context() as patch:
        _configure(patch)
        yield


class Database(NamedTuple):
    """Where the web app's tests keep their rows."""

    url: str
    owner_url: str
    system_url: str


@pytest.fixture(scope="session")
def kept_database(postgres: Any, database_template: str) -> Database:
    """One migrated database for all tests here: emptying it takes a tenth of the time of making another."""
    postgres.create_database("webapp", owner="trr_owner", template=database_template)
    return Database(*(postgres.url("webapp", login) for login in ("trr_app", "trr_owner", "trr_system")))


@pytest.fixture
def database(kept_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The database, migrated and without rows, which the settings point to."""
    monkeypatch.setenv("DATABASE_URL", kept_database.url)
    monkeypatch.setenv("MIGRATION_DATABASE_URL", kept_database.owner_url)
    monkeypatch.setenv("SYSTEM_DATABASE_URL", kept_database.system_url)
    session.dispose()
    tables = [table.fullname for table in SQLModel.metadata.sorted_tables if table.fullname != "ops.installation"]
    with psycopg.connect(kept_database.owner_url.replace("+psycopg", ""), autocommit=True) as owner:
        owner.execute(f"truncate {', '.join(tables)} restart identity")
    yield kept_database
    session.dispose()


@pytest.fixture(scope="session")
def app() -> Flask:
    """The app as gunicorn would make it."""
    with pytest.MonkeyPatch.context() as patch:
        _configure(patch)
        return create_app()


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """All settings of the web app but the database's."""
    _configure(monkeypatch)
    yield monkeypatch
    _forget_settings()


@pytest.fixture
def bare_client(app: Flask, environment: pytest.MonkeyPatch) -> FlaskClient:
    """A client for what is answered before any database is asked."""
    return app.test_client()


@pytest.fixture
def client(app: Flask, environment: pytest.MonkeyPatch, database: Any) -> FlaskClient:
    """A client of the app on an empty catalogue."""
    return app.test_client()


class UserClient(FlaskClient):
    """A client that sends its user's token with every request."""

    user_id: UUID
    token: str


class Tokens:
    """Users, and tokens of the built-in issuer for them."""

    def user(self, name: str, role: Role = Role.USER) -> UUID:
        """The user of a name, made when there is none; with this role from now on."""
        upsert = text(
            "insert into accounts.users (username, role) values (:name, :role)"
            " on conflict (lower(username)) do update set role = excluded.role returning id"
        )
        with session.as_system() as system:
            return UUID(str(system.execute(upsert, {"name": name, "role": role}).scalar_one()))

    def of(self, user_id: UUID, *, lifetime: timedelta = timedelta(minutes=5), session_id: UUID | None = None) -> str:
        """A token for a user."""
        return mint(user_id, Role.USER, lifetime=lifetime, session_id=session_id)


@pytest.fixture
def tokens(client: FlaskClient) -> Tokens:
    """Users and their tokens."""
    return Tokens()


@pytest.fixture
def as_user(app: Flask, tokens: Tokens) -> Callable[..., UserClient]:
    """A function that gives a client of somebody: `as_user("ann", Role.MODERATOR)`."""

    def client_of(name: str, role: Role = Role.USER) -> UserClient:
        client = UserClient(app, app.response_class, use_cookies=True)
        client.user_id = tokens.user(name, role)
        client.token = tokens.of(client.user_id)
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {client.token}"
        return client

    return client_of


@pytest.fixture
def enter(app, client, as_user) -> Callable[..., Browser]:
    """A function that signs somebody in: `enter("ann")`."""

    def signed_in(name: str, role: Role = Role.USER) -> Browser:
        browser = Browser(app, app.response_class, use_cookies=True)
        secret = secret_of(browser.get("/console/sign-in"))
        token = as_user(name, role).token
        assert browser.post("/console/sign-in", data={"token": token, "secret": secret}).status_code == 303
        browser.secret = secret_of(browser.get("/console/"))
        return browser

    return signed_in


@pytest.fixture
def private_bucket(request: pytest.FixtureRequest, environment: pytest.MonkeyPatch) -> str:
    """The name of a private bucket of the test's own, which the web app and its worker use."""
    request.getfixturevalue("bucket")
    return object_store_settings().s3_private_bucket


@pytest.fixture
def post(environment: pytest.MonkeyPatch) -> Iterator[Post]:
    """A mail server, which the settings point to."""
    with post_office() as server:
        environment.setenv("MAIL_URL", f"smtp://127.0.0.1:{server.port}")
        environment.setenv("MAIL_LINK_URL", "https://app.example.org/account")
        for cached in (mail_settings, account_settings):
            cached.cache_clear()
        yield server
    for cached in (mail_settings, account_settings):
        cached.cache_clear()


@pytest.fixture
def work(database: Any) -> Callable[[], int]:
    """A function that does what is queued, every item once; gives how many there were."""
    return lambda: drain(HANDLERS, attempts=1)


@pytest.fixture
def statements(database: Any) -> Callable[[], Any]:
    """A context that collects the SQL statements which run inside it."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            seen.append(statement)

        class Noting(psycopg.RawCursor[Any]):  # public reads go past the engine
            def execute(self, query: Any, *args: Any, **options: Any) -> Any:
                seen.append(query)
                return super().execute(query, *args, **options)

        engine = session.engine()
        event.listen(engine, "before_cursor_execute", note)
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(psycopg, "RawCursor", Noting)
                yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return collect


@pytest.fixture
def receiver(environment: Any) -> Iterator[Double]:
    """A receiver of webhooks on this machine, where they may lead meanwhile."""
    environment.setenv("WEBHOOK_LOCAL", "true")
    webhook_settings.cache_clear()
    double = Double()
    yield double
    double.close()
    webhook_settings.cache_clear()
