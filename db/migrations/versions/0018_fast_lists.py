"""Indexes that lists and rails of people are read from: by name, by shows, by episodes, the newest first.

Revision: 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

WIDER = {"people": ("sort_name", ["id"]), "credits": ("person_id", ["category", "show_id"])}
"""Indexes of one column that get further ones: the column, and what comes to it."""


def upgrade() -> None:
    """Make them; two take the place of narrower ones."""
    for table, (column, further) in WIDER.items():
        columns = [column, *further]
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns, schema="core")
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table, schema="core")
    op.create_index(
        "ix_credit_counts_of_shows",
        "credit_counts",
        ["person_id", "show_id", "episodes"],
        schema="core",
        postgresql_where=sa.text("entity_id = show_id and category = 'cast'"),
    )
    op.create_index(
        "ix_entities_newest_people",
        "entities",
        [sa.text("created_at desc"), "id"],
        schema="core",
        postgresql_where=sa.text("kind = 'person'"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_entities_newest_people", table_name="entities", schema="core")
    op.drop_index("ix_credit_counts_of_shows", table_name="credit_counts", schema="core")
    for table, (column, further) in WIDER.items():
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], schema="core")
        op.drop_index(op.f(f"ix_{table}_{'_'.join([column, *further])}"), table_name=table, schema="core")
