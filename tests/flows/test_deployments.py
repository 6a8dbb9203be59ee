"""prefect.yaml: every stage can be deployed, and the nightly run has a schedule that means something."""

import asyncio
import importlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from prefect import Flow
from prefect.server.schemas.schedules import CronSchedule

from flows.pipeline import STAGES, pipeline

DEPLOYMENTS = {
    deployment["name"]: deployment
    for deployment in yaml.safe_load((Path(__file__).parents[2] / "prefect.yaml").read_text())["deployments"]
}


def flow_of(deployment: dict[str, Any]) -> Any:
    file, _, name = deployment["entrypoint"].partition(":")
    return getattr(importlib.import_module(file.removesuffix(".py").replace("/", ".")), name)


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_every_deployment_leads_to_a_flow_and_says_what_it_is_for(name):
    assert isinstance(flow_of(DEPLOYMENTS[name]), Flow)
    assert DEPLOYMENTS[name]["description"]
    assert DEPLOYMENTS[name]["work_pool"]["name"]


def test_every_stage_and_the_pipeline_have_a_deployment():
    for name, stage in STAGES.items():
        assert flow_of(DEPLOYMENTS[name]) is stage
    assert flow_of(DEPLOYMENTS["nightly"]) is pipeline


def test_the_nightly_run_comes_once_a_night():
    (schedule,) = DEPLOYMENTS["nightly"]["schedules"]
    cron = CronSchedule(cron=schedule["cron"], timezone=schedule["timezone"])
    first, second = asyncio.run(cron.get_dates(n=2, start=datetime(2026, 1, 1, tzinfo=UTC)))
    assert (second - first).total_seconds() == 86400


def test_the_form_on_the_prefect_page_explains_every_parameter():
    for stage in map(flow_of, DEPLOYMENTS.values()):
        properties = stage.parameters.definitions["Selection"]["properties"]
        assert {"ids", "imdb_ids", "tmdb_ids", "limit", "since", "force", "dry_run"} <= set(properties)
        assert all(field.get("description") for field in properties.values())
