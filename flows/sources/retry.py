"""When a request is worth repeating, and after how long.

Full-jitter exponential back-off (a uniform share of a doubling bound), but never sooner than the `Retry-After` of the
answer, which comes as seconds or as a date.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_PAUSE = 30.0
"""The doubling stops here (seconds)."""


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how patiently one request is repeated."""

    attempts: int
    backoff: float
    max_wait: float
    uniform: Callable[[float, float], float] = field(default=random.uniform, repr=False)

    def pause(self, attempt: int, waited: float, retry_after: float | None = None) -> float | None:
        """Seconds to wait after the given failed attempt (the first is 1), or None when it is time to give up.

        `waited` is the sum of the pauses so far; a pause that would take it past `max_wait` is not begun.
        """
        if attempt >= self.attempts:
            return None
        pause = self.uniform(0, min(LONGEST_PAUSE, self.backoff * 2 ** (attempt - 1)))
        if retry_after is not None:
            pause = retry_after + min(pause, 1.0)
        return pause if waited + pause <= self.max_wait else None


def worth_repeating(status: int) -> bool:
    """Whether an answer with this status may be better the next time: too many requests, or the server's fault."""
    return status == 429 or 500 <= status < 600


def retry_after(value: str | None, *, answered_at: str | None = None, now: datetime | None = None) -> float | None:
    """Seconds that a `Retry-After` header asks for; None when there is none or it says nothing.

    A date is read against the answer's own `Date` header where there is one, so a wrong clock here does no harm.
    """
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value)
    if (until := _moment(value)) is None:
        return None
    start = _moment(answered_at) or now or datetime.now(UTC)
    return max(0.0, (until - start).total_seconds())


def _moment(value: str | None) -> datetime | None:
    """An HTTP date, or None."""
    try:
        moment = parsedate_to_datetime(value) if value else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
