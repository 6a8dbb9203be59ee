"""What every answer has in common: problems, request ids, origins, slashes, health, and the pages of `/docs`."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from db import migrate, session
from tests.webapp import factories as make
from webapp import app as webapp
from webapp.settings import web_settings
from webapp.shows import listing

HEADERS = {"Origin": "https://fans.example", "Access-Control-Request-Method": "GET"}


@pytest.mark.parametrize(
    ("method", "path", "status", "detail"),
    [
        ("GET", "/nowhere", 404, "Not Found"),
        ("GET", "/api/v1/shows/x/y/z", 404, "Not Found"),
        ("GET", "/docs/nowhere.js", 404, "Not Found"),
        ("GET", "/docs/%00", 404, "Not Found"),
        ("GET", "/docs/../app.py", 404, "Not Found"),
        ("POST", "/api/v1/shows", 405, "Method Not Allowed"),
        ("DELETE", "/health", 405, "Method Not Allowed"),
    ],
)
def test_an_error_is_a_problem(bare_client, method, path, status, detail):
    answer = bare_client.open(path, method=method)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    body = answer.get_json(force=True)
    assert list(body) == ["type", "title", "status", "detail", "errors", "request_id"]
    assert (body["status"], body["detail"], body["errors"]) == (status, detail, [])
    assert body["request_id"] == answer.headers["X-Request-ID"]


def test_405_keeps_allow(bare_client):
    assert set(bare_client.put("/api/v1/shows").headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_an_internal_error_tells_its_request_id_and_nothing_else(bare_client, monkeypatch, caplog):
    def broken(**_: Any) -> str:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(listing, "shows", broken)
    answer = bare_client.get("/api/v1/shows", headers={"X-Request-ID": "ticket-17"})
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert answer.json == {
        "type": "about:blank", "title": "Internal Server Error", "status": 500, "detail": "Internal Server Error",
        "errors": [], "request_id": "ticket-17",
    }  # fmt: skip
    assert "a secret detail" in caplog.text and "ticket-17" in caplog.text


def test_a_database_that_went_away_is_503_and_the_app_recovers(client, environment, database):
    assert client.get("/api/v1/shows").status_code == 200
    session.dispose()
    environment.setenv("DATABASE_URL", "postgresql+psycopg://trr_app:hidden-password@127.0.0.1:9/trr")
    answer = client.get("/api/v1/shows")
    assert (answer.status_code, answer.headers["Retry-After"], answer.mimetype) == (
        503,
        "5",
        "application/problem+json",
    )
    assert "hidden-password" not in answer.text and "127.0.0.1" not in answer.text
    session.dispose()
    environment.setenv("DATABASE_URL", database.url)
    assert client.get("/api/v1/shows").status_code == 200


def test_a_connection_that_the_server_cut_is_replaced(client):
    assert client.get("/api/v1/shows").status_code == 200
    with session.read() as connection:
        mine = (
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and usename = current_user and pid <> pg_backend_pid()"
        )
        with session.engine().connect() as other:
            other.execute(text("select 1"))
            assert connection.execute(text(mine)).all()
            other.invalidate()
    assert client.get("/api/v1/shows").status_code == 200


@pytest.mark.parametrize("given", ["", "two words", "x" * 129, "ümlaut", 'quote"', "../up/"])
def test_an_odd_request_id_is_replaced_by_our_own(bare_client, given):
    mine = bare_client.get("/health", headers={"X-Request-ID": given.encode("utf-8").decode("latin-1")}).headers[
        "X-Request-ID"
    ]
    assert mine != given and UUID(mine)


def test_a_given_request_id_comes_back(client):
    assert client.get("/api/v1/shows", headers={"X-Request-ID": "a.B-1_2"}).headers["X-Request-ID"] == "a.B-1_2"


@pytest.mark.parametrize("path", ["/api/v1/shows/", "/health/", "/docs/", "/docs"])
def test_a_slash_at_the_end_is_no_surprise(client, path):
    assert client.get(path).status_code == 200


def test_head_and_options_work(bare_client):
    head = bare_client.head("/health")
    assert (head.status_code, head.data) == (200, b"")
    assert bare_client.options("/api/v1/shows").status_code == 200


def test_without_configured_origins_every_page_may_read_without_credentials(client):
    preflight = client.options("/api/v1/shows", headers=HEADERS | {"Access-Control-Request-Headers": "x-one"})
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Headers"] == "x-one"
    assert "GET" in preflight.headers["Access-Control-Allow-Methods"]
    for answer in (preflight, client.get("/api/v1/shows", headers=HEADERS), client.get("/nowhere", headers=HEADERS)):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers
    assert (
        client.options("/api/v1/shows", headers=HEADERS | {"Access-Control-Request-Method": "TRACE"}).status_code == 400
    )


def test_with_configured_origins_exactly_those_may_call(environment):
    environment.setenv("CORS_ALLOW_ORIGINS", "https://fans.example/, http://localhost:3000")
    web_settings.cache_clear()
    client = webapp.create_app().test_client()
    for origin in ("https://fans.example", "http://localhost:3000"):
        for answer in (
            client.options("/api/v1/shows", headers=HEADERS | {"Origin": origin}),
            client.get("/health", headers={"Origin": origin}),
        ):
            assert answer.status_code == 200
            assert answer.headers["Access-Control-Allow-Origin"] == origin
            assert answer.headers["Access-Control-Allow-Credentials"] == "true"
            assert "Origin" in answer.headers["Vary"]
    for origin in ("https://fans.example.evil", "http://fans.example", "null"):
        assert client.options("/api/v1/shows", headers=HEADERS | {"Origin": origin}).status_code == 400
        answer = client.get("/health", headers={"Origin": origin})
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "Origin" in answer.headers["Vary"]


def test_the_old_health_routes_answer_as_before(bare_client):
    assert bare_client.get("/").json == {"status": "ok", "service": "trr-backend"}
    assert bare_client.get("/health").json == {"status": "healthy"}


def failures(client) -> dict[str, str]:
    answer = client.get("/readyz")
    if answer.status_code == 200:
        assert answer.json == {"status": "ready", "checks": {"database": "ok", "object_store": "ok"}}
        return {}
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    return {error["loc"][0]: error["msg"] for error in answer.json["errors"]}


def test_ready_with_database_and_store_and_not_without(client, bucket, environment):
    assert failures(client) == {}
    with session.engine().begin() as connection:
        found = connection.execute(text("select version_num from public.alembic_version")).scalar()
    assert found == migrate.head()
    from db.object_store import object_store

    object_store().bucket = "no-such-bucket"
    assert failures(client) == {"object_store": "its bucket is missing"}
    object_store.cache_clear()
    session.dispose()
    environment.setenv("DATABASE_URL", "postgresql+psycopg://trr_app@127.0.0.1:9/trr")
    assert failures(client) == {"database": "it does not answer, or has no tables"}
    assert client.get("/healthz").json == {"status": "alive"}
    assert client.get("/health").status_code == 200


def test_not_ready_while_a_migration_is_awaited(client, monkeypatch):
    monkeypatch.setattr(migrate, "head", lambda: "9999")
    assert failures(client)["database"] == "it awaits a migration"
    monkeypatch.setattr(migrate, "head", lambda: "0000")
    assert "database" not in failures(client), "a newer database is a deployment under way"


def test_not_ready_without_tables_or_store(app, environment, empty_database):
    assert set(failures(app.test_client())) == {"database", "object_store"}


def test_the_documentation_page_needs_no_other_host(bare_client):
    page = bare_client.get("/docs")
    assert page.status_code == 200 and "/openapi.json" in page.text
    assert re.findall(r"(?:https?:)?//[\w.-]+\.\w+", page.text) == []
    assets = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(assets) >= 4
    for address in assets:
        with bare_client.get(address) as asset:
            assert (address, asset.status_code) == (address, 200)
            assert len(asset.data) > 100
    assert '"validatorUrl": null' in page.text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")


def test_the_document_names_the_sources_of_the_data(bare_client):
    about = bare_client.get("/openapi.json").json["info"]
    assert "JustWatch" in about["description"] and "TMDb" in about["description"]


def test_unknown_ids_are_answered_alike_however_they_are_written(client):
    id_ = uuid4()
    for written in (str(id_), str(id_).upper(), id_.hex):
        assert client.get(f"/api/v1/shows/{written}").json["detail"] == "Show not found"


def test_a_query_that_is_sent_again_is_read_as_the_first_time(client):
    """What a query says is remembered; that it is malformed is not lost, and no view changes what the next one is given."""
    with make.catalogue() as session:
        for name in ("One", "Two"):
            make.show(session, name)
    for _ in range(2):
        assert [show["name"] for show in client.get("/api/v1/shows?limit=1&order=name").json] == ["One"]
        assert [show["name"] for show in client.get("/api/v1/shows?order=name&limit=2").json] == ["One", "Two"]
        wrong = client.get("/api/v1/shows?limit=none&order=name")
        assert (wrong.status_code, wrong.json["errors"][0]["loc"]) == (422, ["query", "limit"])
        assert client.get("/api/v1/people?limit=1&order=name").json == []
