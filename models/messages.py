"""Direct messages: conversations, who is in them, what they write. All of it is private to the members of a conversation.

The words of a message stand in `social.messages` and nowhere else: events, notifications and answers that are kept for
repetitions hold ids. Members are told of a message from the number on at which they came (`from_seq`).
"""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import SOCIAL, UUID, datetime, moment, new_id, one_of
from models.rules.messages import REACTIONS, MemberRole, MemberState


def _user(**more: Any) -> Any:
    return Field(foreign_key="accounts.users.id", **more)


def _number(description: str | None = None) -> Any:
    return Field(default=0, sa_column_kwargs={"server_default": "0"}, description=description)


def _flag(default: bool) -> Any:
    return Field(default=default, sa_column_kwargs={"server_default": text(str(default).lower())})


class Conversation(SQLModel, table=True):
    """Private talk of two people, or of a group. Its row is locked while a message takes its number, so numbers follow the
    commits.
    """

    __tablename__ = "conversations"
    __table_args__ = (CheckConstraint("is_group = (direct_key is null)", name="direct"), {"schema": SOCIAL})

    id: UUID = new_id()
    is_group: bool = _flag(False)
    direct_key: str | None = Field(
        default=None, unique=True, description="Of a conversation of two: their ids, the smaller first, with a colon"
    )
    title: str | None = Field(default=None, description="Of a group")
    created_by: UUID | None = _user(default=None, ondelete="SET NULL", index=True)
    last_seq: int = _number("The number of the last message")
    created_at: datetime | None = moment(now=True)
    last_message_at: datetime | None = moment()


class ConversationMember(SQLModel, table=True):
    """Somebody in a conversation, how far they have read it, and how they keep it."""

    __tablename__ = "conversation_members"
    __table_args__ = (one_of("role", MemberRole), one_of("state", MemberState), {"schema": SOCIAL})

    conversation_id: UUID = Field(primary_key=True, foreign_key="social.conversations.id", ondelete="CASCADE")
    user_id: UUID = _user(primary_key=True, ondelete="CASCADE", index=True)
    role: str = Field(default=MemberRole.MEMBER, sa_column_kwargs={"server_default": MemberRole.MEMBER})
    state: str
    from_seq: int = _number("They read what comes after this number")
    last_read_seq: int = _number()
    seen_seq: int = _number("How far they let others know that they have read")
    last_read_at: datetime | None = moment()
    is_muted: bool = _flag(False)
    archived_seq: int | None = Field(default=None, description="Archived until a message comes after this one")
    joined_at: datetime | None = moment(now=True)


class Message(SQLModel, table=True):
    """What somebody wrote to a conversation. The database numbers it. A deleted one stays as a tombstone without words."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("id", "conversation_id", name="uq_messages_in_conversation"),
        UniqueConstraint("conversation_id", "seq", name="uq_messages_seq"),
        UniqueConstraint("conversation_id", "sender_id", "client_id", name="uq_messages_client_id"),
        ForeignKeyConstraint(
            ["reply_to_id", "conversation_id"],
            ["social.messages.id", "social.messages.conversation_id"],
            name="fk_messages_reply_to",
        ),
        CheckConstraint("deleted_at is null or body is null", name="tombstone"),
        Index("ix_messages_reply_to_id", "reply_to_id"),
        Index("ix_messages_sender_id", "sender_id"),
        {"schema": SOCIAL},
    )

    id: UUID = new_id()
    conversation_id: UUID = Field(foreign_key="social.conversations.id", ondelete="CASCADE")
    seq: int = Field(description="Its number within the conversation, counted from 1")
    sender_id: UUID | None = _user(default=None, ondelete="SET NULL")
    client_id: str | None = Field(default=None, description="What the sender's app calls it")
    body: str | None = Field(default=None, description="None of a deleted one, and where there are only images")
    reply_to_id: UUID | None = None
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    created_at: datetime | None = moment(now=True)
    edited_at: datetime | None = moment()
    deleted_at: datetime | None = moment()


class MessageReaction(SQLModel, table=True):
    """How somebody takes a message."""

    __tablename__ = "message_reactions"
    __table_args__ = (one_of("reaction", REACTIONS), {"schema": SOCIAL})

    message_id: UUID = Field(primary_key=True, foreign_key="social.messages.id", ondelete="CASCADE")
    user_id: UUID = _user(primary_key=True, ondelete="CASCADE", index=True)
    reaction: str = Field(primary_key=True)
    created_at: datetime | None = moment(now=True)


class MessageAttachment(SQLModel, table=True):
    """An image of a message. When its sender leaves the platform, the image goes and its place stays."""

    __tablename__ = "message_attachments"
    __table_args__ = {"schema": SOCIAL}

    message_id: UUID = Field(primary_key=True, foreign_key="social.messages.id", ondelete="CASCADE")
    place: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    upload_id: UUID | None = Field(default=None, foreign_key="accounts.uploads.id", ondelete="SET NULL", unique=True)
    width: int
    height: int


class MessageSettings(SQLModel, table=True):
    """What somebody lets others know, and whether strangers may write to them; all of it where they said nothing."""

    __tablename__ = "message_settings"
    __table_args__ = {"schema": SOCIAL}

    user_id: UUID = _user(primary_key=True, ondelete="CASCADE")
    shows_receipts: bool = _flag(True)
    takes_requests: bool = _flag(True)
