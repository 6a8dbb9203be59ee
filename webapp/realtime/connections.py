"""A socket: one client in one namespace, with whom it speaks for and what it listens to."""

from typing import Any
from uuid import UUID

from engineio.socket import Socket

from models.rules.rooms import Room
from webapp.access.viewer import Viewer
from webapp.realtime import frames
from webapp.realtime.rendering import fleeting


class Connection:
    """A client's socket in a namespace. Several may share one transport (a WebSocket)."""

    def __init__(
        self,
        sid: str,
        namespace: str,
        transport: Socket,
        *,
        viewer: Viewer | None,
        token: str | None,
        backlog: int,
        now: float,
    ) -> None:
        self.sid, self.namespace, self.transport = sid, namespace, transport
        self.viewer, self.token = viewer, token
        self.rooms: set[Room] = set()
        self.checked_at = now
        self.closed = False
        self._backlog = backlog

    @property
    def viewer_id(self) -> UUID | None:
        """Whose socket it is."""
        return self.viewer.id if self.viewer else None

    def send(self, packet: frames.Packet) -> None:
        """Queue a message. Who reads so slowly that too many wait is cut off, and can come back with the last number."""
        transport = self.transport
        if transport.closed or transport.closing:
            return
        if transport.queue.qsize() >= self._backlog:
            abort(transport)
        else:
            transport.queue.put(packet)

    def emit(self, name: str, data: Any) -> None:
        """Queue an event for this socket alone."""
        self.send(frames.event(self.namespace, name, data))

    def error(self, problem: dict[str, Any], **more: Any) -> None:
        """Tell that something went wrong, or that the server ends something."""
        self.emit("error", fleeting("error", {"message": problem["detail"], **problem, **more}))

    def ended(self, room: Room) -> None:
        """Tell that the server ended a subscription."""
        self.emit("unsubscribed", fleeting("unsubscribed", {"room": str(room)}, str(room)))


def abort(transport: Socket) -> None:
    """Cut a transport off, whatever still waits for it."""
    websocket = getattr(transport, "websocket", None)
    if websocket is not None:
        websocket.abort()
