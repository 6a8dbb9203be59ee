"""Talk: threads, posts and reactions, with who sees and changes which of their rows.

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

from db.migrations.security import VIEWER, guard, private

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = (
    "air_times",
    "keyword_filters",
    "progress",
    "reports",
    "sanctions",
    "show_follows",
    "threads",
    "user_relations",
    "posts",
    "thread_counts",
    "thread_follows",
    "mentions",
    "post_counts",
    "post_edits",
    "reactions",
)
"""In the order in which they can be made."""

OF_ALL = ("threads", "posts", "reactions", "mentions")
"""Tables that everybody reads."""

SURVIVOR = """
create function social.survivor(entity uuid) returns uuid
language sql stable parallel safe as $$
    select coalesce((select e.merged_into from core.entities e where e.id = entity), entity)
$$
"""
"""What an entity became: talk names it as it was called when it was said (`models/social.py`). Merges leave no chains."""

PLACE = """
create function social.place(about uuid)
returns table (show_id uuid, air_date date, season_number integer, episode_number integer)
language sql stable parallel safe as $$
    with now_called as (select social.survivor(about) as id)
    select e.show_id, coalesce(e.air_date, 'infinity'), s.season_number, e.episode_number
    from now_called
    join core.episodes e on e.id = now_called.id
         or (e.season_id = now_called.id or e.show_id = now_called.id) and e.is_listed and e.air_date <= current_date
    join core.seasons s on s.id = e.season_id
    order by coalesce(e.air_date, 'infinity') desc, s.season_number desc, e.episode_number desc
    limit 1
$$
"""
"""Where an episode, or the last aired one of a season or a show, stands in the order of its show: by air date, then number."""

IS_AHEAD = """
create function social.is_ahead(viewer uuid, about uuid) returns boolean
language sql stable parallel safe as $$
    with told as (select * from social.place(about)),
         kept as (
            select p.seen_through from told
            join social.progress p on p.user_id = viewer and (p.show_id = told.show_id or p.show_id in (
                select loser.id from core.entities loser where loser.merged_into = told.show_id)))
    select exists (select from kept) and not exists (
        select from told, kept cross join lateral social.place(kept.seen_through) seen
        where (told.air_date, told.season_number, told.episode_number)
           <= (seen.air_date, seen.season_number, seen.episode_number))
