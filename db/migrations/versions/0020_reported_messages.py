"""Reports of private messages, made only by who may read the message.

Revision: 0020, after 0019.
"""

from alembic import op

from db.migrations.security import VIEWER

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

NAME = "ck_reports_target_kind"
OWN = f"reporter_id = {VIEWER}"
READABLE = "exists (select from social.messages s where s.id = target_id)"
"""Whether whoever reports may read the message: the policies of messages hold here, too."""


def upgrade() -> None:
    """Allow for them."""
    _allow("target_kind in ('post', 'thread', 'user', 'message')")
    op.execute(
        f"alter policy own on social.reports using ({OWN}) with check ({OWN} and (target_kind <> 'message' or {READABLE}))"
    )


def downgrade() -> None:
    """Forget them."""
    op.execute(f"alter policy own on social.reports using ({OWN}) with check ({OWN})")
    op.execute("alter table social.reports no force row level security")
    op.execute("delete from social.reports where target_kind = 'message'")
    op.execute("alter table social.reports force row level security")
    _allow("target_kind in ('post', 'thread', 'user')")


def _allow(condition: str) -> None:
    op.drop_constraint(op.f(NAME), "reports", schema="social")
    op.create_check_constraint(op.f(NAME), "reports", condition, schema="social")
