"""What happened at the upstream, counted: requests by kind and status, faults, and how many were in flight at once."""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Any


class Stats:
    """Counts of everything since the last `reset`, and of the API requests in flight now."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._in_flight = 0
        self.reset()

    def reset(self) -> None:
        """Forget all counts; requests in flight stay in flight."""
        with self._lock:
            self._kinds: dict[str, Counter[int]] = {}
            self._protocols: dict[str, Counter[int]] = {}
            self._faults: Counter[str] = Counter()
            self._bytes = 0
            self._max_in_flight = self._in_flight
            self._last_second: deque[float] = deque()
            self._busiest = 0
            self._first = self._last = 0.0

    def arrive(self) -> int:
        """An API request came in; gives how many are now in flight, it included."""
        with self._lock:
            now = self._clock()
            self._first = self._first or now
            self._last = now
            self._in_flight += 1
            self._max_in_flight = max(self._max_in_flight, self._in_flight)
            self._last_second.append(now)
            while self._last_second[0] <= now - 1:
                self._last_second.popleft()
            self._busiest = max(self._busiest, len(self._last_second))
            return self._in_flight

    def leave(self) -> None:
        """An API request is done."""
        with self._lock:
            self._in_flight -= 1

    def served(self, kind: str, status: int, length: int, protocol: str = "tmdb") -> None:
        """A request of any kind was answered, or with status 0 left without an answer."""
        with self._lock:
            self._protocols.setdefault(protocol, Counter())[status] += 1
            self._kinds.setdefault(kind, Counter())[status] += 1
            self._bytes += length

    def fault(self, name: str) -> None:
        with self._lock:
            self._faults[name] += 1

    def count(self, kind: str | None = None, *, status: int | None = None, protocol: str | None = None) -> int:
        """How many requests of this kind (default: all), or this protocol, had this status (default: any)."""
        with self._lock:
            if protocol is not None:
                chosen = [self._protocols.get(protocol, Counter())]
            else:
                chosen = [found for name, found in self._kinds.items() if kind in (None, name)]
        return sum(number for found in chosen for code, number in found.items() if status in (None, code))

    def as_json(self) -> dict[str, Any]:
        """All counts, for `/_stats`; statuses are strings, 0 for what was left without an answer."""
        with self._lock:
            by_status: Counter[int] = Counter()
            for found in self._kinds.values():
                by_status.update(found)
            return {
                "requests": by_status.total(),
                "bytes": self._bytes,
                "by_status": {str(status): number for status, number in sorted(by_status.items())},
                "by_kind": {
                    kind: {str(status): number for status, number in sorted(found.items())}
                    for kind, found in sorted(self._kinds.items())
                },
                "by_protocol": {
                    protocol: {str(status): number for status, number in sorted(found.items())}
                    for protocol, found in sorted(self._protocols.items())
                },
                "faults": dict(sorted(self._faults.items())),
                "in_flight": self._in_flight,
                "max_in_flight": self._max_in_flight,
                "busiest_second": self._busiest,
                "seconds": round(self._last - self._first, 3),
            }
