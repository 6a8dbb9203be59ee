"""Running the upstream: HTTP/1.1 with kept connections, a thread each, in this process or in the foreground of another."""

import io
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from flask import Blueprint
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.test import run_wsgi_app

from deployments.upstream.amend import Amended, Change
from deployments.upstream.app import PROTOCOLS, create_app
from deployments.upstream.arrival import ARRIVED, StampedReader
from deployments.upstream.changes import ChangeFeed, utc_now
from deployments.upstream.conditions import Conditions, Fault, RequestLog
from deployments.upstream.faults import ENDING
from deployments.upstream.service import FOREIGN_PER_DAY, Service
from deployments.upstream.source import Source
from deployments.upstream.stats import Stats
from deployments.upstream.weather import Draws, Weather

POLL_INTERVAL = 0.02
"""Seconds after which the server notices that it is to stop."""


class Handler(WSGIRequestHandler):
    """Keeps connections open, which Werkzeug's own way of answering does not.

    Without Nagle's algorithm, which would hold back answers for 40 ms; each answer leaves in one piece.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024

    def setup(self) -> None:
        super().setup()
        self._reader = StampedReader(self.connection)
        self.rfile = io.BufferedReader(self._reader)

    def run_wsgi(self) -> None:
        """Answer one request and leave the connection ready for the next."""
        arrived = self._reader.arrived  # of the head; what follows may come later
        environ = self.make_environ()
        environ[ARRIVED] = arrived
        endings: list[str] = environ.setdefault(ENDING, [])
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            self.close_connection = True  # how much of it the app will read is not known
        else:
            environ["wsgi.input"] = io.BytesIO(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        parts, status, headers = run_wsgi_app(self.server.app, environ, buffered=True)
        body = b"".join(parts)
        if "silent" in endings or (endings and len(body) < 2):
            self.close_connection = True
            return
        code, _, reason = status.partition(" ")
        headers["Connection"] = "close" if self.close_connection else "keep-alive"
        headers.setdefault("Date", self.date_time_string())
        if int(code) not in (204, 304):
            headers.setdefault("Content-Length", str(len(body)))
        self.send_response_only(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if endings else body)
        self.wfile.flush()
        if endings:
            self.close_connection = True

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing: what was served stands in the request log."""


class Server(ThreadedWSGIServer):
    """Knows its open connections, so that stopping ends them too."""

    request_queue_size = 256

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(*args, **kwargs)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        with self._lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass  # already closed by the client


