"""How often one may do something: `@blp.limited("thread")`, counted by user, else by the hash of the address.

It is a GCRA: a use pushes the time at which all of it is free again by one interval, and is refused when that would be further
away than the whole period. So up to `allowed` uses may come at once, and after them one per interval. What writes counts in the
database, in one statement on an unlogged table, so all processes count together. Public reads count in each process by itself.

The defaults stand here. An admin may set others, which hold in every process a few seconds later.
"""

import logging
import threading
import time
from dataclasses import dataclass
from math import ceil

from flask import g, has_request_context
from sqlalchemy import event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from db.session import autocommit, read_as_system
from db.settings import ConfigurationError
from webapp.errors import TooMany

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limit:
    """So many uses in so many seconds."""

    allowed: int
    seconds: int


READ = "read"
DEFAULTS = {
    READ: Limit(1200, 60),
    "register": Limit(5, 3600),
    "login": Limit(30, 300),
    "refresh": Limit(60, 300),
    "mail": Limit(5, 3600),
    "account": Limit(10, 3600),
    "profile": Limit(30, 3600),
    "upload": Limit(20, 3600),
    "export": Limit(3, 86_400),
    "personal": Limit(300, 600),
    "admin": Limit(600, 3600),
    "start_job": Limit(30, 60),
    "thread": Limit(20, 3600),
    "post": Limit(120, 600),
    "reaction": Limit(300, 600),
    "conversation": Limit(30, 3600),
    "group": Limit(120, 3600),
    "message": Limit(120, 60),
    "receipt": Limit(600, 300),
    "image": Limit(60, 3600),
    "find": Limit(60, 60),
    "report": Limit(30, 3600),
    "moderate": Limit(600, 3600),
    "webhook": Limit(60, 3600),
}
"""What may be limited, and how it is unless an admin says otherwise."""

KEPT_SECONDS = 5.0
"""How long a process keeps the limits that admins have set."""

MOST_SUBJECTS = 50_000
"""How many readers a process remembers."""

_SPEND = text("""
    with spent as (
        insert into ops.action_uses as used (action, subject, free_at)
        values (:action, :subject, now() + cast(:interval as interval))
        on conflict (action, subject) do update set free_at = greatest(used.free_at, now()) + cast(:interval as interval)
        where greatest(used.free_at, now()) + cast(:interval as interval) <= now() + cast(:period as interval)
        returning free_at)
    select true as done, extract(epoch from free_at - now()) as busy from spent
    union all
    select false, extract(epoch from free_at - now()) from ops.action_uses
    where action = :action and subject = :subject and not exists (select from spent)
""")


def spend(action: str, subject: str) -> None:
    """Count one use of an action.

    Raises:
        TooMany: there were too many.
    """
    limit = limit_of(action)
    with autocommit() as connection:
        row = connection.execute(
            _SPEND,
            {
                "action": action,
                "subject": subject,
                "interval": f"{limit.seconds / limit.allowed:.6f} seconds",
                "period": f"{limit.seconds} seconds",
            },
        ).first()
    done, busy = (bool(row.done), float(row.busy)) if row else (False, float(limit.seconds))
    _tell(action, limit, busy, done=done)


def spend_read(subject: str) -> None:
    """Count one public read, in this process.

    Raises:
        TooMany: there were too many.
    """
    limit = limit_of(READ)
    done, busy = _reads.spend(subject, limit)
    _tell(READ, limit, busy, done=done)


def limit_of(action: str) -> Limit:
    """The limit of an action, as it is at present."""
    return _overrides.current().get(action) or DEFAULTS[action]


def reread_after(session: Session) -> None:
    """Read the limits anew in this process once the session's transaction, which set them, is committed."""
    event.listen(session, "after_commit", lambda _: _overrides.forget(), once=True)


def forget() -> None:
    """Read the limits anew at the next use, and forgive every reader."""
    _overrides.forget()
    _reads.forget()


def _tell(action: str, limit: Limit, busy: float, *, done: bool) -> None:
    """Send the limit with the answer (draft-ietf-httpapi-ratelimit-headers), or refuse."""
    interval = limit.seconds / limit.allowed
    left = max(0, int((limit.seconds - busy) / interval + 1e-6)) if done else 0
    wait = max(0.0, busy + interval - limit.seconds)
    headers = {
        "RateLimit-Policy": f'"{action}";q={limit.allowed};w={limit.seconds}',
        "RateLimit": f'"{action}";r={left};t={ceil(wait if left == 0 else busy)}',
    }
    if not done:
        seconds = max(1, ceil(wait))
        raise TooMany(f"Too often; try again in {seconds} seconds", retry_after=seconds, headers=headers)
    if has_request_context():
        g.limit_headers = headers


def _set_by_admins() -> dict[str, Limit]:
    with read_as_system() as connection:
        rows = connection.execute(text("select action, allowed, seconds from ops.action_limits")).all()
    return {row.action: Limit(row.allowed, row.seconds) for row in rows}


class _Overrides:
    """What admins have set, as this process last read it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._due = 0.0
        self._set: dict[str, Limit] = {}

    def current(self) -> dict[str, Limit]:
        if time.monotonic() >= self._due and self._lock.acquire(blocking=False):  # others go on with what is known
            try:
                self._due = time.monotonic() + KEPT_SECONDS
                self._set = _set_by_admins()
            except (SQLAlchemyError, ConfigurationError) as error:
                log.warning("the limits stay as they were: %s", str(error).splitlines()[0])
            finally:
                self._lock.release()
        return self._set

    def forget(self) -> None:
        self._due = 0.0


class _Reads:
    """When each reader's uses are all free again, in seconds of the process's clock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free_at: dict[str, float] = {}

    def spend(self, subject: str, limit: Limit) -> tuple[bool, float]:
        """Whether it may be, and in how many seconds all of it is free again."""
        now = time.monotonic()
        with self._lock:
            known = max(self._free_at.get(subject, now), now)
            free_at = known + limit.seconds / limit.allowed
            if free_at > now + limit.seconds:
                return False, known - now
            if subject not in self._free_at and len(self._free_at) >= MOST_SUBJECTS:
                self._free_at = {who: at for who, at in self._free_at.items() if at > now}
                if len(self._free_at) >= MOST_SUBJECTS:
                    self._free_at.clear()
            self._free_at[subject] = free_at
        return True, free_at - now

    def forget(self) -> None:
        with self._lock:
            self._free_at.clear()


_overrides = _Overrides()
_reads = _Reads()
