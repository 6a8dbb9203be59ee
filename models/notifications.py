"""Notifications: what somebody is told, how far they have been told, and how they want it."""

from typing import Any

from sqlalchemy import BigInteger, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import SOCIAL, UUID, datetime, moment, new_id, one_of
from models.rules.notifications import NotificationKind


def _user(**more: Any) -> Any:
    return Field(foreign_key="accounts.users.id", **{"ondelete": "CASCADE", **more})


def _flag(value: bool) -> Any:
    return Field(default=value, sa_column_kwargs={"server_default": text(str(value).lower())})


def _number() -> Any:
    return Field(default=0, sa_column=Column(BigInteger, nullable=False, server_default="0"))


class Notification(SQLModel, table=True):
    """Something that somebody is told: ids and no words of anybody. Private to them; made by the system alone.

    Of one subject somebody has one row at most (`models/rules/notifications.py`): what is new there raises its count and
    gives it a new number.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        one_of("kind", NotificationKind),
        UniqueConstraint("user_id", "kind", "subject_id", name="uq_notifications_subject"),
        UniqueConstraint("user_id", "seq", name="uq_notifications_seq"),
        Index("ix_notifications_unread", "user_id", "kind", postgresql_where=text("read_at is null")),
        Index("ix_notifications_post_id", "post_id"),
        Index("ix_notifications_told_at", "told_at"),
        {"schema": SOCIAL},
    )

    id: UUID = new_id()
    user_id: UUID = _user()
    kind: str
    subject_id: UUID = Field(description="The post of a mention or reply, the thread, the conversation, the survey")
    seq: int = Field(
        sa_column=Column(BigInteger, nullable=False), description="Its number among the user's, in order of the commits"
    )
    count: int = Field(
        default=1, sa_column_kwargs={"server_default": "1"}, description="How much is new since it was read"
    )
    actor_id: UUID | None = _user(default=None, ondelete="SET NULL", description="Whose doing it is; none: of several")
    thread_id: UUID | None = Field(default=None, foreign_key="social.threads.id", ondelete="CASCADE")
    post_id: UUID | None = Field(
        default=None, foreign_key="social.posts.id", ondelete="CASCADE", description="The first that is new"
    )
    message_id: UUID | None = Field(default=None, description="The first that is new")
    in_app: bool = _flag(True)
    created_at: datetime | None = moment(now=True)
    told_at: datetime | None = moment(now=True)
    read_at: datetime | None = moment()


class NotificationCount(SQLModel, table=True):
    """The number of a user's last notification. Its row is locked while a number is taken, so numbers follow the commits
    and whoever marks all up to a number as read marks nothing that they have not seen. The system's alone.
    """

    __tablename__ = "notification_counts"
    __table_args__ = {"schema": SOCIAL}

    user_id: UUID = _user(primary_key=True)
    last_seq: int = _number()
    digested_seq: int = _number()
    digested_at: datetime | None = moment()


class NotificationSetting(SQLModel, table=True):
    """How somebody wants to be told of a kind, where they have said so. Private to them."""

    __tablename__ = "notification_settings"
    __table_args__ = (one_of("kind", NotificationKind), {"schema": SOCIAL})

    user_id: UUID = _user(primary_key=True)
    kind: str = Field(primary_key=True)
    in_app: bool = _flag(True)
    in_digest: bool = _flag(False)


class ThreadMute(SQLModel, table=True):
    """A thread of which somebody wants to be told nothing. Private to them."""

    __tablename__ = "thread_mutes"
    __table_args__ = {"schema": SOCIAL}

    user_id: UUID = _user(primary_key=True)
    thread_id: UUID = Field(primary_key=True, foreign_key="social.threads.id", ondelete="CASCADE")
    created_at: datetime | None = moment(now=True)
