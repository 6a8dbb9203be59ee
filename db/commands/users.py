"""Users as the platform sees them: made, given rights, suspended, buried. All of it as the system, which alone may."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from db.commands import sessions
from db.commands.events import rights_changed
from models.accounts import Role, User, UserStatus
from models.logins import LoginSession


def named(session: Session, username: str) -> User | None:
    """The user of a name, in whatever case."""
    return session.exec(select(User).where(text("lower(username) = :name")), params={"name": username.lower()}).first()


def make(session: Session, username: str | None = None, *, role: Role = Role.USER) -> User:
    """A new user, with a name if it is free."""
    new = text(
        "insert into accounts.users (username, renamed_at, role)"
        " values (cast(:name as text), case when cast(:name as text) is not null then now() end, :role)"
        " on conflict do nothing returning id"
    )
    made = session.execute(new, {"name": username, "role": role}).scalar()
    return session.get_one(User, made or session.execute(new, {"name": None, "role": role}).scalar_one())


def end_sessions(session: Session, user_id: UUID, *, but: UUID | None = None) -> None:
    """End every session of a user, but one if given. Access tokens of theirs are refused from then on."""
    which = col(LoginSession.user_id) == user_id
    if but is not None:
        which &= col(LoginSession.id) != but
    sessions.end(session, which)


def bury(session: Session, user: User) -> None:
    """Make a tombstone of a user: no name, no profile, no rights, no session. What else is theirs is forgotten by and by."""
    user.username = user.display_name = user.bio = None
    user.avatar_id = user.renamed_at = None
    user.role = Role.USER
    user.status = UserStatus.DELETED
    user.deleted_at = datetime.now(UTC)
    user.version += 1
    end_sessions(session, user.id)
    rights_changed(session, user.id)
    session.execute(text("delete from accounts.passwords where user_id = :id"), {"id": user.id})
