"""Pictures of users: put, replaced, taken away."""

from uuid import UUID

from sqlmodel import Session

from db.commands.events import announce
from db.commands.personal import forget_object
from models.accounts import User
from models.rules.rooms import Room
from models.uploads import Purpose, Upload
from webapp.users import uploads


def put(session: Session, user_id: UUID, content: bytes) -> str:
    """Make an image the user's picture; gives its address.

    Raises:
        Invalid: the bytes are not accepted, and why.
    """
    made = uploads.put(session, user_id, Purpose.AVATAR, content)
    _show(session, user_id, made.id)
    return uploads.address(made)


def remove(session: Session, user_id: UUID) -> None:
    """Take the user's picture away, if there is one."""
    _show(session, user_id, None)


def _show(session: Session, user_id: UUID, upload_id: UUID | None) -> None:
    user = session.get_one(User, user_id, with_for_update=True)
    before = session.get(Upload, user.avatar_id) if user.avatar_id else None
    user.avatar_id = upload_id
    user.version += 1
    announce(session, Room.user(user.id), "profile_updated", {"user_id": user.id, "version": user.version})
    if before is not None:
        session.delete(before)
        forget_object(session, before.key)
