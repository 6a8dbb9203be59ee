"""Plain HTTP connections to addresses that were checked beforehand (`models/rules/addresses.py`), kept open between requests.

`http.client` connects where it is told to; the host name serves the `Host` header and the certificate only. A watchdog
ends an exchange at its deadline, however slowly the other side drips.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from email.message import Message
from functools import cache
from urllib.parse import urlsplit

import certifi

MOST_IDLE = 16
"""Connections kept open per address."""

Resolver = Callable[[str, int], Sequence[str]]
"""Gives the IP addresses of a host name (with the port, for what the system's resolver wants to know)."""


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host by the system's resolver, in its order.

    Raises:
        OSError: it knows none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


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
        self._open: socket.socket | None = None

    def connect(self) -> None:
        """Connect to the checked address; for https, check the certificate against the name."""
        connect_timeout, read_timeout = self._timeouts
        plain = socket.create_connection((self._address, self.port), connect_timeout)
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open = self.sock = plain  # from here on the watchdog can end it
            if self._secure:
                self._open = self.sock = _tls().wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise
        self.sock.settimeout(read_timeout)

    def abort(self) -> None:
        """End the connection from another thread: whoever waits for bytes gets an error at once."""
        if (sock := self._open) is not None:  # `self.sock` is let go of as soon as an answer says Connection: close
            try:
                socket.socket.shutdown(sock, socket.SHUT_RDWR)  # not SSLSocket's own, which is not made for two threads
            except OSError:
                pass


class ConnectionFailed(Exception):
    """No connection, or it ended before the answer did."""


class CertificateRefused(ConnectionFailed):
    """The other side could not prove that it is who was asked for."""


class DeadlinePassed(ConnectionFailed):
    """The exchange was not finished in time."""


class Exchange:
    """A request that is being answered, until its deadline (of `time.monotonic`)."""

    def __init__(self, connection: Connection, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline
        self._response: http.client.HTTPResponse | None = None

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, *, fresh: bool) -> None:
        """Send a request and read the answer's head; on a connection that idled too long, on a new one.

        Raises:
            ConnectionFailed: that did not succeed.
        """
        with self._failures():
            try:
                self._response = self._sent(method, path, headers, body)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                if fresh:
                    raise
                self._connection.close()  # it was ended while it was idle; that says nothing about this request
                self._response = self._sent(method, path, headers, body)

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self._answer.status

    @property
    def headers(self) -> Message:
        """The headers of the answer."""
        return self._answer.headers

    def end(self) -> bool:
        """Let go of the answer; returns whether the connection can carry another request."""
        if self._response is None:
            return False
        whole = self._response.isclosed() or self._response.length == 0
        self._response.close()
        return whole and not self._response.will_close

    @property
    def _answer(self) -> http.client.HTTPResponse:
        assert self._response is not None, "nothing was sent yet"
        return self._response

    def chunks(self, size: int) -> Iterator[bytes]:
        """The body in the pieces that arrive.

        Raises:
            ConnectionFailed: it ended before the body did.
        """
        while True:
            with self._failures():
                chunk = self._answer.read1(size)
                if time.monotonic() >= self._deadline:
                    raise TimeoutError
                if not chunk and self._answer.length:
                    raise http.client.IncompleteRead(b"", self._answer.length)
            if not chunk:
                return
            yield chunk

    def _sent(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> http.client.HTTPResponse:
        self._connection.request(method, path, body, dict(headers))
        return self._connection.getresponse()

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except (OSError, http.client.HTTPException) as error:
            if time.monotonic() >= self._deadline:
                raise DeadlinePassed from None
            if isinstance(error, ssl.SSLCertVerificationError):
                raise CertificateRefused(error.verify_message) from None
            raise ConnectionFailed(type(error).__name__) from None


class Pool:
    """Open connections by origin and address. Safe under threads."""

    def __init__(self) -> None:
        self._idle: dict[tuple[str, str], list[Connection]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def ask(
        self,
        origin: str,
        address: str,
        path: str,
        headers: Mapping[str, str],
        *,
        deadline: float,
        timeouts: tuple[float, float],
        method: str = "GET",
        body: bytes | None = None,
    ) -> Iterator[Exchange]:
        """Send a request and give its answer. The connection is kept if the answer was read to its end.

        Raises:
            ConnectionFailed: there was no connection or no answer, or not in time.
        """
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise DeadlinePassed
        kept = self._take(origin, address)
        connection = kept or Connection(origin, address, (min(timeouts[0], remaining), timeouts[1]))
        watchdog = threading.Timer(remaining, connection.abort)
        watchdog.daemon = True
        watchdog.start()
        exchange = Exchange(connection, deadline)
        try:
            exchange.send(method, path, headers, body, fresh=kept is None)
            yield exchange
        finally:
            watchdog.cancel()
            if not (exchange.end() and self._put(origin, address, connection)):
                connection.close()

    def close(self) -> None:
        """Close the idle connections."""
        with self._lock:
            for connections in self._idle.values():
                for connection in connections:
                    connection.close()
            self._idle.clear()

    def _take(self, origin: str, address: str) -> Connection | None:
        with self._lock:
            idle = self._idle.get((origin, address))
            return idle.pop() if idle else None

    def _put(self, origin: str, address: str, connection: Connection) -> bool:
        with self._lock:
            idle = self._idle.setdefault((origin, address), [])
            if len(idle) >= MOST_IDLE:
                return False
            idle.append(connection)
            return True
