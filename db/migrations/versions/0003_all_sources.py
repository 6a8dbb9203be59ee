"""All sources: appearances, listings per source, wikis' pages, layers of an answer, merges, and people in more detail.

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from db.migrations.feed import triggers

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WATCHED = ("appearances", "show_wikis", "wiki_pages", "page_texts", "relations", "reunion_seats")
"""The tables of this revision that are shown."""

RESOURCES = (
    *("show_details", "entities", "watch_providers", "seasons_episodes", "episode_groups", "people_cast", "person"),
    *("images", "ids"),
)
FURTHER = (
    *("imdb_title", "imdb_episodes", "imdb_cast", "imdb_ratings", "appearances", "wikidata", "fandom", "profile"),
)
SIGNS = (
    *("aries", "taurus", "gemini", "cancer", "leo", "virgo", "libra", "scorpio", "sagittarius", "capricorn"),
    *("aquarius", "pisces"),
)

PRECISIONS = ("day", "month", "year")

LISTED = """
    insert into core.listings (entity_id, source, show_id, season_number, episode_number)
    select s.id, 'tmdb', s.show_id, s.season_number, null::integer
    from core.seasons s where s.is_listed and s.tmdb_id is not null
    union all
    select e.id, 'tmdb', e.show_id, s.season_number, e.episode_number
    from core.episodes e join core.seasons s on s.id = e.season_id
    where e.is_listed and e.tmdb_id is not null
    on conflict do nothing
"""
"""Until now TMDb alone listed seasons and episodes."""

EXPORTED = """
    update core.facts set layers = (select jsonb_object_agg(name, 'export') from jsonb_object_keys(fields) name)
    where source = 'imdb' and fields <> '{}'
"""
"""Until now IMDb's word came from exports of its lists alone."""


