"""What somebody keeps of a conversation to themselves: members see their own row alone, and of others what these let be known.

Revision: 0021, after 0020.
"""

from alembic import op

from db.migrations.security import VIEWER

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

MEMBERS = """
create function social.members_of(conversations uuid[])
returns table (conversation_id uuid, user_id uuid, role varchar, state varchar, joined_at timestamptz, seen_seq integer)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select m.conversation_id, m.user_id, m.role, m.state, m.joined_at,
           case when m.user_id = mine.user_id then m.last_read_seq when own.shows then m.seen_seq end
    from social.conversation_members mine
    join social.conversation_members m on m.conversation_id = mine.conversation_id
    cross join (select coalesce((select s.shows_receipts from social.message_settings s
                                 where s.user_id = accounts.viewer()), true) as shows) own
    where mine.user_id = accounts.viewer() and mine.conversation_id = any (conversations)
$$
"""
"""Who is in these of the viewer's conversations, with how far they let the viewer know that they have read: nobody does whom
the viewer lets know nothing. Runs as the owner, for members see no row but their own; for many conversations at once, as to
call it takes longer than what it does for one."""


def upgrade() -> None:
    """Hide the rows of others, and make what tells of them."""
    op.execute(MEMBERS)
    op.execute(f"alter policy own on social.conversation_members using (user_id = {VIEWER})")


def downgrade() -> None:
    """Show members the whole rows of each other again."""
    op.execute(
        "alter policy own on social.conversation_members"
        f" using (user_id = {VIEWER} or social.is_member(conversation_id))"
    )
    op.execute("drop function social.members_of(uuid[])")
