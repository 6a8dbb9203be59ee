"""Realtime: events of rooms, in the order of their commits, and who is there.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from db.migrations.security import guard

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ANNOUNCE = """
create function ops.announce(announced jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    given record;
    newest bigint;
begin
    for given in
        select a.value ->> 'room' as room, count(*) as number, jsonb_agg(a.value order by a.place) as events
        from jsonb_array_elements(announced) with ordinality a (value, place)
        group by 1 order by 1
    loop
        insert into ops.rooms as r (room, seq) values (given.room, given.number)
        on conflict on constraint pk_rooms do update set seq = r.seq + given.number returning r.seq into newest;
        insert into ops.events (room, seq, type, payload, created_at)
        select given.room, newest - given.number + e.place, e.value ->> 'type', coalesce(e.value -> 'payload', '{}'), clock_timestamp()
        from jsonb_array_elements(given.events) with ordinality e (value, place);
        perform pg_notify('trr_events', given.room);
    end loop;
end $$
"""
"""Runs as the owner: whoever announces need not see the events of a room. Counters are taken in the order of the names,
so two who announce cannot wait for each other."""

FORGET = """
create function ops.forget_events(age interval) returns bigint
language sql security definer set search_path = pg_catalog, pg_temp as $$
    with gone as (delete from ops.events where created_at < now() - age returning 1) select count(*) from gone
$$
"""


def upgrade() -> None:
    """Make the tables, and say who sees which events."""
    op.create_table(
        "rooms",
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("room", name=op.f("pk_rooms")),
        schema="ops",
    )
    op.create_table(
        "events",
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("room", "seq", name=op.f("pk_events")),
        schema="ops",
    )
    op.create_index("ix_events_created_at", "events", ["created_at"], schema="ops")
    op.create_table(
        "presence",
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("connection", sa.String(), nullable=False),
        sa.Column("process", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("typing_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["accounts.users.id"], name=op.f("fk_presence_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("room", "connection", name=op.f("pk_presence")),
        schema="ops",
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix_presence_user_id", "presence", ["user_id"], schema="ops")
    op.create_index("ix_presence_seen_at", "presence", ["seen_at"], schema="ops")

    for table in ("rooms", "events", "presence"):
        guard(f"ops.{table}")
    for table in ("rooms", "events"):  # for the two functions, which run as the owner
        op.execute(f"create policy announcing on ops.{table} to current_user using (true) with check (true)")
    op.execute(
        "create policy public on ops.events for select using (room like 'discussions:%' or room like 'surveys:%')"
    )
    op.execute(ANNOUNCE)
    op.execute(FORGET)


def downgrade() -> None:
    """Take them away; who listens reads the state anew."""
    op.execute("drop function ops.forget_events(interval)")
    op.execute("drop function ops.announce(jsonb)")
    for table in ("presence", "events", "rooms"):
        op.drop_table(table, schema="ops")
