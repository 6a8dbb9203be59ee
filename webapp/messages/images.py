"""Images for messages: uploaded first, then sent by their ids. They lie in the private bucket; whoever may read the message gets
an address that is good for a while.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.commands.personal import forget_object
from models.rules.messages import IMAGE_SIDE
from models.uploads import Purpose
from webapp.users import uploads

UNSENT = timedelta(days=1)
"""How long an image that was sent in no message is kept."""


def put(session: Session, user_id: UUID, content: bytes) -> dict[str, Any]:
    """Keep an image of a user's until they send it.

    Raises:
        Invalid: the bytes are not accepted, and why.
    """
    made = uploads.put(session, user_id, Purpose.MESSAGE, content, side=IMAGE_SIDE)
    return {"id": made.id, "width": made.width, "height": made.height, "url": uploads.address(made)}


def drop_unsent(session: Session) -> int:
    """Remove images that were sent in no message for too long; answers how many."""
    rows = session.execute(
        text(
            "delete from accounts.uploads upload where upload.purpose = 'message'"
            " and upload.created_at < now() - cast(:kept as interval) and not exists ("
            "   select from social.message_attachments attachment where attachment.upload_id = upload.id)"
            " returning upload.key"
        ),
        {"kept": UNSENT},
    )
    keys = rows.scalars().all()
    for key in keys:
        forget_object(session, key)
    return len(keys)
