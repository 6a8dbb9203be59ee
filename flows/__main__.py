"""`python -m flows`: run a stage or the whole pipeline from a shell, or show what the last runs reported."""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from flows.settings import ConfigurationError

# Read by Prefect when it is imported: no hidden server of its own, and nothing about us to anybody.
os.environ.setdefault("PREFECT_SERVER_ALLOW_EPHEMERAL_MODE", "false")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")

from prefect.client.orchestration import get_client
from prefect.exceptions import CancelledRun
from prefect.settings import PREFECT_API_URL

from flows.imdb_datasets import Datasets
from flows.import_lists import ListSources
from flows.measure_media import MeasureSelection
from flows.mirror_media import MediaSelection
from flows.outcome import StageFailed
from flows.people_cast import People
from flows.pipeline import FLOWS
from flows.prune_media import Prune
from flows.rebuild_urls import Bases
from flows.report import RunReport, as_lines, as_table
from flows.retention import Keep
from flows.selection import Selection
from flows.sources.errors import UpstreamError
from flows.verify_media import Check

Parameters = TypeVar("Parameters", bound=BaseModel)

FURTHER: dict[str, dict[str, type[BaseModel]]] = {
    "pipeline": {"lists": ListSources},
    "import-lists": {"lists": ListSources},
    "people-cast": {"people": People},
    "mirror-media": {"media": MediaSelection},
    "measure-media": {"measuring": MeasureSelection},
    "imdb-datasets": {"datasets": Datasets},
    "retention": {"keep": Keep},
    "verify-media": {"check": Check},
    "prune-media": {"prune": Prune},
    "rebuild-urls": {"bases": Bases},
}
"""What some flows take besides the selection."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for.

    Returns:
        0 when it worked; 1 when something failed, 2 when a setting or an argument is at fault, with one clear message.
    """
    chosen = _parser().parse_args(arguments)
    if chosen.command == "report":
        return _shown(_last_reports)
    if chosen.command == "status":
        return _status()
    try:
        selection = _given(Selection, chosen)
        further = {name: _given(model, chosen) for name, model in FURTHER.get(chosen.command, {}).items()}
    except ValidationError as error:
        first = error.errors()[0]
        print(f"{_flag(str(first['loc'][0]))}: {first['msg']}", file=sys.stderr)
        return 2

    def run() -> Any:
        _check_prefect()
        return FLOWS[chosen.command](selection, **further)

    return _shown(run)


def _shown(run: Any) -> int:
    """Run, print the report table, and turn what is expected to go wrong into one message."""
    for name in ("prefect.flow_runs", "prefect.task_runs"):
        logging.getLogger(name).addFilter(_without_tracebacks)
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


def _check_prefect() -> None:
    """Fail early and plainly where there is no Prefect server.

    Raises:
        ConfigurationError: naming PREFECT_API_URL, and what to do.
    """
    if not (url := PREFECT_API_URL.value()):
        raise ConfigurationError("PREFECT_API_URL", "is not set; runs need a Prefect server, such as that of `make up`")
    with get_client(sync_client=True) as client:
        if problem := client.api_healthcheck():
            raise ConfigurationError("PREFECT_API_URL", f"the Prefect server at {url} does not answer: {problem}")


def _last_reports() -> list[RunReport]:
    from sqlmodel import Session

    from db.runs import latest
    from db.session import check_reachable, engine

    check_reachable()
    with Session(engine()) as session:
        return [RunReport.model_validate({"stage": run.stage} | run.report) for run in latest(session)]


def _status() -> int:
    """Print the operator's views of `ops`."""
    from sqlalchemy import text

    from db.session import check_reachable, read

    try:
        check_reachable()
    except ConfigurationError as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 2
    for title, view in (("freshness", "freshness"), ("failing", "failing"), ("waiting for a person", "open_cases")):
        with read() as connection:
            rows = connection.execute(text(f"select * from ops.{view} limit 50"))
            print(f"{title}\n{as_lines(list(rows.keys()), [list(row) for row in rows])}\n")
    return 0


def _without_tracebacks(record: logging.LogRecord) -> bool:
    """Drop the traceback that Prefect logs with every failed run: the message says what to do."""
    record.exc_info = None
    return True


def _add_flags(command: argparse.ArgumentParser, model: type[BaseModel]) -> None:
    """One flag for each field of a flow's parameters, with the text that the Prefect page shows beside it."""
    for name, field in model.model_fields.items():
        summary = (field.description or "").replace("%", "%%")
        if field.annotation is bool:
            command.add_argument(
                _flag(name), action=argparse.BooleanOptionalAction, default=field.default, help=summary, dest=name
            )
        elif isinstance(field.default, list):
            command.add_argument(_flag(name), nargs="+", default=[], metavar="X", help=summary, dest=name)
        else:
            command.add_argument(_flag(name), metavar="X", help=summary, dest=name)


def _given(model: type[Parameters], chosen: argparse.Namespace) -> Parameters:
    """A flow's parameters from the flags; what was not given keeps its default."""
    given = {name: getattr(chosen, name) for name in model.model_fields}
    return model.model_validate({name: value for name, value in given.items() if value not in (None, [])})


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m flows", description="Collect the catalogue. A Prefect server must be running (PREFECT_API_URL)."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("report", help="show what the last runs reported")
    commands.add_parser(
        "status", help="show how fresh the catalogue is, what keeps failing, and what waits for a person"
    )
    for name, run in FLOWS.items():
        summary = (run.__doc__ or "").strip().splitlines()[0]
        command = commands.add_parser(name, help=summary, description=summary)
        models: list[type[BaseModel]] = [Selection, *FURTHER.get(name, {}).values()]
        for model in models:
            _add_flags(command, model)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
