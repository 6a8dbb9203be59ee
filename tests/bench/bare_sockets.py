"""`python -m tests.bench.bare_sockets PORT`: python-socketio alone, on the server that the web app runs on (gevent's).

Whoever connects is in the room. A client's event `go` with a number has that many events emitted to it, as fast as it goes:
the same messages that the web app sends.
"""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402

import socketio  # noqa: E402
from gevent.pywsgi import WSGIServer  # noqa: E402
from geventwebsocket.handler import WebSocketHandler  # type: ignore[import-untyped]  # noqa: E402

NAMESPACE = "/surveys"


def main() -> None:
    """Serve until killed."""
    server = socketio.Server(async_mode="gevent", namespaces=[NAMESPACE])

    @server.on("connect", namespace=NAMESPACE)
    def connect(sid: str, environ: object, auth: object = None) -> None:
        server.enter_room(sid, "room", namespace=NAMESPACE)

    @server.on("go", namespace=NAMESPACE)
    def go(sid: str, count: int, room: str) -> None:
        for number in range(1, count + 1):
            envelope = {
                "type": "tick",
                "ts": "2026-11-28T18:00:00.000000+00:00",
                "seq": number,
                "room": room,
                "payload": {"n": number},
            }
            server.emit("tick", envelope, room="room", namespace=NAMESPACE)

    app = socketio.WSGIApp(server)
    WSGIServer(
        ("127.0.0.1", int(sys.argv[1])), app, log=None, handler_class=WebSocketHandler, backlog=1024
    ).serve_forever()


if __name__ == "__main__":
    main()
