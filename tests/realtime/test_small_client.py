"""The small client (`webapp/static/realtime.js`) against a server that misbehaves in ways that ours should not."""

from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
import socketio
from flask import Flask, jsonify, request
from werkzeug.serving import make_server

from tests.realtime.driven import Client, driven

ROOM = "discussions:episode:00000000-0000-4000-8000-000000000001"


def event(seq: int | None, kind: str = "post_created", /, **payload: Any) -> dict[str, Any]:
    return {"type": kind, "ts": "2026-01-01T00:00:00+00:00", "seq": seq, "room": ROOM, "payload": payload}


class Careless:
    """A server of Socket.IO that sends whatever a test tells it to, and keeps ten events."""

    def __init__(self, patience: int) -> None:
        self.wishes: list[dict[str, Any]] = []
        self.tokens: list[Any] = []
        self.fetched: list[tuple[str, str | None]] = []
        self.greeting = {"room": ROOM, "seq": 0, "resync": False}
        self.refusal: dict[str, Any] | None = None
        self.status = 200
        self.io = socketio.Server(
            async_mode="threading", namespaces=["/discussions"], ping_interval=1, ping_timeout=patience
        )
        self.io.on("connect", self._connect, namespace="/discussions")
        self.io.on("subscribe", self._subscribe, namespace="/discussions")
        app = Flask("careless")
        app.wsgi_app = socketio.WSGIApp(self.io, app.wsgi_app)  # type: ignore[method-assign]
        app.add_url_rule("/api/v1/rooms/<room>/events", view_func=self._events)
        self.http = make_server("127.0.0.1", 0, app, threaded=True)
        self.origin = f"http://127.0.0.1:{self.http.server_port}"
        self.thread = Thread(target=self.http.serve_forever, daemon=True)

    def send(self, *events: dict[str, Any]) -> None:
        for sent in events:
            self.io.emit(sent["type"], sent, namespace="/discussions")

    def cut(self) -> None:
        """End all connections without a word."""
        for transport in list(self.io.eio.sockets.values()):
            transport.close(wait=False)

    def _connect(self, _sid: str, _environ: dict[str, Any], auth: Any) -> None:
        self.tokens.append((auth or {}).get("token"))
        if self.refusal:
            refusal, self.refusal = self.refusal, None
            raise socketio.exceptions.ConnectionRefusedError(refusal["detail"], refusal)

    def _subscribe(self, sid: str, wish: dict[str, Any]) -> dict[str, Any]:
        self.wishes.append(wish)
        self.io.emit("subscribed", event(None, "subscribed", **self.greeting), to=sid, namespace="/discussions")
        return {"ok": True, **self.greeting, "present": [], "typing": []}

    def _events(self, room: str) -> Any:
        self.fetched.append((request.args["since"], request.headers.get("Authorization")))
        if self.status != 200:
            return jsonify({"status": self.status, "detail": "Gone"}), self.status
        since = int(request.args["since"])
        return jsonify([event(seq) for seq in range(since + 1, 11)])


@pytest.fixture
def careless(request: pytest.FixtureRequest) -> Iterator[Careless]:
    """A server that is patient with a machine that has other things to do, except where a test says otherwise."""
    server = Careless(getattr(request, "param", 60))
    server.thread.start()
    yield server
    server.http.shutdown()
    server.cut()
    server.thread.join()


@pytest.fixture
def client(careless: Careless) -> Iterator[Client]:
    """Our client, listening, with a token."""
    with driven("own", careless.origin, "t0k3n") as client:
        client.subscribe(ROOM)
        assert client.next("subscribed")["subscribed"] == {"seq": 0, "present": [], "typing": []}
        yield client


def seqs(events: list[dict[str, Any]]) -> list[int | None]:
    return [told["seq"] for told in events]


def test_what_comes_twice_is_told_once_and_what_is_not_numbered_each_time(careless, client):
    typing = event(None, "typing", is_typing=True)
    careless.send(event(1), event(1), event(2), typing, event(1), typing, event(3))
    told = client.events(5)
    assert seqs(told) == [1, 2, None, None, 3]
    assert told[2] == typing
    assert careless.fetched == []


def test_a_gap_is_filled_from_rest_before_anything_after_it_is_told(careless, client):
    careless.send(event(1), event(4), event(5), event(3))
    assert seqs(client.events(10)) == list(range(1, 11))
    assert careless.fetched == [("1", "Bearer t0k3n")]
    careless.send(event(10), event(11))
    assert seqs(client.events(1)) == [11]


def test_a_gap_that_cannot_be_filled_is_asked_for_on_a_new_connection(careless, client):
    careless.status = 410
    careless.greeting = {"room": ROOM, "seq": 40, "resync": True}
    careless.send(event(1), event(9))
    assert seqs(client.events(1)) == [1]
    assert client.next("reset", "event") == {"reset": 40}
    assert careless.wishes == [{"room": ROOM}, {"room": ROOM, "since": 1}]
    careless.send(event(40), event(41))
    assert seqs(client.events(1)) == [41]


def test_a_connection_that_is_cut_comes_back_with_the_last_number_and_outlives_pings(careless, client):
    careless.send(event(1), event(2))
    assert seqs(client.events(2)) == [1, 2]
    careless.cut()
    assert client.next("state") == {"state": "waiting"}
    client.next("subscribed")
    assert careless.wishes[1:] == [{"room": ROOM, "since": 2}]
    careless.send(event(2), event(3))
    assert seqs(client.events(1)) == [3]


def test_a_refusal_is_told_and_the_door_is_knocked_at_again(careless):
    careless.refusal = {"status": 401, "title": "Unauthorized", "detail": "The token has expired"}
    with driven("own", careless.origin, "t0k3n") as client:
        client.subscribe(ROOM)
        assert client.next("problem")["problem"] == {
            "status": 401,
            "title": "Unauthorized",
            "detail": "The token has expired",
        }
        client.next("subscribed")
    assert careless.tokens == ["t0k3n", "t0k3n"]


@pytest.mark.parametrize("careless", [1], indirect=True, ids=["after a second"])
def test_a_server_that_falls_silent_is_left(careless, client):
    """It pings each second; once it does not, the connection is dead, though nobody has closed it."""
    (transport,) = careless.io.eio.sockets.values()
    transport.schedule_ping = lambda: None
    assert client.next("state") == {"state": "waiting"}
    client.next("subscribed")
