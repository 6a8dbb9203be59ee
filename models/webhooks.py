"""Webhooks: where programs want to be told of events, and how that went."""

from typing import Any

from sqlalchemy import BigInteger, Column, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.base import OPS, UUID, datetime, moment, new_id, one_of, texts
from models.rules.webhooks import DeliveryStatus


class Webhook(SQLModel, table=True):
    """An address of a program, and the events that it is told of. Private to the program's user.

    The secret is kept as it is, for every delivery is signed with it; no route tells it but the ones that make it.
    """

    __tablename__ = "webhooks"
    __table_args__ = (Index("ix_webhooks_user_id", "user_id"), {"schema": OPS})

    id: UUID = new_id()
    user_id: UUID = Field(foreign_key="accounts.users.id", ondelete="CASCADE")
    url: str
    events: list[str] = texts()
    secret: str
    previous_secret: str | None = Field(default=None, description="The one before, while it is still signed with")
    previous_until: datetime | None = moment()
    told_seq: int = Field(
        default=0,
        sa_column=Column(BigInteger, nullable=False, server_default="0"),
        description="Up to which change of the catalogue it was told",
    )
    failures: int = Field(
        default=0, sa_column_kwargs={"server_default": "0"}, description="Attempts that failed since one succeeded"
    )
    failing_since: datetime | None = moment()
    disabled_at: datetime | None = moment()
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    created_at: datetime | None = moment(now=True)


class WebhookDelivery(SQLModel, table=True):
    """Something that a webhook is told, and how that went. It holds ids and no words of anybody; of the answers it keeps the
    status alone.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        one_of("status", DeliveryStatus),
        Index("ix_webhook_deliveries_webhook_id_created_at", "webhook_id", "created_at", "id"),
        Index("ix_webhook_deliveries_created_at", "created_at"),
        Index("ix_webhook_deliveries_waiting", "webhook_id", "event", postgresql_where=text("status = 'waiting'")),
        Index("ix_webhook_deliveries_missed", "webhook_id", postgresql_where=text("status = 'missed'")),
        {"schema": OPS},
    )

    id: UUID = new_id()
    webhook_id: UUID = Field(foreign_key="ops.webhooks.id", ondelete="CASCADE")
    event: str
    data: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, server_default="{}"))
    status: str = Field(
        default=DeliveryStatus.WAITING, sa_column_kwargs={"server_default": DeliveryStatus.WAITING.value}
    )
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    last_status: int | None = Field(
        default=None, description="The HTTP status of the last answer; none: there was none"
    )
    last_error: str | None = None
    created_at: datetime | None = moment(now=True)
    attempted_at: datetime | None = moment()
