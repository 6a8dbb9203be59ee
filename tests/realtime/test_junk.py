"""Junk of every kind is answered where there is a way to answer, ends at worst its own connection, and never the server."""

import json
import random
import socket
from typing import Any
from uuid import uuid4

import pytest
import urllib3
import websocket
from sqlalchemy import text

from db.session import as_system
from models.rules.rooms import Room
from tests.realtime.clients import wait_until
from tests.realtime.conftest import a_user, hears_all, tell

NAMESPACE = "/surveys"
SUBSCRIBED: list[Any] = [[], "x", 1, True, [[]], {"since": -1}, {"room": {"a": 1}}, {"survey_id": 7}]
NO_NUMBERS: list[Any] = ["1", 1.5, True, 2**70, -1, []]
NAMES = ["nonsense", "connect", "disconnect", "message", "", "__class__", "tick", "x" * 5000]
NO_NAMES: list[Any] = [1, None, {}, [], True]
EVENTS: list[Any] = [
    *(["subscribe", value] for value in SUBSCRIBED),
    *(["subscribe", {"survey_id": str(uuid4()), "since": since}] for since in NO_NUMBERS),
    ["subscribe", {}, {}],
    ["subscribe", {"room": f"notifications:user:{uuid4()}"}],
    ["unsubscribe", {"survey_id": "../../etc"}],
    ["typing_start", {"survey_id": str(uuid4())}],
    ["authenticate", {"token": ["x"]}],
    *([name] for name in NAMES),
    *([value] for value in NO_NAMES),
]
FRAMES: list[str] = [
    *("", "9", "x", "4", "49", "4x", "\u0663", "42", "42[", "42{}", '42"x"', "42[]", "42[1]", "4" + "[" * 9000),
    *("2" + "[" * 9000, "42" + "[" * 9000, f"42{NAMESPACE},", f"42{NAMESPACE},[", f"42{NAMESPACE},null", "0", "6", "5"),
    *(f"42{NAMESPACE},{'9' * 200}[]", f"42{NAMESPACE},\u00b2[]", f"45{NAMESPACE},"),
    *(f'451-{NAMESPACE},["x",{{"_placeholder":1}}]',),
    *(f"43{NAMESPACE},7[]", f"43{NAMESPACE},", f"44{NAMESPACE},{{}}", "40/nowhere,", "40/nowhere", f"40{NAMESPACE},", "47"),
    *(f'42{NAMESPACE},["subscribe",{{"since":1e999}}]', f'42{NAMESPACE},["subscribe",NaN]', f"42{NAMESPACE},1" + "0" * 60),
    *("42/other,[1]", '42?x,["heartbeat"]', f"40{NAMESPACE},[1]", "bAAAA", "b!!", "3probe", "2probe"),
]  # fmt: skip


def raw(web: Any, timeout: float = 60) -> Any:
    """A WebSocket below Socket.IO, let into a namespace."""
    connection: Any = websocket.create_connection(
        f"ws://127.0.0.1:{web.port}/socket.io/?EIO=4&transport=websocket", timeout=timeout
    )
    assert connection.recv().startswith("0")
    connection.send(f"40{NAMESPACE},")
    assert connection.recv().startswith(f"40{NAMESPACE},")
    return connection


def answered(connection: Any, number: int = 77) -> list[str]:
    """Whether a connection still answers a heartbeat; says what came before."""
    connection.send(f'42{NAMESPACE},{number}["heartbeat"]')
    before: list[str] = []
    while not (message := connection.recv()).startswith(f"43{NAMESPACE},{number}"):
        assert message, "the connection was closed"
        before.append(message)
    assert json.loads(message.removeprefix(f"43{NAMESPACE},{number}")) == [{"ok": True}]
    return before


@pytest.fixture
def listening(connect, web, green_web):
    """Somebody on each server who must not notice any of it."""
    room = Room.survey(uuid4())
    clients = [connect(NAMESPACE, to=process) for process in (web, green_web)]
    for client in clients:
        assert client.call("subscribe", {"room": str(room), "since": 0})["ok"]
    yield
    tell(room, 1, 2)
    for client in clients:
        hears_all(client, room)


@pytest.mark.parametrize("server", ["web", "green_web"])
def test_events_that_mean_nothing_are_acknowledged_as_problems_or_told_by_an_error(request, server, listening):
    """Gap 7: no message is fatal, whatever JSON it holds, and what is answered names no library."""
    web = request.getfixturevalue(server)
    for begin in range(0, len(EVENTS), 15):
        connection = raw(web)
        for number, event in enumerate(EVENTS[begin : begin + 15]):
            connection.send(f"42{NAMESPACE},{number}{json.dumps(event)}")
            answer = connection.recv()
            (problem,) = json.loads(answer.removeprefix(f"43{NAMESPACE},{number}"))
            assert problem["ok"] is False and 400 <= problem["status"] < 500, (event, problem)
            assert {"type", "title", "status", "detail", "errors"} <= problem.keys()
            connection.send(f"42{NAMESPACE},{json.dumps(event)}")
            name, told = json.loads(connection.recv().removeprefix(f"42{NAMESPACE},"))
            assert (name, told["payload"]["status"]) == ("error", problem["status"])
        assert answered(connection) == []
        connection.close()


