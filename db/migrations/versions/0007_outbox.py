"""Outbox: work that follows a commit.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from db.migrations.security import guard

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, to which the application adds and of which it sees nothing."""
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("payload", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        schema="ops",
    )
    waits = sa.text("done_at is null and dead_at is null")
    op.create_index("ix_outbox_open", "outbox", ["available_at", "id"], schema="ops", postgresql_where=waits)
    given_up = sa.text("dead_at is not null")
    op.create_index("ix_outbox_dead_at", "outbox", ["dead_at"], schema="ops", postgresql_where=given_up)
    op.create_index(
        "ix_outbox_done_at", "outbox", ["done_at"], schema="ops", postgresql_where=sa.text("done_at is not null")
    )
    op.create_index("uq_outbox_key", "outbox", ["topic", "key"], unique=True, schema="ops")
    guard("ops.outbox")
    op.execute("create policy added on ops.outbox for insert with check (true)")


def downgrade() -> None:
    """Take it away, with all work that waits."""
    op.drop_table("outbox", schema="ops")
