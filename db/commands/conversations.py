"""Leaving conversations, which also happens to whoever leaves the platform."""

from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.commands.events import announce, rights_changed
from db.commands.personal import forget_object
from models.rules.rooms import Room


def tell_member(session: Session, conversation_id: UUID, user_id: UUID, change: str) -> None:
    """Announce that a member came, went, or is another than before, and have what they may listen to checked at once."""
    told = {"conversation_id": conversation_id, "user_id": user_id, "change": change}
    announce(session, Room.conversation(conversation_id), "dm_member_changed", told)
    rights_changed(session, user_id)


def leave_group(session: Session, conversation_id: UUID, user_id: UUID, change: str = "left") -> None:
    """Take somebody out of a group, whose row is locked. The longest-standing member becomes admin where none is left; a group
    that nobody is left in is removed with all that was said.
    """
    session.execute(
        text("delete from social.conversation_members where conversation_id = :id and user_id = :user"),
        {"id": conversation_id, "user": user_id},
    )
    tell_member(session, conversation_id, user_id, change)
    left = session.execute(
        text(
            "select user_id, role from social.conversation_members"
            " where conversation_id = :id and state = 'accepted' order by joined_at, user_id"
        ),
        {"id": conversation_id},
    ).all()
    if not left:
        _remove(session, conversation_id)
    elif all(member.role != "admin" for member in left):
        session.execute(
            text(
                "update social.conversation_members set role = 'admin' where conversation_id = :id and user_id = :user"
            ),
            {"id": conversation_id, "user": left[0].user_id},
        )
        tell_member(session, conversation_id, left[0].user_id, "role")


def leave_groups(session: Session, user_id: UUID) -> None:
    """Take somebody out of every group."""
    groups = session.execute(
        text(
            "select id from social.conversations where is_group and id in ("
            " select conversation_id from social.conversation_members where user_id = :user) order by id for update"
        ),
        {"user": user_id},
    )
    for conversation_id in groups.scalars().all():
        leave_group(session, conversation_id, user_id)


def remove_images(session: Session, message_id: UUID) -> None:
    """Take the images of a message away, also out of the store."""
    _forget(session, "attachment.message_id = :id", message_id)


def _remove(session: Session, conversation_id: UUID) -> None:
    said = "attachment.message_id in (select id from social.messages where conversation_id = :id)"
    _forget(session, said, conversation_id)
    session.execute(text("delete from social.conversations where id = :id"), {"id": conversation_id})


def _forget(session: Session, which: str, id_: UUID) -> None:
    keys = session.execute(
        text(
            "select upload.id, upload.key from accounts.uploads upload"
            f" join social.message_attachments attachment on attachment.upload_id = upload.id where {which}"
        ),
        {"id": id_},
    ).all()
    session.execute(text(f"delete from social.message_attachments attachment where {which}"), {"id": id_})
    for upload_id, key in keys:
        session.execute(text("delete from accounts.uploads where id = :id"), {"id": upload_id})
        forget_object(session, key)
