"""Fill a database with any number of invented shows, by COPY straight into the final tables.

    python -m tests.bench.seed --shows 500          # DATABASE_URL, or MIGRATION_DATABASE_URL where that is set

500 shows are about 150,000 episodes, 20,000 people and 1.3 million rows in all, which takes some 20 seconds: entities,
external ids, facts, what is shown of them, credits, counts, offers, labels, ratings, titles, images (rows only), lists,
source records, sync states, slugs and search terms. A derive over them changes nothing.

It runs as the owner, in one transaction: the change feed's triggers are off meanwhile (the feed stays empty), and
foreign keys are taken down and put back, which checks them all at once instead of row by row.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from sqlalchemy import Engine, make_url

from db import search_terms, slugs
from db.settings import ConfigurationError
from models.search import SEARCHED, SLUGGED
from tests.bench.invented import COLUMNS, FULL, SMALL, Invented, Shape, columns

FOUND_BY = ("core.slugs", "core.search_terms", "core.search_words")
"""Tables that are filled from the rows of the others."""


def seed(
    target: Engine | str, *, shows: int, seed: int = 1, shape: Shape = FULL, analyze: bool = True
) -> dict[str, int]:
    """Load so many shows into an empty, migrated database; gives the rows of each table.

    Args:
        target: an engine or address of SQLAlchemy, as the owner of the tables.
        analyze: leave the tables vacuumed and with statistics, as autovacuum does after a while.
    """
    url = target.url if isinstance(target, Engine) else make_url(target)
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    rows = dict.fromkeys(COLUMNS, 0)
    with psycopg.connect(address) as connection, _unwatched(connection):
        for chunk in Invented(shows, seed, shape).chunks():
            for table, lines in chunk.items():
                if lines:
                    _copy(connection, table, lines)
                    rows[table] += len(lines)
        _make_findable(connection)
    if analyze:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(
                sql.SQL("vacuum analyze {}").format(sql.SQL(", ").join(map(_name, (*COLUMNS, *FOUND_BY))))
            )
    return rows


def _make_findable(connection: psycopg.Connection) -> None:
    """Give everything the slugs and search terms that derive would."""
    for kind in SLUGGED:
        connection.execute(f"update {slugs.TABLES[kind]} set slug = core.slug_for('{kind}', id, name, null)")
        for statement in slugs.claiming(kind, "true"):
            connection.execute(statement)
    for kind in SEARCHED:
        connection.execute(search_terms.refreshing(kind, "true"))


def _copy(connection: psycopg.Connection, table: str, lines: list[str]) -> None:
    listed = sql.SQL(", ").join(map(sql.Identifier, columns(table)))
    with connection.cursor() as cursor, cursor.copy(
        sql.SQL("copy {} ({}) from stdin").format(_name(table), listed)
    ) as copy:  # fmt: skip
        copy.write("".join(lines))


@contextmanager
def _unwatched(connection: psycopg.Connection) -> Iterator[None]:
    """Without foreign keys and the feed's triggers; both are back, and the keys checked, before anything is committed."""
    keys = connection.execute(
        "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint"
        " where contype = 'f' and conrelid = any(%s::text[]::regclass[]) order by 1, 2",
        [list(COLUMNS)],
    ).fetchall()
    statement = "alter table {} {} trigger user"
    for table, name, _ in keys:
        connection.execute(sql.SQL("alter table {} drop constraint {}").format(_name(table), sql.Identifier(name)))
    for table in COLUMNS:
        connection.execute(sql.SQL(statement).format(_name(table), sql.SQL("disable")))
    yield
    for table, name, definition in keys:
        connection.execute(
            sql.SQL("alter table {} add constraint {} {}").format(
                _name(table), sql.Identifier(name), sql.SQL(definition)
            )
        )
    for table in COLUMNS:
        connection.execute(sql.SQL(statement).format(_name(table), sql.SQL("enable")))


def _name(table: str) -> sql.Identifier:
    return sql.Identifier(*table.split("."))


def main() -> int:
    """Fill the database that the environment names; 0 when it worked."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.seed", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("--shows", type=int, default=500, help="how many (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="which ones (default: %(default)s)")
    parser.add_argument("--small", action="store_true", help="shows with a sixteenth of the episodes")
    options = parser.parse_args()
    url = os.environ.get("MIGRATION_DATABASE_URL") or os.environ.get("DATABASE_URL")
    if not url:
        print(ConfigurationError("DATABASE_URL", "is not set; it names the database to fill"), file=sys.stderr)
        return 1
    started = time.monotonic()
    rows = seed(url, shows=options.shows, seed=options.seed, shape=SMALL if options.small else FULL)
    for table, count in rows.items():
        print(f"{count:>10,}  {table}")
    print(f"{sum(rows.values()):>10,}  rows in {time.monotonic() - started:.1f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
