"""Ends of sessions: whoever listens with a token of theirs is cut off, and the user is told."""

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col

from db.commands.events import announce, rights_changed
from models.logins import LoginSession
from models.rules.rooms import Room


def end(session: Session, which: ColumnElement[bool]) -> None:
    """End those of some sessions that last. Access tokens of theirs are refused from the commit on."""
    lasting = which & col(LoginSession.ended_at).is_(None)
    ended = session.execute(
        update(LoginSession)
        .where(lasting)
        .values(ended_at=datetime.now(UTC))
        .returning(col(LoginSession.id), col(LoginSession.user_id))
    ).all()
    for session_id, user_id in ended:
        announce(session, Room.user(user_id), "session_ended", {"user_id": user_id, "session_id": session_id})
    for user_id in {user_id for _, user_id in ended}:
        rights_changed(session, user_id)