@pytest.mark.parametrize("server", ["web", "green_web"])
def test_frames_that_are_no_messages_leave_connection_and_server_serving(request, server, listening):
    web = request.getfixturevalue(server)
    chance = random.Random(7)
    for message in [*FRAMES, *(b"\x00\xff", b"", b"4" * 100)]:
        connection = raw(web)
        if isinstance(message, bytes):
            connection.send_binary(message)
        else:
            connection.send(message)
        told = answered(connection)
        assert all(part.startswith(("42", "43", "44", "6", "40")) for part in told), (message, told)
        connection.close()
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", web.port), timeout=60) as tcp:
            tcp.sendall(chance.randbytes(200) + b"\r\n\r\n")
    assert urllib3.request("GET", f"{web.address}/health").status == 200


HEAD = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
BROKEN = [
    b"\x81\x05hello",  # not masked
    b"\x83\x80\0\0\0\0",  # an opcode that is reserved
    b"\xf1\x80\0\0\0\0",  # extensions that were not agreed on
    b"\x81\x82\0\0\0\0\xff\xfe",  # no UTF-8
    b"\x80\x80\0\0\0\0",  # goes on with nothing
    b"\x89\xfe\x01\x00\0\0\0\0" + b"x" * 256,  # a ping that is too long
    b"\x81\xff" + (2**63 - 1).to_bytes(8, "big") + b"\0\0\0\0x",  # longer than there is memory
    b"\x88\x81\0\0\0\0x",  # a close with half a code
    b"\x01\x81\0\0\0\x004" * 3,  # begins three messages at once
]


def wait_for_the_end(tcp: socket.socket) -> None:
    try:
        while tcp.recv(65536):
            pass
    except ConnectionResetError:  # it left without reading everything
        pass


@pytest.mark.parametrize("server", ["web", "green_web"])
def test_bytes_that_break_the_websocket_end_it_alone(request, server, listening):
    web = request.getfixturevalue(server)
    for broken in BROKEN:
        with socket.create_connection(("127.0.0.1", web.port), timeout=60) as tcp:
            tcp.sendall(HEAD)
            assert b" 101 " in tcp.recv(4096)
            tcp.sendall(broken)
            tcp.shutdown(socket.SHUT_WR)
            wait_for_the_end(tcp)
    for head in (HEAD.replace(b"Version: 13", b"Version: 7"), HEAD.replace(b"Sec-WebSocket-Key", b"X")):
        with socket.create_connection(("127.0.0.1", web.port), timeout=60) as tcp:
            tcp.sendall(head)
            assert b" 101 " not in tcp.recv(4096)
    for query in ("", "?EIO=3&transport=websocket", "?EIO=4&transport=polling", "?EIO=4&transport=websocket&sid=x"):
        assert urllib3.request("GET", f"{web.address}/socket.io/{query}").status == 400


def test_too_much_is_refused_and_who_goes_on_is_cut_off(web, connect, listening):
    large = raw(web)
    large.send(f'42{NAMESPACE},1["heartbeat","{"x" * 20_000}"]')
    assert '"status":413' in large.recv()
    assert answered(large) == []
    large.send(f'42{NAMESPACE},1["heartbeat","{"x" * 100_000}"]')
    assert large.recv_frame().data[:2] == (1009).to_bytes(2, "big")
    quick = raw(web)
    refused = 0
    try:
        for number in range(2_000):
            quick.send(f'42{NAMESPACE},{number}["heartbeat"]')
            refused += '"status":429' in quick.recv()
    except (OSError, websocket.WebSocketException):
        pass
    assert refused > 100
    user = a_user()
    sockets = [connect(NAMESPACE, user) for _ in range(5)]
    with pytest.raises(Exception, match=r"refused|namespaces failed"):
        connect(NAMESPACE, user)
    rooms = [{"survey_id": str(uuid4())} for _ in range(4)]
    assert [sockets[0].call("subscribe", room).get("status") for room in rooms] == [None, None, None, 429]
    sockets[0].close()
    wait_until(lambda: _connects(connect, user))


def _connects(connect, user):
    try:
        return connect(NAMESPACE, user)
    except Exception:
        return None


def test_a_listener_that_lost_its_connection_misses_nothing(connect, web, green_web):
    room = Room.survey(uuid4())
    clients = [connect(NAMESPACE, to=process) for process in (web, green_web)]
    for client in clients:
        client.call("subscribe", {"room": str(room)})
    for number in range(3):
        with as_system() as session:
            session.execute(
                text("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'trr-listen'")
            )
        tell(room, number)
    for client in clients:
        hears_all(client, room)
