"""What users give us and ask of us as files. They lie in the private bucket."""

from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.base import ACCOUNTS, UUID, datetime, moment, new_id, one_of


class Purpose(StrEnum):
    """What an upload is for."""

    AVATAR = "avatar"
    MESSAGE = "message"


class Upload(SQLModel, table=True):
    """A picture that a user gave us, as we wrote it anew. An avatar is everybody's to see, an image of a message its readers'."""

    __tablename__ = "uploads"
    __table_args__ = (one_of("purpose", Purpose), Index("ix_uploads_user_id", "user_id"), {"schema": ACCOUNTS})

    id: UUID = new_id()
    user_id: UUID = Field(foreign_key="accounts.users.id", ondelete="CASCADE")
    purpose: str
    key: str = Field(unique=True, description="In the private bucket")
    content_type: str
    bytes: int
    width: int
    height: int
    created_at: datetime | None = moment(now=True)


class Export(SQLModel, table=True):
    """A copy of everything that is a user's own, made for them. Private to the user."""

    __tablename__ = "exports"
    __table_args__ = (Index("ix_exports_user_id", "user_id"), {"schema": ACCOUNTS})

    id: UUID = new_id()
    user_id: UUID = Field(foreign_key="accounts.users.id", ondelete="CASCADE")
    requested_at: datetime | None = moment(now=True)
    finished_at: datetime | None = moment()
    expires_at: datetime | None = moment()
    key: str | None = Field(default=None, description="In the private bucket, once it is made")
    bytes: int | None = None
