"""Direct messages: conversations, members, messages, with who sees and changes which of their rows.

Revision: 0016, after 0015.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from db.migrations.security import VIEWER, guard, private

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLES = (
    "message_settings",
    "conversations",
    "conversation_members",
    "messages",
    "message_reactions",
    "message_attachments",
)
"""In the order in which they can be made."""

IS_MEMBER = """
create function social.is_member(conversation uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select exists (select from social.conversation_members m
                   where m.conversation_id = conversation and m.user_id = accounts.viewer())
$$
"""
"""Whether the viewer is in a conversation. Runs as the owner: the policy of members that asks for it would ask for itself."""

OPEN = """
create function social.open_conversation(other uuid) returns uuid
language sql security definer set search_path = pg_catalog, pg_temp as $$
    with made as (
        insert into social.conversations as kept (direct_key, created_by)
        select least(accounts.viewer() :: text, other :: text) || ':' || greatest(accounts.viewer() :: text, other :: text),
               accounts.viewer()
        on conflict (direct_key) do update set direct_key = excluded.direct_key
        returning kept.id
    ), joined as (
        insert into social.conversation_members (conversation_id, user_id, state)
        select made.id, who.id, who.state
        from made, (values (accounts.viewer(), 'accepted'), (other, 'requested')) who (id, state)
        where accounts.viewer() <> other
        on conflict do nothing
    )
    select id from made
$$
"""
"""The conversation of the viewer and somebody else, made where there was none: of all who ask at once, one makes it and the
others wait for it. Runs as the owner, for it makes somebody else a member."""

HOLD = """
create function social.hold_conversation(conversation uuid) returns setof social.conversations
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select c.* from social.conversations c where c.id = conversation and social.is_member(c.id) for update
$$
"""
"""A conversation of the viewer, locked until the transaction ends. Runs as the owner: members may not change the row."""

TAKES_REQUESTS = """
create function social.takes_requests(who uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select coalesce((select s.takes_requests from social.message_settings s where s.user_id = who), true)
$$
"""

OWNS_UPLOAD = """
create function social.owns_upload(upload uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select exists (select from accounts.uploads u
                   where u.id = upload and u.user_id = accounts.viewer() and u.purpose = 'message')
$$
"""
"""Whether an image for a message is the viewer's. Runs as the owner: who sees uploads hangs on attachments."""

NUMBER = """
create function social.number_message() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    update social.conversations c
    set last_seq = c.last_seq + 1, last_message_at = greatest(c.last_message_at, clock_timestamp())
    where c.id = new.conversation_id
    returning c.last_seq, c.last_message_at into new.seq, new.created_at;
    return new;
end $$
"""
"""Gives a message its number and its time, under the lock of its conversation: no number comes twice, none is left out,
whoever inserts. Runs as the owner: members may not change the conversation's row."""


def upgrade() -> None:
    """Make the tables and functions, and say who sees which rows."""
    op.drop_constraint(op.f("ck_uploads_purpose"), "uploads", schema="accounts")
    op.create_check_constraint(
        op.f("ck_uploads_purpose"), "uploads", "purpose in ('avatar', 'message')", schema="accounts"
    )
    op.create_table(
        "message_settings",
        _user_id(),
        _flag("shows_receipts", "true"),
        _flag("takes_requests", "true"),
        _of_user("message_settings"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_message_settings")),
        schema="social",
    )
    op.create_table(
        "conversations",
        _id(),
        _flag("is_group", "false"),
        sa.Column("direct_key", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        _number("last_seq"),
        _now("created_at"),
        _moment("last_message_at"),
        sa.CheckConstraint("is_group = (direct_key is null)", name=op.f("ck_conversations_direct")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["accounts.users.id"], name=op.f("fk_conversations_created_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        sa.UniqueConstraint("direct_key", name=op.f("uq_conversations_direct_key")),
        schema="social",
    )
    op.create_index(op.f("ix_conversations_created_by"), "conversations", ["created_by"], schema="social")
    op.create_table(
        "conversation_members",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        _user_id(),
        sa.Column("role", sa.String(), server_default="member", nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        _number("from_seq"),
        _number("last_read_seq"),
        _number("seen_seq"),
        _moment("last_read_at"),
        _flag("is_muted", "false"),
        sa.Column("archived_seq", sa.Integer(), nullable=True),
        _now("joined_at"),
        sa.CheckConstraint("role in ('admin', 'member')", name=op.f("ck_conversation_members_role")),
        sa.CheckConstraint(
            "state in ('accepted', 'requested', 'declined')", name=op.f("ck_conversation_members_state")
        ),
        _below("conversation_members", "conversation_id", "conversations"),
        _of_user("conversation_members"),
        sa.PrimaryKeyConstraint("conversation_id", "user_id", name=op.f("pk_conversation_members")),
        schema="social",
    )
    op.create_index(op.f("ix_conversation_members_user_id"), "conversation_members", ["user_id"], schema="social")
    op.create_table(
        "messages",
        _id(),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=True),
        sa.Column("client_id", sa.String(), nullable=True),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column("reply_to_id", sa.Uuid(), nullable=True),
        _number("version", "1"),
        _now("created_at"),
        _moment("edited_at"),
        _moment("deleted_at"),
        sa.CheckConstraint("deleted_at is null or body is null", name=op.f("ck_messages_tombstone")),
        _below("messages", "conversation_id", "conversations"),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["accounts.users.id"], name=op.f("fk_messages_sender_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("id", "conversation_id", name="uq_messages_in_conversation"),
        sa.UniqueConstraint("conversation_id", "seq", name="uq_messages_seq"),
        sa.UniqueConstraint("conversation_id", "sender_id", "client_id", name="uq_messages_client_id"),
        sa.ForeignKeyConstraint(
            ["reply_to_id", "conversation_id"],
            ["social.messages.id", "social.messages.conversation_id"],
            name="fk_messages_reply_to",
        ),
        schema="social",
    )
    op.create_index("ix_messages_reply_to_id", "messages", ["reply_to_id"], schema="social")
    op.create_index("ix_messages_sender_id", "messages", ["sender_id"], schema="social")
    op.create_table(
        "message_reactions",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        _user_id(),
        sa.Column("reaction", sa.String(), nullable=False),
        _now("created_at"),
        sa.CheckConstraint("reaction in ('lol', 'shade', 'fire', 'heart')", name=op.f("ck_message_reactions_reaction")),
        _below("message_reactions", "message_id", "messages"),
        _of_user("message_reactions"),
        sa.PrimaryKeyConstraint("message_id", "user_id", "reaction", name=op.f("pk_message_reactions")),
        schema="social",
    )
    op.create_index(op.f("ix_message_reactions_user_id"), "message_reactions", ["user_id"], schema="social")
    op.create_table(
        "message_attachments",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        _below("message_attachments", "message_id", "messages"),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["accounts.uploads.id"], name=op.f("fk_message_attachments_upload_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("message_id", "place", name=op.f("pk_message_attachments")),
        sa.UniqueConstraint("upload_id", name=op.f("uq_message_attachments_upload_id")),
        schema="social",
    )
    _guard()


def _guard() -> None:
    private("social.message_settings")
    for table in TABLES[1:]:
        guard(f"social.{table}")
    for table in ("social.message_settings", "social.conversations", "social.conversation_members", "accounts.uploads"):
        op.execute(f"create policy for_functions on {table} to current_user using (true) with check (true)")
    for function in (IS_MEMBER, OPEN, HOLD, TAKES_REQUESTS, OWNS_UPLOAD, NUMBER):
        op.execute(function)
    op.execute(
        "create trigger number before insert on social.messages for each row execute function social.number_message()"
    )
    member = f"select from social.conversation_members m where m.user_id = {VIEWER} and m.conversation_id ="
    op.execute(f"create policy own on social.conversations for select using (exists ({member} id))")
    op.execute(
        "create policy own on social.conversation_members for select"
        f" using (user_id = {VIEWER} or social.is_member(conversation_id))"
    )
    op.execute(f"create policy own_change on social.conversation_members for update using (user_id = {VIEWER})")
    op.execute(
        "create policy own on social.messages for select"
        f" using (exists ({member} messages.conversation_id and messages.seq > m.from_seq))"
    )
    op.execute(
        "create policy own_new on social.messages for insert"
        f" with check (sender_id = {VIEWER} and exists ({member} messages.conversation_id and m.state = 'accepted'))"
    )
    op.execute(
        "create policy own_change on social.messages for update"
        f" using (sender_id = {VIEWER} and exists ({member} messages.conversation_id))"
    )
    message = "exists (select from social.messages s where s.id = message_id{})"
    op.execute(f"create policy own on social.message_reactions for select using ({message.format('')})")
    op.execute(
        "create policy own_new on social.message_reactions for insert"
        f" with check (user_id = {VIEWER} and {message.format('')})"
    )
    op.execute(f"create policy own_removal on social.message_reactions for delete using (user_id = {VIEWER})")
    sent = message.format(f" and s.sender_id = {VIEWER}")
    op.execute(f"create policy own on social.message_attachments for select using ({message.format('')})")
    op.execute(
        "create policy own_new on social.message_attachments for insert"
        f" with check ({sent} and social.owns_upload(upload_id))"
    )
    op.execute(f"create policy own_removal on social.message_attachments for delete using ({sent})")
    op.execute(
        "create policy attached on accounts.uploads for select"
        " using (exists (select from social.message_attachments a where a.upload_id = uploads.id))"
    )


def downgrade() -> None:
    """Take it all away: every message is lost."""
    op.execute("drop policy attached on accounts.uploads")
    op.execute("drop policy for_functions on accounts.uploads")
    for table in reversed(TABLES[1:]):
        op.execute(f"drop table social.{table} cascade")
    op.drop_table("message_settings", schema="social")
    for function in (
        "number_message()",
        "owns_upload(uuid)",
        "takes_requests(uuid)",
        "hold_conversation(uuid)",
        "open_conversation(uuid)",
        "is_member(uuid)",
    ):
        op.execute(f"drop function if exists social.{function}")
    op.execute("alter table accounts.uploads no force row level security")
    op.execute("delete from accounts.uploads where purpose = 'message'")
    op.execute("alter table accounts.uploads force row level security")
    op.drop_constraint(op.f("ck_uploads_purpose"), "uploads", schema="accounts")
    op.create_check_constraint(op.f("ck_uploads_purpose"), "uploads", "purpose in ('avatar')", schema="accounts")


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False)


def _user_id() -> sa.Column[Any]:
    return sa.Column("user_id", sa.Uuid(), nullable=False)


def _flag(name: str, default: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), server_default=sa.text(default), nullable=False)


def _number(name: str, default: str = "0") -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), server_default=default, nullable=False)


def _now(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _of_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"], ["accounts.users.id"], name=op.f(f"fk_{table}_user_id"), ondelete="CASCADE"
    )


def _below(table: str, column: str, above: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"social.{above}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE"
    )
