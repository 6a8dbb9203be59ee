"""Pages of collecting: runs, freshness, and what waits for a person."""

from uuid import UUID

from flask import render_template

from db.commands.cases import CHOOSABLE
from webapp.console import charts, service
from webapp.console.frame import blp, told
from webapp.sync import service as sync_service

SHOWN = 100
"""How many rows of what waits are shown at once; the oldest are worth looking at first."""

COLUMNS = 40
"""How many runs the list and its chart show."""


@blp.get("/runs")
def runs() -> str:
    """The last runs."""
    found = told(service.runs(COLUMNS))
    return render_template("console/runs.html", runs=found, bars=charts.columns(found), charts=charts)


@blp.get("/runs/<id:run_id>")
def run(run_id: UUID) -> str:
    """One run with its report."""
    found = told(service.run(run_id))
    return render_template("console/run.html", run=found, bars=charts.timeline(found["parts"]), charts=charts)


@blp.get("/freshness")
def freshness() -> str:
    """How fresh everything is."""
    return render_template(
        "console/freshness.html",
        resources=told(sync_service.freshness(), "Sync.Freshness")["resources"],
        failing=told(service.failing(SHOWN)),
        shares=charts.shares,
    )


@blp.get("/waiting")
def waiting() -> str:
    """Everything that needs a person."""
    return render_template(
        "console/waiting.html",
        counts=told(service.waiting()),
        cases=told(service.cases(SHOWN)),
        pages=told(service.candidate_pages(SHOWN)),
        images=told(service.failed_images(SHOWN)),
        drift=told(service.drift(SHOWN)),
        shown=SHOWN,
        choosable=CHOOSABLE,
    )
