"""Queries about messages: pages both ways, single ones, search. Each names the viewer's own membership."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.object_store import private_store
from models.rules.messages import MessageOrder
from webapp.access.viewer import Viewer
from webapp.conversations.reading import MISSING, MUTED
from webapp.errors import Invalid, NotFound
from webapp.paging import Key, Order, Slice, bound, sliced
from webapp.talk.authors import AUTHOR, with_picture

Row = dict[str, Any]

ORDERS = {
    MessageOrder.NEWEST: Order("newest", (Key("message.seq", "bigint", descending=True),)),
    MessageOrder.OLDEST: Order("oldest", (Key("message.seq", "bigint"),)),
}

FOUND = Order("found", (Key("message.created_at", "timestamptz", descending=True), Key("message.id", "uuid")))

IMAGES = """
    (select coalesce(json_agg(json_build_object('id', image.upload_id, 'key', upload.key, 'width', image.width,
                                                'height', image.height) order by image.place), '[]')
     from social.message_attachments image left join accounts.uploads upload on upload.id = image.upload_id
     where image.message_id = message.id)"""
"""The images of a `message`, with the keys of their objects in place of addresses."""

_COLUMNS = f"""
    message.id, message.conversation_id, message.seq, message.sender_id, message.reply_to_id, message.version,
    case when message.sender_id = mine.user_id then message.client_id end as client_id,
    message.created_at, message.edited_at, message.deleted_at is not null as is_deleted, {MUTED} as is_muted,
    message.body, {IMAGES} as attachments,
    (select coalesce(json_object_agg(counted.reaction, counted.n order by counted.reaction), '{{}}')
     from (select taken.reaction, count(*) as n from social.message_reactions taken
           where taken.message_id = message.id group by 1) counted) as reactions,
    (select coalesce(json_agg(own.reaction order by own.reaction), '[]') from social.message_reactions own
     where own.message_id = message.id and own.user_id = mine.user_id) as my_reactions,
    {AUTHOR.format(who="message.sender_id")}"""

_FROM = """
    from social.messages message
    join social.conversations conversation on conversation.id = message.conversation_id
    join social.conversation_members mine
      on mine.conversation_id = conversation.id and mine.user_id = :viewer and message.seq > mine.from_seq"""


def page(
    session: Session,
    conversation_id: UUID,
    viewer: Viewer,
    *,
    limit: int,
    cursor: str | None = None,
    before: str | None = None,
    order: str = MessageOrder.NEWEST,
    since: int = 0,
) -> Slice:
    """A page of a conversation's messages after a number; without a cursor the first one, which is that of the newest.

    Raises:
        NotFound: the viewer is not in such a conversation.
        Invalid: a cursor is none of this order's, or there are two.
    """
    if cursor and before:
        raise Invalid([(("query", "before"), "Not together with cursor.", "invalid")])
    mine = text("select 1 from social.conversation_members where conversation_id = :id and user_id = :viewer")
    if session.execute(mine, {"id": conversation_id, "viewer": viewer.id}).first() is None:
        raise NotFound(MISSING)
    ordered = ORDERS[MessageOrder(order)]
    way = ordered.backwards() if before else ordered
    place = before or cursor
    values = way.values(place) if place else ()
    after = f"and {way.after(values)}" if place else ""
    rows = session.execute(
        text(
            f"select {_COLUMNS}, {way.place()} :: text as place {_FROM}"
            f" where message.conversation_id = :id and message.seq > :since {after} order by {way.by()} limit :limit"
        ),
        {"id": conversation_id, "viewer": viewer.id, "since": since, "limit": limit + 1} | bound(values),
    )
    found = [dict(row) for row in rows.mappings()]
    part = sliced(ordered, found, limit, backwards=before is not None, from_start=place is None)
    return part._replace(rows=[shown(row) for row in part.rows])


def one(session: Session, message_id: UUID, viewer: Viewer) -> Row:
    """One message.

    Raises:
        NotFound: there is none that the viewer may read.
    """
    row = (
        session.execute(
            text(f"select {_COLUMNS} {_FROM} where message.id = :id"), {"id": message_id, "viewer": viewer.id}
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise NotFound("Message not found")
    return shown(dict(row))


def search(
    session: Session,
    viewer: Viewer,
    *,
    q: str,
    limit: int,
    cursor: str | None = None,
    conversation_id: UUID | None = None,
) -> tuple[list[Row], str | None]:
    """Messages of the viewer's conversations that hold some words, in whatever case, the newest first; and the next cursor.

    Raises:
        Invalid: the cursor is none of this list's.
    """
    values = FOUND.values(cursor) if cursor else ()
    after = f"and {FOUND.after(values)}" if cursor else ""
    rows = session.execute(
        text(
            f"select {_COLUMNS}, {FOUND.place()} :: text as place {_FROM}"
            " where strpos(lower(message.body), lower(:q)) > 0"
            " and (cast(:id as uuid) is null or message.conversation_id = :id)"
            f" and not {MUTED} {after} order by {FOUND.by()} limit :limit"
        ),
        {"viewer": viewer.id, "q": q, "id": conversation_id, "limit": limit + 1} | bound(values),
    )
    found = [dict(row) for row in rows.mappings()]
    following = FOUND.cursor(found[limit - 1]["place"]) if len(found) > limit else None
    return [shown(row) for row in found[:limit]], following


def shown(row: Row) -> Row:
    """A message as its reader sees it. Its images are addressed now, after the reader's access was checked."""
    row["sender"] = with_picture(row.pop("author"))
    row["attachments"] = addressed(row["attachments"])
    if row["is_muted"] or row["is_deleted"]:
        row |= {"body": None, "attachments": []}
    if row["is_deleted"]:
        row |= {"reactions": {}, "my_reactions": []}
    return row


def addressed(images: list[Row]) -> list[Row]:
    """Images with presigned addresses in place of their objects' keys; none where the object is gone."""
    return [
        {**image, "url": private_store().url(key) if key else None}
        for image, key in ((image, image.pop("key")) for image in images)
    ]
