"""The change feed, how far upstreams' own feeds were read, and alternative orders of episodes.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from db.migrations.feed import FATE_TRIGGER, NOTE_CHANGES, NOTE_FATE, triggers
from db.migrations.views import VIEWS
from models.base import TransactionId

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WATCHED = (
    *("shows", "seasons", "episodes", "people", "networks", "companies", "watch_providers", "external_ids", "aliases"),
    *("images", "show_labels", "content_ratings", "show_networks", "show_companies", "show_watch_providers", "credits"),
    *("credit_counts", "list_items", "episode_groups", "episode_group_items"),
)
"""The tables of this revision that are shown."""

RESOURCES = (
    "show_details",
    "entities",
    "watch_providers",
    "seasons_episodes",
    "people_cast",
    "person",
    "images",
    "ids",
)


def upgrade() -> None:
    """Add them, and put every table that is shown under the feed's watch."""
    op.create_table(
        "changes",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("table_name", sa.String(), nullable=False),
        sa.Column("transaction", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("actions", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("fields", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_changes")),
        sa.UniqueConstraint("entity_id", "table_name", "transaction", name="uq_changes_once"),
        schema="ops",
    )
    op.create_index("ix_changes_changed_at", "changes", ["changed_at"], unique=False, schema="ops")
    op.create_table(
        "upstream_feeds",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("read_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source in ('editor', 'tmdb', 'imdb', 'fandom', 'wikidata')", name=op.f("ck_upstream_feeds_source")
        ),
        sa.PrimaryKeyConstraint("source", "feed", name=op.f("pk_upstream_feeds")),
        schema="ops",
    )
    op.create_table(
        "episode_groups",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("show_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.CheckConstraint(
            "source in ('editor', 'tmdb', 'imdb', 'fandom', 'wikidata')", name=op.f("ck_episode_groups_source")
        ),
        sa.ForeignKeyConstraint(["show_id"], ["core.shows.id"], name=op.f("fk_episode_groups_show_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_episode_groups")),
        sa.UniqueConstraint("show_id", "source", "source_id", name="uq_episode_groups_identity"),
        schema="core",
    )
    op.create_table(
        "episode_group_items",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("show_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("part_name", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["episode_id"], ["core.episodes.id"], name=op.f("fk_episode_group_items_episode_id")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["core.episode_groups.id"], name=op.f("fk_episode_group_items_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["show_id"], ["core.shows.id"], name=op.f("fk_episode_group_items_show_id")),
        sa.PrimaryKeyConstraint("group_id", "episode_id", "part", name=op.f("pk_episode_group_items")),
        schema="core",
    )
    op.create_index(
        op.f("ix_episode_group_items_episode_id"), "episode_group_items", ["episode_id"], unique=False, schema="core"
    )
    op.create_index(
        op.f("ix_episode_group_items_show_id"), "episode_group_items", ["show_id"], unique=False, schema="core"
    )
    op.add_column(
        "entities",
        sa.Column("touched_by", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        schema="core",
    )
    op.add_column("source_records", sa.Column("basis", sa.String(), nullable=True), schema="ops")
    op.add_column("runs", sa.Column("worker", sa.String(), nullable=True), schema="ops")
    op.add_column(
        "source_records",
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        schema="ops",
    )
    _resources(("episode_groups",))
    for function in (NOTE_CHANGES, NOTE_FATE):
        op.execute(function)
    op.execute(FATE_TRIGGER)
    for view in VIEWS.values():
        op.execute(view)
    for table in WATCHED:
        for trigger in triggers(table):
            op.execute(trigger)


def downgrade() -> None:
    """Take them away; what the feed said is lost."""
    for view in VIEWS:
        op.execute(f"drop view ops.{view}")
    for table in WATCHED:
        for event in ("insert", "update", "delete"):
            op.execute(f"drop trigger note_{event} on core.{table}")
    op.execute("drop trigger note_fate on core.entities")
    op.execute("drop function ops.note_fate")
    op.execute("drop function ops.note_changes")
    op.execute("delete from ops.sync_state where resource = 'episode_groups'")
    _resources(())
    op.drop_column("runs", "worker", schema="ops")
    op.drop_column("source_records", "changed_at", schema="ops")
    op.drop_column("source_records", "basis", schema="ops")
    op.drop_column("entities", "touched_by", schema="core")
    op.drop_index(op.f("ix_episode_group_items_show_id"), table_name="episode_group_items", schema="core")
    op.drop_index(op.f("ix_episode_group_items_episode_id"), table_name="episode_group_items", schema="core")
    op.drop_table("episode_group_items", schema="core")
    op.drop_table("episode_groups", schema="core")
    op.drop_table("upstream_feeds", schema="ops")
    op.drop_index("ix_changes_changed_at", table_name="changes", schema="ops")
    op.drop_table("changes", schema="ops")


def _resources(further: tuple[str, ...]) -> None:
    """What `ops.sync_state` may keep score of."""
    op.drop_constraint(op.f("ck_sync_state_resource"), "sync_state", schema="ops")
    listed = ", ".join(f"'{resource}'" for resource in (*RESOURCES, *further))
    op.create_check_constraint(op.f("ck_sync_state_resource"), "sync_state", f"resource in ({listed})", schema="ops")
