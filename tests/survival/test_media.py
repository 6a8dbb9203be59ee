"""Mirroring that is killed, loses its store, or fills it: the next run completes it, and every object is what its row says."""

import resource
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.survival.conftest import FULL, ROOT, Collector, Ground, Undisturbed

KILLS = 10 if FULL else 2
CUT = 60.0 if FULL else 2.0
ROOM = 200_000
"""The size in bytes beyond which a full store can write to no file: each of its volumes is one."""


SLOWLY = {"IMAGE_RATE": "5"}
"""So that it is not done before something happens to it."""


@pytest.fixture
def stocked(ground: Ground, undisturbed: Undisturbed, request: pytest.FixtureRequest) -> Iterator[Collector]:
    """A copy of the undisturbed catalogue whose images all wait to be mirrored into an empty bucket."""
    name = f"media-{request.node.originalname.split('_')[-1]}"
    ground.postgres.create_database(name, owner="trr_owner", template=undisturbed.collector.name)
    ground.object_store.make_public_bucket(name)
    collector = undisturbed.collector
    url = {
        key: value.replace("/undisturbed", f"/{name}")
        for key, value in collector.variables.items()
        if "DATABASE" in key
    }
    made = Collector(ground, name, collector.variables | url | ground.object_store.environment(name))
    with ground.postgres.connect(name) as connection:
        connection.execute("update core.images set asset_id = null")
        connection.execute("delete from core.assets")
        connection.execute("delete from ops.media_failures")
    yield made
    assert not undisturbed.collector.missing_objects(), "what others stored was hurt"


def start(collector: Collector, *arguments: str, **variables: str) -> "subprocess.Popen[str]":
    """Start a flow, with variables of its own."""
    with (collector.ground.folder / f"{collector.name}.log").open("a") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "flows", *arguments],
            cwd=ROOT, env=collector.environment | variables,
            stdout=log, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip


def said(collector: Collector) -> str:
    return (collector.ground.folder / f"{collector.name}.log").read_text()[-4000:]


def objects(collector: Collector) -> int:
    return sum(1 for _ in collector.ground.object_store.client.list_objects(collector.name, recursive=True))


def until_more_than(number: int, process: "subprocess.Popen[str]", collector: Collector) -> None:
    """Wait until a process that runs has stored more objects than this."""
    while objects(collector) <= number:
        assert process.poll() is None, said(collector)
        time.sleep(0.01)


def told_of_the_store(collector: Collector) -> None:
    """The run that just ended failed, and said so in a sentence that names the store."""
    (last,) = collector.rows("select status, report from ops.runs order by started_at desc limit 1")
    assert last["status"] == "failed"
    assert last["report"]["failures"]["object store"].startswith("the object store ")
    told = said(collector)
    assert "FAILED: mirror-media: " in told and "object store: the object store " in told
    assert "Traceback" not in told


def completes(collector: Collector) -> None:
    """Mirror to the end, force what failed; then everything is mirrored and verified, and nothing is left over."""
    assert start(collector, "mirror-media", "--force").wait() == 0, said(collector)
    (waiting,) = collector.rows("select count(*) as images from core.images where is_listed and asset_id is null")
    assert waiting["images"] == 0
    assert collector.missing_objects() == []
    assert start(collector, "verify-media").wait() == 0, said(collector)
    (held,) = collector.rows("select count(*) as copies from core.assets")
    assert objects(collector) == held["copies"] > 50


def test_mirroring_that_is_killed(stocked):
    for _ in range(KILLS):
        before = objects(stocked)
        process = start(stocked, "mirror-media", **SLOWLY)
        until_more_than(before + 5, process, stocked)
        stocked.kill(process)
    completes(stocked)


def test_mirroring_while_the_store_is_gone(stocked):
    server = stocked.ground.object_store
    process = start(stocked, "mirror-media", **SLOWLY)
    until_more_than(5, process, stocked)
    server.child.stop()
    try:
        time.sleep(CUT)
    finally:
        server.start()
        server.child.wait_ready()
    assert process.wait() == 1, said(stocked)
    told_of_the_store(stocked)
    completes(stocked)


def test_mirroring_until_the_store_is_full(stocked):
    """A limit on the size of the files that its process may write does it."""
    server = stocked.ground.object_store
    assert server.child.pid
    limits = resource.prlimit(server.child.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.child.pid, resource.RLIMIT_FSIZE, (ROOM, limits[1]))
    try:
        assert start(stocked, "mirror-media").wait() == 1, said(stocked)
        told_of_the_store(stocked)
    finally:
        if server.child.poll() is None:
            resource.prlimit(server.child.pid, resource.RLIMIT_FSIZE, limits)
        else:  # it does not outlive such a signal
            server.start()
            server.child.wait_ready()
    completes(stocked)
