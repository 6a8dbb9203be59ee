"""Realtime events of talk: who may listen to which room, and what each listener is sent.

Stored are ids. Bodies and titles are filled in when an event is sent, once for those who see everything; whoever is behind with
the show, or mutes somebody, gets the ids alone and asks for the words by REST, where the exact rules hold. So does
everybody for a post whose author says that it tells of a later episode.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
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
from webapp.talk.entities import require_entity

Payload = dict[str, Any]

_ABOUT = {"thread_id": ID, "entity_id": ID, "episode_id": nullable(ID)}
_THREAD = {"title": TEXT, "is_locked": FLAG, "is_pinned": FLAG, "created_at": MOMENT}
_POST = {"body": nullable(TEXT), "created_at": MOMENT, "edited_at": nullable(MOMENT)}
_TAKEN = {
    "reaction": chosen(*ReactionType),
    "action": chosen("added", "removed"),
    "reactions": {"type": "object", "additionalProperties": NUMBER},
}
"""What is filled in for those who see everything."""


def _declare(name: str, about: str, filled: Mapping[str, Any] = MappingProxyType({}), **payload: Any) -> None:
    declare(name, about, "discussions", optional=tuple(filled), **payload, **filled)


_declare("thread_created", "A thread was opened.", _THREAD, **_ABOUT, type=TEXT, created_by=nullable(ID))
_declare("thread_updated", "A thread was edited, locked, pinned or hidden, or that was undone.", _THREAD, **_ABOUT)
_declare(
    "post_created",
    "Somebody said something.",
    _POST,
    post_id=ID,
    thread_id=ID,
    parent_post_id=nullable(ID),
    user_id=ID,
    seq=NUMBER,
)
_declare("post_updated", "A post was edited, hidden or shown again.", _POST, post_id=ID, thread_id=ID)
_declare("post_deleted", "A post's author took their words back.", post_id=ID, thread_id=ID)
_declare(
    "reaction_toggled",
    "Somebody reacted to a post, or took that back.",
    _TAKEN,
    post_id=ID,
    thread_id=ID,
    user_id=ID,
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


@renders("reaction_toggled")
def post_taken(session: Session, events: Sequence[Stored], visibility: Visibility) -> list[Payload]:
    """With the counts as they are now, for those who see everything; for others without how the post was taken."""
    if visibility is Visibility.MASKED:
        return [{name: event.payload[name] for name in event.payload if name not in _TAKEN} for event in events]
    counts = ", ".join(f"'{reaction}', {reaction}" for reaction in ReactionType)
    rows = session.execute(
        text(
            f"select post_id as id, json_build_object({counts}) as reactions from social.post_counts"
            " where post_id = any(cast(:ids as uuid[]))"
        ),
        {"ids": [event.payload["post_id"] for event in events]},
    )
    found = _by_id(rows.mappings())
    return [event.payload | found.get(event.payload["post_id"], {}) for event in events]


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
