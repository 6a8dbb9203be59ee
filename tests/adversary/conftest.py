"""The app with an empty database, as `tests/webapp/` has it; and `fingerprint`, which tells whether anything was changed."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from sqlmodel import SQLModel

from tests.webapp.conftest import Database, app, as_user, client, database, environment, tokens

__all__ = ["app", "as_user", "client", "database", "environment", "tokens"]

COUNTERS = ("ops.action_uses",)
"""Tables that count what was tried; being refused may change them."""


@pytest.fixture(scope="session")
def kept_database(postgres: Any, database_template: str) -> Database:
    """One migrated database for the routes' tests."""
    postgres.create_database("adversary_routes", owner="trr_owner", template=database_template)
    return Database(*(postgres.url("adversary_routes", login) for login in ("trr_app", "trr_owner", "trr_system")))


@pytest.fixture
def fingerprint(postgres: Any, database: Database) -> Callable[[], dict[str, Any]]:
    """A function that tells of every table how many rows it has and what they hold."""
    tables = [name for name in SQLModel.metadata.tables if name not in COUNTERS]
    parts = [f"select '{name}', count(*), sum(hashtext(row::text)::bigint) from {name} row" for name in tables]
    url = postgres.url("adversary_routes").replace("+psycopg", "")

    def of_all() -> dict[str, Any]:
        with psycopg.connect(url) as superuser:
            return {name: rest for name, *rest in superuser.execute(" union all ".join(parts)).fetchall()}

    return of_all
