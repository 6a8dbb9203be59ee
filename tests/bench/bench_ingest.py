"""Collecting 100 generated shows with about 4,000 people, against an upstream that behaves like TMDb on a bad day.

The upstream is a process of its own: 60 ms latency, 40 requests a second (a bucket of 4), of which 1 % are answered with
429 and 1 % with 503. The pipeline runs as it does in production (Prefect server, durable PostgreSQL), without mirroring
images. Then it runs again, with nothing changed. Then the naive peer (`naive.py`) collects a tenth of it.

    requests_per_show    requests but for people, of a show (goal: 3 and one per season, `requests_per_show_goal`)
    rate_share           requests / (seconds x allowed rate), from the first line of the flow to its last (goal 0.85)
    rate_share_people    the same from the first request for a person to the last (goal 0.95)
    unanswered_429       addresses whose last answer was 429 (goal 0); over_the_limit: 429s that we drew ourselves
    wall_over_bound      seconds / (addresses asked / allowed rate): 1 is the least possible
    peak_memory_mb       of the flow process (goal 600)
    rerun_*              the second run: rows written in `core`, objects put, requests, seconds
    naive_slowdown       seconds a show of the naive peer / seconds a show of ours
"""

import argparse
import json
import urllib.request
from typing import Any

from tests.bench.harness import Bench, arguments, bench

LATENCY, RATE, BURST = 0.06, 40.0, 4
TOKEN = "sample-token"
WRITTEN = "select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint from pg_stat_user_tables where schemaname = 'core'"


class Upstream:
    """The upstream's process."""

    def __init__(self, run: Bench, name: str, shows: int) -> None:
        port = run.ports.take(name)
        self.url = f"http://127.0.0.1:{port}"
        options = {"port": port, "shows": shows, "latency": LATENCY, "rate": RATE, "burst": BURST}
        given = [part for option, value in options.items() for part in (f"--{option}", str(value))]
        self.child = run.program(name, "-m", "tests.bench.weather", *given, ready=self._answers)

    @property
    def environment(self) -> dict[str, str]:
        """What points the flows at it."""
        return {
            "TMDB_API_URL": self.url,
            "TMDB_IMAGE_URL": f"{self.url}/t/p",
            "TMDB_BEARER_TOKEN": TOKEN,
            "TMDB_LIST_IDS": "1",
            "TMDB_RATE": str(RATE),
            "IMAGE_ORIGINS": self.url,
            "IMDB_LAYERS": "none",  # it speaks for TMDb alone
            "FANDOM_ENABLED": "false",
            "WIKIDATA_ENABLED": "false",
        }

    def told(self) -> dict[str, Any]:
        """What was asked of it since the last question."""
        with urllib.request.urlopen(f"{self.url}/_bench", timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def _answers(self) -> bool:
        with urllib.request.urlopen(f"{self.url}/_health", timeout=2) as answer:
            return bool(answer.status == 200)


def collect(run: Bench, label: str) -> dict[str, Any]:
    """Run the pipeline in its own process; gives its figures."""
    done = run.command("-m", "tests.bench.collect")
    (run.folder / f"{label}.log").write_text(done.stdout + done.stderr)
    if done.returncode:
        raise RuntimeError(f"{label} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    figures: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    run.say(f"{label}: {json.dumps(figures)}")
    return figures


def naive(run: Bench, shows: int) -> dict[str, Any]:
    """Run the naive peer against an upstream of the same kind with fewer shows."""
    upstream = Upstream(run, "naive-upstream", shows)
    done = run.command("-m", "tests.bench.naive", "--list", "1", env=upstream.environment)
    if done.returncode:
        raise RuntimeError(f"the naive peer failed:\n{done.stderr[-3000:]}")
    figures: dict[str, Any] = json.loads(done.stdout)
    upstream.child.stop()
    run.say(f"naive peer: {json.dumps(figures)}")
    return figures


def written(run: Bench, database: str) -> int:
    """Rows written in `core` so far."""
    with run.postgres().connect(database) as connection:
        row = connection.execute(WRITTEN).fetchone()
    return int(row[0]) if row else 0


def measure(run: Bench, options: argparse.Namespace) -> None:
    """The bench itself."""
    run.postgres()
    database = run.database("ingest")
    run.prefect_server()
    upstream = Upstream(run, "upstream", options.shows)
    run.set(upstream.environment)
    run.say("collecting")
    first, asked = collect(run, "first run"), upstream.told()
    run.say(f"asked: {json.dumps(asked)}")
    before = written(run, database.name)
    again, asked_again = collect(run, "second run"), upstream.told()
    run.say(f"asked: {json.dumps(asked_again)}")
    rows_again = written(run, database.name) - before
    with run.postgres().connect(database.name) as connection:
        counted = connection.execute(
            "select (select count(*) from core.seasons), (select count(*) from core.episodes),"
            " (select count(*) from core.people), (select count(*) from core.assets)"
        ).fetchone()
    assert counted is not None
    seasons, episodes, people, assets = counted
    kinds = asked["kinds"]
    persons, meanwhile = kinds["person"], asked["while_people"]
    peer = naive(run, max(1, options.shows // 10)) if not options.without_naive else None
    run.print(
        requests_per_show=(asked["requests"] - persons["requests"]) / options.shows,
        requests_per_show_goal=3 + seasons / options.shows,
        requests_per_person=persons["requests"] / people,
        rate_share=asked["requests"] / (first["seconds"] * RATE),
        rate_share_people=meanwhile["requests"] / (meanwhile["seconds"] * RATE),
        unanswered_429=asked["unanswered_429"],
        over_the_limit=asked["over_the_limit"],
        wall_over_bound=first["seconds"] / (asked["distinct"] / RATE),
        peak_memory_mb=first["peak_memory_mb"],
        rerun_rows=rows_again,
        rerun_objects=assets,
        rerun_requests=asked_again["requests"],
        rerun_seconds=again["seconds"],
        naive_slowdown=(peer["seconds"] / peer["shows"]) / (first["seconds"] / options.shows) if peer else None,
        naive=peer,
        status=[first["status"], again["status"]],
        wall_seconds=first["seconds"],
        cpu_seconds=first["cpu_seconds"],
        requests=asked["requests"],
        stages=first["stages"],
        shows=options.shows,
        seasons=seasons,
        episodes=episodes,
        people=people,
    )


def main() -> None:
    """Run the bench."""
    parser = arguments(__doc__)
    parser.add_argument("--shows", type=int, default=100, help="shows (default: %(default)s)")
    parser.add_argument("--without-naive", action="store_true", help="leave the naive peer out")
    options = parser.parse_args()
    with bench("ingest", keep=options.keep) as run:
        measure(run, options)


if __name__ == "__main__":
    main()
