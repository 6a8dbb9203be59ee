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


def test_killed_at_random_moments_the_next_run_completes_the_catalogue(collector_in, undisturbed, ground, chance):
    collector = collector_in("killed")
    before = ground.upstream.requests.total
    # How far it has come is told by what it has asked for, by all runs together: the next one has the answers of those before.
    for moment in sorted(chance.uniform(0.05, 0.95) for _ in range(KILLS)):
        process = collector.start()
        assert collector.until_asked(before + int(moment * undisturbed.requests), process)
        collector.kill(process)
    collector.complete()
    assert differences(collector.natural(), undisturbed.natural) == {}
    assert collector.missing_objects() == []
    ended = collector.rows("select distinct status from ops.runs where stage = 'pipeline' order by 1")
    assert [row["status"] for row in ended] == ["completed", "crashed"]


def cut_off(part, ground):
    """Take a server away for a while."""
    if part == "upstream":
        ground.upstream.outage(CUT)
        return
    server = ground.postgres if part == "database" else ground.object_store
    server.child.stop()
    time.sleep(CUT)
    server.start()
    server.child.wait_ready()


MOMENTS = {"upstream": 0.4, "database": 0.6, "object store": 0.85}
"""When each server is cut off, as a share of the requests of an undisturbed run: while it is needed."""


@pytest.mark.parametrize("parts", [[part] for part in MOMENTS] if FULL else [list(MOMENTS)], ids=" and ".join)
def test_with_servers_cut_off_the_next_run_completes_the_catalogue(parts, collector_in, undisturbed, ground):
    collector = collector_in("cut-" + "-".join(part.split()[0] for part in parts))
    before = ground.upstream.requests.total
    process = collector.start()
    for part in parts:
        collector.until_asked(before + int(MOMENTS[part] * undisturbed.requests), process)
        cut_off(part, ground)
    process.wait()
    collector.complete()
    assert differences(collector.natural(), undisturbed.natural) == {}
    assert collector.missing_objects() == []
