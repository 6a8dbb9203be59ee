"""Commands about messages: sending, editing, deleting, reacting. Whoever writes holds the conversation's row, so numbers
follow the commits, and a member who is removed meanwhile writes no more.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.commands.conversations import remove_images
from db.commands.events import announce
from db.commands.notifications import notify, seen
from models.rules.messages import EDIT_WITHIN, REACTIONS, MemberState
from models.rules.notifications import NotificationKind
from models.rules.rooms import Room
from webapp.access.viewer import Viewer
from webapp.conversations import service as conversations
from webapp.conversations import standing
from webapp.errors import BadRequest, Forbidden, Invalid, NotFound

MISSING = "Message not found"


def send(
    session: Session,
    conversation_id: UUID,
    sender: Viewer,
    *,
    body: str | None = None,
    client_id: str | None = None,
    reply_to_id: UUID | None = None,
    attachment_ids: Sequence[UUID] = (),
) -> UUID:
    """Send a message. With a `client_id` that the sender has used in this conversation, it is the message that was sent then.

    Whoever sends has read what came before, and has accepted the conversation.

    Raises:
        NotFound: the sender is not in such a conversation, or there is no such message to reply to.
        Forbidden: the sender may not write to it; the text says why.
        Invalid: it is empty, or an image is none of the sender's, or was sent already.
    """
    held = conversations.held(session, conversation_id)
    if client_id is not None and (sent := _sent(session, conversation_id, sender, client_id)) is not None:
        return sent
    how = standing.may_write(session, conversation_id, sender)
    standing.within_request(how, held.last_seq)
    if body is None and not attachment_ids:
        raise Invalid([(("json", "body"), "A message has words or images.", "missing")])
    if reply_to_id is not None:
        _visible(session, reply_to_id, sender, conversation_id)
    if how.state != MemberState.ACCEPTED:
        conversations.accept(session, conversation_id, sender)
    made = session.execute(
        text(
            "insert into social.messages (conversation_id, sender_id, client_id, body, reply_to_id)"
            " values (:conversation, :sender, :client_id, :body, :reply_to) returning id, seq"
        ),
        {
            "conversation": conversation_id,
            "sender": sender.id,
            "client_id": client_id,
            "body": body,
            "reply_to": reply_to_id,
        },
    ).one()
    _attach(session, made.id, attachment_ids)
    conversations.advance(session, conversation_id, sender, made.seq)
    seen(session, sender.id, NotificationKind.MESSAGE, conversation_id)
    _tell(session, "dm_message_created", conversation_id, made.id, seq=made.seq, sender_id=sender.id)
    notify(
        session,
        _others(session, conversation_id, sender),
        NotificationKind.MESSAGE,
        actor_id=sender.id,
        conversation_id=conversation_id,
        message_id=made.id,
    )
    return UUID(str(made.id))


def edit(
    session: Session,
    message_id: UUID,
    sender: Viewer,
    *,
    body: str,
    check: Callable[[int], None] = lambda version: None,
) -> None:
    """Change the words of one's own message, a while after it was sent. `check` is told the version that there is.

    Raises:
        NotFound: there is none, or it was deleted.
        Forbidden: it is somebody else's, is too old, or its sender may not write any more.
    """
    held, found = _held(session, message_id, sender)
    if found.sender_id != sender.id:
        raise Forbidden("Only its sender may edit a message")
    standing.may_write(session, held.id, sender)
    if datetime.now(UTC) - found.created_at > EDIT_WITHIN:
        raise Forbidden(f"A message may be edited for {EDIT_WITHIN.seconds // 60} minutes")
    check(found.version)
    session.execute(
        text("update social.messages set body = :body, version = version + 1, edited_at = now() where id = :id"),
        {"id": message_id, "body": body},
    )
    _tell(session, "dm_message_updated", held.id, message_id, seq=found.seq)


def delete(session: Session, message_id: UUID, sender: Viewer) -> None:
    """Take back one's own message, its images included; a tombstone stays. Deleting twice is deleting.

    Raises:
        NotFound, Forbidden: there is none, or it is somebody else's.
    """
    _, found = _held(session, message_id, sender, deleted=True)
    if found.sender_id != sender.id:
        raise Forbidden("Only its sender may delete a message")
    take_back(session, message_id)


def take_back(session: Session, message_id: UUID) -> None:
    """Leave a tombstone of a message, whose conversation is locked; of one that is a tombstone already, nothing changes."""
    remove_images(session, message_id)
    taken = session.execute(
        text(
            "update social.messages set body = null, deleted_at = now(), version = version + 1"
            " where id = :id and deleted_at is null returning conversation_id, seq"
        ),
        {"id": message_id},
    ).one_or_none()
    if taken is not None:
        _tell(session, "dm_message_deleted", taken.conversation_id, message_id, seq=taken.seq)


def react(session: Session, message_id: UUID, viewer: Viewer, reaction: str) -> str:
    """Add a reaction, or take it back. Answers `added` or `removed`.

    Raises:
        BadRequest: there is no such reaction.
        NotFound: there is no such message.
        Forbidden: the viewer may not write to the conversation, or has not accepted it.
    """
    if reaction not in REACTIONS:
        raise BadRequest(f"Invalid reaction type; one of: {', '.join(REACTIONS)}")
    held, _ = _held(session, message_id, viewer)
    standing.has_accepted(standing.may_write(session, held.id, viewer))
    action = session.execute(
        text(
            """
            with removed as (
                delete from social.message_reactions
                where message_id = :message and user_id = :user and reaction = :reaction returning 1
            ), added as (
                insert into social.message_reactions (message_id, user_id, reaction)
                select :message, :user, :reaction where not exists (select from removed)
                on conflict do nothing
            )
            select case when exists (select from removed) then 'removed' else 'added' end
            """
        ),
        {"message": message_id, "user": viewer.id, "reaction": reaction},
    ).scalar_one()
    told = {"user_id": viewer.id, "reaction": reaction, "action": action}
    _tell(session, "dm_reaction_toggled", held.id, message_id, **told)
    return str(action)


def _sent(session: Session, conversation_id: UUID, sender: Viewer, client_id: str) -> UUID | None:
    found = session.execute(
        text(
            "select id from social.messages"
            " where conversation_id = :conversation and sender_id = :sender and client_id = :client_id"
        ),
        {"conversation": conversation_id, "sender": sender.id, "client_id": client_id},
    ).scalar()
    return None if found is None else UUID(str(found))


def _visible(session: Session, message_id: UUID, viewer: Viewer, conversation_id: UUID | None = None) -> Any:
    """A message that the viewer may read, of a conversation if one is given."""
    found = session.execute(
        text(
            "select message.* from social.messages message join social.conversation_members mine"
            " on mine.conversation_id = message.conversation_id and mine.user_id = :viewer"
            " and message.seq > mine.from_seq where message.id = :id"
        ),
        {"id": message_id, "viewer": viewer.id},
    ).one_or_none()
    if found is None or (conversation_id is not None and found.conversation_id != conversation_id):
        raise NotFound(MISSING)
    return found


def _held(session: Session, message_id: UUID, viewer: Viewer, *, deleted: bool = False) -> tuple[Any, Any]:
    """A message's conversation, locked, and the message as it is then."""
    held = conversations.held(session, _visible(session, message_id, viewer).conversation_id)
    found = _visible(session, message_id, viewer)
    if found.deleted_at is not None and not deleted:
        raise NotFound(MISSING)
    return held, found


def _attach(session: Session, message_id: UUID, upload_ids: Sequence[UUID]) -> None:
    for place, upload_id in enumerate(upload_ids):
        attached = session.execute(
            text(
                "insert into social.message_attachments (message_id, place, upload_id, width, height)"
                " select :message, :place, upload.id, upload.width, upload.height from accounts.uploads upload"
                " where upload.id = :upload and social.owns_upload(upload.id)"
                " on conflict (upload_id) do nothing returning 1"
            ),
            {"message": message_id, "place": place, "upload": upload_id},
        ).first()
        if attached is None:
            raise Invalid([(("json", "attachment_ids", place), "No image of yours that waits to be sent.", "unknown")])


def _others(session: Session, conversation_id: UUID, sender: Viewer) -> list[UUID]:
    rows = session.execute(
        text(
            "select user_id from social.members_of(array[cast(:id as uuid)]) where user_id <> :sender order by user_id"
        ),
        {"id": conversation_id, "sender": sender.id},
    )
    return list(rows.scalars())


def _tell(session: Session, type: str, conversation_id: UUID, message_id: UUID, **more: Any) -> None:
    told = {"message_id": message_id, "conversation_id": conversation_id}
    announce(session, Room.conversation(conversation_id), type, told | more)
