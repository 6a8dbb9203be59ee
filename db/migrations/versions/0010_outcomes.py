"""What an answer said that its result cannot tell, for the repetition of a request.

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the word."""
    op.add_column("idempotency_keys", sa.Column("outcome", sa.String(), nullable=True), schema="ops")


def downgrade() -> None:
    """Take it away."""
    op.drop_column("idempotency_keys", "outcome", schema="ops")
