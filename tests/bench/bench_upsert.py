"""Writing 75,000 episodes through `db.bulk.write`, against a plain COPY of the same rows.

The peer is COPY into a table of the same definition, with the same indexes, checks and foreign keys: what PostgreSQL
itself needs to take the rows in. Each round starts from a fresh copy of one database with shows, seasons and people and
no episodes; as in the stage, the episodes' entities are made in the same transaction, outside of the measured part. The
commit is measured. Rounds of all ways alternate, and the best of each counts: others on the machine can only add.

    ratio_to_copy             write without the change feed, in times of COPY
    ratio_to_copy_with_feed   write with it
    feed_on_old_entities      the same where the entities stood before, so that each has its version raised, too
    rewrite_ratio             the same rows once more, in times of the first write (with the feed)
    rewrite_wal_bytes         WAL of that; rewrite_dead_rows, rewrite_changes: dead row versions and feed rows it left
    tenth_changed_ratio       a rewrite in which each tenth row differs, in times of the first write
    cpu_ratio_to_copy ...     both ratios in processor seconds of client and server, for machines that are not idle
    one_row_ratio             one `insert ... on conflict` a row, all in one transaction, in times of write a row
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import create_engine
from sqlmodel import Session

from db.bulk import Counts, write
from models.entities import Entity
from models.shows import Episode
from tests.bench.harness import Bench, arguments, bench, median, processor_of
from tests.bench.invented import Shape, columns
from tests.bench.seed import seed

EPISODES_PER_SHOW = 294
COLUMNS = columns("core.episodes")
TEMPLATE = "without_episodes"
PEER = """
    create schema bench;
    create table bench.episodes (like core.episodes including all);
    alter table bench.episodes add foreign key (id) references core.entities (id);
    alter table bench.episodes add foreign key (show_id) references core.shows (id);
    alter table bench.episodes add foreign key (season_id, show_id) references core.seasons (id, show_id);
"""
EMPTY = """
    delete from core.external_ids where kind = 'episode';
    delete from core.facts f using core.episodes e where f.entity_id = e.id;
    truncate core.episodes cascade;
    delete from core.entities where kind = 'episode';
"""
FEED_OFF = "alter table core.episodes disable trigger user"


class Round(NamedTuple):
    """A fresh copy of the database, as the superuser."""

    connection: psycopg.Connection
    session: Session

    def one(self, statement: str) -> Any:
        """The one value that the database answers."""
        found = self.connection.execute(statement).fetchone()
        return found[0] if found else None


class Cost(NamedTuple):
    """Seconds on the clock, and seconds of processors: ours and those of PostgreSQL's process for us."""

    wall: float
    cpu: float


Way = Callable[[Round, list[dict[str, Any]], list[Cost]], None]


@contextmanager
def measured(round_: Round, costs: list[Cost]) -> Iterator[None]:
    """Add what the block costs."""
    server = round_.session.connection().connection.dbapi_connection.info.backend_pid  # type: ignore[union-attr]
    wall, cpu = time.perf_counter(), time.process_time() + processor_of(server)
    yield
    costs.append(Cost(time.perf_counter() - wall, time.process_time() + processor_of(server) - cpu))


def by_copy(round_: Round, rows: list[dict[str, Any]], costs: list[Cost]) -> None:
    """The peer."""
    values = [tuple(row.values()) for row in rows]
    cursor = round_.session.connection().connection.cursor()
    with measured(round_, costs):
        with cursor.copy(f"copy bench.episodes ({', '.join(COLUMNS)}) from stdin") as copy:
            for row in values:
                copy.write_row(row)
        round_.session.commit()


def by_write(round_: Round, rows: list[dict[str, Any]], costs: list[Cost]) -> None:
    """The project's one way to write many rows."""
    with measured(round_, costs):
        counts = write(round_.session, Episode, rows)
        round_.session.commit()
    assert counts == Counts(inserted=len(rows)), counts


def by_write_without_feed(round_: Round, rows: list[dict[str, Any]], costs: list[Cost]) -> None:
    """The same while no trigger looks."""
    by_write(round_, rows, costs)


def by_one_row_upserts(round_: Round, rows: list[dict[str, Any]], costs: list[Cost]) -> None:
    """A statement a row, as an ORM's merge or upsert would send it."""
    listed = ", ".join(COLUMNS)
    changes = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])
    marks = ", ".join(f"%({name})s" for name in COLUMNS)
    statement = f"insert into core.episodes ({listed}) values ({marks}) on conflict (id) do update set {changes}"
    cursor = round_.session.connection().connection.cursor()
    with measured(round_, costs):
        for row in rows:
            cursor.execute(statement, row)
        round_.session.commit()


