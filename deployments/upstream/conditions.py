"""The weather of the upstream: latency, rate limit and faults, settable while the server runs, and a log of what it served.

Each protocol can have a weather, a limit, an outage and failures of its own besides.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flask import Request, Response

from deployments.upstream.failing import HEALTHY, Failing
from deployments.upstream.weather import Draws, Weather

Fault = Callable[[Request], Response | None]
"""Looks at a request before it is answered; a response it returns is sent instead of the answer."""


class Served(NamedTuple):
    """One request that was answered."""

    method: str
    path: str
    """Path with query, as the client sent it."""
    status: int
    bytes: int
    """Length of the body sent; 0 for a 304."""


class RequestLog:
    """What was served, oldest first. Totals count everything since the last `clear`, the entries only the last `keep`."""

    def __init__(self, keep: int | None = None) -> None:
        self._entries: deque[Served] = deque(maxlen=keep)
        self._lock = threading.Lock()
        self.total = 0
        self.total_bytes = 0

    def add(self, served: Served) -> None:
        with self._lock:
            self._entries.append(served)
            self.total += 1
            self.total_bytes += served.bytes

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self.total = self.total_bytes = 0

    def count(self, prefix: str = "", *, status: int | None = None) -> int:
        """How many kept requests have a path starting with `prefix` and, if given, this status."""
        return sum(served.path.startswith(prefix) and status in (None, served.status) for served in self)

    def paths(self, prefix: str = "") -> list[str]:
        """The kept paths with query that start with `prefix`, in the order served."""
        return [served.path for served in self if served.path.startswith(prefix)]

    def __iter__(self) -> Iterator[Served]:
        with self._lock:
            return iter(list(self._entries))

    def __len__(self) -> int:
        return len(self._entries)


class TokenBucket:
    """Lets `rate` requests a second pass, and `burst` at once after a pause; counts those `passed` and `refused`.

    Exactly: in any span of t seconds at most burst + rate * t requests pass. One that is refused costs nothing.
    """

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.burst = rate, burst
        self._clock = clock
        self._tokens = float(burst)
        self._filled_at = clock()
        self._lock = threading.Lock()
        self.passed = self.refused = 0

    def take(self, at: float | None = None) -> int:
        """Take one token, now or for a request that arrived at another time of the clock.

        Gives 0 when the request may pass, else the whole seconds after which a token will be there.
        """
        with self._lock:
            now = max(self._filled_at, self._clock() if at is None else at)
            self._tokens = min(float(self.burst), self._tokens + (now - self._filled_at) * self.rate)
            self._filled_at = now
            if self._tokens >= 1:
                self._tokens -= 1
                self.passed += 1
                return 0
            self.refused += 1
            return max(1, math.ceil((1 - self._tokens) / self.rate))


def bucket(rate: float, burst: int | None) -> TokenBucket:
    """A limit of `rate` requests a second.

    Raises:
        ValueError: rate or burst is not positive.
    """
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not isinstance(burst, int | None):
        raise ValueError("rate must be a number and burst a whole one")
    size = math.ceil(rate) if burst is None else burst
    if rate <= 0 or size < 1:
        raise ValueError("rate must be above 0 and burst at least 1")
    return TokenBucket(rate, size)


@dataclass
class Own:
    """What holds for one protocol only."""

    failing: Failing = HEALTHY
    draws: Draws | None = None
    """Its weather; without one, that of all."""
    limit: TokenBucket | None = None
    out_until: float = 0.0


@dataclass
class Conditions:
    """How the upstream behaves besides answering. Every attribute may be set at run time; the next request sees it."""

    token: str = "sample-token"
    """Accepted as bearer token and as `api_key`."""
    latency: float = 0.0
    """Seconds every answer of the API and the image CDN takes longer."""
    limit: TokenBucket | None = None
    """The rate limit of the API; the image CDN has none, like TMDb's."""
    max_age: int = 60
    """Seconds in the API's `Cache-Control`."""
    faults: list[Fault] = field(default_factory=list)
    """Asked in order for every request but those of `control.py`."""
    draws: Draws = field(default_factory=lambda: Draws(Weather()))
    """The weather and what of it has befallen whom."""
    own: dict[str, Own] = field(default_factory=dict)
    """By protocol, what holds for it alone."""
    _out_until: float = 0.0

    def failing(self, protocol: str) -> Failing:
        """The failures of a protocol."""
        return self.own[protocol].failing if protocol in self.own else HEALTHY

    def of(self, protocol: str) -> Own:
        """What holds for a protocol alone, to be set."""
        return self.own.setdefault(protocol, Own())

    def fail(self, protocol: str, **failures: Any) -> None:
        """Let a protocol fail in these ways, besides those it fails in already.

        Raises:
            ValueError, TypeError: there is no such failure, or not with this value.
        """
        self.of(protocol).failing = self.failing(protocol).but(failures)

    def heal(self, protocol: str | None = None) -> None:
        """End all that holds for a protocol alone, or for each of them."""
        if protocol is None:
            self.own.clear()
        else:
            self.own.pop(protocol, None)

    def draws_of(self, protocol: str) -> Draws:
        """The weather that a protocol's requests meet."""
        own = self.own.get(protocol)
        return own.draws if own and own.draws else self.draws

    def limit_of(self, protocol: str) -> TokenBucket | None:
        """The rate limit of a protocol: its own; TMDb's is the one that is set for the API."""
        own = self.own.get(protocol)
        return own.limit if own and own.limit else self.limit if protocol == "tmdb" else None

    def is_out_for(self, protocol: str) -> bool:
        """Whether a protocol is out, alone or with all."""
        own = self.own.get(protocol)
        return self.is_out or (own is not None and own.out_until > time.monotonic())

    @property
    def weather(self) -> Weather:
        return self.draws.weather

    @weather.setter
    def weather(self, weather: Weather) -> None:
        self.draws.weather = weather

    def outage(self, seconds: float, protocol: str | None = None) -> None:
        """Disconnect everybody, or who speaks a protocol, for so long, without an answer; 0 ends it."""
        if protocol is None:
            self._out_until = time.monotonic() + seconds
        else:
            self.of(protocol).out_until = time.monotonic() + seconds

    @property
    def outage_left(self) -> float:
        """Seconds until the outage is over; 0 when there is none."""
        return max(0.0, self._out_until - time.monotonic())

    @property
    def is_out(self) -> bool:
        return self._out_until > 0 and self.outage_left > 0

    def calm(self) -> None:
        """No limit, no latency, no faults, good weather."""
        self.limit, self.latency = None, 0.0
        self.faults.clear()
        self.outage(0)
        self.heal()
        self.weather = Weather()

    def limit_to(self, rate: float | None, burst: int | None = None, protocol: str | None = None) -> None:
        """Limit the API to `rate` requests a second with bursts of `burst` (default: one second's worth); None lifts it.

        With a protocol, limit that one.

        Raises:
            ValueError: rate or burst is not positive.
        """
        limit = None if rate is None else bucket(rate, burst)
        if protocol is None:
            self.limit = limit
        else:
            self.of(protocol).limit = limit

    def fault_for(self, request: Request) -> Response | None:
        """The first response a fault wants sent instead of the answer."""
        for fault in self.faults:
            if (response := fault(request)) is not None:
                return response
        return None
