"""A circuit breaker per upstream: after requests were given up in a row, nothing is asked for a while.

It counts what was given up after all repeats, so a short outage that the repeats outlast never opens it. All threads of
a process share it. While it is open, requests fail at once; then one is let through, and what becomes of it decides.
"""

import threading
import time
from collections.abc import Callable

GIVEN_UP = 5
"""Requests given up in a row that open the circuit."""
FIRST_PAUSE = 30.0
LONGEST_PAUSE = 600.0


class Breaker:
    """Open, closed, or letting one request through to see."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._pause = FIRST_PAUSE
        self._open_until: float | None = None
        self._probing = False

    def refuses(self) -> float | None:
        """Seconds until it is worth asking again; None when a request may go now."""
        with self._lock:
            if self._open_until is None:
                return None
            left = self._open_until - self._clock()
            if left > 0 or self._probing:
                return max(left, 1.0)
            self._probing = True
            return None

    def succeeded(self) -> None:
        """An answer came, whatever it says: the upstream is there."""
        with self._lock:
            self._failures, self._pause = 0, FIRST_PAUSE
            self._open_until, self._probing = None, False

    def failed(self) -> bool:
        """A request was given up; says whether that opened the circuit."""
        with self._lock:
            self._failures += 1
            if not self._probing and self._failures < GIVEN_UP:
                return False
            if self._probing:
                self._pause = min(self._pause * 2, LONGEST_PAUSE)
            opened = self._open_until is None or self._probing
            self._open_until, self._probing = self._clock() + self._pause, False
            return opened


_breakers: dict[tuple[str, str], Breaker] = {}
_guard = threading.Lock()


def breaker(source: str, host: str) -> Breaker:
    """The process's breaker for a host."""
    with _guard:
        return _breakers.setdefault((source, host), Breaker())
