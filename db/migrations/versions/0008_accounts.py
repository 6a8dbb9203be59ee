"""The accounts of the built-in issuer, and what users give us and ask of us as files.

Revision: 0008, after 0007.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from db.migrations.security import guard, private

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OWN = ("passwords", "sessions", "uploads", "exports")
"""Tables whose rows are private to one user."""

SYSTEM = ("registrations", "login_failures", "refresh_tokens", "mail_tokens")
"""Tables that the system alone sees."""


def upgrade() -> None:
    """Make the tables, and say who sees which rows."""
    op.create_table(
        "registrations",
        _id(),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("mails", sa.Integer(), server_default="0", nullable=False),
        _now("created_at"),
        _moment("expires_at", null=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
        sa.UniqueConstraint("token", name=op.f("uq_registrations_token")),
        schema="accounts",
    )
    op.create_index("ix_registrations_email", "registrations", [sa.text("lower(email)")], schema="accounts")
    op.create_index("ix_registrations_expires_at", "registrations", ["expires_at"], schema="accounts")
    op.create_table(
        "passwords",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        _now("changed_at"),
        _of_user("passwords"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_passwords")),
        schema="accounts",
    )
    op.create_index("uq_passwords_email", "passwords", [sa.text("lower(email)")], unique=True, schema="accounts")
    op.create_table(
        "login_failures",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        _moment("failed_at", null=False),
        _moment("locked_until"),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_login_failures")),
        schema="accounts",
    )
    op.create_index("ix_login_failures_failed_at", "login_failures", ["failed_at"], schema="accounts")
    op.create_table(
        "sessions",
        _id(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("device", sa.String(), nullable=True),
        _now("created_at"),
        _now("used_at"),
        _moment("expires_at", null=False),
        _moment("ended_at"),
        _of_user("sessions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        schema="accounts",
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"], schema="accounts")
    op.create_table(
        "refresh_tokens",
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        _now("created_at"),
        _moment("used_at"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["accounts.sessions.id"], name=op.f("fk_refresh_tokens_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_refresh_tokens")),
        schema="accounts",
    )
    op.create_index("ix_refresh_tokens_session_id", "refresh_tokens", ["session_id"], schema="accounts")
    op.create_table(
        "mail_tokens",
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        _now("created_at"),
        _moment("expires_at", null=False),
        _of_user("mail_tokens"),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_mail_tokens")),
        schema="accounts",
    )
    op.create_index("ix_mail_tokens_user_id", "mail_tokens", ["user_id"], schema="accounts")
    op.create_table(
        "uploads",
        _id(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        _now("created_at"),
        sa.CheckConstraint("purpose in ('avatar')", name=op.f("ck_uploads_purpose")),
        _of_user("uploads"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("key", name=op.f("uq_uploads_key")),
        schema="accounts",
    )
    op.create_index("ix_uploads_user_id", "uploads", ["user_id"], schema="accounts")
    op.create_table(
        "exports",
        _id(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        _now("requested_at"),
        _moment("finished_at"),
        _moment("expires_at"),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("bytes", sa.Integer(), nullable=True),
        _of_user("exports"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
        schema="accounts",
    )
    op.create_index("ix_exports_user_id", "exports", ["user_id"], schema="accounts")
    for table in OWN:
        private(f"accounts.{table}")
    for table in SYSTEM:
        guard(f"accounts.{table}")
    op.execute("create policy shown on accounts.uploads for select using (purpose = 'avatar')")


def downgrade() -> None:
    """Take them away, with all passwords."""
    for table in ("exports", "uploads", "mail_tokens", "refresh_tokens", "sessions", "login_failures", "passwords"):
        op.drop_table(table, schema="accounts")
    op.drop_table("registrations", schema="accounts")


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False)


def _now(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _moment(name: str, *, null: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def _of_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"], ["accounts.users.id"], name=op.f(f"fk_{table}_user_id"), ondelete="CASCADE"
    )
