"""The curated cast: what people are in a show or a season, as editors say.

Revision: 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

from db.migrations.feed import triggers

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and have the feed watch it."""
    op.create_table(
        "cast_roles",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("show_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("billing_order", sa.Integer(), nullable=True),
        sa.Column("notes", sa.String(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("role in ('main', 'friend', 'guest', 'host')", name=op.f("ck_cast_roles_role")),
        sa.ForeignKeyConstraint(["entity_id"], ["core.entities.id"], name=op.f("fk_cast_roles_entity_id")),
        sa.ForeignKeyConstraint(["person_id"], ["core.people.id"], name=op.f("fk_cast_roles_person_id")),
        sa.ForeignKeyConstraint(["show_id"], ["core.shows.id"], name=op.f("fk_cast_roles_show_id")),
        sa.PrimaryKeyConstraint("entity_id", "person_id", name=op.f("pk_cast_roles")),
        schema="core",
    )
    op.create_index(op.f("ix_cast_roles_person_id"), "cast_roles", ["person_id"], schema="core")
    op.create_index(op.f("ix_cast_roles_show_id"), "cast_roles", ["show_id"], schema="core")
    for statement in triggers("cast_roles"):
        op.execute(statement)


def downgrade() -> None:
    """Take it away, with what was said."""
    op.drop_table("cast_roles", schema="core")
