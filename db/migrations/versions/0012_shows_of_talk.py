"""The show that a thread belongs to, found from what the thread is about, so that it is right also when a merge was undone.

Revision: 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SHOW_OF = """
create function social.show_of(about uuid) returns uuid
language sql stable parallel safe as $$
    select coalesce(
        (select e.show_id from core.episodes e where e.id = now_called.id),
        (select s.show_id from core.seasons s where s.id = now_called.id),
        now_called.id)
    from (select social.survivor(about) as id) now_called
$$
"""
"""The show of an episode or a season as the catalogue has it now; a show's own id of a show."""


def upgrade() -> None:
    """Find it instead of keeping it."""
    op.execute(SHOW_OF)
    op.drop_index("ix_threads_show_id_created_at", "threads", schema="social")
    op.drop_column("threads", "show_id", schema="social")


def downgrade() -> None:
    """Keep it again."""
    op.add_column("threads", sa.Column("show_id", sa.Uuid(), nullable=True), schema="social")
    op.execute("alter table social.threads no force row level security")
    op.execute("update social.threads set show_id = social.show_of(entity_id)")
    op.execute("alter table social.threads force row level security")
    op.alter_column("threads", "show_id", nullable=False, schema="social")
    op.create_index("ix_threads_show_id_created_at", "threads", ["show_id", "created_at", "id"], schema="social")
    op.execute("drop function social.show_of(uuid)")
