"""Who is there, and who is typing: counted per connection, shared between web processes by rows of `ops.presence`.

A change that others should see is notified with its commit, and never kept. A process that died leaves rows behind; they
count as gone once nobody has vouched for them for a while, and one of the living processes says so.
"""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.session import as_system
from models.rules.rooms import SOCIABLE, TYPED_IN, Room
from webapp.realtime.connections import Connection

CHANNEL = "trr_presence"
TYPING_SECONDS = 10
BEAT_SECONDS = 15
GONE_SECONDS = 45

_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:who, 7465))")


@dataclass(frozen=True)
class Here:
    """Who else is in a room at a moment."""

    present: list[str]
    typing: list[str]


class PresenceBook:
    """What this process says of its connections."""

    def __init__(self, process: UUID) -> None:
        self.process = process
        self._mine: dict[tuple[Room, str], UUID] = {}
        self._typing: set[tuple[Room, str]] = set()

    def enter(self, connection: Connection, room: Room) -> Here:
        """Note that a user's socket listens to a room; others are told when it is the user's first. Says who is there."""
        if room.kind not in TYPED_IN:
            return Here([], [])
        with as_system() as session:
            if connection.viewer is not None:
                self._mine[room, connection.sid] = connection.viewer.id
                values = {**_key(room, connection), "process": self.process, "user": connection.viewer.id}
                alone = self._count(session, room, connection.viewer.id) == 0
                session.execute(_INSERT, values)
                if alone:
                    self._tell_presence(session, room, connection.viewer.id, is_online=True)
            rows = session.execute(_HERE, {"room": str(room)}).all()
        present = sorted({str(user) for user, _ in rows}) if room.kind in SOCIABLE else []
        return Here(present, sorted({str(user) for user, is_typing in rows if is_typing}))

    def leave(self, connection: Connection, room: Room) -> None:
        """Note that a socket no longer listens; others are told when it was the user's last."""
        if self._mine.pop((room, connection.sid), None) is None:
            return
        self._typing.discard((room, connection.sid))
        with as_system() as session:
            self._remove(session, "room = :room and connection = :connection", **_key(room, connection))

    def type(self, connection: Connection, room: Room, *, is_typing: bool) -> None:
        """Note that a user types, for a few seconds, or has stopped; others are told when that is news."""
        with as_system() as session:
            assert connection.viewer is not None
            self._count(session, room, connection.viewer.id)
            was = session.execute(_TYPED, {"room": str(room), "user": connection.viewer.id}).scalar_one()
            seconds = TYPING_SECONDS if is_typing else None
            session.execute(_TYPE, {**_key(room, connection), "seconds": seconds})
            now = session.execute(_TYPED, {"room": str(room), "user": connection.viewer.id}).scalar_one()
            if was != now:
                _tell_typing(session, room, connection.viewer.id, is_typing=bool(now))
        (self._typing.add if is_typing else self._typing.discard)((room, connection.sid))

    def beat(self) -> None:
        """Vouch for the connections of this process, and end what nobody vouches for."""
        mine = list(self._mine.items())
        with as_system() as session:
            if mine:
                values = {
                    "rooms": [str(room) for (room, _), _ in mine],
                    "connections": [sid for (_, sid), _ in mine],
                    "users": [user for _, user in mine],
                    "process": self.process,
                }
                session.execute(_VOUCH, values)
            self._remove(session, "seen_at < now() - make_interval(secs => :seconds)", seconds=GONE_SECONDS)

    def settle(self) -> None:
        """Tell of those who have stopped typing without saying so."""
        if not self._typing:
            return
        with as_system() as session:
            stopped = session.execute(_STOPPED, {"process": self.process}).all()
            for name, connection, user in stopped:
                room = Room.named(name)
                self._typing.discard((room, connection))
                if not session.execute(_TYPED, {"room": name, "user": user}).scalar_one():
                    _tell_typing(session, room, user, is_typing=False)

    def clear(self) -> None:
        """Take all of this process's connections away: it stops."""
        with as_system() as session:
            self._remove(session, "process = :process", process=self.process)

    def _count(self, session: Session, room: Room, user: UUID) -> int:
        """How many connections of a user are in a room; nobody else counts them until the commit."""
        session.execute(_LOCK, {"who": f"{room}/{user}"})
        return int(session.execute(_COUNT, {"room": str(room), "user": user}).scalar_one())

    def _remove(self, session: Session, condition: str, **values: Any) -> None:
        found = session.execute(
            text(f"select room, connection, user_id from ops.presence where {condition} order by room, user_id"), values
        )
        for name, connection, user in found.all():
            room = Room.named(name)
            before = self._count(session, room, user)
            gone = session.execute(_DELETE, {"room": name, "connection": connection}).first()
            if (
                gone is not None
                and gone.typing
                and not session.execute(_TYPED, {"room": name, "user": user}).scalar_one()
            ):
                _tell_typing(session, room, user, is_typing=False)
            if gone is not None and before == 1:
                self._tell_presence(session, room, user, is_online=False)

    def _tell_presence(self, session: Session, room: Room, user: UUID, *, is_online: bool) -> None:
        if room.kind in SOCIABLE:
            _tell(session, room, user, "presence", {"user_id": str(user), "is_online": is_online})


def _tell_typing(session: Session, room: Room, user: UUID, *, is_typing: bool) -> None:
    payload = {f"{room.kind}_id": str(room.id), "user_id": str(user), "is_typing": is_typing}
    _tell(session, room, user, "typing", payload)


def _tell(session: Session, room: Room, user: UUID, kind: str, payload: dict[str, Any]) -> None:
    notice = json.dumps({"room": str(room), "type": kind, "payload": payload, "but": str(user)})
    session.execute(text("select pg_notify(:channel, :notice)"), {"channel": CHANNEL, "notice": notice})


def _key(room: Room, connection: Connection) -> dict[str, Any]:
    return {"room": str(room), "connection": connection.sid}


_INSERT = text("""
    insert into ops.presence (room, connection, process, user_id) values (:room, :connection, :process, :user)
    on conflict on constraint pk_presence do update set seen_at = now()
""")
_VOUCH = text("""
    insert into ops.presence (room, connection, process, user_id)
    select m.room, m.connection, :process, u.id
    from unnest(cast(:rooms as text[]), cast(:connections as text[]), cast(:users as uuid[])) m (room, connection, user_id)
    join accounts.users u on u.id = m.user_id
    order by 1, 2
    on conflict on constraint pk_presence do update set seen_at = now()
""")
_HERE = text("select user_id, coalesce(typing_until > now(), false) from ops.presence where room = :room")
_COUNT = text("select count(*) from ops.presence where room = :room and user_id = :user")
_TYPED = text(
    "select count(*) > 0 from ops.presence where room = :room and user_id = :user and typing_until is not null"
)
_TYPE = text("""
    update ops.presence set typing_until = clock_timestamp() + make_interval(secs => :seconds)
    where room = :room and connection = :connection
""")
_STOPPED = text("""
    update ops.presence set typing_until = null where process = :process and typing_until < now()
    returning room, connection, user_id
""")
_DELETE = text("""
    delete from ops.presence where room = :room and connection = :connection
    returning typing_until is not null as typing
""")
