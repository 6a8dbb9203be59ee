"""One contract, kept by three clients: our own, the real socket.io-client under Node, and python-socketio's."""

from contextlib import ExitStack
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from db.commands.events import rights_changed
from db.session import as_system
from models.accounts import Role
from models.rules.rooms import Room
from tests.realtime.conftest import a_conversation, a_user, stored, tell
from tests.realtime.driven import COMMANDS, SOCKETIO, driven
from webapp.access.minting import mint

pytestmark = pytest.mark.usefixtures("here")


def installed(kind: str) -> str:
    if kind == "socket.io-client" and not SOCKETIO.is_dir():
        pytest.skip("socket.io-client is not installed; `make` installs it where npm's registry can be reached")
    return kind


@pytest.fixture(params=COMMANDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Which client."""
    return installed(request.param)


def token_of(user: UUID) -> str:
    return mint(user, Role.USER, lifetime=timedelta(minutes=5))


def numbered(events):
    return [(event["seq"], event["payload"]) for event in events]


def test_every_client_hears_everything_once_and_in_order_though_the_server_is_killed(web):
    room = Room.survey(uuid4())
    with ExitStack() as stack:
        clients = [stack.enter_context(driven(installed(kind), web.address)) for kind in COMMANDS]
        for client in clients:
            client.subscribe(str(room))
            assert client.next("subscribed")["subscribed"] == {"seq": 0, "present": [], "typing": []}
        tell(room, 1, 2, 3)
        before = [client.events(3) for client in clients]
        web.kill()
        tell(room, 4, 5, 6)
        web.start()
        web.ready()
        tell(room, 7)
        for client, heard in zip(clients, before, strict=True):
            assert numbered(heard + client.events(4)) == stored(room)


def test_a_client_begins_where_it_says_and_is_told_when_that_is_too_long_ago(web, kind):
    room, other = Room.survey(uuid4()), Room.survey(uuid4())
    tell(room, 1, 2, 3)
    with driven(kind, web.address) as client:
        client.subscribe(str(room), since=1)
        assert numbered(client.events(2)) == stored(room)[1:]
        client.next("subscribed")
        client.unsubscribe(str(room))
    with driven(kind, web.address) as client:
        client.subscribe(str(other), since=99)
        assert client.next("reset", "event") == {"reset": 0}
        tell(other, 1)
        assert numbered(client.events(1)) == stored(other)


def test_a_client_is_told_what_is_wrong_and_who_is_there_and_when_its_right_ends(web, kind):
    ann, bob = a_user(), a_user()
    room = a_conversation(ann, bob)
    with driven(kind, web.address, token_of(ann)) as client, driven("own", web.address, token_of(bob)) as friend:
        client.subscribe(str(room))
        assert client.next("subscribed")["subscribed"] == {"seq": 0, "present": [str(ann)], "typing": []}
        friend.subscribe(str(room))
        assert friend.next("subscribed")["subscribed"]["present"] == sorted([str(ann), str(bob)])
        came = client.events(1)[0]
        assert (came["type"], came["payload"]) == ("presence", {"user_id": str(bob), "is_online": True})

        assert client.send(str(room), "typing_start")["answer"]["ok"] is True
        typing = friend.events(1)[0]
        assert (typing["seq"], typing["payload"]["user_id"], typing["payload"]["is_typing"]) == (None, str(ann), True)
        assert client.send(str(room), "dance")["problem"]["status"] == 404

        with as_system() as session:
            session.execute(
                text("delete from accounts.identities where issuer = :room and user_id = :ann"),
                {"room": str(room.id), "ann": ann},
            )
            rights_changed(session, room)
        assert client.next("problem")["problem"]["status"] == 404
        assert client.next("ended") == {"ended": str(room)}


@pytest.mark.parametrize(("token", "status"), [("forged", 401), (None, 401)])
def test_a_client_that_is_not_let_in_is_told_why(web, kind, token, status):
    with driven(kind, web.address, token) as client:
        client.subscribe(str(a_conversation()))
        assert client.next("problem")["problem"]["status"] == status
