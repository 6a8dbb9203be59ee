"""Socket.IO for this app: python-socketio's protocol, with our own connections, answers and bounds.

Only WebSockets are spoken. Long polling would need every request of a client to reach the same process, and the processes
share nothing but the database.
"""

import logging
import sys
from collections import Counter
from threading import Lock
from typing import Any

import socketio
from engineio.socket import Socket
from flask import Flask
from socketio import packet
from socketio.exceptions import ConnectionRefusedError

from models.rules.rooms import PREFIXES
from webapp import errors
from webapp.realtime import frames
from webapp.realtime.allowance import Allowance
from webapp.realtime.connections import Connection, abort
from webapp.realtime.hub import Hub
from webapp.realtime.problems import problem, problem_of
from webapp.realtime.reading import Gone
from webapp.realtime.rendering import fleeting
from webapp.realtime.settings import RealtimeSettings
from webapp.realtime.websockets import WebSocket

log = logging.getLogger(__name__)

NAMESPACES = tuple(f"/{prefix}" for prefix in PREFIXES.values())
TOLERATED = 4
"""How many times the allowed size a message may have to be answered; a larger one ends the connection (code 1009)."""


class Server(socketio.Server):
    """The Socket.IO server of one process."""

    def __init__(self, settings: RealtimeSettings, origins: frozenset[str]) -> None:
        gevent = sys.modules.get("gevent.monkey")
        is_green = gevent is not None and gevent.is_module_patched("socket")
        super().__init__(
            async_mode="gevent" if is_green else "threading",
            async_handlers=False,
            namespaces=list(NAMESPACES),
            transports=["websocket"],
            cors_allowed_origins=sorted(origins) or "*",
            cors_credentials=False,
            max_http_buffer_size=TOLERATED * settings.realtime_max_bytes,
        )
        self.eio._async = {**self.eio._async, "websocket": WebSocket}
        self.settings = settings
        self.hub = Hub(settings, self._end)
        self._of_address: Counter[str] = Counter()
        self._lock = Lock()

    def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> str | None:
        address = str(environ.get("REMOTE_ADDR", ""))
        with self._lock:
            if self._of_address[address] >= self.settings.realtime_sockets_per_address:
                return "Too many connections from this address"
            self._of_address[address] += 1
        super()._handle_eio_connect(eio_sid, environ)
        transport = self.eio.sockets[eio_sid]
        transport.allowance = Allowance(self.settings.realtime_events_per_second)
        transport.address = address
        poll = transport.poll
        transport.poll = lambda: frames.together(poll())
        transport.refuse = lambda: self._handle_eio_message(eio_sid, "")
        return None

    def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        transport = self.eio.sockets.get(eio_sid)
        super()._handle_eio_disconnect(eio_sid, reason)
        if transport is None:
            return
        if reason == self.reason.PING_TIMEOUT:
            abort(transport)
        with self._lock:
            address = transport.address
            self._of_address[address] -= 1
            if self._of_address[address] <= 0:
                del self._of_address[address]

    def _handle_eio_message(self, eio_sid: str, data: Any) -> None:
        transport = self.eio.sockets.get(eio_sid)
        if transport is None:
            return
        if isinstance(data, bytes):
            data = ""
        if not transport.allowance.take():
            if transport.allowance.is_abused:
                abort(transport)
            else:
                self._refuse(transport, data, problem(429, "Too many messages; wait a moment"))
            return
        if len(data) > self.settings.realtime_max_bytes:
            largest = self.settings.realtime_max_bytes
            self._refuse(transport, "", problem(413, f"A message may have {largest} bytes at most"))
            return
        try:
            if not data:
                raise ValueError
            received = self.packet_class(encoded_packet=data)
            kind, namespace = received.packet_type, received.namespace or "/"
            if kind == packet.CONNECT:
                self._handle_connect(eio_sid, namespace, received.data)
            elif kind == packet.DISCONNECT:
                self._handle_disconnect(eio_sid, namespace, self.reason.CLIENT_DISCONNECT)
            elif kind == packet.EVENT:
                self._answer(transport, namespace, received.id, received.data)
            elif kind != packet.ACK:  # nothing asks for acknowledgements, and binary events are not spoken
                raise ValueError
        except (ValueError, RecursionError):
            self._refuse(transport, "", problem(400, "This is no message of Socket.IO that is spoken here"))

    def _answer(self, transport: Socket, namespace: str, number: int | None, data: Any) -> None:
        sid = self.manager.sid_from_eio_sid(transport.sid, namespace)
        if sid is None or not self.manager.is_connected(sid, namespace):
            answer = {"ok": False, **problem(401, "Connect to the namespace first")}
        elif not isinstance(data, list) or not data or not isinstance(data[0], str):
            answer = {"ok": False, **problem(400, "An event is a list that begins with its name")}
        else:
            answer = self.hub.receive(sid, data[0], data[1:])
        if number is not None:
            _send(transport, frames.ack(namespace, number, answer))
        elif sid is not None and not answer["ok"]:
            self._error(transport, namespace, answer)

    def _refuse(self, transport: Socket, data: Any, answer: dict[str, Any]) -> None:
        """Answer a message that was not looked into: by its acknowledgement where it asks for one, else by an error."""
        try:
            received = self.packet_class(encoded_packet=data) if data else None
        except (ValueError, RecursionError):
            received = None
        if received is not None and received.packet_type == packet.EVENT and received.id is not None:
            _send(transport, frames.ack(received.namespace or "/", received.id, {"ok": False, **answer}))
            return
        for namespace in NAMESPACES:
            if self.manager.sid_from_eio_sid(transport.sid, namespace) is not None:
                self._error(transport, namespace, answer)

    def _error(self, transport: Socket, namespace: str, answer: dict[str, Any]) -> None:
        told = {"message": answer["detail"], **{name: value for name, value in answer.items() if name != "ok"}}
        _send(transport, frames.event(namespace, "error", fleeting("error", told)))

    def _trigger_event(self, event: str, namespace: str, *args: Any) -> Any:
        """What the protocol itself calls; a client's events never come here."""
        if event == "disconnect":
            self.hub.disconnect(args[0])
            return None
        sid, _, auth = args
        transport = self.eio.sockets[self.manager.eio_sid_from_sid(sid, namespace)]
        try:
            self.hub.connect(sid, namespace, transport, auth)
        except Exception as error:
            refused = problem_of(error)
            raise ConnectionRefusedError(refused["detail"], refused) from None

    def stop(self) -> None:
        """Take leave: close the transports, and let others see that this process's users are gone."""
        for transport in list(self.eio.sockets.values()):
            transport.close(wait=False)
        self.hub.stop()
        self.shutdown()

    def _end(self, connection: Connection) -> None:
        self.disconnect(connection.sid, namespace=connection.namespace)


def _send(transport: Socket, message: frames.Packet) -> None:
    if not transport.closed and not transport.closing:
        transport.queue.put(message)


def init_app(app: Flask, settings: RealtimeSettings, origins: frozenset[str]) -> Server:
    """Serve Socket.IO at `/socket.io/` before the app."""
    app.register_error_handler(Gone, lambda error: errors.problem(410, str(error)))
    server = Server(settings, origins)
    app.wsgi_app = socketio.WSGIApp(server, app.wsgi_app)  # type: ignore[method-assign]
    app.extensions["realtime"] = server
    return server
