"""What is left of signing in, swept: sessions that ended, tokens that expired, copies of data that were not fetched."""

from datetime import timedelta

from sqlalchemy import text
from sqlmodel import Session

from db.commands.personal import forget_object

FAILURES = timedelta(days=1)
"""After so long a failed attempt to sign in counts no more (`webapp/accounts/lockout.py`)."""

USED_TOKENS = timedelta(days=7)
"""So long a refresh token that comes again ends its session; later it is simply unknown."""


def drop_expired(session: Session, keep_sessions: timedelta) -> int:
    """Drop what is over; sessions that ended longer ago than `keep_sessions`. Answers how many rows that were."""
    return (
        _drop(session, "registrations", "expires_at < now()")
        + _drop(session, "mail_tokens", "expires_at < now()")
        + _drop(session, "login_failures", "failed_at < now() - cast(:age as interval)", FAILURES)
        + _drop(session, "refresh_tokens", "used_at < now() - cast(:age as interval)", USED_TOKENS)
        + _drop(session, "sessions", "least(ended_at, expires_at) < now() - cast(:age as interval)", keep_sessions)
    )


def drop_exports(session: Session) -> int:
    """Drop copies of data whose time is over, and have their objects removed."""
    keys = session.execute(text("delete from accounts.exports where expires_at < now() returning key")).scalars().all()
    for key in keys:
        forget_object(session, key)
    return len(keys)


def _drop(session: Session, table: str, over: str, age: timedelta | None = None) -> int:
    values = {} if age is None else {"age": age}
    return int(session.execute(text(f"delete from accounts.{table} where {over}"), values).rowcount)  # type: ignore[attr-defined]
