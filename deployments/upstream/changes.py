"""What changed when: the lists of changed shows and people (`/tv/changes`, `/person/changes`) and what changed about one.

As at TMDb both days of a range count, a range has at most 14 days between them, and without one the last 24 hours are
meant. Most ids in the real lists are of no interest to anybody in particular: so between the changes that were announced
stand foreign ones, every day others, from a range of ids that no source has.
"""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zlib import crc32

FIRST_FOREIGN, FOREIGN_IDS = 800_000_000, 50_000
MOST_DAYS = 14
INSTANT = timedelta(microseconds=1)


class Change(NamedTuple):
    """One change of a show (`tv`) or `person`; the path says what of it."""

    kind: str
    id: int
    at: datetime
    path: str


class Window(NamedTuple):
    """From an instant up to another, which is not in it."""

    start: datetime
    end: datetime

    def __contains__(self, at: object) -> bool:
        return isinstance(at, datetime) and self.start <= at < self.end


def utc_now() -> datetime:
    return datetime.now(UTC)


class ChangeFeed:
    """Thread-safe. `clock` may be replaced while it runs; what is dated after its now is not told yet."""

    def __init__(self, foreign_per_day: int, clock: Callable[[], datetime] = utc_now) -> None:
        self.foreign_per_day = foreign_per_day
        self.clock = clock
        self._lock = threading.Lock()
        self._changes: list[Change] = []

    def announce(self, path: str, at: datetime | None = None) -> None:
        """Note a change, now or at another time (UTC unless it says otherwise); paths of nobody in particular are passed over."""
        kind, _, rest = path.partition("/")
        number = rest.partition("/")[0]
        if kind in ("tv", "person") and number.isdigit():
            when = at or self.clock()
            with self._lock:
                self._changes.append(Change(kind, int(number), when if when.tzinfo else when.replace(tzinfo=UTC), path))

    def clear(self) -> None:
        with self._lock:
            self._changes.clear()

    def last_day(self) -> Window:
        """The last 24 hours."""
        end = self.clock() + INSTANT
        return Window(end - timedelta(days=1), end)

    def days(self, first: date, last: date) -> Window:
        """Two days, what is between them, and no more of it than is over."""
        start = datetime.combine(first, time.min, UTC)
        end = datetime.combine(last + timedelta(days=1), time.min, UTC)
        return Window(start, max(start, min(end, self.clock() + INSTANT)))

    def changes(self, window: Window) -> list[Change]:
        """What was announced in a window, latest first."""
        with self._lock:
            found = [change for change in self._changes if change.at in window]
        return sorted(found, key=lambda change: change.at, reverse=True)

    def ids(self, kind: str, window: Window) -> list[int]:
        """The ids that changed in a window, each once, the latest changed first; foreign ones among them."""
        found = [(change.at, change.id) for change in self.changes(window) if change.kind == kind]
        found.extend(self._foreign(kind, window))
        return list(dict.fromkeys(identity for _, identity in sorted(found, reverse=True)))

    def _foreign(self, kind: str, window: Window) -> Iterator[tuple[datetime, int]]:
        day = datetime.combine(window.start.date(), time.min, UTC)
        while day < window.end and self.foreign_per_day:
            for place in range(self.foreign_per_day):
                at = day + timedelta(seconds=86_400 * place / self.foreign_per_day)
                if at in window:
                    number = crc32(f"{kind} {day.date()} {place}".encode()) % FOREIGN_IDS
                    yield at, FIRST_FOREIGN + number
            day += timedelta(days=1)
