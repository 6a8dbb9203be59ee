"""How the nightly work grows with the catalogue: 500, 5,000, 20,000 seeded shows.

Shows are small ones (some 18 episodes, 8 people a show), so that the largest catalogue fits a small machine: 360,000
episodes, 160,000 people. Timed, as the stages do them, over all shows: what is to be asked for tonight (`plan`), a derive of
every show (`derive`), a night's changes (each tenth show) into the feed (`note`), and a reader of that feed, page by page
(`feed`). Rounds of all sizes alternate, and the best of each counts: others on the machine can only add.

    <step>_seconds     by number of shows
    <step>_growth      seconds a show of the largest catalogue / seconds a show of the smallest: 1 is linear, less is better
    <step>_cpu_growth  the same in processor seconds of client and server, for machines that are not idle
    slowest            the five slowest kinds of statement on the largest catalogue, in milliseconds

`--plans FILE` writes those five with their plans (EXPLAIN (ANALYZE, BUFFERS)) as Markdown.
"""

import argparse
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import event, text

from db import records
from db.derive import derive
from db.records import RecordKey
from db.session import engine, read, unit_of_work
from flows import contents
from flows.bundles import tmdb_refs
from flows.seasons import season_refs
from flows.selection import Selection, selected_shows
from flows.stage import chunks
from models.entities import Kind
from models.ops import Resource
from tests.bench.harness import Bench, Database, arguments, bench, processor_of
from tests.bench.invented import SMALL
from tests.bench.seed import seed

SIZES = (500, 5_000, 20_000)
ROUNDS = 5
CHUNK, PEOPLE_CHUNK, PAGE = 25, 200, 1000
WIDTH, PLAN_LINES = 118, 45
PEOPLE = "select tmdb_id::text from core.people where tmdb_id is not null order by tmdb_id"
FEED = "select seq, entity_id, table_name, actions, fields, changed_at from ops.changes where seq > :seq order by seq limit :page"


@dataclass
class Statement:
    """A kind of statement: how often it ran, how long in all, and the parameters that took longest."""

    calls: int = 0
    seconds: float = 0.0
    longest: float = 0.0
    parameters: Any = None


