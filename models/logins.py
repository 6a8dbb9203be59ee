"""The accounts of the built-in issuer: e-mail addresses with passwords, and the sessions that were begun with them.

Of every secret that is handed out, only a digest is kept.
"""

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.base import ACCOUNTS, UUID, datetime, moment, new_id

DIGEST = "SHA-256 of the secret, in hexadecimal"


class Registration(SQLModel, table=True):
    """Somebody who wants an account and has not confirmed the address yet. The system's alone.

    It becomes a user when the address is confirmed. So an address that has an account already leaves the same trace as one
    that has not, and nobody can take a username by registering with an address of somebody else.
    """

    __tablename__ = "registrations"
    __table_args__ = (
        Index("ix_registrations_email", text("lower(email)")),
        Index("ix_registrations_expires_at", "expires_at"),
        {"schema": ACCOUNTS},
    )

    id: UUID = new_id()
    email: str
    username: str
    hash: str = Field(description="Of the password: argon2id with its parameters")
    token: str | None = Field(default=None, unique=True, description=DIGEST)
    mails: int = Field(default=0, description="How often it was mailed", sa_column_kwargs={"server_default": "0"})
    created_at: datetime | None = moment(now=True)
    expires_at: datetime | None = moment(null=False)


class Password(SQLModel, table=True):
    """How a user signs in with an e-mail address. Private to the user."""

    __tablename__ = "passwords"
    __table_args__ = (Index("uq_passwords_email", text("lower(email)"), unique=True), {"schema": ACCOUNTS})

    user_id: UUID = Field(primary_key=True, foreign_key="accounts.users.id", ondelete="CASCADE")
    email: str = Field(description="Confirmed: the user has read mail that was sent to it")
    hash: str = Field(description="argon2id with its parameters")
    changed_at: datetime | None = moment(now=True)


class LoginFailure(SQLModel, table=True):
    """Failed attempts to sign in with an address, whether or not it has an account. The system's alone."""

    __tablename__ = "login_failures"
    __table_args__ = (Index("ix_login_failures_failed_at", "failed_at"), {"schema": ACCOUNTS})

    address: str = Field(primary_key=True, description="SHA-256 of the address in small letters")
    failures: int
    failed_at: datetime | None = moment(null=False)
    locked_until: datetime | None = moment()


class LoginSession(SQLModel, table=True):
    """A device on which a user is signed in. Private to the user."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_user_id", "user_id"), {"schema": ACCOUNTS})

    id: UUID = new_id()
    user_id: UUID = Field(foreign_key="accounts.users.id", ondelete="CASCADE")
    device: str | None = Field(default=None, description="What the client called itself")
    created_at: datetime | None = moment(now=True)
    used_at: datetime | None = moment(now=True)
    expires_at: datetime | None = moment(null=False)
    ended_at: datetime | None = moment()


class RefreshToken(SQLModel, table=True):
    """What a session is prolonged with, once. The system's alone.

    A token that comes a second time was stolen by whoever sent it first or second, so the session ends.
    """

    __tablename__ = "refresh_tokens"
    __table_args__ = (Index("ix_refresh_tokens_session_id", "session_id"), {"schema": ACCOUNTS})

    token: str = Field(primary_key=True, description=DIGEST)
    session_id: UUID = Field(foreign_key="accounts.sessions.id", ondelete="CASCADE")
    created_at: datetime | None = moment(now=True)
    used_at: datetime | None = moment()


class MailToken(SQLModel, table=True):
    """What was mailed to a user so that they can set a new password. The system's alone."""

    __tablename__ = "mail_tokens"
    __table_args__ = (Index("ix_mail_tokens_user_id", "user_id"), {"schema": ACCOUNTS})

    token: str = Field(primary_key=True, description=DIGEST)
    user_id: UUID = Field(foreign_key="accounts.users.id", ondelete="CASCADE")
    created_at: datetime | None = moment(now=True)
    expires_at: datetime | None = moment(null=False)
