"""Plain HTTP connections to addresses that were checked beforehand, kept open between requests.

`http.client` connects where it is told to; the host name serves the `Host` header and the certificate only. A watchdog ends an
exchange at its deadline, however slowly the other side drips.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.message import Message
from functools import cache
from urllib.parse import urlsplit

import certifi

MOST_IDLE = 16
"""Connections kept open per address."""


@cache
def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class Connection(http.client.HTTPConnection):
    """A connection to one address under the name of one origin."""

    def __init__(self, origin: str, address: str, timeouts: tuple[float, float]) -> None:
        parts = urlsplit(origin)
        self._secure = parts.scheme == "https"
        self.default_port = 443 if self._secure else 80
        super().__init__(parts.hostname or "", parts.port or self.default_port)
        self._address = address
        self._timeouts = timeouts

    def connect(self) -> None:
        """Connect to the checked address; for https, check the certificate against the name."""
        connect_timeout, read_timeout = self._timeouts
        plain = socket.create_connection((self._address, self.port), connect_timeout)
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sock = _tls().wrap_socket(plain, server_hostname=self.host) if self._secure else plain
        except BaseException:
            plain.close()
            raise
        self.sock.settimeout(read_timeout)

    def abort(self) -> None:
        """End the connection from another thread: whoever waits for bytes gets an error at once."""
        if (sock := self.sock) is not None:
            try:
                socket.socket.shutdown(sock, socket.SHUT_RDWR)  # not SSLSocket's own, which is not made for two threads
            except OSError:
                pass


class Exchange:
    """A request that is being answered."""

    def __init__(self, response: http.client.HTTPResponse, deadline: float) -> None:
        self.status = response.status
        self.headers: Message = response.headers
        self._response = response
        self._deadline = deadline

    def chunks(self, size: int) -> Iterator[bytes]:
        """The body in the pieces that arrive.

        Raises:
            TimeoutError: the deadline passed, or nothing came for too long.
        """
        while chunk := self._response.read1(size):
            if time.monotonic() >= self._deadline:
                raise TimeoutError
            yield chunk
        if time.monotonic() >= self._deadline:
            raise TimeoutError
        if self._response.length:
            raise http.client.IncompleteRead(b"", self._response.length)


class Pool:
    """Open connections by origin and address. Safe under threads."""

    def __init__(self) -> None:
        self._idle: dict[tuple[str, str], list[Connection]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def get(
        self,
        origin: str,
        address: str,
        path: str,
        headers: Mapping[str, str],
        *,
        deadline: float,
        timeouts: tuple[float, float],
    ) -> Iterator[Exchange]:
        """Send a GET and give its answer. The connection is kept if the answer was read to its end.

        Raises:
            TimeoutError: the deadline (of `time.monotonic`) passed, or nothing came for too long.
            OSError, http.client.HTTPException: the connection failed.
        """
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        kept = self._take(origin, address)
        connection = kept or Connection(origin, address, (min(timeouts[0], remaining), min(timeouts[1], remaining)))
        watchdog = threading.Timer(remaining, connection.abort)
        watchdog.daemon = True
        watchdog.start()
        try:
            response = self._send(connection, path, headers, fresh=kept is None)
            yield Exchange(response, deadline)
            if response.isclosed() and not response.will_close:
                self._put(origin, address, connection)
                return
        except (OSError, http.client.HTTPException):
            if time.monotonic() >= deadline:
                raise TimeoutError from None
            raise
        finally:
            watchdog.cancel()
            if not self._is_idle(origin, address, connection):
                connection.close()

    def close(self) -> None:
        """Close the idle connections."""
        with self._lock:
            for connections in self._idle.values():
                for connection in connections:
                    connection.close()
            self._idle.clear()

    def _send(
        self, connection: Connection, path: str, headers: Mapping[str, str], *, fresh: bool
    ) -> http.client.HTTPResponse:
        try:
            connection.request("GET", path, headers=dict(headers))
            return connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            if fresh:
                raise
        connection.close()  # the server ended it while it was idle; that says nothing about this request
        connection.request("GET", path, headers=dict(headers))
        return connection.getresponse()

    def _take(self, origin: str, address: str) -> Connection | None:
        with self._lock:
            idle = self._idle.get((origin, address))
            return idle.pop() if idle else None

    def _put(self, origin: str, address: str, connection: Connection) -> None:
        with self._lock:
            idle = self._idle.setdefault((origin, address), [])
            if len(idle) < MOST_IDLE:
                idle.append(connection)

    def _is_idle(self, origin: str, address: str, connection: Connection) -> bool:
        with self._lock:
            return any(idle is connection for idle in self._idle.get((origin, address), ()))