class Watch:
    """Times every statement of the engine."""

    def __init__(self) -> None:
        self.statements: dict[str, Statement] = {}
        event.listen(engine(), "before_cursor_execute", self._before)
        event.listen(engine(), "after_cursor_execute", self._after)

    def _before(self, connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        context.began = time.perf_counter()

    def _after(self, connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        seconds = time.perf_counter() - context.began
        known = self.statements.setdefault(statement, Statement())
        known.calls, known.seconds = known.calls + 1, known.seconds + seconds
        if seconds > known.longest:
            known.longest, known.parameters = seconds, parameters

    def slowest(self, count: int) -> list[tuple[str, Statement]]:
        """The kinds of statement whose slowest run took longest, but for those that only wait for a lock."""
        told = [item for item in self.statements.items() if "pg_advisory" not in item[0]]
        return sorted(told, key=lambda item: -item[1].longest)[:count]


def plan() -> int:
    """What a night asks for: shows, their seasons, their people; says how many records are due."""
    now, due = datetime.now(UTC), 0
    contents._known.clear()  # a night begins in a new process
    with read() as connection:
        shows = selected_shows(connection, Selection(), Resource.SHOW_DETAILS)
        for piece in chunks(shows, CHUNK):
            seasons = [ref for refs in season_refs(connection, piece).values() for ref in refs]
            for resource, refs in (("show", tmdb_refs(piece)), ("season", seasons)):
                wanted = records.wanted(connection, [RecordKey("tmdb", resource, ref) for ref in refs], now=now)
                due += len(wanted.missing) + len(wanted.due)
        people = connection.execute(text(PEOPLE)).scalars().all()
        for refs in chunks(people, PEOPLE_CHUNK):
            wanted = records.wanted(connection, [RecordKey("tmdb", "person", ref) for ref in refs], now=now)
            due += len(wanted.missing) + len(wanted.due)
    changed = [RecordKey("tmdb", "show", show.tmdb_id or "") for show in shows[::10]]
    with unit_of_work(dry_run=True) as session:
        records.expire(session, changed)
    return due


def derive_all() -> int:
    """Derive every show, chunk by chunk; says how many changed."""
    with read() as connection:
        shows = [show.id for show in selected_shows(connection, Selection())]
    changed = 0
    for piece in chunks(shows, CHUNK):
        with unit_of_work() as session:
            changed += derive(session, Kind.SHOW, piece).changed
    return changed


def note() -> int:
    """Change what is said of each tenth show, and derive it: a night's changes; says how many shows were noted."""
    with read() as connection:
        shows = [show.id for show in selected_shows(connection, Selection())][::10]
    changed = 0
    for piece in chunks(shows, CHUNK):
        with unit_of_work() as session:
            session.execute(
                text(
                    "update core.facts set changed_at = now(), fields ="
                    " jsonb_set(fields, '{tmdb_vote_count}', to_jsonb(coalesce((fields->>'tmdb_vote_count')::int, 0) + 1))"
                    " where entity_id = any(:ids) and source = 'tmdb'"
                ),
                {"ids": piece},
            )
            changed += derive(session, Kind.SHOW, piece).changed
    return changed


def read_feed() -> int:
    """Read the feed from its beginning, page by page; says how many rows it has."""
    seq = rows = 0
    with read() as connection:
        while page := connection.execute(text(FEED), {"seq": seq, "page": PAGE}).all():
            seq, rows = page[-1][0], rows + len(page)
    return rows


STEPS: dict[str, Callable[[], int]] = {"plan": plan, "derive": derive_all, "note": note, "feed": read_feed}


class Round(NamedTuple):
    """One time through a step: what it says, its seconds, and the processor seconds of client and server."""

    done: int
    seconds: float
    cpu: float


def round_of(do: Callable[[], int]) -> Round:
    """Do a step once."""
    cpu, began = _processor(), time.perf_counter()
    done = do()
    return Round(done, time.perf_counter() - began, _processor() - cpu)


def _processor() -> float:
    """Processor seconds so far: ours, and those of PostgreSQL's processes for us."""
    with read() as connection:
        servers = connection.execute(text("select pid from pg_stat_activity where datname = current_database()"))
        return time.process_time() + sum(processor_of(pid) for pid in servers.scalars())


def catalogue(run: Bench, shows: int) -> Database:
    """A database with so many shows."""
    database = run.database(f"growth_{shows}")
    began = time.perf_counter()
    rows = seed(database.owner_url, shows=shows, shape=SMALL)
    run.say(f"{shows} shows, {sum(rows.values()):,} rows seeded in {time.perf_counter() - began:.1f} s")
    return database


def explained(statement: str, slow: Statement) -> str:
    """A statement with its plan, as Markdown."""
    with engine().connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute("explain (analyze, buffers, costs off, timing off) " + statement, slow.parameters)
        lines = [row[0] for row in cursor.fetchall()]
        connection.rollback()
    words = " ".join(statement.split())
    shown = textwrap.wrap(words if len(words) < 700 else f"{words[:700]} ...", WIDTH, break_long_words=False)
    head = (
        f"{slow.longest * 1000:.1f} ms at most, {slow.seconds / slow.calls * 1000:.2f} ms on average of {slow.calls}:"
    )
    return "\n".join(
        (head, "", "```sql", *shown, "```", "", "```text", *(line[:WIDTH] for line in lines[:PLAN_LINES]), "```", "")
    )


def measure(run: Bench, options: argparse.Namespace) -> None:
    """The bench itself. Rounds of all sizes alternate; the first one brings what it can into memory, as the night before."""
    rounds: dict[str, dict[int, list[Round]]] = {step: {shows: [] for shows in options.sizes} for step in STEPS}
    slowest: list[tuple[str, Statement]] = []
    catalogues = {shows: catalogue(run, shows) for shows in options.sizes}
    with run.postgres().connect() as connection:
        connection.execute("checkpoint")  # what seeding left to write is no part of what follows
    for number in range(ROUNDS + 1):
        for shows, database in catalogues.items():
            run.set(database.environment)
            watch = Watch()
            for step, do in STEPS.items():
                round_ = round_of(do)
                run.say(
                    f"{shows} shows, {step}: {round_.seconds:.2f} s, {round_.cpu:.2f} s of processors ({round_.done})"
                )
                if number:
                    rounds[step][shows].append(round_)
            slowest = watch.slowest(5)
            if options.plans and number == ROUNDS and shows == options.sizes[-1]:
                options.plans.write_text("\n".join(explained(*item) for item in slowest))
    seconds = {
        step: {shows: min(r.seconds for r in of) for shows, of in sizes.items()} for step, sizes in rounds.items()
    }
    cpu = {step: {shows: min(r.cpu for r in of) for shows, of in sizes.items()} for step, sizes in rounds.items()}
    done = {step: sizes[options.sizes[-1]][-1].done for step, sizes in rounds.items()}
    first, last = options.sizes[0], options.sizes[-1]
    run.print(
        **{f"{step}_seconds": times for step, times in seconds.items()},
        **{f"{step}_growth": times[last] / last / (times[first] / first) for step, times in seconds.items()},
        **{
            f"{step}_cpu_growth": cpu[step][last] / last / (cpu[step][first] / first)
            for step in STEPS
            if step != "feed"
        },
        due=done["plan"],
        derive_changed=done["derive"],
        feed_rows=done["feed"],
        slowest=[[" ".join(name.split())[:60], known.longest * 1000] for name, known in slowest],
    )


def main() -> None:
    """Run the bench."""
    parser = arguments(__doc__)
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=SIZES, help="numbers of shows (default: 500 5000 20000)"
    )
    parser.add_argument("--plans", type=Path, metavar="FILE", help="where to write the slowest statements' plans")
    options = parser.parse_args()
    with bench("growth", keep=options.keep) as run:
        measure(run, options)


if __name__ == "__main__":
    main()
