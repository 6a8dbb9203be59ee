"""Queries about conversations. Each names the viewer's own membership, and would show nobody else's talk without the
database's policies as well.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.rules.messages import Folder
from webapp.access.viewer import Viewer
from webapp.errors import NotFound
from webapp.paging import Key, Order, bound
from webapp.talk.authors import AUTHOR, with_picture

Row = dict[str, Any]
MISSING = "Conversation not found"

LATEST = Order(
    "conversations",
    (
        Key("conversation.last_message_at", "timestamptz", descending=True, nullable=True),
        Key("conversation.created_at", "timestamptz", descending=True),
        Key("conversation.id", "uuid"),
    ),
)

_ARCHIVED = "coalesce(mine.archived_seq >= conversation.last_seq, false)"

_FOLDERS = {
    Folder.INBOX: f"mine.state = 'accepted' and not {_ARCHIVED}",
    Folder.ARCHIVED: f"mine.state = 'accepted' and {_ARCHIVED}",
    Folder.REQUESTS: "mine.state = 'requested' and (conversation.is_group or conversation.last_seq > 0)",
}

MUTED = """
    (conversation.is_group and exists (
        select from social.user_relations relation
        where relation.user_id = mine.user_id and relation.other_id = message.sender_id))"""
"""Whether the viewer, whose membership `mine` is, does not want to read the sender of a `message` in a group."""

_PEOPLE = f"""
    select page.id, json_agg(json_build_object(
               'user_id', member.user_id, 'role', member.role, 'joined_at', member.joined_at,
               'state', case when member.state = 'declined' and member.user_id <> page.viewer then 'requested'
                             else member.state end,
               'last_read_seq', member.seen_seq,
               'user', (select of_member.author from (select {AUTHOR.format(who="member.user_id")}) of_member))
               order by member.joined_at, member.user_id) as members,
           not page.is_group and bool_or(member.user_id <> page.viewer and (
               social.blocks(page.viewer, member.user_id) or social.blocks(member.user_id, page.viewer)
               or exists (select from accounts.users gone where gone.id = member.user_id and gone.status = 'deleted')
           )) as is_ended
    from page join social.members_of((select array_agg(id) from page)) member on member.conversation_id = page.id
    group by page.id, page.is_group"""

_LAST = f"""
    select json_build_object(
        'id', message.id, 'seq', message.seq, 'sender_id', message.sender_id, 'created_at', message.created_at,
        'body', case when not {MUTED} then message.body end, 'is_deleted', message.deleted_at is not null,
        'images', (select count(*) from social.message_attachments image where image.message_id = message.id)
    ) as last_message
    from social.messages message
    join social.conversations conversation on conversation.id = message.conversation_id
    join social.conversation_members mine on mine.conversation_id = conversation.id and mine.user_id = page.viewer
    where message.conversation_id = page.id and message.seq = page.last_seq and message.seq > mine.from_seq
    limit 1"""
"""`limit 1`: looked up for each conversation by its key, where PostgreSQL would go through all messages to join them."""

_LIST = f"""
    with page as materialized (
        select conversation.id, conversation.is_group, conversation.title, conversation.created_by,
               conversation.created_at, conversation.last_message_at, conversation.last_seq,
               mine.user_id as viewer, mine.role, mine.state, mine.last_read_seq, mine.is_muted,
               {_ARCHIVED} as is_archived, conversation.last_seq - mine.last_read_seq as unread_count,
               {LATEST.place()} :: text as place, row_number() over (order by {LATEST.by()}) as n
        from social.conversation_members mine
        join social.conversations conversation on conversation.id = mine.conversation_id
        where mine.user_id = :viewer and {{which}}
        order by {LATEST.by()} limit :limit offset :offset
    ), people as ({_PEOPLE})
    select page.*, people.members, people.is_ended, newest.last_message
    from page join people on people.id = page.id
    left join lateral ({_LAST}) newest on true
    order by page.n
"""
"""A page is chosen first, then its members are found for all of it and its last messages by keys: all in one statement."""


def page(
    session: Session,
    viewer: Viewer,
    *,
    limit: int,
    cursor: str | None = None,
    offset: int = 0,
    folder: str = Folder.INBOX,
) -> tuple[list[Row], str | None]:
    """Conversations of the viewer, the one of the latest message first; and the cursor of the next page.

    Raises:
        Invalid: the cursor is none of this list's.
    """
    values = LATEST.values(cursor) if cursor else ()
    which = f"{_FOLDERS[Folder(folder)]}{f' and {LATEST.after(values)}' if cursor else ''}"
    rows = session.execute(
        text(_LIST.format(which=which)),
        {"viewer": viewer.id, "limit": limit + 1, "offset": offset} | bound(values),
    )
    found = [dict(row) for row in rows.mappings()]
    following = LATEST.cursor(found[limit - 1]["place"]) if len(found) > limit else None
    return [_shown(row) for row in found[:limit]], following


def one(session: Session, conversation_id: UUID, viewer: Viewer) -> Row:
    """One conversation of the viewer.

    Raises:
        NotFound: there is none, or the viewer is not in it.
    """
    row = (
        session.execute(
            text(_LIST.format(which="conversation.id = :id")),
            {"viewer": viewer.id, "id": conversation_id, "limit": 1, "offset": 0},
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise NotFound(MISSING)
    return _shown(dict(row))


def receipt(session: Session, conversation_id: UUID, viewer: Viewer) -> Row:
    """How far the viewer has read a conversation.

    Raises:
        NotFound: the viewer is not in it.
    """
    row = (
        session.execute(
            text(
                "select mine.conversation_id, mine.user_id, message.id as last_read_message_id, mine.last_read_seq,"
                " mine.last_read_at, conversation.last_seq - mine.last_read_seq as unread_count"
                " from social.conversation_members mine"
                " join social.conversations conversation on conversation.id = mine.conversation_id"
                " left join social.messages message"
                "   on message.conversation_id = mine.conversation_id and message.seq = mine.last_read_seq"
                "   and message.seq > mine.from_seq"
                " where mine.conversation_id = :id and mine.user_id = :viewer"
            ),
            {"id": conversation_id, "viewer": viewer.id},
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise NotFound(MISSING)
    return dict(row)


def settings(session: Session, viewer: Viewer) -> Row:
    """What the viewer lets others know, and whether strangers may write to them."""
    row = (
        session.execute(
            text("select shows_receipts, takes_requests from social.message_settings where user_id = :viewer"),
            {"viewer": viewer.id},
        )
        .mappings()
        .one_or_none()
    )
    return dict(row or {"shows_receipts": True, "takes_requests": True})


def _shown(row: Row) -> Row:
    for member in row["members"]:
        member["user"] = with_picture(member["user"])
    return row
