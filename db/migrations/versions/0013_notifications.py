"""Notifications: what somebody is told, how far they have been told, and how they want it.

Revision: 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

from db.migrations.security import VIEWER, guard, private

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = ("notification_counts", "notification_settings", "thread_mutes", "notifications")
KINDS = "kind in ('mention', 'reply', 'message', 'thread', 'survey')"


def upgrade() -> None:
    """Make the tables, and say who sees which rows."""
    op.create_table(
        "notification_counts",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("digested_seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("digested_at", sa.DateTime(timezone=True), nullable=True),
        _user("notification_counts"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_notification_counts")),
        schema="social",
    )
    op.create_table(
        "notification_settings",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("in_app", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("in_digest", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_notification_settings_kind")),
        _user("notification_settings"),
        sa.PrimaryKeyConstraint("user_id", "kind", name=op.f("pk_notification_settings")),
        schema="social",
    )
    op.create_table(
        "thread_mutes",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["social.threads.id"], name=op.f("fk_thread_mutes_thread_id"), ondelete="CASCADE"
        ),
        _user("thread_mutes"),
        sa.PrimaryKeyConstraint("user_id", "thread_id", name=op.f("pk_thread_mutes")),
        schema="social",
    )
    op.create_table(
        "notifications",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), server_default="1", nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("thread_id", sa.Uuid(), nullable=True),
        sa.Column("post_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("in_app", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(KINDS, name=op.f("ck_notifications_kind")),
        _user("notifications"),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["accounts.users.id"], name=op.f("fk_notifications_actor_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["social.threads.id"], name=op.f("fk_notifications_thread_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["social.posts.id"], name=op.f("fk_notifications_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("user_id", "kind", "subject_id", name="uq_notifications_subject"),
        sa.UniqueConstraint("user_id", "seq", name="uq_notifications_seq"),
        schema="social",
    )
    op.create_index(
        "ix_notifications_unread",
        "notifications",
        ["user_id", "kind"],
        schema="social",
        postgresql_where=sa.text("read_at is null"),
    )
    op.create_index("ix_notifications_post_id", "notifications", ["post_id"], schema="social")
    op.create_index("ix_notifications_told_at", "notifications", ["told_at"], schema="social")
    guard("social.notification_counts")
    guard("social.notifications")
    op.execute(f"create policy own on social.notifications for select using (user_id = {VIEWER})")
    op.execute(f"create policy own_change on social.notifications for update using (user_id = {VIEWER})")
    private("social.notification_settings")
    private("social.thread_mutes")


def downgrade() -> None:
    """Take it away: nobody is told anything."""
    for table in reversed(TABLES):
        op.drop_table(table, schema="social")


def _user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"], ["accounts.users.id"], name=op.f(f"fk_{table}_user_id"), ondelete="CASCADE"
    )
