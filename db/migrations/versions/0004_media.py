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

RESOURCES = (
    *("show_details", "entities", "watch_providers", "seasons_episodes", "episode_groups", "people_cast", "person"),
    *("images", "ids", "imdb_title", "imdb_episodes", "imdb_cast", "imdb_ratings", "appearances", "wikidata", "fandom"),
    "profile",
)
CONTEXTS = ("infobox", "tagline", "reunion", "article", "gallery")

PICTURES = (
    *(("shows", kind) for kind in ("poster", "backdrop", "logo")),
    *(("seasons", "poster"), ("episodes", "still"), ("people", "profile")),
    *((table, "logo") for table in ("networks", "companies", "watch_providers")),
)
"""The pictures of each table: the kind of image that its column `<kind>_image_id` names. People have theirs already."""

CHOOSE = """
    update core.{table} t set {kind}_image_id = (
        select i.id from core.images i where i.entity_id = t.id and i.kind = '{kind}' and i.is_listed
        order by i.source <> 'editor', case coalesce(i.language, '') when '{first}' then 0 when '{second}' then 1 else 2 end,
            array_position(array['tmdb', 'imdb', 'fandom', 'wikidata'], i.source), i.vote_count desc nulls last,
            i.vote_average desc nulls last, i.width * i.height desc nulls last, i.source_id, i.id limit 1)
    where exists (select from core.images i where i.entity_id = t.id and i.kind = '{kind}' and i.is_listed)
"""


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
    op.add_column("images", sa.Column("context", sa.String(), nullable=True), schema="core")
    op.add_column("images", sa.Column("season_number", sa.Integer(), nullable=True), schema="core")
    op.add_column("images", sa.Column("caption", sa.String(), nullable=True), schema="core")
    listed = ", ".join(f"'{context}'" for context in CONTEXTS)
    op.create_check_constraint(op.f("ck_images_context"), "images", f"context in ({listed})", schema="core")
    _resources(*RESOURCES, "imdb_images")
    op.drop_constraint(op.f("fk_people_profile_image_id"), "people", schema="core", type_="foreignkey")
    for table, kind in PICTURES:
        if table != "people":
            op.add_column(table, sa.Column(f"{kind}_image_id", sa.Uuid(), nullable=True), schema="core")
            first, second = ("en", "") if kind in ("poster", "logo") else ("", "en")
            op.execute(CHOOSE.format(table=table, kind=kind, first=first, second=second))


def downgrade() -> None:
    """Take them away; what only they hold is lost."""
    for table, kind in PICTURES:
        if table != "people":
            op.drop_column(table, f"{kind}_image_id", schema="core")
    op.execute("alter table core.people disable trigger user")  # a picture that is not there was never shown
    op.execute(
        "update core.people set profile_image_id = null"
        " where not exists (select from core.images i where i.id = profile_image_id) and profile_image_id is not null"
    )
    op.execute("alter table core.people enable trigger user")
    op.create_foreign_key(
        op.f("fk_people_profile_image_id"),
        "people",
        "images",
        ["profile_image_id"],
        ["id"],
        source_schema="core",
        referent_schema="core",
    )
    op.execute("delete from ops.sync_state where resource = 'imdb_images'")
    _resources(*RESOURCES)
    op.drop_constraint(op.f("ck_images_context"), "images", schema="core")
    for column in ("caption", "season_number", "context"):
        op.drop_column("images", column, schema="core")
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


def _resources(*resources: str) -> None:
    """What `ops.sync_state` may keep score of."""
    op.drop_constraint(op.f("ck_sync_state_resource"), "sync_state", schema="ops")
    listed = ", ".join(f"'{resource}'" for resource in resources)
    op.create_check_constraint(op.f("ck_sync_state_resource"), "sync_state", f"resource in ({listed})", schema="ops")
