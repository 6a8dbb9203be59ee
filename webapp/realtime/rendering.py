"""From a stored event to what each viewer is sent.

An event holds ids. What else a client needs is filled in when it is sent, by the resource whose event it is:

    @renders("post_created")                        # once per visibility, for all who listen
    def post_created(session, events, visibility): return [{"post_id": ..., "body": ...} for event in events]

    @fills("dm_message_created")                    # for each viewer on their own
    def message(session, events, viewers): return [{viewer: {...} for viewer in viewers} for event in events]

Both get a batch, so that one query serves many, and a session as the system: they must show a viewer no more than that
viewer's visibility allows. An event of a type without either is sent as it is stored.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session

from db.session import as_system
from models.rules.rooms import Room
from webapp.realtime import frames
from webapp.realtime.access import Visibility
from webapp.realtime.reading import Stored

log = logging.getLogger(__name__)

Payload = dict[str, Any]
Renderer = Callable[[Session, Sequence[Stored], Visibility], Sequence[Payload]]
Filler = Callable[[Session, Sequence[Stored], Iterable[UUID]], Sequence[Mapping[UUID, Payload]]]

_renderers: dict[str, Renderer] = {}
_fillers: dict[str, Filler] = {}


def renders(*types: str) -> Callable[[Renderer], Renderer]:
    """Make a function the one that fills in events of these types, once per visibility."""

    def register(renderer: Renderer) -> Renderer:
        _renderers.update(dict.fromkeys(types, renderer))
        return renderer

    return register


def fills(*types: str) -> Callable[[Filler], Filler]:
    """Make a function the one that fills in events of these types for each viewer. One left out gets the ids alone."""

    def register(filler: Filler) -> Filler:
        _fillers.update(dict.fromkeys(types, filler))
        return filler

    return register


def envelope(kind: str, payload: Mapping[str, Any], *, room: str | None, seq: int | None, ts: datetime) -> Payload:
    """What every event looks like to a client. What has no number is not kept: typing, presence, errors."""
    return {"type": kind, "ts": ts.astimezone(UTC).isoformat(), "seq": seq, "room": room, "payload": dict(payload)}


def fleeting(kind: str, payload: Mapping[str, Any], room: str | None = None) -> Payload:
    """The envelope of an event that is not kept."""
    return envelope(kind, payload, room=room, seq=None, ts=datetime.now(UTC))


class Outgoing:
    """A stored event, rendered and encoded at most once for each visibility, or for each viewer."""

    def __init__(self, stored: Stored) -> None:
        self.stored = stored
        self.seq = stored.seq
        self._namespace = Room.named(stored.room).namespace
        self._payloads: dict[Visibility | UUID | None, Payload] = {}
        self._packets: dict[Visibility | UUID | None, frames.Packet] = {}

    def key(self, visibility: Visibility, viewer: UUID | None) -> Visibility | UUID | None:
        """By what viewers are told apart: all the same, by visibility, or each on their own."""
        if self.stored.type in _fillers:
            return viewer
        return visibility if self.stored.type in _renderers else None

    def put(self, key: Visibility | UUID | None, payload: Payload) -> None:
        """Keep what those of a key are sent."""
        self._payloads[key] = payload

    def envelope(self, visibility: Visibility, viewer: UUID | None) -> Payload:
        """What a viewer is sent, rendered now if need be."""
        key = self.key(visibility, viewer)
        if key not in self._payloads:
            with as_system() as session:
                render(session, [self], [(visibility, viewer)])
        event = self.stored
        return envelope(event.type, self._payloads[key], room=event.room, seq=event.seq, ts=event.created_at)

    def packet(self, visibility: Visibility, viewer: UUID | None) -> frames.Packet:
        """The same, encoded."""
        key = self.key(visibility, viewer)
        if key not in self._packets:
            data = self.envelope(visibility, viewer)
            self._packets[key] = frames.event(self._namespace, self.stored.type, data)
        return self._packets[key]


def render(
    session: Session, events: Iterable[Outgoing], audience: Iterable[tuple[Visibility, UUID | None]]
) -> list[Outgoing]:
    """Fill in events for everybody in an audience, with as few calls as there are types and visibilities."""
    made, audience = list(events), list(audience)
    visibilities = sorted({visibility for visibility, _ in audience})
    viewers = {viewer for _, viewer in audience if viewer is not None}
    for kind, group in groupby(sorted(made, key=lambda event: event.stored.type), key=lambda event: event.stored.type):
        batch = list(group)
        stored = [event.stored for event in batch]
        for event in batch:
            event.put(None, event.stored.payload)
        if kind in _fillers:
            own = _call(session, kind, lambda: _fillers[kind](session, stored, viewers), [{} for _ in stored])  # noqa: B023
            for event, payloads in zip(batch, own, strict=True):
                for viewer in viewers:
                    event.put(viewer, payloads.get(viewer, event.stored.payload))
        elif kind in _renderers:
            for visibility in visibilities:
                plain = [event.payload for event in stored]
                bodies = _call(session, kind, lambda: _renderers[kind](session, stored, visibility), plain)  # noqa: B023
                for event, body in zip(batch, bodies, strict=True):
                    event.put(visibility, body)
    return made


def _call(session: Session, kind: str, rendering: Callable[[], Sequence[Any]], plain: Sequence[Any]) -> Sequence[Any]:
    """What a renderer makes of a batch; where it fails, the ids, so that one bad event cannot hold up a room."""
    try:
        with session.begin_nested():
            return rendering()
    except (OperationalError, InterfaceError):
        raise  # the database is asked again
    except Exception:
        log.exception("rendering %s failed; its events are sent without bodies", kind)
        return plain
