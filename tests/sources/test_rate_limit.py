import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources.limits import LONGEST_SILENCE, Rate, RateLimit

ROOT = Path(__file__).parents[2]


class Clock:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass(frozen=True)
class Noting(Rate):
    """A rate that notes when it granted a request: whoever is granted one may need a while to note it themselves."""

    granted: list[float] = field(default_factory=list)

    def admit(self, arrival, now):
        wait, arrival = super().admit(arrival, now)
        if not wait:
            self.granted.append(now)
        return wait, arrival


def limit(tmp_path, clock, rate):
    return RateLimit(tmp_path / "host.rate", rate, clock=clock, sleep=clock.sleep)


def most_in_a_second(moments):
    return max(sum(start <= moment < start + 1 for moment in moments) for start in moments)


def test_no_second_holds_more_than_rate_and_burst_and_the_rate_is_reached(tmp_path):
    clock = Clock()
    polite = limit(tmp_path, clock, Rate(40, 4))
    moments = []
    for _ in range(400):
        polite.wait()
        moments.append(clock.now)
    assert most_in_a_second(moments) <= 44
    assert moments[-1] - moments[0] == pytest.approx(396 / 40, abs=0.01)


@given(
    per_second=st.floats(0.5, 200),
    burst=st.integers(1, 20),
    pauses=st.lists(st.floats(0, 2), min_size=1, max_size=200),
)
def test_whatever_the_pauses_between_requests_no_second_holds_more_than_rate_and_burst(per_second, burst, pauses):
    rate, arrival, now, moments = Rate(per_second, burst), 0.0, 0.0, []
    for pause in pauses:
        now += pause
        wait, arrival = rate.admit(arrival, now)
        while wait > 0:
            now += wait
            wait, arrival = rate.admit(arrival, now)
        moments.append(now)
    assert most_in_a_second(moments) <= per_second + burst + 1e-6


def test_two_clients_of_one_file_share_one_rate(tmp_path):
    clock = Clock()
    first, second = (limit(tmp_path, clock, Rate(10, 1)) for _ in range(2))
    for polite in (first, second) * 10:
        polite.wait()
    assert clock.now - 1000 == pytest.approx(1.9)


def test_a_silence_holds_for_every_client_of_the_file(tmp_path):
    clock = Clock()
    limit(tmp_path, clock, Rate(10)).silence(7)
    assert limit(tmp_path, clock, Rate(10)).wait() == pytest.approx(7)


def test_refusals_by_chance_hold_back_nobody_else(tmp_path):
    """Lone ones, and now and then two that come close together."""
    clock = Clock()
    polite = limit(tmp_path, clock, Rate(40))
    for pause in (0.3, 0.05, 0.3, 0.05, 0.3):
        polite.refused(1)
        assert polite.wait() <= 0.025
        clock.now += pause


def test_three_refusals_close_together_silence_every_client_of_the_file(tmp_path):
    clock = Clock()
    for _ in range(3):
        clock.now += 0.05
        limit(tmp_path, clock, Rate(40)).refused(1)
    assert limit(tmp_path, clock, Rate(40)).wait() == pytest.approx(1)


def test_a_refusal_that_asks_for_a_long_pause_silences_at_once(tmp_path):
    clock = Clock()
    limit(tmp_path, clock, Rate(40)).refused(30)
    assert limit(tmp_path, clock, Rate(40)).wait() == pytest.approx(30)


def test_a_state_from_before_the_machine_started_again_is_not_waited_for(tmp_path):
    clock = Clock()
    polite = limit(tmp_path, clock, Rate(10, 2))
    polite.silence(LONGEST_SILENCE)
    polite.wait()
    clock.now -= 10_000
    assert polite.wait() <= 0.2


def test_a_wait_of_more_than_a_second_is_logged(tmp_path, caplog):
    caplog.set_level("INFO")
    clock = Clock()
    polite = limit(tmp_path, clock, Rate(0.5))
    polite.wait()
    assert not caplog.records
    polite.wait()
    assert "waited 2.0 s for the rate limit host" in caplog.text


def test_a_damaged_state_file_counts_as_a_new_one(tmp_path):
    (tmp_path / "host.rate").write_bytes(b"abc")
    assert limit(tmp_path, Clock(), Rate(10)).wait() == 0


def test_threads_and_processes_together_keep_the_rate(tmp_path):
    program = (
        "import sys\nfrom pathlib import Path\nfrom flows.sources.limits import RateLimit\n"
        "from tests.sources.test_rate_limit import Noting\n"
        "granted = []\npolite = RateLimit(Path(sys.argv[1]), Noting(40, 4, granted))\n"
        "for _ in range(18):\n    polite.wait()\nprint(*granted)\n"
    )
    path = tmp_path / "host.rate"
    others = [
        subprocess.Popen([sys.executable, "-c", program, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    moments: list[float] = []
    polite = RateLimit(path, Noting(40, 4, moments))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: polite.wait(), range(18)))
    for other in others:
        moments += map(float, other.communicate(timeout=120)[0].split())
    assert len(moments) == 54
    assert most_in_a_second(moments) <= 44
