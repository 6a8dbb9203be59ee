"""How acting is guarded: what was done once, how often something may be done, and who did what."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.base import OPS, UUID, datetime, moment


class IdempotencyKey(SQLModel, table=True):
    """A write that a client named, so that its repetition is answered and not done again. Private to its user.

    The row is written in the transaction of what it guards, so both are there or neither. It keeps the status and the id of
    the result, never a body: what is private lives in its own table alone.
    """

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_keys_created_at", "created_at"), {"schema": OPS})

    user_id: UUID = Field(primary_key=True, foreign_key="accounts.users.id", ondelete="CASCADE")
    key: str = Field(primary_key=True, description="The client's name for the request")
    route: str = Field(description="Method and route")
    digest: str = Field(description="SHA-256 of what was asked")
    status: int | None = Field(default=None, description="The HTTP status of the answer")
    result_id: UUID | None = None
    outcome: str | None = Field(default=None, description="A word of the answer that the result cannot tell")
    created_at: datetime | None = moment(now=True)


class ActionLimit(SQLModel, table=True):
    """How often one subject may do something, where an admin says otherwise than the code."""

    __tablename__ = "action_limits"
    __table_args__ = (
        CheckConstraint("allowed > 0 and seconds > 0", name="positive"),
        {"schema": OPS},
    )

    action: str = Field(primary_key=True)
    allowed: int = Field(description="Times in that many seconds")
    seconds: int
    updated_at: datetime | None = moment(now=True)
    updated_by: UUID | None = Field(default=None, foreign_key="accounts.users.id", ondelete="SET NULL")


class ActionUse(SQLModel, table=True):
    """How far a subject has used up what it may do. Unlogged: a crash of the database forgives everybody."""

    __tablename__ = "action_uses"
    __table_args__ = (
        Index("ix_action_uses_free_at", "free_at"),
        {"schema": OPS, "prefixes": ["UNLOGGED"]},
    )

    action: str = Field(primary_key=True)
    subject: str = Field(primary_key=True, description="A user's id, or the keyed hash of an address")
    free_at: datetime | None = moment(null=False)


class AuditEntry(SQLModel, table=True):
    """Who did what to whom with rights that not everybody has. The application may add rows, and no more."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_target", "target_kind", "target_id"),
        Index("ix_audit_log_actor_id", "actor_id"),
        {"schema": OPS},
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    at: datetime | None = moment(now=True)
    actor_id: UUID | None = Field(default=None, foreign_key="accounts.users.id", ondelete="SET NULL")
    action: str = Field(description="`user.suspend`, `entity.merge` …")
    target_kind: str | None = None
    target_id: str | None = None
    details: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, server_default="{}"))
    request_id: str | None = None
