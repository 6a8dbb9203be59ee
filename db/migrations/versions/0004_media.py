"""Media: what became of each picture, as far as a person or a program needs to know.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PROBLEMS = (
    *("address", "inner_address", "unresolved", "unreachable", "certificate", "deadline", "redirects", "not_found"),
    *("status", "busy", "encoded", "too_large", "empty", "web_page", "unknown_type", "truncated", "malformed"),
    *("trailing", "too_many_pixels", "too_many_frames", "unsafe_svg", "undecodable"),
)


def upgrade() -> None:
    """Add them. What failed before has no code yet; its next attempt gives it one."""
    op.add_column("assets", sa.Column("blurhash", sa.String(), nullable=True), schema="core")
    op.add_column("assets", sa.Column("animated", sa.Boolean(), nullable=True), schema="core")
    op.add_column("assets", sa.Column("damage", sa.String(), nullable=True), schema="core")
    op.add_column("assets", sa.Column("measured_at", sa.DateTime(timezone=True), nullable=True), schema="core")
    op.add_column("assets", sa.Column("unreferenced_since", sa.DateTime(timezone=True), nullable=True), schema="core")
    op.create_index(
        "ix_assets_unmeasured",
        "assets",
        ["id"],
        unique=False,
        schema="core",
        postgresql_where=sa.text("measured_at is null"),
    )
    op.add_column("images", sa.Column("page_url", sa.String(), nullable=True), schema="core")
    op.add_column(
        "media_failures", sa.Column("code", sa.String(), server_default="status", nullable=False), schema="ops"
    )
    op.add_column("media_failures", sa.Column("host", sa.String(), server_default="", nullable=False), schema="ops")
    op.add_column("media_failures", sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True), schema="ops")
    listed = ", ".join(f"'{problem}'" for problem in PROBLEMS)
    op.create_check_constraint(op.f("ck_media_failures_code"), "media_failures", f"code in ({listed})", schema="ops")
    op.execute("update ops.media_failures set host = coalesce(substring(url from '^[a-z]+://([^/]+)'), '')")


def downgrade() -> None:
    """Take them away; what only they hold is lost."""
    op.drop_constraint(op.f("ck_media_failures_code"), "media_failures", schema="ops")
    for column in ("given_up_at", "host", "code"):
        op.drop_column("media_failures", column, schema="ops")
    op.drop_column("images", "page_url", schema="core")
    op.drop_index(
        "ix_assets_unmeasured",
        table_name="assets",
        schema="core",
        postgresql_where=sa.text("measured_at is null"),
    )
    for column in ("unreferenced_since", "measured_at", "damage", "animated", "blurhash"):
        op.drop_column("assets", column, schema="core")