$$
"""
"""Whether an episode, or a season's or a show's last one, comes after what somebody has seen. Of whoever keeps no progress
for the show, nothing is ahead."""

BLOCKS = """
create function social.blocks(who uuid, whom uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select exists (select from social.user_relations r where r.user_id = who and r.other_id = whom and r.kind = 'block')
$$
"""
"""Whether somebody blocks somebody. Runs as the owner: whom others block is theirs to know, but the answer must be heeded."""

HOLD = """
create function social.hold(post uuid) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    update social.posts set hidden_at = coalesce(hidden_at, now()) where id = post and user_id = accounts.viewer()
$$
"""
"""Hides a post of one's own until a moderator has looked. Runs as the owner, for only moderators hide and show."""


def upgrade() -> None:
    """Make the tables and functions, and say who sees which rows."""
    op.execute("create schema social")
    op.create_table(
        "air_times",
        sa.Column("show_id", sa.Uuid(), nullable=False),
        sa.Column("airs_at", sa.Time(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("opens_minutes", sa.Integer(), server_default="30", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("opens_minutes between 0 and 1440", name=op.f("ck_air_times_opens")),
        sa.PrimaryKeyConstraint("show_id", name=op.f("pk_air_times")),
        schema="social",
    )
    op.create_table(
        "keyword_filters",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("action in ('refuse', 'hide')", name=op.f("ck_keyword_filters_action")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["accounts.users.id"], name=op.f("fk_keyword_filters_created_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keyword_filters")),
        sa.UniqueConstraint("words", name=op.f("uq_keyword_filters_words")),
        schema="social",
    )
    op.create_table(
        "progress",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("show_id", sa.Uuid(), nullable=False),
        sa.Column("seen_through", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["accounts.users.id"], name=op.f("fk_progress_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "show_id", name=op.f("pk_progress")),
        schema="social",
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=False),
        sa.Column("target_kind", sa.String(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("status", sa.String(), server_default="open", nullable=False),
        sa.Column("handled_by", sa.Uuid(), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status in ('open', 'upheld', 'dismissed')", name=op.f("ck_reports_status")),
        sa.CheckConstraint("target_kind in ('post', 'thread', 'user')", name=op.f("ck_reports_target_kind")),
        sa.ForeignKeyConstraint(
            ["handled_by"], ["accounts.users.id"], name=op.f("fk_reports_handled_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["accounts.users.id"], name=op.f("fk_reports_reporter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("reporter_id", "target_kind", "target_id", name="uq_reports_once"),
        schema="social",
    )
    op.create_index("ix_reports_status_created_at", "reports", ["status", "created_at"], unique=False, schema="social")
    op.create_table(
        "sanctions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('warning', 'ban')", name=op.f("ck_sanctions_kind")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["accounts.users.id"], name=op.f("fk_sanctions_created_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["accounts.users.id"], name=op.f("fk_sanctions_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanctions")),
        schema="social",
    )
    op.create_index("ix_sanctions_user_id_until", "sanctions", ["user_id", "until"], unique=False, schema="social")
    op.create_table(
        "show_follows",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("show_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["accounts.users.id"], name=op.f("fk_show_follows_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "show_id", name=op.f("pk_show_follows")),
        schema="social",
    )
    op.create_index(op.f("ix_show_follows_show_id"), "show_follows", ["show_id"], unique=False, schema="social")
    op.create_table(
        "threads",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("show_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("is_automatic", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_locked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_pinned", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("level in ('show', 'season', 'episode')", name=op.f("ck_threads_level")),
        sa.CheckConstraint(
            "type in ('episode_live', 'post_episode', 'spoilers', 'general')", name=op.f("ck_threads_type")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["accounts.users.id"], name=op.f("fk_threads_created_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threads")),
        schema="social",
    )
    op.create_index("ix_threads_created_by", "threads", ["created_by"], unique=False, schema="social")
    op.create_index(
        "ix_threads_entity_id_created_at", "threads", ["entity_id", "created_at", "id"], unique=False, schema="social"
    )
    op.create_index(
        "ix_threads_show_id_created_at", "threads", ["show_id", "created_at", "id"], unique=False, schema="social"
    )
    op.create_table(
        "user_relations",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('block', 'mute')", name=op.f("ck_user_relations_kind")),
        sa.ForeignKeyConstraint(
            ["other_id"], ["accounts.users.id"], name=op.f("fk_user_relations_other_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["accounts.users.id"], name=op.f("fk_user_relations_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "other_id", "kind", name=op.f("pk_user_relations")),
        schema="social",
    )
    op.create_index(op.f("ix_user_relations_other_id"), "user_relations", ["other_id"], unique=False, schema="social")
    op.create_table(
        "posts",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("parent_post_id", sa.Uuid(), nullable=True),
        sa.Column("depth", sa.Integer(), server_default="0", nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column("spoils_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(body is null) = (deleted_at is not null)", name=op.f("ck_posts_tombstone")),
        sa.ForeignKeyConstraint(
            ["parent_post_id", "thread_id"], ["social.posts.id", "social.posts.thread_id"], name="fk_posts_parent"
        ),
        sa.ForeignKeyConstraint(
            ["hidden_by"], ["accounts.users.id"], name=op.f("fk_posts_hidden_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["social.threads.id"], name=op.f("fk_posts_thread_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["accounts.users.id"], name=op.f("fk_posts_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("id", "thread_id", name="uq_posts_in_thread"),
        sa.UniqueConstraint("thread_id", "seq", name="uq_posts_seq"),
        schema="social",
    )
    op.create_index("ix_posts_parent_post_id", "posts", ["parent_post_id"], unique=False, schema="social")
    op.create_index(
        "ix_posts_thread_id_parent_post_id_seq",
        "posts",
        ["thread_id", "parent_post_id", "seq"],
        unique=False,
        schema="social",
    )
    op.create_index("ix_posts_user_id_created_at", "posts", ["user_id", "created_at"], unique=False, schema="social")
    op.create_table(
        "thread_counts",
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("posts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_seq", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_post_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["social.threads.id"], name=op.f("fk_thread_counts_thread_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("thread_id", name=op.f("pk_thread_counts")),
        schema="social",
    )
    op.create_table(
        "thread_follows",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("last_read_seq", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["social.threads.id"], name=op.f("fk_thread_follows_thread_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["accounts.users.id"], name=op.f("fk_thread_follows_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "thread_id", name=op.f("pk_thread_follows")),
        schema="social",
    )
    op.create_index(op.f("ix_thread_follows_thread_id"), "thread_follows", ["thread_id"], unique=False, schema="social")
    op.create_table(
        "mentions",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["social.posts.id"], name=op.f("fk_mentions_post_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["accounts.users.id"], name=op.f("fk_mentions_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "user_id", name=op.f("pk_mentions")),
        schema="social",
    )
    op.create_index(op.f("ix_mentions_user_id"), "mentions", ["user_id"], unique=False, schema="social")
    op.create_table(
        "post_counts",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("replies", sa.Integer(), server_default="0", nullable=False),
        sa.Column("upvote", sa.Integer(), server_default="0", nullable=False),
        sa.Column("downvote", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lol", sa.Integer(), server_default="0", nullable=False),
        sa.Column("shade", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fire", sa.Integer(), server_default="0", nullable=False),
        sa.Column("heart", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["social.posts.id"], name=op.f("fk_post_counts_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_post_counts")),
        schema="social",
    )
    op.create_table(
        "post_edits",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["social.posts.id"], name=op.f("fk_post_edits_post_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["accounts.users.id"], name=op.f("fk_post_edits_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_edits")),
        schema="social",
    )
    op.create_index("ix_post_edits_post_id", "post_edits", ["post_id"], unique=False, schema="social")
    op.create_index(op.f("ix_post_edits_user_id"), "post_edits", ["user_id"], unique=False, schema="social")
    op.create_table(
        "reactions",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("reaction", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "reaction in ('upvote', 'downvote', 'lol', 'shade', 'fire', 'heart')", name=op.f("ck_reactions_reaction")
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["social.posts.id"], name=op.f("fk_reactions_post_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["accounts.users.id"], name=op.f("fk_reactions_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "user_id", "reaction", name=op.f("pk_reactions")),
        schema="social",
    )
    op.create_index(op.f("ix_reactions_user_id"), "reactions", ["user_id"], unique=False, schema="social")
    op.create_index(
        "uq_reactions_one_vote",
        "reactions",
        ["post_id", "user_id"],
        unique=True,
        schema="social",
        postgresql_where=sa.text("reaction in ('upvote', 'downvote')"),
    )

    for function in (SURVIVOR, PLACE, IS_AHEAD, BLOCKS, HOLD):
        op.execute(function)
    for table in OF_ALL:
        guard(f"social.{table}")
        op.execute(f"create policy shown on social.{table} for select using (true)")
    op.execute(
        f"create policy own on social.threads for insert with check (created_by = {VIEWER} and not is_automatic)"
    )
    op.execute(f"create policy own_change on social.threads for update using (created_by = {VIEWER})")
    op.execute(
        f"create policy own on social.posts for insert with check (user_id = {VIEWER} and not exists ("
        "select from social.threads t where t.id = thread_id and (t.is_locked or t.hidden_at is not null)))"
    )
    op.execute(f"create policy own_change on social.posts for update using (user_id = {VIEWER})")
    op.execute(f"create policy own on social.reactions for insert with check (user_id = {VIEWER})")
    op.execute(f"create policy own_removal on social.reactions for delete using (user_id = {VIEWER})")
    authored = f"exists (select from social.posts p where p.id = post_id and p.user_id = {VIEWER})"
    op.execute(f"create policy own on social.mentions for insert with check ({authored})")
    op.execute(f"create policy own_removal on social.mentions for delete using ({authored})")
    for table in ("post_edits", "thread_follows", "show_follows", "progress", "user_relations"):
        private(f"social.{table}")
    private("social.reports", f"reporter_id = {VIEWER}")
    guard("social.sanctions")
    op.execute(f"create policy own on social.sanctions for select using (user_id = {VIEWER})")
    guard("social.keyword_filters")
    for table in ("user_relations", "posts"):  # for the functions that run as the owner
        op.execute(f"create policy for_functions on social.{table} to current_user using (true)")


def downgrade() -> None:
    """Take it all away: every word that was said is lost."""
    op.execute("drop function social.hold(uuid)")
    op.execute("drop function social.blocks(uuid, uuid)")
    op.execute("drop function social.is_ahead(uuid, uuid)")
    op.execute("drop function social.place(uuid)")
    op.execute("drop function social.survivor(uuid)")
    for table in reversed(TABLES):
        op.drop_table(table, schema="social")
    op.execute("drop schema social")
