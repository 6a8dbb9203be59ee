"""Deliveries that a webhook missed while it was disabled, kept until it is enabled again.

Revision: 0019, after 0018.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

NAME = "ck_webhook_deliveries_status"


def upgrade() -> None:
    """Allow for them."""
    _allow("status in ('waiting', 'delivered', 'failed', 'missed')")
    op.create_index(
        "ix_webhook_deliveries_missed",
        "webhook_deliveries",
        ["webhook_id"],
        schema="ops",
        postgresql_where=sa.text("status = 'missed'"),
    )


def downgrade() -> None:
    """Call them failed, as what a disabled webhook was not told was called before."""
    op.drop_index("ix_webhook_deliveries_missed", "webhook_deliveries", schema="ops")
    op.execute("alter table ops.webhook_deliveries no force row level security")
    op.execute("update ops.webhook_deliveries set status = 'failed' where status = 'missed'")
    op.execute("alter table ops.webhook_deliveries force row level security")
    _allow("status in ('waiting', 'delivered', 'failed')")


def _allow(condition: str) -> None:
    op.drop_constraint(op.f(NAME), "webhook_deliveries", schema="ops")
    op.create_check_constraint(op.f(NAME), "webhook_deliveries", condition, schema="ops")
