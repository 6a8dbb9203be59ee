"""The API's reads, against the peer that a user would otherwise write, and against the least that any app must do.

Ours is gunicorn with threads; the peer (`tests/bench/peer/app.py`) FastAPI, SQLModel and pydantic on uvicorn with uvloop and
httptools; the limit (`tests/bench/peer/bare.py`) a bare WSGI app under the same gunicorn, which sends the text of the same query
for the JSON. All have the same database and the same number of workers. Their bodies are compared before anything is measured.
Rounds of all three alternate; of requests a second and of p99s the median of the rounds counts.

    list_ratio_to_peer      requests a second in times of the peer's, at the worst number of connections: 100 shows
    cast_ratio_to_peer      the same for a show's cast; detail_ratio_to_peer: a show; episodes_ratio_to_peer: a season's
    share_of_limit          the worst share of the bare app's requests a second, over all four, at 16 connections
    list_304_ratio          requests a second that are answered 304, in times of our own 200, at 1 connection
    list_304_ratio_16       the same at 16; detail_304_ratio: of a show, at 1
    p99_ratio_to_peer       the worst p99 in times of the peer's at 16 connections
    search_p95_ms           our search at 16 connections
    cpu_ratio_to_peer       processor time of an answer, app and database: the peer's in times of ours, by name, at 16
    cpu_share_of_limit      the bare app's in times of ours; both for machines that are not idle
    cpu_304_ratio           that of our 200 in times of our 304
    rates                   the requests a second behind them

Goals: lists and cast 2.5, detail 1.5, share 0.6, 304s 4, 2 and 1.3, p99 1.2, search 50 ms.
"""

import json
import os
import secrets
import statistics
import urllib.error
import urllib.request
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from deployments.local.process import Child
from tests.bench.harness import Bench, Database, arguments, bench, processor_of_tree
from tests.bench.invented import FULL, SMALL
from tests.bench.load import Load, load
from tests.bench.seed import seed

SETTINGS = {
    "S3_ENDPOINT": "http://127.0.0.1:9",  # images are told of, never loaded
    "S3_ACCESS_KEY": "reader",
    "S3_SECRET_KEY": "not-a-real-secret",
    "MEDIA_PUBLIC_URL": "https://media.invalid/pictures",
    "AUTH_SECRET": secrets.token_hex(32),
}
SHOWS = 20
"""How many shows the requests go round."""

QUERIES = ("reality", "vila", "lauren", "zoe", "rhoslc", "glas", "harbor", "qeen")
NAMES = ("list", "detail", "episodes", "cast")


def paths_of(database: Database) -> dict[str, list[str]]:
    """What is asked for, by the name of the figure."""
    with psycopg.connect(database.url.replace("+psycopg", ""), row_factory=dict_row) as connection:
        rows = connection.execute(
            "select s.id, min(e.season_number) filter (where e.season_number > 0) as season"
            " from core.shows s join core.seasons e on e.show_id = s.id group by s.id order by md5(s.id::text) limit %s",
            [SHOWS],
        ).fetchall()
        pages = connection.execute("select greatest(1, count(*) / 100) as pages from core.shows").fetchone()
    assert pages is not None
    shows = [(f"/api/v1/shows/{row['id']}", row["season"]) for row in rows]
    return {
        "list": [f"/api/v1/shows?limit=100&offset={100 * part}" for part in range(pages["pages"])],
        "detail": [f"{show}?" for show, _ in shows],
        "episodes": [f"{show}/seasons/{season}/episodes?limit=100" for show, season in shows],
        "cast": [f"{show}/cast?limit=100" for show, _ in shows],
    }


def write_queries(paths: dict[str, list[str]], target: Path) -> None:
    """Write down, for the bare app, the statements that our own services would run."""
    from webapp.cast import service as cast
    from webapp.reading import Reading
    from webapp.seasons import service as seasons
    from webapp.shows import listing
    from webapp.shows import service as shows

    readings: dict[str, Reading] = {}
    for path in paths["list"]:
        readings[path] = listing.shows(limit=100, offset=int(path.rpartition("=")[2]))
    for path in paths["detail"]:
        readings[path] = shows.show(_uuid(path))
    for path in paths["episodes"]:
        readings[path] = seasons.episodes(_uuid(path), int(path.split("/")[6]), limit=100)
    for path in paths["cast"]:
        readings[path] = cast.cast(_uuid(path), "cast", limit=100)
    written = {}
    for path, reading in readings.items():
        plain = [
            value if isinstance(value, int | None) else str(value) for value in reading.bound(reading.statement, "")
        ]
        written[path] = [f"select body from ({reading.statement.text}) answer", plain]
    target.write_text(json.dumps(written))


