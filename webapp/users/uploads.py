"""Pictures that users give us: checked, written anew, and put into the private bucket."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlmodel import Session

from db.commands.personal import forget_object
from db.object_store import prepared_private_store, private_store
from db.session import as_system
from models.rules.image_problems import BadImage
from models.uploads import Purpose, Upload
from webapp.errors import Invalid
from webapp.users import pictures

SECOND_LOOK = timedelta(hours=1)
"""When it is looked whether an upload has got its row. Longer than any request takes."""

FOLDERS = {Purpose.AVATAR: "avatars", Purpose.MESSAGE: "messages"}
"""Where in the bucket pictures lie, by what they are for."""


def put(session: Session, user_id: UUID, purpose: Purpose, content: bytes, *, side: int = pictures.SIDE) -> Upload:
    """Keep a picture of a user's, cut down to so many pixels.

    Raises:
        Invalid: the bytes are not accepted, and why.
    """
    try:
        picture, width, height = pictures.rewritten(content, side)
    except BadImage as error:
        raise Invalid([(("body",), error.reason, str(error.problem))]) from None
    upload_id = uuid4()
    key = f"{FOLDERS[purpose]}/{user_id}/{upload_id}.{pictures.EXTENSION}"
    with as_system() as system:  # if this request dies before its row is there, nobody else would know of the object
        forget_object(system, key, not_before=datetime.now(UTC) + SECOND_LOOK)
    prepared_private_store().put_bytes(key, picture, pictures.CONTENT_TYPE)
    made = Upload(
        id=upload_id,
        user_id=user_id,
        purpose=purpose,
        key=key,
        content_type=pictures.CONTENT_TYPE,
        bytes=len(picture),
        width=width,
        height=height,
    )
    session.add(made)
    session.flush()
    return made


def address(upload: Upload) -> str:
    """Where a picture can be had for a while. Whoever tells it has looked whether it may be told."""
    return private_store().url(upload.key)
