"""Sessions of signed-in users: begun with a password, prolonged with a refresh token, ended.

A refresh token is good once; its answer brings the next one. One that comes a second time was copied, and nobody knows which of
the two senders is the owner: the session ends for both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text, update
from sqlmodel import Session, col, select

from db.commands import sessions
from db.commands.events import announce
from db.session import as_system
from models.accounts import Role, User, UserStatus
from models.logins import LoginSession, Password, RefreshToken
from models.rules.rooms import Room
from webapp.access.minting import mint
from webapp.accounts import hashing, lockout
from webapp.accounts.secret import digest, new_secret
from webapp.errors import Forbidden, NotFound, Unauthenticated
from webapp.settings import account_settings

WRONG = "The e-mail address or the password is wrong, or the address has not been confirmed"
SUSPENDED = "This account is suspended"
ENDED = "This session has ended; sign in again"
LONGEST_DEVICE = 200


@dataclass(frozen=True)
class Tokens:
    """What a client acts with: the access token for a while, then the refresh token for new ones."""

    access_token: str
    expires_in: int
    refresh_token: str
    session_id: UUID
    user_id: UUID
    token_type: str = "Bearer"


def log_in(email: str, password: str, device: str | None) -> Tokens:
    """Begin a session.

    Raises:
        TooMany: there were too many failures with this address.
        Unauthenticated: address and password do not fit. An unknown address takes the same time.
        Forbidden: the account is suspended.
    """
    lockout.count(email)
    with as_system() as session:
        kept = text("select user_id, hash from accounts.passwords where lower(email) = lower(:email)")
        row = session.execute(kept, {"email": email}).one_or_none()
    user_id, known = row or (None, None)
    if not hashing.matches(known, password) or user_id is None or known is None:
        raise Unauthenticated(WRONG)
    anew = hashing.hashed(password) if hashing.outdated(known) else None
    with as_system() as session:
        lockout.forgive(session, email)
        if anew:
            same = (col(Password.user_id) == user_id) & (col(Password.hash) == known)
            session.execute(update(Password).where(same).values(hash=anew))
        return begin(session, user_id, device)


def begin(session: Session, user_id: UUID, device: str | None) -> Tokens:
    """Begin a session of a user who has proved who they are.

    Raises:
        Forbidden: the account is suspended.
    """
    user = session.get_one(User, user_id)
    if user.status != UserStatus.ACTIVE:
        raise Forbidden(SUSPENDED)
    begun = LoginSession(user_id=user_id, device=device, expires_at=_end())
    session.add(begun)
    session.flush()
    announce(session, Room.user(user_id), "session_started", {"user_id": user_id, "session_id": begun.id})
    return _tokens(session, begun.id, user)


def refresh(token: str) -> Tokens:
    """New tokens of a session for its refresh token.

    Raises:
        Unauthenticated: the token is unknown or was used before, or its session has ended.
        Forbidden: the account is suspended.
    """
    with as_system() as session:
        tokens = _exchange(session, digest(token))
    if tokens is None:  # said only now, so that the end of the session is kept
        raise Unauthenticated(ENDED)
    return tokens


def _exchange(session: Session, token: str) -> Tokens | None:
    now = datetime.now(UTC)
    kept = session.get(RefreshToken, token, with_for_update=True)
    if kept is None:
        return None
    begun = session.get_one(LoginSession, kept.session_id, with_for_update=True)
    if kept.used_at is not None:
        end(session, [begun.id])
        return None
    assert begun.expires_at is not None
    if begun.ended_at is not None or begun.expires_at <= now:
        return None
    user = session.get_one(User, begun.user_id)
    if user.status != UserStatus.ACTIVE:
        raise Forbidden(SUSPENDED)
    kept.used_at = begun.used_at = now
    begun.expires_at = _end()
    return _tokens(session, begun.id, user)


def log_out(token: str) -> None:
    """End the session of a refresh token. Whatever the token is, there is none afterwards."""
    with as_system() as session:
        kept = session.get(RefreshToken, digest(token))
        if kept is not None:
            end(session, [kept.session_id])


def of_user(session: Session, user_id: UUID, *, current: UUID | None) -> list[dict[str, Any]]:
    """A user's sessions that last, the one that was used last first; `current` is the one that asks."""
    lasting = session.exec(
        select(LoginSession)
        .where(LoginSession.user_id == user_id, col(LoginSession.ended_at).is_(None))
        .where(col(LoginSession.expires_at) > datetime.now(UTC))
        .order_by(col(LoginSession.used_at).desc(), col(LoginSession.id))
    )
    return [{**begun.model_dump(), "current": begun.id == current} for begun in lasting]


def end_one(session: Session, user_id: UUID, session_id: UUID) -> None:
    """End one session of a user.

    Raises:
        NotFound: they have none of this id.
    """
    begun = session.get(LoginSession, session_id)
    if begun is None or begun.user_id != user_id:
        raise NotFound("Session not found")
    end(session, [session_id])


def end(session: Session, session_ids: Sequence[UUID]) -> None:
    """End sessions. Access tokens of theirs are refused from now on."""
    sessions.end(session, col(LoginSession.id).in_(session_ids))


def device_of(agent: str | None) -> str | None:
    """What a client calls itself, as far as it can be shown."""
    shown = "".join(character for character in agent or "" if character.isprintable()).strip()
    return shown[:LONGEST_DEVICE] or None


def _end() -> datetime:
    return datetime.now(UTC) + timedelta(days=account_settings().auth_session_days)


def _tokens(session: Session, session_id: UUID, user: User) -> Tokens:
    lifetime = timedelta(minutes=account_settings().auth_access_minutes)
    secret = new_secret()
    session.add(RefreshToken(token=secret.digest, session_id=session_id))
    access = mint(user.id, Role(user.role), session_id=session_id, lifetime=lifetime)
    return Tokens(access, int(lifetime.total_seconds()), secret.value, session_id, user.id)
