"""One's own profile and what others see of it; leaving."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from db.commands import users
from db.commands.events import announce
from db.commands.outbox import enqueue
from db.object_store import private_store
from db.session import as_system, read
from models.accounts import User
from models.logins import LoginSession, Password
from models.rules import usernames
from models.rules.rooms import Room
from models.uploads import Upload
from webapp import frame
from webapp.access.viewer import Viewer
from webapp.accounts import service as accounts
from webapp.errors import Conflict, Forbidden, Invalid, NotFound

LEAVE = "delete_account"
"""The topic of the outbox."""

FRESH = timedelta(minutes=10)
"""How long after signing in nobody is asked for the password again."""

TOKENS_END = timedelta(days=2)
"""After so long no token is about any more that an issuer gave out before a user left."""

_PROFILE = """
    select person.id, person.username, person.display_name, person.bio, picture.key as avatar, person.role,
           person.created_at, person.status = 'deleted' as deleted
    from accounts.users person left join accounts.uploads picture on picture.id = person.avatar_id
    where {}"""
_BY_ID = text(_PROFILE.format("person.id = :which"))
_BY_NAME = text(_PROFILE.format("lower(person.username) = lower(:which)"))

MISSING = "User not found"


def profile(user_id: UUID) -> dict[str, Any]:
    """What everybody may see of a user.

    Raises:
        NotFound: there never was one of this id.
    """
    return _profile(_BY_ID, user_id)


def profile_by_name(username: str) -> dict[str, Any]:
    """What everybody may see of the user who has a name now.

    Raises:
        NotFound: nobody has.
    """
    return _profile(_BY_NAME, username.replace("\0", ""))


def _profile(statement: TextClause, which: UUID | str) -> dict[str, Any]:
    with read() as connection:
        row = connection.execute(statement, {"which": which}).mappings().one_or_none()
    if row is None:
        raise NotFound(MISSING)
    return {**row, "avatar_url": _address(row["avatar"])}


def _address(key: str | None) -> str | None:
    return private_store().url(key) if key else None


def me(session: Session, user_id: UUID) -> dict[str, Any]:
    """A user as they see themselves."""
    user = session.get_one(User, user_id)
    kept = session.get(Password, user_id)
    picture = session.get(Upload, user.avatar_id) if user.avatar_id else None
    again = usernames.free_at(user.renamed_at, named=user.username is not None)
    return {
        **user.model_dump(),
        "deleted": False,
        "avatar_url": _address(picture.key if picture else None),
        "email": kept.email if kept else None,
        "rename_at": again if again and again > datetime.now(UTC) else None,
    }


def change(session: Session, user_id: UUID, changes: dict[str, Any]) -> None:
    """Change a profile.

    Raises:
        Invalid: the username is not accepted.
        Conflict: it is another user's, or was changed too short a time ago.
        Stale: the profile is of another version.
    """
    user = session.get_one(User, user_id, with_for_update=True)
    frame.match(user.version)
    if "username" in changes:
        _rename(user, usernames.normal(changes["username"]))
    for field in ("display_name", "bio"):
        if field in changes:
            setattr(user, field, changes[field] or None)
    user.version += 1
    announce(session, Room.user(user.id), "profile_updated", {"user_id": user.id, "version": user.version})
    try:
        session.flush()
    except IntegrityError:
        raise Conflict(accounts.TAKEN) from None


def _rename(user: User, name: str) -> None:
    if name == user.username:
        return
    if objection := usernames.objection(name):
        raise Invalid([(("json", "username"), objection, "invalid")])
    now = datetime.now(UTC)
    again = usernames.free_at(user.renamed_at, named=user.username is not None)
    if again and again > now:
        raise Conflict(f"The username can be changed again from {again:%Y-%m-%d} on")
    user.username = name
    user.renamed_at = now


def leave(session: Session, viewer: Viewer, password: str | None) -> None:
    """Delete a user: a tombstone stays at once, and what else is theirs goes by and by.

    Raises:
        Forbidden: neither the password nor a fresh sign-in proves that it is the user.
    """
    kept = session.get(Password, viewer.id)
    if password is not None and kept is not None:
        accounts.confirm(session, viewer.id, password)
    elif not _is_fresh(session, viewer):
        raise Forbidden("Give the password, or sign in again and ask within ten minutes")
    email = kept.email if kept else None
    with as_system() as system:
        users.bury(system, system.get_one(User, viewer.id, with_for_update=True))
        enqueue(system, LEAVE, {"user_id": str(viewer.id), "step": "belongings"})
        later = datetime.now(UTC) + TOKENS_END
        enqueue(system, LEAVE, {"user_id": str(viewer.id), "step": "identities"}, not_before=later)
        if email:
            enqueue(system, accounts.MAIL, {"kind": "deleted", "email": email})


def _is_fresh(session: Session, viewer: Viewer) -> bool:
    began: datetime | None = viewer.issued_at
    if viewer.session_id is not None:
        kept = session.get(LoginSession, viewer.session_id)
        began = kept.created_at if kept else None
    return began is not None and began > datetime.now(UTC) - FRESH
