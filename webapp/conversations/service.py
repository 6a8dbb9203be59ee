"""Commands about conversations: opening, accepting, keeping, reading."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.commands.conversations import tell_member
from db.commands.events import announce
from db.commands.notifications import seen
from models.rules.messages import direct_key
from models.rules.notifications import NotificationKind
from models.rules.rooms import Room
from webapp.access.viewer import Viewer
from webapp.conversations import standing
from webapp.conversations.reading import MISSING
from webapp.errors import Invalid, NotFound


def open_direct(session: Session, viewer: Viewer, other_id: UUID) -> UUID:
    """The conversation of the viewer with somebody; made, as a request, where there was none.

    Raises:
        Invalid: it is the viewer.
        NotFound: there is no such user.
        Forbidden: they may not be written to.
    """
    if other_id == viewer.id:
        raise Invalid([(("json", "other_user_id"), "Nobody writes to themselves.", "invalid")])
    known = session.execute(
        text(
            "select conversation.id from social.conversations conversation"
            " join social.conversation_members mine on mine.conversation_id = conversation.id and mine.user_id = :viewer"
            " where conversation.direct_key = :key"
        ),
        {"viewer": viewer.id, "key": direct_key(viewer.id, other_id)},
    ).scalar()
    if known is None:
        standing.may_open(session, viewer, other_id)
        known = session.execute(text("select social.open_conversation(:other)"), {"other": other_id}).scalar_one()
    return UUID(str(known))


def held(session: Session, conversation_id: UUID) -> Any:
    """A conversation of the viewer, locked until the transaction ends. Whoever writes to it, or changes who is in it, holds it.

    Raises:
        NotFound: there is none.
    """
    row = session.execute(text("select * from social.hold_conversation(:id)"), {"id": conversation_id}).one_or_none()
    if row is None:
        raise NotFound(MISSING)
    return row


def accept(session: Session, conversation_id: UUID, viewer: Viewer) -> None:
    """Agree to a conversation. Accepting twice is accepting.

    Raises:
        NotFound: the viewer is not in it.
    """
    held(session, conversation_id)
    standing.of(session, conversation_id, viewer.id)
    changed = session.execute(
        text(
            "update social.conversation_members set state = 'accepted'"
            " where conversation_id = :id and user_id = :viewer and state <> 'accepted' returning role"
        ),
        {"id": conversation_id, "viewer": viewer.id},
    ).scalar()
    if changed is not None:
        tell_member(session, conversation_id, viewer.id, "accepted")


def keep(session: Session, conversation_id: UUID, viewer: Viewer, **how: bool) -> None:
    """Mute a conversation, or archive it until the next message comes; or undo that.

    Raises:
        NotFound: the viewer is not in it.
    """
    found = session.execute(
        text(
            "update social.conversation_members mine set"
            " is_muted = coalesce(cast(:muted as boolean), mine.is_muted),"
            " archived_seq = case cast(:archived as boolean) when true then conversation.last_seq"
            "                     when false then null else mine.archived_seq end"
            " from social.conversations conversation"
            " where conversation.id = mine.conversation_id and mine.conversation_id = :id and mine.user_id = :viewer"
            " returning 1"
        ).bindparams(muted=how.get("is_muted"), archived=how.get("is_archived")),
        {"id": conversation_id, "viewer": viewer.id},
    ).first()
    if found is None:
        raise NotFound(MISSING)


def mark_read(session: Session, conversation_id: UUID, viewer: Viewer, message_id: UUID) -> None:
    """Remember how far the viewer has read: forward only. Members are told, unless the viewer keeps that to themselves. When
    nothing is left, the viewer's notification is read, too.

    Raises:
        NotFound: the viewer is not in the conversation, or there is no such message in it.
    """
    standing.of(session, conversation_id, viewer.id)
    found = session.execute(
        text(
            "select message.seq, conversation.last_seq from social.messages message"
            " join social.conversations conversation on conversation.id = message.conversation_id"
            " join social.conversation_members mine on mine.conversation_id = message.conversation_id"
            " and mine.user_id = :viewer and message.seq > mine.from_seq"
            " where message.id = :message and message.conversation_id = :id"
        ),
        {"viewer": viewer.id, "message": message_id, "id": conversation_id},
    ).one_or_none()
    if found is None:
        raise NotFound("Message not found in this conversation")
    may_be_known = advance(session, conversation_id, viewer, found.seq)
    if found.seq == found.last_seq:  # only now: who tells of a message holds that mark until it is told
        seen(session, viewer.id, NotificationKind.MESSAGE, conversation_id)
    if may_be_known:
        told = {"conversation_id": conversation_id, "user_id": viewer.id, "last_read_message_id": message_id}
        announce(session, Room.conversation(conversation_id), "dm_read_updated", told | {"last_read_seq": found.seq})


def advance(session: Session, conversation_id: UUID, viewer: Viewer, seq: int) -> bool:
    """Move the viewer's mark forward to a message's number; answers whether others may know."""
    moved = session.execute(
        text(
            "update social.conversation_members mine set last_read_seq = :seq, last_read_at = now(),"
            " seen_seq = case when open.it then :seq else mine.seen_seq end"
            " from (select coalesce((select shows_receipts from social.message_settings where user_id = :viewer), true)"
            "       as it) open"
            " where mine.conversation_id = :id and mine.user_id = :viewer and mine.last_read_seq < :seq"
            " returning open.it and mine.state = 'accepted'"
        ),
        {"id": conversation_id, "viewer": viewer.id, "seq": seq},
    ).scalar()
    return bool(moved)


def change_settings(session: Session, viewer: Viewer, **settings: bool) -> None:
    """Change what the viewer lets others know, and whether strangers may write to them; what is not named stays."""
    columns = sorted(settings)
    session.execute(
        text(
            f"insert into social.message_settings (user_id{''.join(f', {name}' for name in columns)})"
            f" values (:viewer{''.join(f', :{name}' for name in columns)}) on conflict (user_id) do "
            + (f"update set {', '.join(f'{name} = excluded.{name}' for name in columns)}" if columns else "nothing")
        ),
        {"viewer": viewer.id, **settings},
    )


def admitted(session: Session, conversation_id: UUID, viewer_id: UUID) -> None:
    """Make sure that the viewer may listen to a conversation.

    Raises:
        NotFound: they are not in it.
        Forbidden: they have not accepted it, or it has ended.
    """
    found = standing.of(session, conversation_id, viewer_id)
    standing.not_ended(found)
    standing.has_accepted(found)