def upgrade() -> None:
    """Add them; what TMDb lists is noted as listed by it, and dates are as exact as they were."""
    op.create_table(
        "merge_log",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("winner_id", sa.Uuid(), nullable=False),
        sa.Column("loser_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("merged_by", sa.String(), nullable=False),
        sa.Column("journal", postgresql.JSONB(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind in ('show', 'season', 'episode', 'person', 'network', 'company', 'provider')",
            name=op.f("ck_merge_log_kind"),
        ),
        sa.ForeignKeyConstraint(["loser_id"], ["core.entities.id"], name=op.f("fk_merge_log_loser_id")),
        sa.ForeignKeyConstraint(["winner_id"], ["core.entities.id"], name=op.f("fk_merge_log_winner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_log")),
        schema="core",
    )
    op.create_index(op.f("ix_merge_log_loser_id"), "merge_log", ["loser_id"], unique=False, schema="core")
    op.create_index(op.f("ix_merge_log_winner_id"), "merge_log", ["winner_id"], unique=False, schema="core")
    op.create_table(
        "listings",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("show_id", sa.Uuid(), nullable=False),
        sa.Column("season_number", sa.Integer(), nullable=False),
        sa.Column("episode_number", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "source in ('editor', 'tmdb', 'imdb', 'fandom', 'wikidata')", name=op.f("ck_listings_source")
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["core.entities.id"], name=op.f("fk_listings_entity_id")),
        sa.ForeignKeyConstraint(["show_id"], ["core.shows.id"], name=op.f("fk_listings_show_id")),
        sa.PrimaryKeyConstraint("entity_id", "source", name=op.f("pk_listings")),
        schema="core",
    )
    op.create_index(op.f("ix_listings_show_id"), "listings", ["show_id"], unique=False, schema="core")
    op.create_table(
        "show_wikis",
        sa.Column("show_id", sa.Uuid(), nullable=False),
        sa.Column("wiki", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["show_id"], ["core.shows.id"], name=op.f("fk_show_wikis_show_id")),
        sa.PrimaryKeyConstraint("show_id", "wiki", name=op.f("pk_show_wikis")),
        schema="core",
    )
    op.create_table(
        "wiki_pages",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("show_id", sa.Uuid(), nullable=True),
        sa.Column("wiki", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=True),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status in ('confirmed', 'candidate', 'rejected')", name=op.f("ck_wiki_pages_status")),
        sa.ForeignKeyConstraint(["entity_id"], ["core.entities.id"], name=op.f("fk_wiki_pages_entity_id")),
        sa.ForeignKeyConstraint(["show_id"], ["core.shows.id"], name=op.f("fk_wiki_pages_show_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wiki_pages")),
        sa.UniqueConstraint("wiki", "title", "entity_id", name="uq_wiki_pages_claim"),
        schema="core",
    )
    op.create_index(op.f("ix_wiki_pages_entity_id"), "wiki_pages", ["entity_id"], unique=False, schema="core")
    op.create_index(
        "uq_wiki_pages_confirmed",
        "wiki_pages",
        ["wiki", "title"],
        unique=True,
        schema="core",
        postgresql_where=sa.text("status = 'confirmed'"),
    )
    op.create_table(
        "page_texts",
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("season_number", sa.Integer(), nullable=True),
        sa.Column("season_order", sa.String(), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.CheckConstraint("kind in ('biography', 'tagline', 'trivia')", name=op.f("ck_page_texts_kind")),
        sa.ForeignKeyConstraint(["entity_id"], ["core.entities.id"], name=op.f("fk_page_texts_entity_id")),
        sa.ForeignKeyConstraint(["page_id"], ["core.wiki_pages.id"], name=op.f("fk_page_texts_page_id")),
        sa.PrimaryKeyConstraint("page_id", "kind", "position", name=op.f("pk_page_texts")),
        schema="core",
    )
    op.create_index(op.f("ix_page_texts_entity_id"), "page_texts", ["entity_id"], unique=False, schema="core")
    op.create_table(
        "relations",
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["other_id"], ["core.people.id"], name=op.f("fk_relations_other_id")),
        sa.ForeignKeyConstraint(["page_id"], ["core.wiki_pages.id"], name=op.f("fk_relations_page_id")),
        sa.ForeignKeyConstraint(["person_id"], ["core.people.id"], name=op.f("fk_relations_person_id")),
        sa.PrimaryKeyConstraint("page_id", "kind", "name", name=op.f("pk_relations")),
        schema="core",
    )
    op.create_index(op.f("ix_relations_other_id"), "relations", ["other_id"], unique=False, schema="core")
    op.create_index(op.f("ix_relations_person_id"), "relations", ["person_id"], unique=False, schema="core")
    op.create_table(
        "reunion_seats",
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("season_number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("show_id", sa.Uuid(), nullable=True),
        sa.Column("side", sa.String(), nullable=True),
        sa.Column("seat", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["page_id"], ["core.wiki_pages.id"], name=op.f("fk_reunion_seats_page_id")),
        sa.ForeignKeyConstraint(["person_id"], ["core.people.id"], name=op.f("fk_reunion_seats_person_id")),
        sa.ForeignKeyConstraint(["show_id"], ["core.shows.id"], name=op.f("fk_reunion_seats_show_id")),
        sa.PrimaryKeyConstraint("page_id", "season_number", name=op.f("pk_reunion_seats")),
        schema="core",
    )
    op.create_index(op.f("ix_reunion_seats_person_id"), "reunion_seats", ["person_id"], unique=False, schema="core")
    op.create_index(op.f("ix_reunion_seats_show_id"), "reunion_seats", ["show_id"], unique=False, schema="core")
    op.create_table(
        "appearances",
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("job", sa.String(), server_default="", nullable=False),
        sa.Column("show_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("attributes", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("is_archive_footage", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("billing_order", sa.Integer(), nullable=True),
        sa.CheckConstraint("category in ('cast', 'crew', 'creator')", name=op.f("ck_appearances_category")),
        sa.CheckConstraint(
            "source in ('editor', 'tmdb', 'imdb', 'fandom', 'wikidata')", name=op.f("ck_appearances_source")
        ),
        sa.ForeignKeyConstraint(["episode_id"], ["core.episodes.id"], name=op.f("fk_appearances_episode_id")),
        sa.ForeignKeyConstraint(["person_id"], ["core.people.id"], name=op.f("fk_appearances_person_id")),
        sa.ForeignKeyConstraint(["show_id"], ["core.shows.id"], name=op.f("fk_appearances_show_id")),
        sa.PrimaryKeyConstraint("episode_id", "person_id", "source", "category", "job", name=op.f("pk_appearances")),
        schema="core",
    )
    op.create_index(op.f("ix_appearances_person_id"), "appearances", ["person_id"], unique=False, schema="core")
    op.create_index(op.f("ix_appearances_show_id"), "appearances", ["show_id"], unique=False, schema="core")
    op.add_column("facts", sa.Column("layers", postgresql.JSONB(), server_default="{}", nullable=False), schema="core")
    op.add_column("people", sa.Column("birth_precision", sa.String(), nullable=True), schema="core")
    op.add_column("people", sa.Column("death_precision", sa.String(), nullable=True), schema="core")
    op.add_column("people", sa.Column("zodiac", sa.String(), nullable=True), schema="core")
    op.add_column("people", sa.Column("residence", sa.String(), nullable=True), schema="core")
    op.add_column(
        "people",
        sa.Column("occupations", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
        schema="core",
    )
    op.add_column("people", sa.Column("profile_image_id", sa.Uuid(), nullable=True), schema="core")
    op.create_foreign_key(
        op.f("fk_people_profile_image_id"),
        "people",
        "images",
        ["profile_image_id"],
        ["id"],
        source_schema="core",
        referent_schema="core",
    )
    op.add_column("source_records", sa.Column("layer", sa.String(), nullable=True), schema="ops")
    op.add_column(
        "source_records",
        sa.Column("is_complete", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        schema="ops",
    )
    one_of = {"birth_precision": PRECISIONS, "death_precision": PRECISIONS, "zodiac": SIGNS}
    for column, values in one_of.items():
        listed = ", ".join(f"'{value}'" for value in values)
        op.create_check_constraint(op.f(f"ck_people_{column}"), "people", f"{column} in ({listed})", schema="core")
    op.create_index(
        "ix_entities_gone",
        "entities",
        ["id"],
        unique=False,
        schema="core",
        postgresql_where=sa.text("removed_at is not null or merged_into is not null"),
    )
    _resources(FURTHER)
    for table in WATCHED:
        for trigger in triggers(table):
            op.execute(trigger)
    op.execute("alter table core.episodes alter constraint fk_episodes_season_id_show_id deferrable")
    op.execute(LISTED)
    op.execute(EXPORTED)
    op.execute("update core.people set birth_precision = 'day' where birth_date is not null")
    op.execute("update core.people set death_precision = 'day' where death_date is not null")


def downgrade() -> None:
    """Take them away; what only they hold is lost."""
    listed = ", ".join(f"'{resource}'" for resource in FURTHER)
    op.execute("alter table core.episodes alter constraint fk_episodes_season_id_show_id not deferrable")
    op.execute(f"delete from ops.sync_state where resource in ({listed})")
    _resources(())
    op.drop_index("ix_entities_gone", table_name="entities", schema="core")
    for column in ("zodiac", "death_precision", "birth_precision"):
        op.drop_constraint(op.f(f"ck_people_{column}"), "people", schema="core")
    op.drop_column("source_records", "is_complete", schema="ops")
    op.drop_column("source_records", "layer", schema="ops")
    op.drop_constraint(op.f("fk_people_profile_image_id"), "people", schema="core", type_="foreignkey")
    op.drop_column("people", "profile_image_id", schema="core")
    op.drop_column("people", "occupations", schema="core")
    op.drop_column("people", "residence", schema="core")
    op.drop_column("people", "zodiac", schema="core")
    op.drop_column("people", "death_precision", schema="core")
    op.drop_column("people", "birth_precision", schema="core")
    op.drop_column("facts", "layers", schema="core")
    op.drop_index(op.f("ix_appearances_show_id"), table_name="appearances", schema="core")
    op.drop_index(op.f("ix_appearances_person_id"), table_name="appearances", schema="core")
    op.drop_table("appearances", schema="core")
    op.drop_index(op.f("ix_reunion_seats_show_id"), table_name="reunion_seats", schema="core")
    op.drop_index(op.f("ix_reunion_seats_person_id"), table_name="reunion_seats", schema="core")
    op.drop_table("reunion_seats", schema="core")
    op.drop_index(op.f("ix_relations_person_id"), table_name="relations", schema="core")
    op.drop_index(op.f("ix_relations_other_id"), table_name="relations", schema="core")
    op.drop_table("relations", schema="core")
    op.drop_index(op.f("ix_page_texts_entity_id"), table_name="page_texts", schema="core")
    op.drop_table("page_texts", schema="core")
    op.drop_index(
        "uq_wiki_pages_confirmed",
        table_name="wiki_pages",
        schema="core",
        postgresql_where=sa.text("status = 'confirmed'"),
    )
    op.drop_index(op.f("ix_wiki_pages_entity_id"), table_name="wiki_pages", schema="core")
    op.drop_table("wiki_pages", schema="core")
    op.drop_table("show_wikis", schema="core")
    op.drop_index(op.f("ix_listings_show_id"), table_name="listings", schema="core")
    op.drop_table("listings", schema="core")
    op.drop_index(op.f("ix_merge_log_winner_id"), table_name="merge_log", schema="core")
    op.drop_index(op.f("ix_merge_log_loser_id"), table_name="merge_log", schema="core")
    op.drop_table("merge_log", schema="core")


def _resources(further: tuple[str, ...]) -> None:
    """What `ops.sync_state` may keep score of."""
    op.drop_constraint(op.f("ck_sync_state_resource"), "sync_state", schema="ops")
    listed = ", ".join(f"'{resource}'" for resource in (*RESOURCES, *further))
    op.create_check_constraint(op.f("ck_sync_state_resource"), "sync_state", f"resource in ({listed})", schema="ops")
