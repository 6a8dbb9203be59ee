"""What an operator can start, name or read is described in `docs/operating.md`, and what is described exists."""

import ast
import re
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from flows.__main__ import FURTHER
from flows.pipeline import FLOWS, STAGES
from flows.selection import Selection
from models.ops import CaseStatus, RunStatus
from tests.docs.pages import ROOT, codes, page

OPERATING = page("docs/operating.md")
CODES = codes(OPERATING)


def section(name: str) -> str:
    """The text below a heading, up to the next of any level."""
    match = re.search(rf"^#+ {re.escape(name)}\n(.*?)(?=^#+ |\Z)", OPERATING, flags=re.MULTILINE | re.DOTALL)
    assert match, f"there is no section {name}"
    return match[1]


def deployments() -> list[dict[str, Any]]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
    return list(loaded["deployments"])


def flow_of(entrypoint: str) -> str:
    """The name of the flow behind `flows/x.py:function`."""
    file, _, function = entrypoint.partition(":")
    return next(
        name
        for name, flow in FLOWS.items()
        if flow.__name__ == function and flow.__module__ == file.removesuffix(".py").replace("/", ".")
    )


def test_every_flow_has_a_section():
    for name in FLOWS:
        assert section("The pipeline" if name == "pipeline" else name)


def test_stages_stand_in_their_order():
    headings = re.findall(r"^### ([a-z-]+)$", OPERATING, flags=re.MULTILINE)
    assert [heading for heading in headings if heading in STAGES] == list(STAGES)


def test_every_deployment_stands_in_the_schedule_and_no_other():
    told = {code for code in codes(section("Schedules")) if re.fullmatch(r"[a-z-]+/[a-z-]+", code)}
    assert told == {f"{flow_of(d['entrypoint'])}/{d['name']}" for d in deployments()}


def test_every_flow_has_a_deployment():
    assert {flow_of(d["entrypoint"]) for d in deployments()} == set(FLOWS)


@pytest.mark.parametrize("field", Selection.model_fields)
def test_every_parameter_of_the_selection_is_told(field):
    assert f"| `{field}` | `--{field.replace('_', '-')}`" in section("Selection")


def test_every_further_parameter_is_told():
    wanted = {
        f"{name}.{field}" for models in FURTHER.values() for name, m in models.items() for field in m.model_fields
    }
    assert sorted(wanted - CODES) == []


def test_every_state_of_a_run_is_told():
    ends = section("How a run ends")
    assert [status for status in RunStatus if status != RunStatus.RUNNING and f"`{status}`" not in ends] == []
    assert all(status in section("Ambiguous cases") or status == CaseStatus.RESOLVED for status in CaseStatus)


def test_every_reason_of_a_case_is_told():
    from db.commands.cases import UNSURE
    from db.commands.identity import OWNED_BY_ANOTHER
    from db.commands.people import SAME_NAME
    from flows.bundles import ANOTHER_ID
    from flows.imdb_episodes import NUMBER_TAKEN
    from flows.listings import OWNED_BY_ANOTHER_SHOW

    reasons = {OWNED_BY_ANOTHER, SAME_NAME, ANOTHER_ID, NUMBER_TAKEN, UNSURE}
    reasons |= {OWNED_BY_ANOTHER_SHOW.format(kind=kind) for kind in ("season", "episode")}
    assert sorted(reasons - codes(section("Ambiguous cases"))) == []


def subcommands(program: str) -> set[str]:
    """The subcommands that a program names literally."""
    folder = ROOT / program
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in (folder / "__main__.py", *folder.glob("cli/*.py"))]
    return {
        str(node.args[0].value)
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "add_parser"
        and isinstance(node.args[0], ast.Constant)
    }


@pytest.mark.parametrize("program", ["db", "flows"])
def test_every_subcommand_is_told(program):
    assert [name for name in sorted(subcommands(program)) if f"python -m {program} {name}" not in OPERATING] == []


def test_every_command_of_the_local_stack_is_told():
    from deployments.local.__main__ import COMMANDS

    told = re.search(r"python -m deployments\.local ([a-z|]+)", page("docs/architecture.md"))
    assert told
    assert sorted(told[1].split("|")) == sorted(COMMANDS)


def test_every_option_of_the_sample_upstream_is_told():
    from deployments.upstream.__main__ import parser

    options = {option for action in parser()._actions for option in action.option_strings if option.startswith("--")}
    told = set(re.findall(r"--[a-z][a-z-]*", page("docs/sample-upstream.md")))
    assert sorted(options - told - {"--help"}) == []


def test_every_sweep_of_the_worker_is_told_with_its_period():
    from webapp.tasks.sweeps import DAILY, HOURLY, OFTEN, SWEEPS

    words = {OFTEN: "5 minutes", HOURLY: "hour", DAILY: "day"}
    told = dict(re.findall(r"^\| `([a-z-]+)` \| (5 minutes|hour|day) \|", section("The worker"), flags=re.MULTILINE))
    assert told == {sweep.name: words[sweep.every] for sweep in SWEEPS}
