"""How much one connection may send: so many messages a second, counted over ten."""

from collections.abc import Callable
from time import monotonic

SECONDS = 10
PATIENCE = 20
"""How many refusals a connection gets before it is cut off, in seconds of its rate."""


class Allowance:
    """A bucket that fills at a rate and holds ten seconds of it.

    Refusals add up until half of it is there again: what trickles in for who goes on forgives nothing.
    """

    def __init__(self, per_second: float, clock: Callable[[], float] = monotonic) -> None:
        self._rate = per_second
        self._clock = clock
        self._left = self._most = per_second * SECONDS
        self._at = clock()
        self._refused = 0

    def take(self) -> bool:
        """Whether one more message is within the allowance."""
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left >= self._most / 2:
            self._refused = 0
        if self._left < 1:
            self._refused += 1
            return False
        self._left -= 1
        return True

    @property
    def is_abused(self) -> bool:
        """Whether the other side goes on as if nothing had been said."""
        return self._refused > self._rate * PATIENCE
