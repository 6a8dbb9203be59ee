"""What a web process does with its sockets: lets them in, answers their events, watches over their rights."""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

from engineio.socket import Socket
from sqlalchemy.exc import SQLAlchemyError

from models.rules.rooms import TYPED_IN, Room
from webapp.access.tokens import authenticate
from webapp.access.viewer import Viewer
from webapp.errors import Forbidden, Invalid, NotFound, TooMany, Unauthenticated, Unavailable
from webapp.realtime.access import admitted
from webapp.realtime.channels import Channels
from webapp.realtime.connections import Connection
from webapp.realtime.dispatcher import Dispatcher
from webapp.realtime.presence import BEAT_SECONDS, PresenceBook
from webapp.realtime.problems import problem_of
from webapp.realtime.requests import payload_of, room_of, since_of, token_of
from webapp.realtime.settings import RealtimeSettings

log = logging.getLogger(__name__)

OPEN_NAMESPACES = frozenset({"/discussions", "/surveys"})
"""Namespaces that hold public rooms, and may be entered without a token."""

Answer = dict[str, Any]


class Hub:
    """The sockets of one process."""

    def __init__(self, settings: RealtimeSettings, disconnect: Callable[[Connection], None]) -> None:
        self.settings = settings
        self._disconnect = disconnect
        self._connections: dict[str, Connection] = {}
        self._of_user: Counter[UUID] = Counter()
        self._lock = Lock()
        self._channels = Channels()
        self._presence = PresenceBook(uuid4())
        self._rights: SimpleQueue[str] = SimpleQueue()
        self._dispatcher = Dispatcher(self._channels, self._rights.put, settings.realtime_poll_seconds)
        self._stopping = Event()
        self._watch: Thread | None = None
        self._events: dict[str, Callable[[Connection, dict[str, Any]], Answer]] = {
            "subscribe": self._subscribe,
            "unsubscribe": self._unsubscribe,
            "typing_start": lambda connection, payload: self._type(connection, payload, is_typing=True),
            "typing_stop": lambda connection, payload: self._type(connection, payload, is_typing=False),
            "heartbeat": lambda _connection, _payload: {},
            "authenticate": self._authenticate,
        }

    def start(self) -> None:
        """Begin to listen and to watch, when the first socket comes."""
        with self._lock:
            if self._watch is None:
                self._watch = Thread(target=self._watching, name="realtime-watch", daemon=True)
                self._watch.start()
                self._dispatcher.start()

    def stop(self) -> None:
        """Take leave: others see this process's users go at once."""
        with self._lock:
            watch, self._watch = self._watch, None
        if watch is None:
            return
        self._stopping.set()
        self._rights.put("")
        self._dispatcher.stop()
        watch.join(5)
        try:
            self._presence.clear()
        except SQLAlchemyError as error:
            log.warning("presence could not be cleared: %s", error)

    def connect(self, sid: str, namespace: str, transport: Socket, auth: Any) -> None:
        """Let a socket into a namespace.

        Raises:
            Invalid, Unauthenticated, TooMany: it may not come in.
        """
        token = token_of(auth)
        viewer = authenticate(token) if token else None
        if viewer is None and namespace not in OPEN_NAMESPACES:
            raise Unauthenticated("Authentication required")
        connection = Connection(
            sid,
            namespace,
            transport,
            viewer=viewer,
            token=token,
            backlog=self.settings.realtime_backlog,
            now=monotonic(),
        )
        self.start()
        with self._lock:
            self._count(viewer)
            self._connections[sid] = connection

    def disconnect(self, sid: str) -> None:
        """Forget a socket that is gone."""
        with self._lock:
            connection = self._connections.pop(sid, None)
            if connection is None:
                return
            connection.closed = True
            self._uncount(connection.viewer)
        for room in list(connection.rooms):
            self._leave(connection, room)

    def receive(self, sid: str, name: str, arguments: list[Any]) -> Answer:
        """Do what a client's event asks; whatever goes wrong is an answer."""
        connection = self._connections.get(sid)
        try:
            if connection is None:
                raise Unauthenticated("This socket is not connected")
            event = self._events.get(name)
            if event is None:
                raise NotFound("Unknown event")
            return {"ok": True, **event(connection, payload_of(arguments))}
        except Exception as error:
            return {"ok": False, **problem_of(error)}

    def _subscribe(self, connection: Connection, payload: dict[str, Any]) -> Answer:
        room, since = room_of(payload, connection), since_of(payload)
        visibility = admitted(connection.viewer, room)
        if room in connection.rooms:
            connection.rooms.discard(room)
            self._channels.leave(connection, room)
        if len(connection.rooms) >= self.settings.realtime_rooms_per_socket:
            raise TooMany("This socket listens to as many rooms as it may", retry_after=60)
        with self._channels.held(room) as channel:
            joined = channel.join(connection, visibility, since, self.settings.realtime_replay)
            connection.rooms.add(room)
        here = self._presence.enter(connection, room)
        if connection.closed:
            self._leave(connection, room)
        return {
            "room": str(room),
            "seq": joined.seq,
            "replayed": joined.replayed,
            "resync": joined.resync,
            "present": here.present,
            "typing": here.typing,
        }

    def _unsubscribe(self, connection: Connection, payload: dict[str, Any]) -> Answer:
        room = room_of(payload, connection)
        if room not in connection.rooms:
            raise NotFound("This socket does not listen to that room")
        self._leave(connection, room)
        return {"room": str(room)}

    def _type(self, connection: Connection, payload: dict[str, Any], *, is_typing: bool) -> Answer:
        if connection.viewer is None:
            raise Unauthenticated("Authentication required")
        room = room_of(payload, connection)
        if room.kind not in TYPED_IN:
            raise Forbidden("Nobody types in this room")
        if room not in connection.rooms:
            raise Forbidden("Subscribe to the room first")
        self._presence.type(connection, room, is_typing=is_typing)
        return {"room": str(room)}

    def _authenticate(self, connection: Connection, payload: dict[str, Any]) -> Answer:
        """Go on with a new token of the same user."""
        token = token_of(payload)
        if token is None:
            raise Invalid([(("payload", "token"), "Missing data for required field.", "missing")])
        viewer = authenticate(token)
        if connection.viewer is not None and viewer.id != connection.viewer.id:
            raise Forbidden("This socket belongs to another user; connect anew")
        is_new = connection.viewer is None
        if is_new:
            with self._lock:
                self._count(viewer)
        connection.viewer, connection.token = viewer, token
        self._check(connection)
        if is_new:
            for room in list(connection.rooms):
                self._presence.enter(connection, room)
        return {"user_id": str(viewer.id), "expires_at": viewer.expires_at.isoformat()}

    def _leave(self, connection: Connection, room: Room) -> None:
        connection.rooms.discard(room)
        self._channels.leave(connection, room)
        try:
            self._presence.leave(connection, room)
        except SQLAlchemyError as error:
            log.warning("leaving %s was not noted, and will be once nobody vouches for it: %s", room, error)

    def _count(self, viewer: Viewer | None) -> None:
        if viewer is None:
            return
        if self._of_user[viewer.id] >= self.settings.realtime_sockets_per_user:
            raise TooMany("You have as many sockets open as you may", retry_after=60)
        self._of_user[viewer.id] += 1

    def _uncount(self, viewer: Viewer | None) -> None:
        if viewer is not None:
            self._of_user[viewer.id] -= 1
            if self._of_user[viewer.id] <= 0:
                del self._of_user[viewer.id]

    def _watching(self) -> None:
        """Until the end: end what has expired, check rights again, vouch for who is here."""
        beat_at = monotonic() + BEAT_SECONDS
        changed: set[str] = set()
        while not self._stopping.is_set():
            changed |= self._changed(1.0)
            try:
                for connection in self._due(changed):
                    self._check(connection)
                changed.clear()
                self._presence.settle()
                if monotonic() >= beat_at:
                    self._presence.beat()
                    beat_at = monotonic() + BEAT_SECONDS
            except (SQLAlchemyError, Unavailable) as error:
                log.warning("watching over the sockets is put off: %s", str(error).strip().splitlines()[0])
            except Exception:
                log.exception("watching over the sockets failed")

    def _changed(self, seconds: float) -> set[str]:
        """Users and rooms whose rights have changed, after waiting a moment for the first."""
        changed: set[str] = set()
        try:
            changed.add(self._rights.get(timeout=seconds))
            while True:
                changed.add(self._rights.get_nowait())
        except Empty:
            return changed

    def _due(self, changed: set[str]) -> list[Connection]:
        with self._lock:
            connections = list(self._connections.values())
        now, moment = monotonic(), datetime.now(UTC)
        return [
            connection
            for connection in connections
            if (connection.viewer is not None and connection.viewer.expires_at <= moment)
            or now - connection.checked_at >= self.settings.realtime_recheck_seconds
            or str(connection.viewer_id) in changed
            or not changed.isdisjoint(map(str, list(connection.rooms)))
        ]

    def _check(self, connection: Connection) -> None:
        """Check a socket's token and each of its rooms again; end what no longer holds."""
        try:
            if connection.token is not None:
                connection.viewer = authenticate(connection.token)
                if connection.viewer.expires_at <= datetime.now(UTC):  # clocks may differ for an issuer, not for us
                    raise Unauthenticated("Authentication required: the token has expired")
        except (Unauthenticated, Forbidden) as error:
            connection.error(problem_of(error), code="AUTH_REQUIRED")
            self._disconnect(connection)
            return
        for room in list(connection.rooms):
            try:
                visibility = admitted(connection.viewer, room)
            except (Unauthenticated, Forbidden, NotFound) as error:
                self._leave(connection, room)
                connection.error(problem_of(error), room=str(room))
                connection.ended(room)
            else:
                self._channels.show(connection, room, visibility)
        connection.checked_at = monotonic()
