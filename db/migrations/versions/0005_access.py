"""Access: users, the names that issuers know them by, and how acting is guarded.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from db.migrations.security import VIEWER, guard, private

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and say who sees which rows."""
    op.execute("create schema accounts")
    op.execute(
        "create function accounts.viewer() returns uuid language sql stable parallel safe as "
        "$$ select nullif(current_setting('app.user_id', true), '')::uuid $$"
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("username", sa.String(), nullable=True),
        sa.Column("display_name", sa.String(), nullable=True),
        sa.Column("bio", sa.String(), nullable=True),
        sa.Column("avatar_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(), server_default="user", nullable=False),
        sa.Column("status", sa.String(), server_default="active", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("renamed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role in ('user', 'moderator', 'admin', 'service')", name=op.f("ck_users_role")),
        sa.CheckConstraint("status in ('active', 'suspended', 'deleted')", name=op.f("ck_users_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        schema="accounts",
    )
    op.create_index("uq_users_username", "users", [sa.text("lower(username)")], unique=True, schema="accounts")
    op.create_table(
        "identities",
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["accounts.users.id"], name=op.f("fk_identities_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_identities")),
        sa.UniqueConstraint("user_id", "issuer", "subject", name="uq_identities_user"),
        schema="accounts",
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("result_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["accounts.users.id"], name=op.f("fk_idempotency_keys_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_idempotency_keys")),
        schema="ops",
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"], schema="ops")
    op.create_table(
        "action_limits",
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("allowed", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("allowed > 0 and seconds > 0", name=op.f("ck_action_limits_positive")),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["accounts.users.id"], name=op.f("fk_action_limits_updated_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("action", name=op.f("pk_action_limits")),
        schema="ops",
    )
    op.create_table(
        "action_uses",
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("action", "subject", name=op.f("pk_action_uses")),
        schema="ops",
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix_action_uses_free_at", "action_uses", ["free_at"], schema="ops")
    op.create_table(
        "audit_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("target_kind", sa.String(), nullable=True),
        sa.Column("target_id", sa.String(), nullable=True),
        sa.Column("details", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["accounts.users.id"], name=op.f("fk_audit_log_actor_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
        schema="ops",
    )
    op.create_index("ix_audit_log_target", "audit_log", ["target_kind", "target_id"], schema="ops")
    op.create_index("ix_audit_log_actor_id", "audit_log", ["actor_id"], schema="ops")

    guard("accounts.users")
    op.execute("create policy shown on accounts.users for select using (true)")
    op.execute(f"create policy own on accounts.users for update using (id = {VIEWER})")
    guard("accounts.identities")
    private("ops.idempotency_keys")
    guard("ops.audit_log")
    op.execute(f"create policy own on ops.audit_log for insert with check (actor_id is not distinct from {VIEWER})")


def downgrade() -> None:
    """Take them away, with all users."""
    for table in ("audit_log", "action_uses", "action_limits", "idempotency_keys"):
        op.drop_table(table, schema="ops")
    op.drop_table("identities", schema="accounts")
    op.drop_table("users", schema="accounts")
    op.execute("drop function accounts.viewer()")
    op.execute("drop schema accounts")
