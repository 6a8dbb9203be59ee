"""Sockets with as little Socket.IO as it takes to hear: many in one thread, or one in each of many threads.

So it is the server that is measured and proven, not its clients. Their own libraries are proven elsewhere.
"""

import base64
import json
import os
import selectors
import socket
import time
from collections.abc import Callable
from typing import Any

PING, PONG = b"2", b"3"


def frame(message: str) -> bytes:
    """A client's WebSocket frame, masked with zeros; messages of less than 64 KiB."""
    data = message.encode()
    size = bytes((0x80 | len(data),)) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2, "big")
    return b"\x81" + size + bytes(4) + data


class Listener:
    """One socket."""

    def __init__(self, port: int, timeout: float = 60) -> None:
        """Connect. Whatever takes longer than `timeout` seconds from here on raises TimeoutError."""
        self.tcp = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.heard = 0
        self._passed_over: list[bytes] = []
        try:
            self._shake_hands(port)
        except BaseException:
            self.close()
            raise

    def say(self, message: str) -> None:
        """Send a text message."""
        self.tcp.sendall(frame(message))

    def messages(self) -> list[bytes]:
        """The whole messages that have come, in order; a ping is answered."""
        found, at, data = self._passed_over, 0, self.buffer
        self._passed_over = []
        while len(data) - at >= 2:
            size, start = data[at + 1], at + 2
            if size == 126:
                size, start = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
            elif size == 127:
                size, start = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
            if len(data) < start + size:
                break
            at = start + size
            message = data[start:at]
            if message == PING:
                self.say(PONG.decode())
            else:
                found.append(message)
        self.buffer = data[at:]
        return found

    def wait_for(self, beginning: bytes) -> bytes:
        """The next message that begins so; those before it are among the next `messages`."""
        before: list[bytes] = []
        while True:
            before += self.messages()
            for place, message in enumerate(before):
                if message.startswith(beginning):
                    self._passed_over = before[:place] + before[place + 1 :]
                    return message
            self.receive()

    def enter(self, namespace: str, token: str | None = None) -> None:
        """Connect to a namespace, as the user of a token or as nobody."""
        self.wait_for(b"0")
        self.say(f"40{namespace},{json.dumps({'token': token}) if token else ''}")
        self.wait_for(f"40{namespace},".encode())

    def subscribe(self, namespace: str, room: str, since: int | None = None) -> dict[str, Any]:
        """Ask for a room, from an event on where its number is given; gives the answer."""
        asked = {"room": room} if since is None else {"room": room, "since": since}
        self.say(f"42{namespace},1{json.dumps(['subscribe', asked])}")
        (answer,) = json.loads(self.wait_for(f"43{namespace},1".encode()).partition(b",1")[2])
        return dict(answer)

    def receive(self) -> None:
        """Wait for more bytes. Raises RuntimeError when there will be none."""
        data = self.tcp.recv(65536)
        if not data:
            raise RuntimeError("the server closed the connection")
        self.buffer += data

    def close(self) -> None:
        """Go away."""
        self.tcp.close()

    def _shake_hands(self, port: int) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        self.tcp.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        while b"\r\n\r\n" not in self.buffer:
            self.receive()
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise RuntimeError(f"no WebSocket: {head!r}")


def join(port: int, count: int, namespace: str, subscribe: str | None = None) -> list[Listener]:
    """Connect sockets and let them in; `subscribe` is the room that they ask for, where the server wants to be asked."""
    listeners = []
    for _ in range(count):
        listener = Listener(port)
        listener.enter(namespace)
        if subscribe is not None and not (answer := listener.subscribe(namespace, subscribe))["ok"]:
            raise RuntimeError(f"not let in: {answer!r}")
        listener.messages()  # that it listens is no event of the room
        listeners.append(listener)
    return listeners


def listen(
    listeners: list[Listener], each: int, heard: Callable[[bytes, float], None] | None, patience: float
) -> float:
    """Receive until every socket has had so many events; `heard` is called with each and its moment. Says when it ended.

    Raises:
        RuntimeError: they did not all come, or too many did.
    """
    selector = selectors.DefaultSelector()
    for listener in listeners:
        listener.heard = 0
        listener.tcp.setblocking(False)
        selector.register(listener.tcp, selectors.EVENT_READ, listener)
    waiting, end = len(listeners), time.monotonic() + patience
    while waiting:
        for key, _ in selector.select(1):
            listener = key.data
            listener.receive()
            now = time.monotonic()
            messages = [message for message in listener.messages() if message[:2] == b"42"]
            if heard is not None:
                for message in messages:
                    heard(message, now)
            before = listener.heard
            listener.heard += len(messages)
            waiting -= before < each <= listener.heard
        if time.monotonic() > end:
            raise RuntimeError(f"{waiting} sockets are still waiting")
    ended = time.monotonic()
    for listener in listeners:
        listener.tcp.setblocking(True)
        if listener.heard != each:
            raise RuntimeError(f"{listener.heard} events came, not {each}")
    selector.close()
    return ended


def close(listeners: list[Listener]) -> None:
    """Go away."""
    for listener in listeners:
        listener.close()