def _uuid(path: str) -> UUID:
    return UUID(path.split("/")[4].rstrip("?"))


class Servers:
    """The three apps on their ports."""

    def __init__(self, run: Bench, workers: int, threads: int) -> None:
        self._database = run.postgres().child
        self._apps: dict[str, Child] = {}
        self.ports = {name: run.ports.take(name) for name in ("ours", "peer", "bare")}
        gunicorn = ["-m", "gunicorn", "--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads)]
        for name, app in (("ours", "webapp.app:create_app()"), ("bare", "tests.bench.peer.bare:app")):
            ready = partial(self._answers, name)
            self._apps[name] = run.program(
                name,
                *gunicorn,
                "--bind",
                f"127.0.0.1:{self.ports[name]}",
                "--log-level",
                "warning",
                app,
                ready=ready,
                timeout=180,
            )
        peer = ["--workers", str(workers), "--no-access-log", "--log-level", "warning"]
        self._apps["peer"] = run.program(
            "peer",
            "-m",
            "uvicorn",
            "tests.bench.peer.app:app",
            "--port",
            str(self.ports["peer"]),
            *peer,
            ready=lambda: self._answers("peer"),
            timeout=180,
        )

    def _answers(self, name: str) -> bool:
        path = {"ours": "/healthz", "peer": "/openapi.json", "bare": "/"}[name]
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ports[name]}{path}", timeout=5) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError:
            return True  # the bare app knows its own paths alone
        except OSError:
            return False

    def load(self, app: str, paths: list[str], *, connections: int, seconds: float, known: str | None = None) -> Load:
        """Put load on an app; the processor time is that of the app and of the database, which nobody else uses."""
        headers = {"If-None-Match": known} if known else {}
        parts = [child.pid for child in (self._apps[app], self._database) if child.pid is not None]
        before = sum(processor_of_tree(pid) for pid in parts)
        seen = load(self.ports[app], paths, connections=connections, seconds=seconds, headers=headers)
        seen.processor = sum(processor_of_tree(pid) for pid in parts) - before
        return seen

    def body(self, name: str, path: str) -> Any:
        """What an app answers."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports[name]}{path}", timeout=60) as answer:
            return json.load(answer)

    def tag(self, path: str) -> str:
        """Our ETag of an answer."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['ours']}{path}", timeout=60) as answer:
            return str(answer.headers["ETag"])


def compare(servers: Servers, paths: dict[str, list[str]]) -> None:
    """Fail unless all three give the same.

    Raises:
        AssertionError: naming the path and the fields that differ.
    """
    for path in (path for name in NAMES for path in paths[name]):
        ours = servers.body("ours", path)
        assert ours, f"nothing at {path}"
        assert servers.body("bare", path) == ours, f"the bare app answers {path} otherwise"
        peers = servers.body("peer", path)
        if peers != ours:
            mine, other = (rows[0] if isinstance(rows, list) else rows for rows in (ours, peers))
            for left, right in zip(ours, peers, strict=True) if isinstance(ours, list) else ():
                if left != right:
                    mine, other = left, right
                    break
            differing = {n: (mine.get(n), other.get(n)) for n in {*mine, *other} if mine.get(n) != other.get(n)}
            raise AssertionError(f"the peer answers {path} otherwise: {differing}")


class Figures:
    """What was measured: rates and p99s by app, name and number of connections."""

    def __init__(self) -> None:
        self._loads: dict[tuple[str, str, int], list[Load]] = defaultdict(list)

    def add(self, app: str, name: str, connections: int, seen: Load, status: int = 200) -> None:
        """Keep one round.

        Raises:
            AssertionError: an answer had another status.
        """
        assert set(seen.statuses) == {status}, f"{app} answered {name} with {seen.statuses}"
        self._loads[app, name, connections].append(seen)

    def rate(self, app: str, name: str, connections: int) -> float:
        """Requests a second."""
        return statistics.median(one.per_second for one in self._loads[app, name, connections])

    def percentile(self, app: str, name: str, connections: int, share: float) -> float:
        """Milliseconds, the median of the rounds'."""
        return statistics.median(one.percentile(share) for one in self._loads[app, name, connections])

    def ratio(self, name: str, connections: list[int], other: str) -> float:
        """Our rate in times of another's, where that is worst."""
        return min(self.rate("ours", name, n) / self.rate(other, name, n) for n in connections)

    def processor(self, app: str, name: str, connections: int) -> float:
        """Processor milliseconds of one answer."""
        return statistics.median(1000 * one.processor / len(one.times) for one in self._loads[app, name, connections])

    def rates(self) -> dict[str, float]:
        """All rates, for the reader."""
        return {f"{app} {name} {n}": self.rate(app, name, n) for app, name, n in self._loads}