class Upstream:
    """An upstream running in a thread of this process.

    >>> with Upstream(source) as upstream:
    ...     requests.get(f"{upstream.url}/3/tv/900000001", headers=upstream.headers)
    ...     upstream.limit_to(rate=20)
    ...     upstream.requests.count("/3/tv", status=200)
    """

    def __init__(
        self,
        source: Source,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        token: str = "sample-token",
        latency: float = 0.0,
        rate: float | None = None,
        burst: int | None = None,
        faults: Sequence[Fault] = (),
        weather: Weather | None = None,
        foreign_changes: int = FOREIGN_PER_DAY,
        clock: Callable[[], datetime] = utc_now,
        keep_requests: int | None = None,
        protocols: Sequence[Blueprint] = PROTOCOLS,
    ) -> None:
        """Prepare an upstream; `start`, or entering it, binds the port (0: a free one).

        `latency` is in seconds, `rate` in requests a second, `keep_requests` bounds the log's entries. `foreign_changes`
        are the ids of others that `/tv/changes` and `/person/changes` list a day, `clock` tells what day it is there.
        """
        self.conditions = Conditions(token=token, latency=latency, faults=list(faults))
        self.conditions.limit_to(rate, burst)
        if weather is not None:
            self.conditions.weather = weather
        self.requests = RequestLog(keep_requests)
        feed = ChangeFeed(foreign_changes, clock)
        self.app = create_app(
            source, conditions=self.conditions, requests=self.requests, feed=feed, protocols=protocols
        )
        self.host, self.port = host, port
        self._server: Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def service(self) -> Service:
        found: Service = self.app.extensions["upstream"]
        return found

    @property
    def url(self) -> str:
        """Origin, without a slash at the end. TMDb's base is `<url>/3`, the image CDN's `<url>/t/p`."""
        return f"http://{self.host}:{self.port}"

    @property
    def token(self) -> str:
        return self.conditions.token

    @property
    def headers(self) -> dict[str, str]:
        """The credentials this upstream accepts, as request headers."""
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def source(self) -> Amended:
        return self.service.source

    @source.setter
    def source(self, source: Source) -> None:
        self.service.source = source if isinstance(source, Amended) else Amended(source)
        self.service.forget()

    @property
    def latency(self) -> float:
        return self.conditions.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self.conditions.latency = seconds

    @property
    def faults(self) -> list[Fault]:
        return self.conditions.faults

    def limit_to(self, rate: float | None, burst: int | None = None, *, protocol: str | None = None) -> None:
        """Limit TMDb's API, or a protocol, from now on to `rate` requests a second, `burst` at once; None lifts the limit."""
        self.conditions.limit_to(rate, burst, protocol)

    def fail(self, protocol: str, **failures: Any) -> None:
        """Let a protocol fail until `heal`: `fail("imdb-pages", challenge="empty")`; `Failing` says in which ways."""
        if protocol not in self.service.protocols:
            raise ValueError(f"there is no protocol {protocol}; there are {', '.join(self.service.protocols)}")
        self.conditions.fail(protocol, **failures)

    def heal(self, protocol: str | None = None) -> None:
        """End failures, weather, limit and outage of a protocol, or of each."""
        self.conditions.heal(protocol)

    @property
    def weather(self) -> Weather:
        return self.conditions.weather

    @weather.setter
    def weather(self, weather: Weather) -> None:
        self.conditions.weather = weather

    def set_weather(self, *, protocol: str | None = None, **shares: Any) -> None:
        """Replace some of the weather (`too_many=0.01`), of all or of a protocol; its draws begin anew."""
        if protocol is None:
            self.weather = replace(self.weather, **shares)
        else:
            weather = self.conditions.draws_of(protocol).weather
            self.conditions.of(protocol).draws = Draws(replace(weather, **shares))

    def outage(self, seconds: float, *, protocol: str | None = None) -> None:
        """Disconnect everybody, or who speaks a protocol, for so long, without an answer; 0 ends it."""
        self.conditions.outage(seconds, protocol)

    def calm(self) -> None:
        """Lift the limit, end outage and latency, take all faults away."""
        self.conditions.calm()

    @property
    def stats(self) -> Stats:
        """Requests by kind and status, faults, most in flight: what `/_stats` tells."""
        return self.service.stats

    @property
    def feed(self) -> ChangeFeed:
        """What was announced as changed; its `clock` and `foreign_per_day` may be set."""
        return self.service.feed

    def amend(
        self,
        path: str,
        change: Change | None = None,
        *,
        announce: bool = True,
        at: datetime | None = None,
        **fields: object,
    ) -> None:
        """Answer `path` (`tv/900000001`, `tv/900000001/keywords`, `find/<id>`) with these fields, or as `change` makes it.

        The show or person is announced as changed now, or `at` another time; or not at all, as feeds do that lie.
        """
        self.service.amend(path, change, fields, announce=announce, at=at)

    def withdraw(self, path: str, *, announce: bool = True, at: datetime | None = None) -> None:
        """Answer `path` (also `find/<id>`, `list/<id>`, `image/<file>`) as if it did not exist."""
        self.service.withdraw(path, announce=announce, at=at)

    def announce(self, path: str, at: datetime | None = None) -> None:
        """Announce a show or person as changed, though nothing is."""
        self.feed.announce(path, at)

    def restore(self) -> None:
        """Undo every `amend` and `withdraw`, and forget what was announced."""
        self.service.restore()

    def start(self) -> Self:
        """Bind the port and serve from a thread.

        Raises:
            OSError: the port is taken or the address is not this machine's.
        """
        self.service.stopping.clear()
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.create_server((self.host, self.port), family=family, backlog=256) as bound:
            self.port = bound.getsockname()[1]
            self._server = Server(self.host, self.port, self.app, Handler, fd=bound.fileno())
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(POLL_INTERVAL,), name="upstream", daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and end the connections still open."""
        self.service.stopping.set()
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
        self._server = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
