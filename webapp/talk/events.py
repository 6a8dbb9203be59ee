"""Realtime events of talk: who may listen to which room, and what each listener is sent.

Stored are ids. Bodies and titles are filled in when an event is sent, once for those who see everything; whoever is behind with
the show, or mutes somebody, gets the ids alone and asks for the words by REST, where the exact rules hold. So does
everybody for a post whose author says that it tells of a later episode.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.entities import Kind
from models.rules.rooms import RoomKind
from models.rules.talk import ReactionType
from webapp.access.viewer import Viewer
from webapp.realtime.access import Visibility, may_listen
from webapp.realtime.events import FLAG, ID, MOMENT, NUMBER, TEXT, chosen, declare, nullable
from webapp.realtime.reading import Stored
from webapp.realtime.rendering import renders
from webapp.threads.service import require_entity

Payload = dict[str, Any]

declare(
    "thread_created",
    "A thread was opened.",
    "discussions",
    optional=("title", "is_locked", "is_pinned", "created_at"),
    thread_id=ID,
    entity_id=ID,
    episode_id=nullable(ID),
    type=TEXT,
    created_by=nullable(ID),
    title=TEXT,
    is_locked=FLAG,
    is_pinned=FLAG,
    created_at=MOMENT,
)
declare(
    "thread_updated",
    "A thread was edited, locked, pinned or hidden, or that was undone.",
    "discussions",
    optional=("title", "is_locked", "is_pinned", "created_at"),
    thread_id=ID,
    entity_id=ID,
    episode_id=nullable(ID),
    title=TEXT,
    is_locked=FLAG,
    is_pinned=FLAG,
    created_at=MOMENT,
)
declare(
    "post_created",
    "Somebody said something.",
    "discussions",
    optional=("body", "created_at", "edited_at"),
    post_id=ID,
    thread_id=ID,
    parent_post_id=nullable(ID),
    user_id=ID,
    seq=NUMBER,
    body=nullable(TEXT),
    created_at=MOMENT,
    edited_at=nullable(MOMENT),
)
declare(
    "post_updated",
    "A post was edited, hidden or shown again.",
    "discussions",
    optional=("body", "created_at", "edited_at"),
    post_id=ID,
    thread_id=ID,
    body=nullable(TEXT),
    created_at=MOMENT,
    edited_at=nullable(MOMENT),
)
declare("post_deleted", "A post's author took their words back.", "discussions", post_id=ID, thread_id=ID)
declare(
    "reaction_toggled",
    "Somebody reacted to a post, or took that back.",
    "discussions",
    post_id=ID,
    thread_id=ID,
    user_id=ID,
    reaction=chosen(*ReactionType),
    action=chosen("added", "removed"),
)
declare(
    "sanctioned", "A moderator warned or banned you.", "notifications", sanction_id=ID, kind=chosen("warning", "ban")
)


def _check(kind: Kind) -> Any:
    def check(session: Session, viewer: Viewer | None, entity_id: UUID) -> Visibility:
        show_id = require_entity(session, kind, entity_id)
        if viewer is None:
            return Visibility.FULL
        behind = session.execute(
            text(
                "select social.is_ahead(:viewer, :entity) or social.is_ahead(:viewer, :show)"
                " or exists (select from social.user_relations where user_id = :viewer)"
            ),
            {"viewer": viewer.id, "entity": entity_id, "show": show_id},
        ).scalar_one()
        return Visibility.MASKED if behind else Visibility.FULL

    return check


for _kind in (Kind.SHOW, Kind.SEASON, Kind.EPISODE):
    may_listen(RoomKind(_kind))(_check(_kind))


@renders("thread_created", "thread_updated")
def thread_changed(session: Session, events: Sequence[Stored], visibility: Visibility) -> list[Payload]:
    """With the title and whether it is locked and pinned, for those who see everything."""
    if visibility is Visibility.MASKED:
        return [event.payload for event in events]
    rows = session.execute(
        text(
            "select id, title, is_locked, is_pinned, created_at from social.threads"
            " where id = any(cast(:ids as uuid[])) and hidden_at is null"
        ),
        {"ids": [event.payload["thread_id"] for event in events]},
    )
    found = _by_id(rows.mappings())
    return [event.payload | found.get(event.payload["thread_id"], {}) for event in events]


@renders("post_created", "post_updated")
def post_changed(session: Session, events: Sequence[Stored], visibility: Visibility) -> list[Payload]:
    """With the words, for those who see everything."""
    if visibility is Visibility.MASKED:
        return [event.payload for event in events]
    rows = session.execute(
        text(
            "select p.id, p.body, p.created_at, p.edited_at from social.posts p"
            " join social.threads t on t.id = p.thread_id and t.hidden_at is null"
            " where p.id = any(cast(:ids as uuid[])) and p.deleted_at is null and p.hidden_at is null"
            " and p.spoils_id is null"
        ),
        {"ids": [event.payload["post_id"] for event in events]},
    )
    found = _by_id(rows.mappings())
    return [event.payload | found.get(event.payload["post_id"], {"body": None}) for event in events]


def _by_id(rows: Iterable[Any]) -> dict[str, Payload]:
    """Rows by their ids, with times as JSON tells them."""
    return {
        str(row["id"]): {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in row.items()
            if name != "id"
        }
        for row in rows
    }