class Upsert:
    """The bench: its database, its rows, and one round after the other."""

    def __init__(self, run: Bench, count: int) -> None:
        self.run, self.postgres = run, run.postgres()
        template = run.database(TEMPLATE)
        shape = Shape(images=False, people=(1, 2))
        run.say(f"seeding {count // EPISODES_PER_SHOW + 12} shows")
        seed(template.owner_url, shows=count // EPISODES_PER_SHOW + 12, shape=shape, analyze=False)
        with self.postgres.connect(TEMPLATE) as connection:
            found = connection.execute(f"select {', '.join(COLUMNS)} from core.episodes order by show_id, tmdb_id")
            self.rows = [dict(zip(COLUMNS, row, strict=True)) for row in found.fetchmany(count)]
            assert len(self.rows) == count
            connection.execute(EMPTY + PEER)
            connection.execute("vacuum (full, analyze)")
            connection.execute("checkpoint")

    def round(self, way: Way, rows: list[dict[str, Any]], *, feed: bool, old: bool = False, after: Any = None) -> Cost:
        """The cost of one way on a fresh database; `old`: the entities stand before; `after` looks at what it left."""
        name, costs = "round", list[Cost]()
        self.postgres.drop_database(name)
        self.postgres.create_database(name, owner="trr_owner", template=TEMPLATE)
        engine = create_engine(self.postgres.url(name, "postgres"))
        with closing(self.postgres.connect(name)) as connection, Session(engine) as session:
            if not feed:
                connection.execute(FEED_OFF)
            write(session, Entity, [{"id": row["id"], "kind": "episode"} for row in rows])
            if old:
                session.commit()
                connection.execute("vacuum analyze core.entities")
            connection.execute("checkpoint")
            round_ = Round(connection, session)
            way(round_, rows, costs)
            if after:
                after(round_)
        engine.dispose()
        self.run.say(f"{way.__name__}{' (entities stood before)' if old else ''}: {costs[0].wall:.2f} s")
        return costs[0]

    def again(self, figures: dict[str, list[Any]]) -> Callable[[Round], None]:
        """What a second write of the same rows costs, and of rows of which a tenth differ."""

        def look(round_: Round) -> None:
            connection = round_.connection
            connection.execute("vacuum analyze core.episodes")  # what autovacuum does after so many rows
            before = self._marks(round_)
            with measured(round_, figures["rewrite"]):
                assert write(round_.session, Episode, self.rows) == Counts(unchanged=len(self.rows))
                round_.session.commit()
            after = self._marks(round_)
            for name in before:
                figures[name].append(after[name] - before[name])
            changed = [
                {**row, "tmdb_vote_count": row["tmdb_vote_count"] + (place % 10 == 0)}
                for place, row in enumerate(self.rows)
            ]
            with measured(round_, figures["tenth"]):
                write(round_.session, Episode, changed)
                round_.session.commit()

        return look

    def _marks(self, round_: Round) -> dict[str, float]:
        round_.connection.execute("select pg_stat_force_next_flush()")
        return {
            "wal": float(round_.one("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')")),
            "dead": round_.one("select n_dead_tup + n_tup_upd from pg_stat_user_tables where relid = 'core.episodes'::regclass"),
            "changes": round_.one("select count(*) from ops.changes"),
        }  # fmt: skip


def main() -> None:
    """Run the bench."""
    parser = arguments(__doc__)
    parser.add_argument("--episodes", type=int, default=75_000, help="rows (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each way (default: %(default)s)")
    options = parser.parse_args()
    with bench("upsert", keep=options.keep) as run:
        upsert = Upsert(run, options.episodes)
        rows = upsert.rows
        t = defaultdict[str, list[Any]](list)
        upsert.round(by_copy, rows, feed=True)  # warms the files of the template
        for _ in range(options.rounds):
            t["copy"].append(upsert.round(by_copy, rows, feed=True))
            t["bare"].append(upsert.round(by_write_without_feed, rows, feed=False))
            t["feed"].append(upsert.round(by_write, rows, feed=True, after=upsert.again(t)))
            t["old"].append(upsert.round(by_write, rows, feed=True, old=True))
        tenth = rows[::10]
        t["one"].append(upsert.round(by_one_row_upserts, tenth, feed=True))
        best = {name: min(costs) for name, costs in t.items() if isinstance(costs[0], Cost)}
        cpu = {name: min(cost.cpu for cost in t[name]) for name in best}
        wall = {name: cost.wall for name, cost in best.items()}
        run.print(
            ratio_to_copy=wall["bare"] / wall["copy"],
            ratio_to_copy_with_feed=wall["feed"] / wall["copy"],
            feed_on_old_entities=wall["old"] / wall["copy"],
            cpu_ratio_to_copy=cpu["bare"] / cpu["copy"],
            cpu_ratio_to_copy_with_feed=cpu["feed"] / cpu["copy"],
            rewrite_ratio=wall["rewrite"] / wall["feed"],
            rewrite_wal_bytes=int(median(t["wal"])),
            rewrite_dead_rows=int(median(t["dead"])),
            rewrite_changes=int(median(t["changes"])),
            tenth_changed_ratio=wall["tenth"] / wall["feed"],
            one_row_ratio=(wall["one"] / len(tenth)) / (wall["feed"] / len(rows)),
            copy_seconds=wall["copy"],
            rows_per_second=len(rows) / wall["feed"],
            rows=len(rows),
        )


if __name__ == "__main__":
    main()
