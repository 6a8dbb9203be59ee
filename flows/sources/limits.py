"""How fast a host is asked, by all threads and processes of this machine together.

A GCRA (generic cell rate algorithm): the state of a limit is one number, the theoretical arrival time of the next
request, so it fits in a file that is locked for microseconds. In any window of one second at most rate + burst
requests pass. A second number is the time until which the host asked for silence (`Retry-After`), a third when it last
refused a request, a fourth how many it refused in close succession.

A request is granted when it may go, never reserved ahead: a thread that wakes late takes no slot that has meanwhile
passed, and a killed process leaves nothing behind. Inside a process one thread waits for the file at a time, the
others for it.
"""

import fcntl
import logging
import math
import os
import re
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

logger = logging.getLogger(__name__)

LONGEST_SILENCE = 600.0
"""A longer one in the file is not believed: the clock that it was written by has started again since."""

SHORT_PAUSE = 2.0
"""Seconds; a host that asks for a longer pause at its first refusal means it."""
CLOSELY = 4
"""A refusal within the time of so many requests after another one follows it closely."""
IN_A_ROW = 3
"""So many refusals, each close to the one before, are no chance: a real limit refuses many in a row. Of requests of which
one in a hundred is refused for other reasons, two come that close every minute at 40 a second, three every half an hour."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests a second, after a pause so many at once."""

    per_second: float
    burst: int = 1

    @property
    def interval(self) -> float:
        """Seconds between two requests."""
        return 1 / self.per_second

    def admit(self, arrival: float, now: float) -> tuple[float, float]:
        """Whether a request may go now.

        `arrival` is the theoretical arrival time that stands in the state. Returns the seconds to wait (0 when it may
        go) and the theoretical arrival time to keep.
        """
        tolerance = (self.burst - 1) * self.interval
        arrival = min(arrival, now + tolerance + self.interval)  # more can only come from a clock that started again
        wait = arrival - tolerance - now
        return (wait, arrival) if wait > 0 else (0.0, max(arrival, now) + self.interval)


class RateLimit:
    """The limit of one host, kept in a file."""

    _state = struct.Struct("<dddd")

    def __init__(
        self,
        path: Path,
        rate: Rate,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.path = path
        self.rate = rate
        self._clock = clock
        self._sleep = sleep
        self._turn = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)

    def wait(self) -> float:
        """Return when the next request may be sent, and how many seconds that took."""
        started = self._clock()
        with self._turn:
            while pause := self._take():
                self._sleep(pause)
        waited = self._clock() - started
        if waited > 1:
            logger.info("waited %.1f s for the rate limit %s", waited, self.path.stem)
        return waited

    def refused(self, seconds: float) -> None:
        """Take note that the host refused a request and asked for such a pause.

        A refusal that asks for a moment holds back nothing but the request that met it: a busy host refuses one in a
        hundred for reasons of its own. Where several follow each other closely, or a long pause is asked for, we are
        meant, and all are silent.
        """
        with self._locked() as file:
            arrival, silent_until, refused_at, in_a_row = self._read(file)
            now = self._clock()
            in_a_row = in_a_row + 1 if 0 <= now - refused_at <= CLOSELY * self.rate.interval else 1
            if seconds > SHORT_PAUSE or in_a_row >= IN_A_ROW:
                silent_until = max(silent_until, now + min(seconds, LONGEST_SILENCE))
            self._write(file, arrival, silent_until, now, in_a_row)

    def silence(self, seconds: float) -> None:
        """Send this host nothing for so long, from no thread and no process."""
        with self._locked() as file:
            arrival, silent_until, *refusals = self._read(file)
            until = self._clock() + min(seconds, LONGEST_SILENCE)
            self._write(file, arrival, max(silent_until, until), *refusals)

    def _take(self) -> float:
        """Take a slot; otherwise the seconds until it is worth trying again."""
        with self._locked() as file:
            arrival, silent_until, *refusals = self._read(file)
            now = self._clock()
            if now < silent_until <= now + LONGEST_SILENCE:
                return silent_until - now
            wait, arrival = self.rate.admit(arrival, now)
            self._write(file, arrival, 0.0, *refusals)
            return wait

    @contextmanager
    def _locked(self) -> Iterator[int]:
        file = os.open(
            self.path, os.O_RDWR | os.O_CREAT, 0o666
        )  # a descriptor of its own: the lock holds between threads
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)

    def _read(self, file: int) -> tuple[float, float, float, float]:
        state = os.pread(file, self._state.size, 0)
        return self._state.unpack(state) if len(state) == self._state.size else (0.0, 0.0, -math.inf, 0.0)

    def _write(self, file: int, *state: float) -> None:
        os.pwrite(file, self._state.pack(*state), 0)


def rate_limit(state_dir: Path, source: str, host: str, rate: Rate) -> RateLimit:
    """The limit that a source keeps towards a host; hosts with several ports have several."""
    return RateLimit(state_dir / "rates" / (re.sub(r"[^a-z0-9.-]", "_", f"{source}-{host.lower()}") + ".rate"), rate)


@cache
def connections(source: str, host: str, cap: int) -> threading.BoundedSemaphore:
    """The requests that this process may have under way to a host, whatever the number of clients and threads."""
    return threading.BoundedSemaphore(cap)


@contextmanager
def one_at_a_time(state_dir: Path, key: str) -> Iterator[None]:
    """Hold the lock of a cache key against all threads and processes, so that one URL is never asked twice at once.

    Keys share 4096 lock files; two that meet in one merely wait for each other. Nobody holds two.
    """
    locks = state_dir / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    file = os.open(locks / key[:3], os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
