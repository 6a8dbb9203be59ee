"""Who people are: users with their public profile, and the names by which issuers of tokens know them."""

from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import ACCOUNTS, UUID, datetime, moment, new_id, one_of


class Role(StrEnum):
    """What a user may do; each may do what those before it may, but a service, which is a program."""

    USER = "user"
    MODERATOR = "moderator"
    ADMIN = "admin"
    SERVICE = "service"


class UserStatus(StrEnum):
    """Whether a user may act. A deleted one is kept as a tombstone, for what others said to them stays."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETED = "deleted"


class User(SQLModel, table=True):
    """A person or a program, as everybody may see them. Nothing in this table is private.

    Everybody reads it; the application changes a row only for the user whose it is, and never `role` and `status`, which
    are the system's.
    """

    __tablename__ = "users"
    __table_args__ = (
        one_of("role", Role),
        one_of("status", UserStatus),
        Index("uq_users_username", text("lower(username)"), unique=True),
        {"schema": ACCOUNTS},
    )

    id: UUID = new_id()
    username: str | None = Field(default=None, description="Empty until chosen, and again after deletion")
    display_name: str | None = None
    bio: str | None = None
    avatar_id: UUID | None = Field(default=None, description="The upload that is their picture")
    role: str = Field(default=Role.USER, sa_column_kwargs={"server_default": Role.USER.value})
    status: str = Field(default=UserStatus.ACTIVE, sa_column_kwargs={"server_default": UserStatus.ACTIVE.value})
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    renamed_at: datetime | None = moment()
    created_at: datetime | None = moment(now=True)
    deleted_at: datetime | None = moment()


class Identity(SQLModel, table=True):
    """By which name an issuer of tokens knows a user. Private: the system alone looks it up."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("user_id", "issuer", "subject", name="uq_identities_user"), {"schema": ACCOUNTS})

    issuer: str = Field(primary_key=True, description="The `iss` of its tokens")
    subject: str = Field(primary_key=True, description="The `sub` of its tokens")
    user_id: UUID = Field(foreign_key="accounts.users.id", ondelete="CASCADE")
    created_at: datetime | None = moment(now=True)
