import time

import pytest

from tests.survival.conftest import FULL

KILLS = 20 if FULL else 2
CUT = 10.0 if FULL else 2.0


def differences(found, expected):
    """The tables that differ, with the first rows that only one side has."""
    return {
        table: {
            "only here": [row for row in found[table] if row not in expected[table]][:3],
            "only there": [row for row in expected[table] if row not in found[table]][:3],
        }
        for table in expected
        if found[table] != expected[table]
    }


def test_killed_at_random_moments_the_next_run_completes_the_catalogue(collector_in, undisturbed, chance):
    expected, seconds = undisturbed
    collector = collector_in("killed")
    for _ in range(KILLS):
        process = collector.start()
        # A process needs some seconds to import and begin; kills before that would prove nothing.
        time.sleep(chance.uniform(0.3, 0.95) * seconds)
        collector.kill(process)
    collector.complete()
    assert differences(collector.natural(), expected) == {}
    assert collector.missing_objects() == []
    ended = collector.rows("select distinct status from ops.runs where stage = 'pipeline' order by 1")
    assert [row["status"] for row in ended] == ["completed", "crashed"]


@pytest.mark.parametrize("part", ["database", "object store", "upstream"])
def test_with_a_server_cut_off_the_next_run_completes_the_catalogue(part, collector_in, undisturbed, ground, chance):
    expected, seconds = undisturbed
    collector = collector_in(
        f"cut_{part.replace(' ', '_')}".replace("_", "-") if part == "object store" else f"cut{part}"
    )
    process = collector.start()
    share = {"database": 0.6, "object store": 0.85, "upstream": 0.45}[part]
    time.sleep(share * seconds)
    if part == "upstream":
        ground.upstream.outage(CUT)
    else:
        server = ground.postgres if part == "database" else ground.object_store
        server.child.stop()
        time.sleep(CUT)
        server.start()
        server.child.wait_ready()
    process.wait()
    collector.complete()
    assert differences(collector.natural(), expected) == {}
    assert collector.missing_objects() == []
