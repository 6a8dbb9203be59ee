"""How much a connection may send, and when it is cut off, by a clock that the test sets."""

import pytest

from webapp.realtime.allowance import Allowance


@pytest.mark.parametrize("per_second", [12, 20, 500, 100_000])
def test_who_goes_on_is_cut_off_however_fast(per_second):
    sent = 0
    allowance = Allowance(10, clock=lambda: sent / per_second)
    taken = 0
    while not allowance.is_abused:
        sent += 1
        taken += allowance.take()
        assert sent < 5000
    assert sent - taken == 201
    assert taken <= 101 + 10 * sent / per_second


def test_who_waits_after_a_refusal_is_forgiven():
    now = 0.0
    allowance = Allowance(10, clock=lambda: now)
    for _ in range(50):
        assert [allowance.take() for _ in range(250)].count(False) < 201
        assert not allowance.is_abused
        now += 6


def test_who_keeps_to_the_rate_is_never_refused():
    now = 0.0
    allowance = Allowance(10, clock=lambda: now)
    for _ in range(1000):
        assert allowance.take()
        now += 0.1
