"""The seeded catalogue: what is shown follows from the facts, the same seed gives the same rows, the guards are back."""

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, text

from db import session as sessions
from db.bulk import Counts
from db.derive import MODELS, derive
from db.session import read, unit_of_work
from tests.bench.invented import COLUMNS, SMALL, Invented
from tests.bench.seed import seed


@pytest.fixture
def seeded(database: Any) -> dict[str, int]:
    """The rows of a database with five small shows."""
    sessions.dispose()
    return seed(database.owner_url, shows=5, shape=SMALL)


def test_a_derive_over_seeded_rows_changes_nothing(seeded: dict[str, int]) -> None:
    for kind in MODELS:
        with unit_of_work() as session:
            ids = (
                session.execute(text("select id from core.entities where kind = :kind"), {"kind": kind}).scalars().all()
            )
            assert ids
            assert derive(session, kind, ids) == Counts(unchanged=len(ids)), kind


def test_every_table_is_filled_and_the_feed_stays_empty(seeded: dict[str, int]) -> None:
    with read() as connection:
        stored = {t: connection.execute(text(f"select count(*) from {t}")).scalar_one() for t in COLUMNS}
        assert connection.execute(text("select count(*) from ops.changes")).scalar_one() == 0
    assert stored == seeded
    assert all(stored.values())


def test_foreign_keys_and_the_feed_watch_again_after_seeding(database: Any, seeded: dict[str, int]) -> None:
    missing = psycopg.errors.ForeignKeyViolation
    with psycopg.connect(database.owner_url.replace("+psycopg", ""), autocommit=True) as connection:
        with pytest.raises(missing):
            connection.execute("insert into core.aliases values (gen_random_uuid(), 'tmdb', 'Nobody', '', '')")
        connection.execute("update core.networks set origin_country = 'GB'")
        assert connection.execute("select count(*) from ops.changes").fetchone() == (seeded["core.networks"],)


def test_the_same_seed_gives_the_same_rows() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    first, again, other = (list(Invented(3, number, SMALL, now).chunks()) for number in (1, 1, 2))
    assert first == again != other


def test_an_engine_names_the_database_as_well_as_its_address(database: Any) -> None:
    engine = create_engine(database.owner_url)
    assert seed(engine, shows=1, shape=SMALL, analyze=False)["core.shows"] == 1
    engine.dispose()
