"""The catalogue and its operations: every table of the first release.

Revision: 0001, the first.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from db.migrations.names import EXTENSIONS

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make schemas, extensions and tables; give this database its identity."""
    for schema in ("core", "ops"):
        op.execute(f"create schema if not exists {schema}")
    for extension in EXTENSIONS:
        op.execute(f"create extension if not exists {extension}")
    op.create_table(
        "assets",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assets")),
        sa.UniqueConstraint("key", name=op.f("uq_assets_key")),
        sa.UniqueConstraint("sha256", name=op.f("uq_assets_sha256")),
        schema="core",
    )
    op.create_table(
        "entities",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind in ('show', 'season', 'episode', 'person', 'network', 'company', 'provider')",
            name=op.f("ck_entities_kind"),
        ),
        sa.ForeignKeyConstraint(["merged_into"], ["core.entities.id"], name=op.f("fk_entities_merged_into")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entities")),
        schema="core",
    )
    op.create_index(op.f("ix_entities_merged_into"), "entities", ["merged_into"], unique=False, schema="core")
    op.create_table(
        "lists",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("source in ('tmdb', 'imdb', 'manual')", name=op.f("ck_lists_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lists")),
        sa.UniqueConstraint("source", "source_id", name="uq_lists_source_source_id"),
        schema="core",
    )
    op.create_table(
        "installation",
        sa.Column("database_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("database_id", name=op.f("pk_installation")),
        schema="ops",
    )
    op.create_table(
        "media_failures",
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_media_failures")),
        schema="ops",
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("flow_run_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "status in ('running', 'completed', 'failed', 'cancelled', 'crashed')", name=op.f("ck_runs_status")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["ops.runs.id"], name=op.f("fk_runs_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        schema="ops",
    )
    op.create_index(op.f("ix_runs_parent_id"), "runs", ["parent_id"], unique=False, schema="ops")
    op.create_index("ix_runs_stage_started_at", "runs", ["stage", "started_at"], unique=False, schema="ops")
    op.create_table(
        "source_records",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("resource", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source in ('editor', 'tmdb', 'imdb', 'fandom', 'wikidata')", name=op.f("ck_source_records_source")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_records")),
        sa.UniqueConstraint("source", "resource", "ref", name="uq_source_records_source_resource_ref"),
        schema="ops",
    )
    op.create_table(
        "aliases",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("country", sa.String(), server_default="", nullable=False),
        sa.Column("kind", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint(
            "source in ('editor', 'tmdb', 'imdb', 'fandom', 'wikidata')", name=op.f("ck_aliases_source")
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["core.entities.id"], name=op.f("fk_aliases_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", "source", "name", "country", name=op.f("pk_aliases")),
        schema="core",
    )
    op.create_table(
        "companies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tmdb_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sort_name", sa.String(), server_default="", nullable=False),
        sa.Column("origin_country", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["core.entities.id"], name=op.f("fk_companies_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_companies")),
        sa.UniqueConstraint("tmdb_id", name=op.f("uq_companies_tmdb_id")),
        schema="core",
    )
    op.create_index(op.f("ix_companies_sort_name"), "companies", ["sort_name"], unique=False, schema="core")
    op.create_table(
        "external_ids",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("is_primary", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint(
            "kind in ('show', 'season', 'episode', 'person', 'network', 'company', 'provider')",
            name=op.f("ck_external_ids_kind"),
        ),
        sa.CheckConstraint(
            "source in ('tmdb', 'imdb', 'tvdb', 'tvrage', 'wikidata', 'freebase')", name=op.f("ck_external_ids_source")
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["core.entities.id"], name=op.f("fk_external_ids_entity_id")),
        sa.PrimaryKeyConstraint("kind", "source", "value", name=op.f("pk_external_ids")),
        schema="core",
    )
    op.create_index(op.f("ix_external_ids_entity_id"), "external_ids", ["entity_id"], unique=False, schema="core")
    op.create_index(
        "uq_external_ids_primary",
        "external_ids",
        ["entity_id", "source"],
        unique=True,
        schema="core",
        postgresql_where=sa.text("is_primary"),
    )
    op.create_table(
        "facts",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("source in ('editor', 'tmdb', 'imdb', 'fandom', 'wikidata')", name=op.f("ck_facts_source")),
        sa.ForeignKeyConstraint(["entity_id"], ["core.entities.id"], name=op.f("fk_facts_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", "source", name=op.f("pk_facts")),
        schema="core",
    )
    op.create_table(
        "images",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("vote_average", sa.Numeric(precision=6, scale=3), nullable=True),
        sa.Column("vote_count", sa.Integer(), nullable=True),
        sa.Column("asset_id", sa.Uuid(), nullable=True),
        sa.Column("is_listed", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint(
            "kind in ('poster', 'backdrop', 'logo', 'still', 'profile', 'media')", name=op.f("ck_images_kind")
        ),
        sa.CheckConstraint("source in ('editor', 'tmdb', 'imdb', 'fandom', 'wikidata')", name=op.f("ck_images_source")),
        sa.ForeignKeyConstraint(["asset_id"], ["core.assets.id"], name=op.f("fk_images_asset_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["core.entities.id"], name=op.f("fk_images_entity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_images")),
        sa.UniqueConstraint("entity_id", "source", "kind", "source_id", name="uq_images_identity"),
        schema="core",
    )
    op.create_index(op.f("ix_images_asset_id"), "images", ["asset_id"], unique=False, schema="core")
    op.create_table(
        "networks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tmdb_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sort_name", sa.String(), server_default="", nullable=False),
        sa.Column("origin_country", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["core.entities.id"], name=op.f("fk_networks_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_networks")),
        sa.UniqueConstraint("tmdb_id", name=op.f("uq_networks_tmdb_id")),
        schema="core",
    )
    op.create_index(op.f("ix_networks_sort_name"), "networks", ["sort_name"], unique=False, schema="core")
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("imdb_id", sa.String(), nullable=True),
        sa.Column("tmdb_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sort_name", sa.String(), server_default="", nullable=False),
        sa.Column("biography", sa.String(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("death_date", sa.Date(), nullable=True),
        sa.Column("birth_place", sa.String(), nullable=True),
        sa.Column("gender", sa.String(), server_default="unknown", nullable=False),
        sa.Column("known_for", sa.String(), nullable=True),
        sa.Column("homepage", sa.String(), nullable=True),
        sa.Column("adult", sa.Boolean(), nullable=True),
        sa.Column("tmdb_popularity", sa.Numeric(precision=12, scale=4), nullable=True),
        sa.Column("facebook_id", sa.String(), nullable=True),
        sa.Column("instagram_id", sa.String(), nullable=True),
        sa.Column("twitter_id", sa.String(), nullable=True),
        sa.Column("tiktok_id", sa.String(), nullable=True),
        sa.Column("youtube_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("gender in ('female', 'male', 'non_binary', 'unknown')", name=op.f("ck_people_gender")),
        sa.ForeignKeyConstraint(["id"], ["core.entities.id"], name=op.f("fk_people_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("imdb_id", name=op.f("uq_people_imdb_id")),
        sa.UniqueConstraint("tmdb_id", name=op.f("uq_people_tmdb_id")),
        schema="core",
    )
    op.create_index(op.f("ix_people_sort_name"), "people", ["sort_name"], unique=False, schema="core")
    op.create_table(
        "shows",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("imdb_id", sa.String(), nullable=True),
        sa.Column("tmdb_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("original_name", sa.String(), nullable=True),
        sa.Column("sort_name", sa.String(), server_default="", nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("tagline", sa.String(), nullable=True),
        sa.Column("homepage", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("type", sa.String(), nullable=True),
        sa.Column("in_production", sa.Boolean(), nullable=True),
        sa.Column("adult", sa.Boolean(), nullable=True),
        sa.Column("premiere_date", sa.Date(), nullable=True),
        sa.Column("last_air_date", sa.Date(), nullable=True),
        sa.Column("content_rating", sa.String(), nullable=True),
        sa.Column("original_language", sa.String(), nullable=True),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column(
            "spoken_languages", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column(
            "origin_countries", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column(
            "production_countries", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column(
            "runtimes", postgresql.ARRAY(sa.Integer()), server_default=sa.text("'{}'::integer[]"), nullable=False
        ),
        sa.Column("genres", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("keywords", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("listed_on", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("season_total", sa.Integer(), nullable=True),
        sa.Column("episode_total", sa.Integer(), nullable=True),
        sa.Column("totals_counted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("most_recent_episode", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("next_episode", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("tmdb_vote_average", sa.Numeric(precision=5, scale=3), nullable=True),
        sa.Column("tmdb_vote_count", sa.Integer(), nullable=True),
        sa.Column("tmdb_popularity", sa.Numeric(precision=12, scale=4), nullable=True),
        sa.Column("imdb_rating", sa.Numeric(precision=3, scale=1), nullable=True),
        sa.Column("imdb_vote_count", sa.Integer(), nullable=True),
        sa.Column("facebook_id", sa.String(), nullable=True),
        sa.Column("instagram_id", sa.String(), nullable=True),
        sa.Column("twitter_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["core.entities.id"], name=op.f("fk_shows_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shows")),
        sa.UniqueConstraint("imdb_id", name=op.f("uq_shows_imdb_id")),
        sa.UniqueConstraint("tmdb_id", name=op.f("uq_shows_tmdb_id")),
        schema="core",
    )
    op.create_index(op.f("ix_shows_sort_name"), "shows", ["sort_name"], unique=False, schema="core")
    op.create_table(
        "watch_providers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tmdb_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sort_name", sa.String(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["core.entities.id"], name=op.f("fk_watch_providers_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_providers")),
        sa.UniqueConstraint("tmdb_id", name=op.f("uq_watch_providers_tmdb_id")),
        schema="core",
    )
    op.create_index(op.f("ix_watch_providers_sort_name"), "watch_providers", ["sort_name"], unique=False, schema="core")
    op.create_table(
        "match_cases",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("candidates", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(), server_default="open", nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind in ('show', 'season', 'episode', 'person', 'network', 'company', 'provider')",
            name=op.f("ck_match_cases_kind"),
        ),
        sa.CheckConstraint("status in ('open', 'resolved', 'dismissed')", name=op.f("ck_match_cases_status")),
        sa.ForeignKeyConstraint(["entity_id"], ["core.entities.id"], name=op.f("fk_match_cases_entity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_cases")),
        sa.UniqueConstraint("entity_id", "source", "reason", name="uq_match_cases_question"),
        schema="ops",
    )
    op.create_table(
        "sync_state",
        sa.Column("resource", sa.String(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("last_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_success_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "resource in ('show_details', 'entities', 'watch_providers', 'seasons_episodes', 'people_cast', 'person', 'images', 'ids')",
            name=op.f("ck_sync_state_resource"),
        ),
        sa.CheckConstraint("status in ('success', 'failed')", name=op.f("ck_sync_state_status")),
        sa.ForeignKeyConstraint(["entity_id"], ["core.entities.id"], name=op.f("fk_sync_state_entity_id")),
        sa.PrimaryKeyConstraint("resource", "entity_id", name=op.f("pk_sync_state")),
        schema="ops",
    )
    op.create_index("ix_sync_state_due", "sync_state", ["resource", "next_due_at"], unique=False, schema="ops")
    op.create_index(op.f("ix_sync_state_entity_id"), "sync_state", ["entity_id"], unique=False, schema="ops")
    op.create_table(
        "content_ratings",
        sa.Column("show_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("rating", sa.String(), nullable=False),
        sa.Column("descriptors", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.CheckConstraint(
            "source in ('editor', 'tmdb', 'imdb', 'fandom', 'wikidata')", name=op.f("ck_content_ratings_source")
        ),
        sa.ForeignKeyConstraint(["show_id"], ["core.shows.id"], name=op.f("fk_content_ratings_show_id")),
        sa.PrimaryKeyConstraint("show_id", "source", "country", "rating", name=op.f("pk_content_ratings")),
        schema="core",
    )
    op.create_table(
        "credit_counts",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("show_id", sa.Uuid(), nullable=False),
        sa.Column("episodes", sa.Integer(), nullable=False),
        sa.Column("is_regular", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("billing_order", sa.Integer(), nullable=True),
        sa.CheckConstraint("category in ('cast', 'crew', 'creator')", name=op.f("ck_credit_counts_category")),
        sa.CheckConstraint(
            "source in ('editor', 'tmdb', 'imdb', 'fandom', 'wikidata')", name=op.f("ck_credit_counts_source")
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["core.entities.id"], name=op.f("fk_credit_counts_entity_id")),
        sa.ForeignKeyConstraint(["person_id"], ["core.people.id"], name=op.f("fk_credit_counts_person_id")),
        sa.ForeignKeyConstraint(["show_id"], ["core.shows.id"], name=op.f("fk_credit_counts_show_id")),
        sa.PrimaryKeyConstraint("entity_id", "person_id", "source", "category", name=op.f("pk_credit_counts")),
        schema="core",
    )
    op.create_index(op.f("ix_credit_counts_person_id"), "credit_counts", ["person_id"], unique=False, schema="core")
    op.create_index(op.f("ix_credit_counts_show_id"), "credit_counts", ["show_id"], unique=False, schema="core")
    op.create_table(
        "credits",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("show_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=True),
        sa.Column("job", sa.String(), nullable=True),
        sa.Column("character", sa.String(), nullable=True),
        sa.Column("billing_order", sa.Integer(), nullable=True),
        sa.CheckConstraint("category in ('cast', 'crew', 'creator')", name=op.f("ck_credits_category")),
        sa.CheckConstraint(
            "source in ('editor', 'tmdb', 'imdb', 'fandom', 'wikidata')", name=op.f("ck_credits_source")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["core.people.id"], name=op.f("fk_credits_person_id")),
        sa.ForeignKeyConstraint(["show_id"], ["core.shows.id"], name=op.f("fk_credits_show_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credits")),
        sa.UniqueConstraint("show_id", "source", "source_id", name="uq_credits_show_id_source_source_id"),
        schema="core",
    )
    op.create_index(op.f("ix_credits_person_id"), "credits", ["person_id"], unique=False, schema="core")
    op.create_table(
        "list_items",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("show_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["list_id"], ["core.lists.id"], name=op.f("fk_list_items_list_id")),
        sa.ForeignKeyConstraint(["show_id"], ["core.shows.id"], name=op.f("fk_list_items_show_id")),
        sa.PrimaryKeyConstraint("list_id", "show_id", name=op.f("pk_list_items")),
        schema="core",
    )
    op.create_index(op.f("ix_list_items_show_id"), "list_items", ["show_id"], unique=False, schema="core")
    op.create_table(
        "seasons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("show_id", sa.Uuid(), nullable=False),
        sa.Column("season_number", sa.Integer(), nullable=False),
        sa.Column("is_listed", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("imdb_id", sa.String(), nullable=True),
        sa.Column("tmdb_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("overview", sa.String(), nullable=True),
        sa.Column("air_date", sa.Date(), nullable=True),
        sa.Column("episode_total", sa.Integer(), nullable=True),
        sa.Column("tmdb_vote_average", sa.Numeric(precision=5, scale=3), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("show_id"), "="),
            (sa.column("season_number"), "="),
            where=sa.text("is_listed"),
            deferrable=True,
            initially="DEFERRED",
            using="btree",
            name="ex_seasons_number",
        ),
        sa.ForeignKeyConstraint(["id"], ["core.entities.id"], name=op.f("fk_seasons_id")),
        sa.ForeignKeyConstraint(["show_id"], ["core.shows.id"], name=op.f("fk_seasons_show_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seasons")),
        sa.UniqueConstraint("id", "show_id", name="uq_seasons_id_show_id"),
        sa.UniqueConstraint("tmdb_id", name=op.f("uq_seasons_tmdb_id")),
        schema="core",
    )
    op.create_index(op.f("ix_seasons_show_id"), "seasons", ["show_id"], unique=False, schema="core")
    op.create_table(
        "show_companies",
        sa.Column("show_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "source in ('editor', 'tmdb', 'imdb', 'fandom', 'wikidata')", name=op.f("ck_show_companies_source")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["core.companies.id"], name=op.f("fk_show_companies_company_id")),
        sa.ForeignKeyConstraint(["show_id"], ["core.shows.id"], name=op.f("fk_show_companies_show_id")),
        sa.PrimaryKeyConstraint("show_id", "company_id", "source", name=op.f("pk_show_companies")),
        schema="core",
    )
    op.create_index(op.f("ix_show_companies_company_id"), "show_companies", ["company_id"], unique=False, schema="core")
    op.create_table(
        "show_labels",
        sa.Column("show_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.CheckConstraint("kind in ('genre', 'keyword', 'tag')", name=op.f("ck_show_labels_kind")),
        sa.CheckConstraint(
            "source in ('editor', 'tmdb', 'imdb', 'fandom', 'wikidata')", name=op.f("ck_show_labels_source")
        ),
        sa.ForeignKeyConstraint(["show_id"], ["core.shows.id"], name=op.f("fk_show_labels_show_id")),
        sa.PrimaryKeyConstraint("show_id", "source", "kind", "name", name=op.f("pk_show_labels")),
        schema="core",
    )
    op.create_table(
        "show_networks",
        sa.Column("show_id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "source in ('editor', 'tmdb', 'imdb', 'fandom', 'wikidata')", name=op.f("ck_show_networks_source")
        ),
        sa.ForeignKeyConstraint(["network_id"], ["core.networks.id"], name=op.f("fk_show_networks_network_id")),
        sa.ForeignKeyConstraint(["show_id"], ["core.shows.id"], name=op.f("fk_show_networks_show_id")),
        sa.PrimaryKeyConstraint("show_id", "network_id", "source", name=op.f("pk_show_networks")),
        schema="core",
    )
    op.create_index(op.f("ix_show_networks_network_id"), "show_networks", ["network_id"], unique=False, schema="core")
    op.create_table(
        "show_watch_providers",
        sa.Column("show_id", sa.Uuid(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("offer_type", sa.String(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("display_priority", sa.Integer(), nullable=True),
        sa.Column("link", sa.String(), nullable=True),
        sa.CheckConstraint(
            "source in ('editor', 'tmdb', 'imdb', 'fandom', 'wikidata')", name=op.f("ck_show_watch_providers_source")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["core.watch_providers.id"], name=op.f("fk_show_watch_providers_provider_id")
        ),
        sa.ForeignKeyConstraint(["show_id"], ["core.shows.id"], name=op.f("fk_show_watch_providers_show_id")),
        sa.PrimaryKeyConstraint(
            "show_id", "region", "offer_type", "provider_id", "source", name=op.f("pk_show_watch_providers")
        ),
        schema="core",
    )
    op.create_index(
        op.f("ix_show_watch_providers_provider_id"),
        "show_watch_providers",
        ["provider_id"],
        unique=False,
        schema="core",
    )
    op.create_table(
        "episodes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("show_id", sa.Uuid(), nullable=False),
        sa.Column("season_id", sa.Uuid(), nullable=False),
        sa.Column("episode_number", sa.Integer(), nullable=False),
        sa.Column("is_listed", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("imdb_id", sa.String(), nullable=True),
        sa.Column("tmdb_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("overview", sa.String(), nullable=True),
        sa.Column("air_date", sa.Date(), nullable=True),
        sa.Column("runtime", sa.Integer(), nullable=True),
        sa.Column("episode_type", sa.String(), nullable=True),
        sa.Column("production_code", sa.String(), nullable=True),
        sa.Column("tmdb_vote_average", sa.Numeric(precision=5, scale=3), nullable=True),
        sa.Column("tmdb_vote_count", sa.Integer(), nullable=True),
        sa.Column("imdb_rating", sa.Numeric(precision=3, scale=1), nullable=True),
        sa.Column("imdb_vote_count", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("season_id"), "="),
            (sa.column("episode_number"), "="),
            where=sa.text("is_listed"),
            deferrable=True,
            initially="DEFERRED",
            using="btree",
            name="ex_episodes_number",
        ),
        sa.ForeignKeyConstraint(["id"], ["core.entities.id"], name=op.f("fk_episodes_id")),
        sa.ForeignKeyConstraint(
            ["season_id", "show_id"],
            ["core.seasons.id", "core.seasons.show_id"],
            name=op.f("fk_episodes_season_id_show_id"),
        ),
        sa.ForeignKeyConstraint(["show_id"], ["core.shows.id"], name=op.f("fk_episodes_show_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_episodes")),
        sa.UniqueConstraint("imdb_id", name=op.f("uq_episodes_imdb_id")),
        sa.UniqueConstraint("tmdb_id", name=op.f("uq_episodes_tmdb_id")),
        schema="core",
    )
    op.create_index(op.f("ix_episodes_air_date"), "episodes", ["air_date"], unique=False, schema="core")
    op.create_index(op.f("ix_episodes_season_id"), "episodes", ["season_id"], unique=False, schema="core")
    op.create_index(op.f("ix_episodes_show_id"), "episodes", ["show_id"], unique=False, schema="core")

    op.execute("insert into ops.installation (database_id) values (gen_random_uuid())")


def downgrade() -> None:
    """Drop every table and both schemas; the extensions stay, others may use them."""
    op.drop_index(op.f("ix_episodes_show_id"), table_name="episodes", schema="core")
    op.drop_index(op.f("ix_episodes_season_id"), table_name="episodes", schema="core")
    op.drop_index(op.f("ix_episodes_air_date"), table_name="episodes", schema="core")
    op.drop_table("episodes", schema="core")
    op.drop_index(op.f("ix_show_watch_providers_provider_id"), table_name="show_watch_providers", schema="core")
    op.drop_table("show_watch_providers", schema="core")
    op.drop_index(op.f("ix_show_networks_network_id"), table_name="show_networks", schema="core")
    op.drop_table("show_networks", schema="core")
    op.drop_table("show_labels", schema="core")
    op.drop_index(op.f("ix_show_companies_company_id"), table_name="show_companies", schema="core")
    op.drop_table("show_companies", schema="core")
    op.drop_index(op.f("ix_seasons_show_id"), table_name="seasons", schema="core")
    op.drop_table("seasons", schema="core")
    op.drop_index(op.f("ix_list_items_show_id"), table_name="list_items", schema="core")
    op.drop_table("list_items", schema="core")
    op.drop_index(op.f("ix_credits_person_id"), table_name="credits", schema="core")
    op.drop_table("credits", schema="core")
    op.drop_index(op.f("ix_credit_counts_show_id"), table_name="credit_counts", schema="core")
    op.drop_index(op.f("ix_credit_counts_person_id"), table_name="credit_counts", schema="core")
    op.drop_table("credit_counts", schema="core")
    op.drop_table("content_ratings", schema="core")
    op.drop_index(op.f("ix_sync_state_entity_id"), table_name="sync_state", schema="ops")
    op.drop_index("ix_sync_state_due", table_name="sync_state", schema="ops")
    op.drop_table("sync_state", schema="ops")
    op.drop_table("match_cases", schema="ops")
    op.drop_index(op.f("ix_watch_providers_sort_name"), table_name="watch_providers", schema="core")
    op.drop_table("watch_providers", schema="core")
    op.drop_index(op.f("ix_shows_sort_name"), table_name="shows", schema="core")
    op.drop_table("shows", schema="core")
    op.drop_index(op.f("ix_people_sort_name"), table_name="people", schema="core")
    op.drop_table("people", schema="core")
    op.drop_index(op.f("ix_networks_sort_name"), table_name="networks", schema="core")
    op.drop_table("networks", schema="core")
    op.drop_index(op.f("ix_images_asset_id"), table_name="images", schema="core")
    op.drop_table("images", schema="core")
    op.drop_table("facts", schema="core")
    op.drop_index(
        "uq_external_ids_primary", table_name="external_ids", schema="core", postgresql_where=sa.text("is_primary")
    )
    op.drop_index(op.f("ix_external_ids_entity_id"), table_name="external_ids", schema="core")
    op.drop_table("external_ids", schema="core")
    op.drop_index(op.f("ix_companies_sort_name"), table_name="companies", schema="core")
    op.drop_table("companies", schema="core")
    op.drop_table("aliases", schema="core")
    op.drop_table("source_records", schema="ops")
    op.drop_index("ix_runs_stage_started_at", table_name="runs", schema="ops")
    op.drop_index(op.f("ix_runs_parent_id"), table_name="runs", schema="ops")
    op.drop_table("runs", schema="ops")
    op.drop_table("media_failures", schema="ops")
    op.drop_table("installation", schema="ops")
    op.drop_table("lists", schema="core")
    op.drop_index(op.f("ix_entities_merged_into"), table_name="entities", schema="core")
    op.drop_table("entities", schema="core")
    op.drop_table("assets", schema="core")
    for schema in ("ops", "core"):
        op.execute(f"drop schema {schema}")
