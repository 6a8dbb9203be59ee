"""The WebSocket below Engine.IO: simple-websocket with the bounds and the care that an open server needs.

What the library lacks: `send` may send a part only (under gevent it does), the threads that read and write may mix their
frames, messages are unbounded, and a frame that is no packet ends the thread with a traceback.
"""

import errno
import socket
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any

from simple_websocket import ConnectionClosed, Server
from wsproto.utilities import ProtocolError

from webapp.realtime.frames import Text

PACKETS = frozenset("0123456")
SHORT = 16
"""The longest packet of Engine.IO, in characters, that is not a message."""

UNACKNOWLEDGED_MS = 30_000
"""How long the other side may leave bytes unacknowledged, until the system closes the connection."""


class _Whole:
    """A TCP socket whose `send` sends everything, one message after another."""

    def __init__(self, tcp: Any) -> None:
        self._tcp, self._turn = tcp, Lock()
        tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS)

    def send(self, data: bytes) -> int:
        with self._turn:
            self._tcp.sendall(data)
        return len(data)

    def recv(self, size: int) -> bytes:
        return bytes(self._tcp.recv(size))

    def close(self) -> None:
        self._tcp.close()

    def abort(self) -> None:
        try:
            self._tcp.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it is closed already


class _Server(Server):
    sock: Any

    def handshake(self) -> None:
        self.sock = _Whole(self.sock)
        super().handshake()

    def send(self, data: str | bytes) -> None:
        if not isinstance(data, Text):
            super().send(data)
        elif self.connected:
            self.sock.send(data.frame)
        else:
            raise ConnectionClosed(self.close_reason, self.close_message)


class WebSocket:
    """What Engine.IO calls for each connection: `handler` is the bound method of its socket."""

    def __init__(self, handler: Callable[["WebSocket"], Iterable[bytes]], server: Any) -> None:
        self._handler = handler
        self._engine = server
        self._transport: Any = handler.__self__  # type: ignore[attr-defined]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ = {name: value for name, value in environ.items() if name != "HTTP_SEC_WEBSOCKET_EXTENSIONS"}
        try:
            self._ws = _Server(
                environ, max_message_size=self._engine.max_http_buffer_size, thread_class=self._engine._async["thread"]
            )
        except (OSError, RuntimeError, ProtocolError):
            start_response("400 BAD REQUEST", [("Content-Type", "text/plain"), ("Connection", "close")])
            return [b"This is no WebSocket"]
        self._transport.websocket = self
        answer = self._handler(self)
        if self._ws.mode == "gunicorn":
            raise StopIteration  # its way to be told that the socket was taken over
        if self._ws.mode in ("werkzeug", "gevent"):
            raise BrokenPipeError(errno.EPIPE, "the socket was taken over")  # and theirs
        return answer

    def send(self, message: str | bytes) -> None:
        try:
            self._ws.send(message)
        except ConnectionClosed:
            raise OSError from None

    def wait(self) -> str | None:
        """The next packet; None once the connection is closed."""
        while True:
            try:
                message = self._ws.receive()
            except ConnectionClosed:
                return None
            if isinstance(message, str) and _is_packet(message):
                return message
            self._transport.refuse()

    def close(self) -> None:
        if self._ws.connected:
            self._ws.close()
        self.abort()

    def abort(self) -> None:
        """End the connection at once, whoever is reading or writing."""
        self._ws.sock.abort()


def _is_packet(message: str) -> bool:
    if message[:1] == "4":
        return message[1:2] in PACKETS and len(message) > 1
    return message[:1] in PACKETS and 0 < len(message) <= SHORT
