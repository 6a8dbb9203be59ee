"""What a client did, counted: the figures of a run's report."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock


@dataclass
class Stats:
    """Counts of one client since it was opened. Safe under threads."""

    sent: int = 0
    """Requests that were really sent, repeats and redirects included."""
    from_cache: int = 0
    """Answers that needed no request."""
    revalidated: int = 0
    """Answers that the upstream confirmed with 304."""
    retries: int = 0
    seconds_waited: float = 0.0
    """Time spent waiting for the rate limit and between repeats, summed over threads."""
    answered_429: int = 0
    """429 answers that we waited out before we asked again."""
    unanswered_429: int = 0
    """429 answers after which we gave up."""
    troubles: Counter[str] = field(default_factory=Counter)
    """What an operator should know of, though it may have failed nothing: a layer of a source that another stood in for."""
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def add(self, **counts: float) -> None:
        """Raise the named counts."""
        with self._lock:
            for name, count in counts.items():
                setattr(self, name, getattr(self, name) + count)

    def tell(self, trouble: str) -> None:
        """Count a trouble by its words; those that differ in each case belong in the log."""
        with self._lock:
            self.troubles[trouble] += 1

    def as_dict(self) -> dict[str, float]:
        """The counts by name."""
        with self._lock:
            return {name: value for name, value in vars(self).items() if isinstance(value, int | float)}

    @classmethod
    def of_all(cls, parts: Iterable["Stats"]) -> "Stats":
        """The counts of several clients as one."""
        whole = cls()
        for part in parts:
            whole.add(**part.as_dict())
            with part._lock:
                whole.troubles.update(part.troubles)
        return whole

    def __str__(self) -> str:
        counts = self.as_dict()
        return ", ".join(f"{name.replace('_', ' ')} {round(count, 1)}" for name, count in counts.items() if count)
