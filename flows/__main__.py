"""`python -m flows`: run a stage or the whole pipeline from a shell, or show what the last runs reported."""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from flows.settings import ConfigurationError

# Read by Prefect when it is imported: no hidden server of its own, and nothing about us to anybody.
os.environ.setdefault("PREFECT_SERVER_ALLOW_EPHEMERAL_MODE", "false")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")

from prefect.exceptions import CancelledRun

from flows.import_lists import ListSources
from flows.mirror_media import MediaSelection
from flows.outcome import StageFailed
from flows.pipeline import STAGES, pipeline
from flows.report import RunReport, as_table
from flows.selection import Selection
from flows.sources.errors import UpstreamError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for.

    Returns:
        0 when it worked; 1 when something failed, 2 when a setting or an argument is at fault, with one clear message.
    """
    chosen = _parser().parse_args(arguments)
    if chosen.command == "report":
        return _shown(_last_reports)
    try:
        selection = Selection(**{name: value for name in Selection.model_fields if (value := getattr(chosen, name))})
    except ValidationError as error:
        first = error.errors()[0]
        print(f"--{'-'.join(str(first['loc'][0]).split('_'))}: {first['msg']}", file=sys.stderr)
        return 2
    further: dict[str, Any] = {}
    if chosen.command in ("pipeline", "import-lists"):
        further["lists"] = ListSources(tmdb_lists=chosen.tmdb_list, imdb_csv=chosen.imdb_csv)
    if chosen.command == "mirror-media" and chosen.kind:
        further["media"] = MediaSelection(kinds=chosen.kind)
    run = pipeline if chosen.command == "pipeline" else STAGES[chosen.command]
    return _shown(lambda: run(selection, **further))


def _shown(run: Any) -> int:
    """Run, print the report table, and turn what is expected to go wrong into one message."""
    logging.getLogger("prefect.flow_runs").addFilter(_without_tracebacks)
    try:
        reports = run()
    except CancelledRun as cancelled:
        print(f"CANCELLED: {cancelled}", file=sys.stderr)
        return 1
    except StageFailed as failure:
        print(as_table([failure.report]))
        print(f"FAILED: {failure}", file=sys.stderr)
        return 1
    except ConfigurationError as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 2
    except UpstreamError as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; what was stored stays, and the next run goes on from there", file=sys.stderr)
        return 130
    print(as_table(reports if isinstance(reports, list) else [reports]))
    return 0


def _last_reports() -> list[RunReport]:
    from sqlmodel import Session

    from db.runs import latest
    from db.session import check_reachable, engine

    check_reachable()
    with Session(engine()) as session:
        return [RunReport.model_validate({"stage": run.stage} | run.report) for run in latest(session)]


def _without_tracebacks(record: logging.LogRecord) -> bool:
    """Drop the traceback that Prefect logs with every failed run: the message says what to do."""
    record.exc_info = None
    return True


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m flows", description="Collect the catalogue. A Prefect server must be running (PREFECT_API_URL)."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("report", help="show what the last runs reported")
    for name, run in {"pipeline": pipeline, **STAGES}.items():
        summary = (run.__doc__ or "").strip().splitlines()[0]
        command = commands.add_parser(name, help=summary, description=summary)
        command.add_argument("--ids", nargs="+", default=[], metavar="UUID", help="only these shows, by our ids")
        command.add_argument("--imdb-ids", nargs="+", default=[], metavar="ID", help="only these shows: tt0944947 ...")
        command.add_argument("--tmdb-ids", nargs="+", default=[], metavar="ID", help="only these shows: 1399 ...")
        command.add_argument("--limit", type=int, metavar="N", help="at most N shows")
        command.add_argument("--since", metavar="TIME", help="only what last succeeded before this time (ISO 8601)")
        command.add_argument(
            "--force", action="store_true", help="ask the upstream again, however fresh its answers are"
        )
        command.add_argument("--dry-run", action="store_true", help="fetch and report the difference; change nothing")
        if name in ("pipeline", "import-lists"):
            command.add_argument(
                "--tmdb-list", nargs="+", default=[], metavar="ID", help="TMDb lists, by id or address"
            )
            command.add_argument("--imdb-csv", nargs="+", default=[], metavar="FILE", help="IMDb list exports")
        if name == "mirror-media":
            command.add_argument(
                "--kind", nargs="+", default=[], metavar="KIND", help="poster, backdrop, logo, still ..."
            )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
