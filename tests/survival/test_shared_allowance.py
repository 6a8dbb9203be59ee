import subprocess
import sys

from tests.survival.conftest import ROOT

RATE, BURST = 40, 4


def test_two_stages_in_two_processes_draw_no_429_from_a_bucket_of_40_a_second(undisturbed, ground):
    requests = ground.upstream.requests
    requests.clear()
    ground.upstream.limit_to(RATE, BURST)
    try:
        running = [
            subprocess.Popen(
                [sys.executable, "-m", "flows", stage, "--force"],
                cwd=ROOT,
                env=undisturbed.collector.environment | {"TMDB_RATE": str(RATE)},
                stdout=subprocess.DEVNULL,
            )
            for stage in ("people-cast", "show-details")
        ]
        assert [process.wait() for process in running] == [0, 0]
    finally:
        ground.upstream.limit_to(None)
    assert requests.count(status=429) == 0
    assert requests.count("/3/", status=200) > RATE
