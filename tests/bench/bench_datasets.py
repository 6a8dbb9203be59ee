"""Five million foreign titles and twenty million foreign principals, sifted for 500 seeded shows and stored.

Files like IMDb's seven are written with the catalogue's rows spread among foreign ones, served on localhost, and read by the
flow `imdb-datasets` in a process of its own, twice. Then, in this process, by turns and the best of each: picking the
catalogue's lines out of title.basics and title.principals; `zcat | wc -l` of the same files; and COPY of all their rows
into tables of text columns without indexes, which is how one would load them whole.

    ratio_to_copy            seconds of picking, in those of COPY
    ratio_to_zcat            the same in those of `zcat | wc -l`, which bounds whoever inflates the file at all
    rows_per_second, zcat_rows_per_second, copy_rows_per_second
    peak_memory_mb           of the flow process, over both runs
    flow_seconds             of the first run: receiving, checking, sifting, storing; `again_seconds` of the second
    written, rerun_rows      rows that the first and the second run wrote
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from deployments.upstream.datasets.foreign import Size
from flows.report import RunReport
from flows.sources.imdb.datasets import COLUMNS, Dataset
from flows.sources.imdb.datasets.lines import wanted
from tests.bench.datasets import write_files
from tests.bench.harness import Bench, arguments, bench, timed
from tests.bench.invented import FULL, SMALL
from tests.bench.seed import seed

MEASURED = (Dataset.BASICS, Dataset.PRINCIPALS)
CHUNK = 1 << 20
FLOW = "--flow"


def flow() -> None:
    """The flow, once; prints what it took as JSON."""
    from flows.imdb_datasets import sync_imdb_datasets

    began = time.perf_counter()
    report: RunReport = sync_imdb_datasets()  # type: ignore[assignment]
    figures = {
        "status": report.status,
        "seconds": time.perf_counter() - began,
        "written": report.written,
        "failures": dict(list(report.failures.items())[:5]),
        "tables": {name: counts.model_dump() for name, counts in report.tables.items()},
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    sys.stdout.write("\n" + json.dumps(figures) + "\n")


def collected(run: Bench, label: str) -> dict[str, Any]:
    """Run the flow in its own process; gives its figures."""
    done = run.command("-m", "tests.bench.bench_datasets", FLOW)
    (run.folder / f"{label}.log").write_text(done.stdout + done.stderr)
    if done.returncode:
        raise RuntimeError(f"{label} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    figures: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    run.say(f"{label}: {json.dumps(figures)}")
    if figures["status"] != "completed" or figures["failures"]:
        raise RuntimeError(f"{label}: {figures['failures']}")
    return figures


def pick(file: Path, dataset: Dataset, ids: set[bytes]) -> int:
    """The catalogue's lines of a file, as the flow finds them."""
    return sum(len(block.lines) for block in wanted(file, dataset, ids))


def count_lines(file: Path) -> None:
    """`zcat | wc -l`."""
    subprocess.run(["bash", "-c", f"zcat '{file}' | wc -l"], check=True, capture_output=True)


def copy_all(run: Bench, file: Path, dataset: Dataset) -> None:
    """COPY of all rows."""
    columns = ", ".join(f'"{name}" text' for name in COLUMNS[dataset])
    with closing(run.postgres().connect("catalogue")) as connection:
        connection.execute(f"create unlogged table public.peer ({columns})")
        try:
            with (
                subprocess.Popen(["zcat", str(file)], stdout=subprocess.PIPE) as zcat,
                connection.cursor().copy("copy public.peer from stdin with (header)") as copy,
            ):
                assert zcat.stdout
                while data := zcat.stdout.read(CHUNK):
                    copy.write(data)
        finally:
            connection.execute("drop table public.peer")


def best_of(rounds: int, ways: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The best seconds of each way; they take turns."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            with timed(times[name]):
                way()
    return {name: min(found) for name, found in times.items()}


def measure(run: Bench, folder: Path, rounds: int) -> dict[str, float]:
    """Seconds of picking, of `zcat | wc -l` and of COPY, summed over the two measured files."""
    with closing(run.postgres().connect("catalogue")) as connection:
        query = "select value from core.external_ids where source = 'imdb' and kind in ('show', 'episode')"
        ids = {value.encode() for (value,) in connection.execute(query)}
    total = dict.fromkeys(("pick", "zcat", "copy"), 0.0)
    for dataset in MEASURED:
        file = folder / dataset.file_name
        ways: dict[str, Callable[[], object]] = {
            "pick": lambda file=file, dataset=dataset: pick(file, dataset, ids),  # type: ignore[misc]
            "zcat": lambda file=file: count_lines(file),  # type: ignore[misc]
            "copy": lambda file=file, dataset=dataset: copy_all(run, file, dataset),  # type: ignore[misc]
        }
        best = best_of(rounds, ways)
        run.say(f"{dataset}: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in best.items()))
        total = {name: total[name] + best[name] for name in total}
    return total


def main() -> None:
    """Run the bench."""
    if sys.argv[1:] == [FLOW]:
        flow()
        return
    parser = arguments(__doc__)
    parser.add_argument("--shows", type=int, default=500, help="of the catalogue (default: %(default)s)")
    parser.add_argument("--titles", type=int, default=5_000_000, help="foreign ones (default: %(default)s)")
    parser.add_argument("--principals", type=int, default=20_000_000, help="foreign ones (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=2, help="of each way (default: %(default)s)")
    parser.add_argument("--small", action="store_true", help="a fiftieth of everything: 10 small shows")
    options = parser.parse_args()
    if options.small:
        options.shows, options.titles, options.principals = 10, 100_000, 400_000
    with bench("datasets", keep=options.keep) as run:
        database = run.database("catalogue")
        run.say(f"seeding {options.shows} shows")
        seed(database.owner_url, shows=options.shows, shape=SMALL if options.small else FULL)
        folder = run.folder / "files"
        run.say("writing files")
        size = Size(options.titles, options.principals, options.titles // 2)
        rows = write_files(folder, size)
        run.say(f"{sum(rows.values()):,} rows, {sum(f.stat().st_size for f in folder.iterdir()) / 1e6:.0f} MB")
        port = run.ports.take("files")
        url = f"http://127.0.0.1:{port}"

        def answers() -> bool:
            with urlopen(url, timeout=2) as answer:
                return bool(answer.status == 200)

        run.program(
            *("files", "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(folder)), ready=answers
        )
        run.prefect_server()
        settings = {"IMDB_LAYERS": "datasets", "IMDB_DATASETS_URL": url, "TMDB_BEARER_TOKEN": "none"}
        run.set(settings | {"IMDB_RATE": "100"})
        first, second = collected(run, "first run"), collected(run, "second run")
        seconds = measure(run, folder, options.rounds)
        measured = sum(rows[dataset] for dataset in MEASURED)
        run.print(
            ratio_to_copy=seconds["pick"] / seconds["copy"],
            ratio_to_zcat=seconds["pick"] / seconds["zcat"],
            rows_per_second=round(measured / seconds["pick"]),
            zcat_rows_per_second=round(measured / seconds["zcat"]),
            copy_rows_per_second=round(measured / seconds["copy"]),
            peak_memory_mb=max(first["peak_memory_mb"], second["peak_memory_mb"]),
            flow_seconds=first["seconds"],
            again_seconds=second["seconds"],
            written=first["written"],
            rerun_rows=second["written"],
            rows=sum(rows.values()),
            measured_rows=measured,
        )


if __name__ == "__main__":
    main()