def main() -> None:
    """Run the bench."""
    parser = arguments(__doc__)
    parser.add_argument("--shows", type=int, default=2000, help="how many shows (default: %(default)s)")
    parser.add_argument("--small", action="store_true", help="shows with a sixteenth of the episodes")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long a round takes (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="how many rounds (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="processes of each app (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=8, help="threads of our workers (default: %(default)s)")
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 16, 64], help="(default: 1 16 64)")
    options = parser.parse_args()
    counts: list[int] = options.connections
    middle = 16 if 16 in counts else counts[-1]
    with bench("api", keep=options.keep) as run:
        database = run.database("catalogue")
        run.set(SETTINGS)
        seed(database.owner_url, shows=options.shows, shape=SMALL if options.small else FULL)
        with psycopg.connect(database.owner_url.replace("+psycopg", "")) as connection:
            connection.execute(
                "insert into ops.action_limits (action, allowed, seconds) values ('read', 1000000000, 60)"
            )
        run.say(f"{options.shows} shows are there")
        paths = paths_of(database)
        queries = run.folder / "queries.json"
        run.set({"API_BENCH_QUERIES": str(queries)})
        write_queries(paths, queries)
        servers = Servers(run, options.workers, options.threads)
        compare(servers, paths)
        run.say("all three answer alike")
        figures = Figures()
        searches = [f"/api/v1/search?q={word}" for word in QUERIES]
        has_search = _is_there(servers, searches[0])
        for name in NAMES:
            for app in servers.ports:
                servers.load(app, paths[name], connections=middle, seconds=1.0)  # plans, caches, pools
        for number in range(options.rounds):
            run.say(f"round {number + 1} of {options.rounds}")
            for connections in counts:
                for name in NAMES:
                    for app in servers.ports:
                        if app != "bare" or connections == middle:
                            seen = servers.load(app, paths[name], connections=connections, seconds=options.seconds)
                            figures.add(app, name, connections, seen)
                for name in ("list", "detail"):
                    path = paths[name][0]
                    tag = servers.tag(path)
                    seen = servers.load("ours", [path], connections=connections, seconds=options.seconds, known=tag)
                    figures.add("ours", f"{name} 304", connections, seen, 304)
                    seen = servers.load("ours", [path], connections=connections, seconds=options.seconds)
                    figures.add("ours", f"{name} again", connections, seen)
            if has_search:
                seen = servers.load("ours", searches, connections=middle, seconds=options.seconds)
                figures.add("ours", "search", middle, seen)
        fewest = counts[0]

        def conditional(name: str, connections: int) -> float:
            return figures.rate("ours", f"{name} 304", connections) / figures.rate("ours", f"{name} again", connections)

        run.print(
            shows=options.shows,
            **{f"{name}_ratio_to_peer": figures.ratio(name, counts, "peer") for name in NAMES},
            list_304_ratio=conditional("list", fewest),
            list_304_ratio_16=conditional("list", middle),
            detail_304_ratio=conditional("detail", fewest),
            share_of_limit=min(figures.ratio(name, [middle], "bare") for name in NAMES),
            p99_ratio_to_peer=max(
                figures.percentile("ours", name, middle, 0.99) / figures.percentile("peer", name, middle, 0.99)
                for name in NAMES
            ),
            search_p95_ms=figures.percentile("ours", "search", middle, 0.95) if has_search else None,
            cpu_ratio_to_peer={
                name: figures.processor("peer", name, middle) / figures.processor("ours", name, middle)
                for name in NAMES
            },
            cpu_share_of_limit={
                name: figures.processor("bare", name, middle) / figures.processor("ours", name, middle)
                for name in NAMES
            },
            cpu_304_ratio={
                name: figures.processor("ours", f"{name} again", middle)
                / figures.processor("ours", f"{name} 304", middle)
                for name in ("list", "detail")
            },
            rates=figures.rates(),
            load_average=os.getloadavg()[0],
        )


def _is_there(servers: Servers, path: str) -> bool:
    try:
        servers.body("ours", path)
    except urllib.error.HTTPError:
        return False
    return True


if __name__ == "__main__":
    main()
