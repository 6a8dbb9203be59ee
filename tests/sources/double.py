"""A protocol double: a real HTTP server on localhost that answers what a test tells it to.

It stands in for status codes, ETags, headers, slow and broken bodies. What real bodies look like is proved with recordings
instead.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Asked:
    """A request that the double received."""

    path: str
    headers: dict[str, str]
    at: float
    method: str = "GET"
    body: bytes = b""


@dataclass
class Reply:
    """What the double sends back; with `chunks`, the body in pieces, each after a pause."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    chunks: Callable[[], Iterator[bytes]] | None = None


def json_reply(body: Any, status: int = 200, **headers: str) -> Reply:
    """A reply as TMDb would send it; header names with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(body).encode(), {"Content-Type": "application/json", **named})


class Double:
    """A server that answers as `answer` says and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answer: Callable[[Asked], Reply] = lambda request: Reply()
        self._lock = threading.Lock()
        double = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                request = Asked(self.path, dict(self.headers), time.monotonic(), self.command, body)
                with double._lock:
                    double.asked.append(request)
                reply = double.answer(request)
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.chunks is None and "Content-Length" not in reply.headers:
                    self.send_header("Content-Length", "0" if reply.status == 304 else str(len(reply.body)))
                self.end_headers()
                try:
                    if reply.chunks is None:
                        self.wfile.write(b"" if reply.status == 304 else reply.body)
                    else:
                        self.close_connection = True
                        for chunk in reply.chunks():
                            self.wfile.write(chunk)
                            self.wfile.flush()
                except OSError:
                    self.close_connection = True

            do_POST = do_GET

            def log_message(self, *args: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *args: Any) -> None:
                pass  # a client that goes away is part of the tests

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
