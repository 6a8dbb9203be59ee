"""Events: what happened, for whoever listens to a room. Written in the transaction of the change, so never lost or made up.

    announce(session, Room.user(user.id), "profile_updated", {"user_id": user.id})

`announce` only queues. The rows are written just before the commit, when all else is: the counters of the rooms, which
order the events, are locked no longer than needed and in the order of the rooms' names. NOTIFY then names each room to
the web processes (`webapp/realtime/dispatcher.py`), and the database sends it with the commit alone.
"""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import event, text
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Session

from models.rules.rooms import Room

CHANNEL = "trr_events"
"""Where NOTIFY names a room that has new events."""

RIGHTS_CHANNEL = "trr_rights"
"""Where NOTIFY names a user or a room whose rights have changed."""

_ANNOUNCED = "announced"


def announce(session: Session, room: Room, type: str, payload: Mapping[str, Any]) -> None:
    """Tell a room what happened, once the session's transaction is committed; a rollback takes it back.

    The payload holds ids and other values that everybody may know; what is private or could spoil is filled in for each
    viewer when the event is sent (`webapp/realtime/rendering.py`).
    """
    scopes = []
    scope = session.get_nested_transaction()
    while scope is not None and scope.nested:
        scopes.append(scope)
        scope = scope.parent
    queued = {"room": str(room), "type": type, "payload": dict(payload)}
    session.info.setdefault(_ANNOUNCED, []).append((queued, scopes))


def rights_changed(session: Session, of: UUID | Room) -> None:
    """Have the web processes check anew, after the commit, what a user may listen to, or who may listen to a room."""
    session.execute(text("select pg_notify(:channel, :of)"), {"channel": RIGHTS_CHANNEL, "of": str(of)})


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    if session.in_nested_transaction() or not session.info.get(_ANNOUNCED):
        return
    session.flush()
    queued = [event for event, _ in session.info.pop(_ANNOUNCED)]
    session.execute(text("select ops.announce(cast(:events as jsonb))"), {"events": json.dumps(queued, default=str)})


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, rolled_back: SessionTransaction) -> None:
    queued = session.info.pop(_ANNOUNCED, [])
    if rolled_back.nested:
        session.info[_ANNOUNCED] = [entry for entry in queued if rolled_back not in entry[1]]
