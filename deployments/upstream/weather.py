"""Bad weather: shares of requests that an upstream in trouble refuses, breaks off, leaves unanswered or answers with rubbish.

Whether a request is hit follows from the seed, its address and how often that address was asked before, not from the order
in which requests arrive: so a run meets the same faults when it is repeated, however many threads it asks from.
"""

import hashlib
import threading
from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

MALFORMED = ("cut", "html", "empty", "challenge", "retyped", "missing")
"""Rubbish answers: JSON that breaks off; HTML with 200; 200 without a body; 202 without a body, as challenges come; fields of
other types; fields left out."""


class Trouble(NamedTuple):
    """What befalls a request."""

    kind: str
    """`too_many`, `server_errors`, `timeouts`, `drops` or `malformed`: the share of the weather it was drawn from."""
    choice: int
    """A number to choose among the forms of that kind."""


@dataclass(frozen=True, slots=True)
class Weather:
    """Shares are of API requests, from 0 to 1, and at most 1 together. Replaced as a whole, never changed."""

    too_many: float = 0.0
    """Share answered 429, with `Retry-After` in seconds or, one in four, as a date."""
    server_errors: float = 0.0
    """Share answered 500, 502, 503 or 504."""
    timeouts: float = 0.0
    """Share that is accepted and, after `timeout_seconds`, disconnected without an answer."""
    timeout_seconds: float = 30.0
    drops: float = 0.0
    """Share disconnected at once, half of them in the middle of the body."""
    malformed: float = 0.0
    """Share answered with rubbish of one of `malformed_kinds`."""
    malformed_kinds: tuple[str, ...] = MALFORMED
    max_in_flight: int | None = None
    """Requests beyond so many at one time are refused with `in_flight_status`; None: any number may be."""
    in_flight_status: int = 429
    """429 or 503."""
    retry_after: int = 1
    """Seconds in the `Retry-After` of refusals, but for those of the rate limit, which knows its own."""
    on_images: bool = False
    """Whether all of this also befalls the image CDN."""
    seed: int = 1

    def __post_init__(self) -> None:
        shares = self.shares
        if min(shares.values()) < 0 or sum(shares.values()) > 1:
            raise ValueError(f"{', '.join(shares)} are shares from 0 to 1, and at most 1 together")
        if not self.malformed_kinds or not set(self.malformed_kinds) <= set(MALFORMED):
            raise ValueError(f"malformed kinds are {', '.join(MALFORMED)}")
        if self.in_flight_status not in (429, 503):
            raise ValueError("the status beyond the requests in flight is 429 or 503")
        if (self.max_in_flight is not None and self.max_in_flight < 1) or self.timeout_seconds < 0:
            raise ValueError("max in flight must be at least 1 and timeout seconds not below 0")
        if self.retry_after < 0:
            raise ValueError("retry after must not be below 0")

    @property
    def shares(self) -> dict[str, float]:
        return {
            "too_many": self.too_many,
            "server_errors": self.server_errors,
            "timeouts": self.timeouts,
            "drops": self.drops,
            "malformed": self.malformed,
        }

    def drawn(self, address: str, time: int) -> Trouble | None:
        """What befalls the request for `address` the first, second ... `time` it is asked."""
        drawn = hashlib.sha1(f"{self.seed}|{address}|{time}".encode()).digest()
        roll = int.from_bytes(drawn[:8]) / 2**64
        for kind, share in self.shares.items():
            if roll < share:
                return Trouble(kind, int.from_bytes(drawn[8:12]))
            roll -= share
        return None


class Draws:
    """Counts how often each address was asked, and draws what befalls it. Setting the weather starts the count anew."""

    def __init__(self, weather: Weather) -> None:
        self._lock = threading.Lock()
        self._asked: Counter[str] = Counter()
        self._weather = weather

    @property
    def weather(self) -> Weather:
        return self._weather

    @weather.setter
    def weather(self, weather: Weather) -> None:
        with self._lock:
            self._weather = weather
            self._asked.clear()

    def next_for(self, address: str) -> Trouble | None:
        weather = self._weather
        if not any(weather.shares.values()):
            return None
        with self._lock:
            self._asked[address] += 1
            time = self._asked[address]
        return weather.drawn(address, time)
