"""One migrated database for most tests here: each works in a transaction that is rolled back (a database costs 0.3 s)."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine
from sqlmodel import Session


@pytest.fixture(scope="session")
def kept_engine(postgres: Any, database_template: str) -> Iterator[Engine]:
    """An engine on that database, as the application."""
    postgres.create_database("kept", owner="trr_owner", template=database_template)
    engine = create_engine(postgres.url("kept", "trr_app"))
    yield engine
    engine.dispose()


@pytest.fixture
def session(kept_engine: Engine) -> Iterator[Session]:
    """A transaction on the empty catalogue; nothing of it stays."""
    with Session(kept_engine) as session:
        yield session
        session.rollback()
