"""`make run` and `make pipeline` as a newcomer starts them: all parts, without a token and without a network."""

import json
import os
import re
import shutil
import signal
import subprocess
import urllib.request

import pytest

from tests.local.harness import newcomer, processes_of

pytestmark = pytest.mark.prove


def fetch(url: str, body: bytes | None = None) -> bytes:
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        content: bytes = answer.read()
    return content


def printed(text: str, name: str) -> str:
    """An address that the stack has printed."""
    (address,) = re.findall(rf"^ +{name} +(\S+)", text, flags=re.MULTILINE)
    return str(address)


def threads(text: str) -> list[dict[str, object]]:
    """The threads that the printed page of discussions lists, as the API tells them."""
    page = printed(text, "Discussions")
    assert b"Welcome, and how we talk here" in fetch(page)
    listed: list[dict[str, object]] = json.loads(
        fetch(page.replace("/console/", "/api/v1/").replace("/discussions", "/threads"))
    )
    return listed


def test_make_run_collects_serves_and_leaves_nothing(start):
    run = start("run").until("The Reality Report is running.", timeout=180)
    api = run.addresses["API"]
    assert json.loads(fetch(f"{api}/shows?limit=5"))
    assert b"swagger" in fetch(run.addresses["API docs"]).lower()
    assert b"<title>Prefect" in fetch(run.addresses["Prefect"])
    deployments = json.loads(fetch(f"{run.addresses['Prefect']}/api/deployments/filter", b"{}"))
    assert "pipeline" in {deployment["entrypoint"].rpartition(":")[2] for deployment in deployments}
    assert "the bundled sample" in run.text
    run.until("Ctrl-C stops everything")
    told = json.loads(fetch(printed(run.text, "One person")))
    sources = {word["source"] for field in told["fields"] for word in (field, *field["others"])}
    assert sources == {"fandom", "imdb", "tmdb", "wikidata"}

    talk = threads(run.text)
    assert len(talk) == 1

    assert run.end(signal.SIGINT) == 0
    assert processes_of(run.folder) == {}
    again = start("run").until("Ctrl-C stops everything", timeout=180)
    assert threads(again.text) == talk, "what the sample users say is said once"
    assert again.end(signal.SIGINT) == 0


@pytest.mark.skipif(not shutil.which("unshare") or os.geteuid() != 0, reason="taking the network away needs root")
def test_make_pipeline_needs_no_network(tmp_path):
    command = "ip link set lo up && exec .venv/bin/python -m deployments.local pipeline"
    if not shutil.which("ip"):
        pytest.skip("bringing loopback up needs iproute2")
    done = subprocess.run(
        ["unshare", "--net", "sh", "-c", command],
        env={**newcomer(), "LOCAL_DIR": str(tmp_path / "local")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
