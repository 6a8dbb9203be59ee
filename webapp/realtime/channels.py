"""The rooms that sockets of this process listen to, each with how far it was sent.

A channel's members have all been sent everything up to its cursor. Only the dispatcher moves the cursor. Who joins is sent
what it missed first, and is then let in at a moment when nothing is being sent, so nobody misses an event or gets it twice.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock, RLock

from db.session import as_system
from models.rules.rooms import Room
from webapp.realtime import frames, reading
from webapp.realtime.access import Visibility
from webapp.realtime.connections import Connection
from webapp.realtime.rendering import Outgoing, fleeting, render

RECENT = 256
"""Events of a room that are kept for whoever is about to join."""


@dataclass
class Member:
    """A socket in a room: what it may see, and the number up to which it has been sent the events already."""

    visibility: Visibility
    seq: int


@dataclass(frozen=True)
class Joined:
    """How a socket came into a room: at which number, after how many events; `resync` where it could not be sent all."""

    seq: int
    replayed: int
    resync: bool


class Channel:
    """A room of this process."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.lock = RLock()
        self.cursor = -1
        self.members: dict[Connection, Member] = {}
        self.holders = 0
        self._recent: deque[Outgoing] = deque(maxlen=RECENT)

    def audience(self) -> list[tuple[Visibility, Connection]]:
        """Who listens, and how much they may see."""
        with self.lock:
            return [(member.visibility, connection) for connection, member in self.members.items()]

    def send(self, events: Iterable[Outgoing]) -> None:
        """Send the next events to all members."""
        with self.lock:
            for event in events:
                self._recent.append(event)
                self.cursor = event.seq
                for connection, member in self.members.items():
                    if member.seq < event.seq:
                        connection.send(event.packet(member.visibility, connection.viewer_id))

    def tell(self, kind: str, payload: dict[str, object], but: str | None) -> None:
        """Send members something that is not kept, except the sockets of one user."""
        packet = frames.event(self.room.namespace, kind, fleeting(kind, payload, str(self.room)))
        with self.lock:
            for connection in self.members:
                if connection.viewer is None or str(connection.viewer.id) != but:
                    connection.send(packet)

    def join(self, connection: Connection, visibility: Visibility, since: int | None, most: int) -> Joined:
        """Let a socket in, after it was sent what it missed since a number; without one, from now on."""
        reached, replayed, told = since, 0, False
        while reached is not None:
            try:
                with as_system() as session:
                    missed = reading.missed(session, str(self.room), reached, most - replayed + 1)
                    if len(missed) > most - replayed:
                        raise reading.Gone(missed[-1].seq)
                    events = render(session, map(Outgoing, missed), [(visibility, connection.viewer_id)])
            except reading.Gone:
                reached = None
                break
            if not told:
                self._greet(connection, reached, resync=False)
                told = True
            for event in events:
                connection.send(event.packet(visibility, connection.viewer_id))
            replayed += len(events)
            reached = events[-1].seq if events else reached
            with self.lock:
                gap = [event for event in self._recent if event.seq > reached]
                if self.cursor <= reached or (gap and gap[0].seq == reached + 1):
                    for event in gap:
                        connection.send(event.packet(visibility, connection.viewer_id))
                        reached = event.seq
                    self.members[connection] = Member(visibility, reached)
                    return Joined(reached, replayed + len(gap), False)
        with self.lock:
            self._greet(connection, self.cursor, resync=since is not None)
            self.members[connection] = Member(visibility, self.cursor)
            return Joined(self.cursor, 0, since is not None)

    def _greet(self, connection: Connection, seq: int, *, resync: bool) -> None:
        payload = {"room": str(self.room), "seq": seq, "resync": resync}
        connection.emit("subscribed", fleeting("subscribed", payload, str(self.room)))


class Channels:
    """All rooms of this process by their names."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._channels: dict[str, Channel] = {}

    def names(self) -> list[str]:
        """The rooms that somebody listens to or is about to."""
        with self._lock:
            return list(self._channels)

    def get(self, name: str) -> Channel | None:
        """A room, if this process has it."""
        return self._channels.get(name)

    @contextmanager
    def held(self, room: Room) -> Iterator[Channel]:
        """A room that stays while the block runs; made, and put at its newest event, where there was none."""
        name = str(room)
        with self._lock:
            channel = self._channels.setdefault(name, Channel(room))
            channel.holders += 1
        try:
            with channel.lock:  # until it is known, the dispatcher waits with what it hears of the room
                if channel.cursor < 0:
                    with as_system() as session:
                        channel.cursor = reading.newest(session, [name]).get(name, 0)
            yield channel
        finally:
            self._release(channel, 1)

    def leave(self, connection: Connection, room: Room) -> None:
        """Take a socket out of a room."""
        channel = self.get(str(room))
        if channel is not None:
            with channel.lock:
                channel.members.pop(connection, None)
            self._release(channel, 0)

    def show(self, connection: Connection, room: Room, visibility: Visibility) -> None:
        """Let a socket see from now on as much as it may now."""
        channel = self.get(str(room))
        if channel is not None:
            with channel.lock:
                if connection in channel.members:
                    channel.members[connection].visibility = visibility

    def _release(self, channel: Channel, holds: int) -> None:
        with self._lock:
            channel.holders -= holds
            if channel.holders == 0 and not channel.members:
                self._channels.pop(str(channel.room), None)
