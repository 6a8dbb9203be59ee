"""What grows, swept."""

from datetime import timedelta

from sqlalchemy import text
from sqlmodel import Session


def drop_changes(session: Session, age: timedelta) -> int:
    """Forget changes older than this; a reader that is further behind must read the whole catalogue anew.

    The newest stays: its `seq` is the version of everything that the API composes.
    """
    old = "changed_at < now() - cast(:age as interval) and seq < (select max(seq) from ops.changes)"
    return _run(session, f"delete from ops.changes where {old}", age)


def drop_runs(session: Session, age: timedelta) -> int:
    """Forget ended runs older than this, stages before the pipelines that they belong to."""
    ended = "status <> 'running' and started_at < now() - cast(:age as interval)"
    parts = _run(session, f"delete from ops.runs where parent_id is not null and {ended}", age)
    whole = f"delete from ops.runs r where parent_id is null and {ended}"
    return parts + _run(session, f"{whole} and not exists (select from ops.runs c where c.parent_id = r.id)", age)


def drop_answers(session: Session, age: timedelta) -> int:
    """Drop answers that were not confirmed for this long."""
    return _run(session, "delete from ops.source_records where fetched_at < now() - cast(:age as interval)", age)


def refresh_answers(session: Session, age: timedelta) -> int:
    """Make answers due that get too old; says how many."""
    return _run(
        session,
        "update ops.source_records set expires_at = now()"
        " where fetched_at < now() - cast(:age as interval) and expires_at > now()",
        age,
    )


def drop_events(session: Session, age: timedelta) -> int:
    """Forget events older than this; who listens and is further behind must read the state anew."""
    forgotten = text("select ops.forget_events(cast(:age as interval))")
    return int(session.execute(forgotten, {"age": age}).scalar_one())


def drop_idempotency_keys(session: Session, age: timedelta) -> int:
    """Forget which requests were made longer ago than this; their repetition would be a new request."""
    return _run(session, "delete from ops.idempotency_keys where created_at < now() - cast(:age as interval)", age)


def drop_action_uses(session: Session) -> int:
    """Forget how far actions were used up by those who may do them again anyway."""
    return _run(session, "delete from ops.action_uses where free_at < now() - cast(:age as interval)", timedelta(0))


def drop_done_work(session: Session, age: timedelta) -> int:
    """Forget work that was done longer ago than this, and its key."""
    return _run(session, "delete from ops.outbox where done_at < now() - cast(:age as interval)", age)


def drop_dead_work(session: Session, age: timedelta) -> int:
    """Forget work that was given up longer ago than this."""
    return _run(session, "delete from ops.outbox where dead_at < now() - cast(:age as interval)", age)


def _run(session: Session, statement: str, age: timedelta) -> int:
    return int(session.execute(text(statement), {"age": age}).rowcount)  # type: ignore[attr-defined]
