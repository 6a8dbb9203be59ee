"""Realtime events of conversations: who may listen, and what each listener is sent.

Stored are ids. Words and images are filled in when an event is sent, for each listener who is a member at that moment and may
read the message; anybody else who still listens gets the ids alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.rules.messages import REACTIONS
from models.rules.rooms import RoomKind
from webapp.access.viewer import Viewer
from webapp.conversations.reading import MUTED
from webapp.conversations.service import admitted
from webapp.messages.reading import IMAGES, addressed
from webapp.realtime.access import Visibility, may_listen
from webapp.realtime.events import ID, MOMENT, NUMBER, TEXT, chosen, declare, listed, nullable
from webapp.realtime.reading import Stored
from webapp.realtime.rendering import fills

Payload = dict[str, Any]

declare(
    "dm_message_created",
    "Somebody wrote a message.",
    "dms",
    optional=("body", "reply_to_id", "attachments", "created_at", "edited_at"),
    message_id=ID,
    conversation_id=ID,
    sender_id=nullable(ID),
    seq=NUMBER,
    body=nullable(TEXT),
    reply_to_id=nullable(ID),
    attachments=listed({"type": "object"}),
    created_at=MOMENT,
    edited_at=nullable(MOMENT),
)
declare(
    "dm_message_updated",
    "A message was edited.",
    "dms",
    optional=("body", "reply_to_id", "attachments", "created_at", "edited_at"),
    message_id=ID,
    conversation_id=ID,
    seq=NUMBER,
    body=nullable(TEXT),
    reply_to_id=nullable(ID),
    attachments=listed({"type": "object"}),
    created_at=MOMENT,
    edited_at=nullable(MOMENT),
)
declare("dm_message_deleted", "A message's sender took it back.", "dms", message_id=ID, conversation_id=ID, seq=NUMBER)
declare(
    "dm_reaction_toggled",
    "Somebody reacted to a message, or took that back.",
    "dms",
    message_id=ID,
    conversation_id=ID,
    user_id=ID,
    reaction=chosen(*REACTIONS),
    action=chosen("added", "removed"),
)
declare(
    "dm_read_updated",
    "A member has read further, and lets it be known.",
    "dms",
    conversation_id=ID,
    user_id=ID,
    last_read_message_id=ID,
    last_read_seq=NUMBER,
)
declare("dm_conversation_updated", "A group has another title.", "dms", conversation_id=ID)
declare(
    "dm_member_changed",
    "A member came or went, accepted, or has another role.",
    "dms",
    conversation_id=ID,
    user_id=ID,
    change=chosen("added", "accepted", "role", "removed", "left"),
)


@may_listen(RoomKind.CONVERSATION)
def member(session: Session, viewer: Viewer | None, conversation_id: UUID) -> Visibility:
    """Whoever has accepted a conversation that has not ended."""
    assert viewer is not None  # the room is not public
    admitted(session, conversation_id, viewer.id)
    return Visibility.FULL


@fills("dm_message_created", "dm_message_updated")
def message(session: Session, events: Sequence[Stored], viewers: Iterable[UUID]) -> list[Mapping[UUID, Payload]]:
    """With the words and images, for members who may read them."""
    rows = session.execute(
        text(
            f"""
            select message.id, mine.user_id as viewer, message.reply_to_id, message.created_at, message.edited_at,
                   case when not {MUTED} then message.body end as body,
                   case when {MUTED} then '[]' else {IMAGES} end as attachments
            from social.messages message
            join social.conversations conversation on conversation.id = message.conversation_id
            join social.conversation_members mine
              on mine.conversation_id = message.conversation_id and mine.user_id = any(cast(:viewers as uuid[]))
                 and mine.state = 'accepted' and message.seq > mine.from_seq
            where message.id = any(cast(:ids as uuid[]))
            """
        ),
        {"ids": [event.payload["message_id"] for event in events], "viewers": list(viewers)},
    )
    told: dict[str, dict[UUID, Payload]] = {}
    for row in rows:
        told.setdefault(str(row.id), {})[row.viewer] = {
            "body": row.body,
            "reply_to_id": str(row.reply_to_id) if row.reply_to_id else None,
            "attachments": addressed(row.attachments),
            "created_at": row.created_at.isoformat(),
            "edited_at": row.edited_at.isoformat() if row.edited_at else None,
        }
    return [
        {viewer: event.payload | more for viewer, more in told.get(event.payload["message_id"], {}).items()}
        for event in events
    ]
