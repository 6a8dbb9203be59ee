"""Pictures of users, in the private bucket: put, replaced, taken away."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlmodel import Session

from db.commands.events import announce
from db.commands.personal import forget_object
from db.object_store import prepared_private_store, private_store
from db.session import as_system
from models.accounts import User
from models.rules.image_problems import BadImage
from models.rules.rooms import Room
from models.uploads import Purpose, Upload
from webapp.errors import Invalid
from webapp.users import pictures

SECOND_LOOK = timedelta(hours=1)
"""When it is looked whether an upload has got its row. Longer than any request takes."""


def put(session: Session, user_id: UUID, content: bytes) -> str:
    """Make an image the user's picture; gives its address.

    Raises:
        Invalid: the bytes are not accepted, and why.
    """
    try:
        picture, width, height = pictures.rewritten(content)
    except BadImage as error:
        raise Invalid([(("body",), error.reason, str(error.problem))]) from None
    upload_id = uuid4()
    key = f"avatars/{user_id}/{upload_id}.{pictures.EXTENSION}"
    with as_system() as system:  # if this request dies before its row is there, nobody else would know of the object
        forget_object(system, key, not_before=datetime.now(UTC) + SECOND_LOOK)
    prepared_private_store().put_bytes(key, picture, pictures.CONTENT_TYPE)
    session.add(
        Upload(
            id=upload_id,
            user_id=user_id,
            purpose=Purpose.AVATAR,
            key=key,
            content_type=pictures.CONTENT_TYPE,
            bytes=len(picture),
            width=width,
            height=height,
        )
    )
    session.flush()
    _show(session, user_id, upload_id)
    return private_store().url(key)


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
