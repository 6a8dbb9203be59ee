"""Every kind of room, over a socket and over REST: who may listen, and who may not. A kind that stands in no table fails here.

The web process is the product's own, without the rooms that tests of `tests/realtime/` make rights for.
"""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import socketio
import urllib3
from sqlalchemy import text

from db import session as sessions
from models.accounts import Role
from models.rules.rooms import Room, RoomKind
from tests.adversary.forged import bad_tokens
from tests.realtime.clients import Client, Contract
from tests.realtime.conftest import SETTINGS, Web, a_user
from tests.webapp.talk import aired_show
from webapp.access import issuers
from webapp.access.minting import mint

OPEN = {"owner": 200, "other": 200, "nobody": 200}
OWN = {"owner": 200, "other": 403, "nobody": 401}
CLOSED = {"owner": 404, "other": 404, "nobody": 404}

EXPECTED = {
    RoomKind.SHOW: OPEN,
    RoomKind.SEASON: OPEN,
    RoomKind.EPISODE: OPEN,
    RoomKind.SURVEY: CLOSED,  # nobody holds surveys yet
    RoomKind.CONVERSATION: {"owner": 200, "other": 404, "nobody": 401},
    RoomKind.USER: OWN,
}
"""What those ask for are answered who listen to a room of each kind: the one whose it is, another user, and nobody."""


class Product(Web):
    """The web process as an installation runs it."""

    program = "webapp"


@pytest.fixture(scope="module")
def variables(postgres, database_template):
    """What points the web process and this one at a database."""
    postgres.create_database("adversary_rooms", owner="trr_owner", template=database_template)
    return SETTINGS | {
        "DATABASE_URL": postgres.url("adversary_rooms", "trr_app"),
        "MIGRATION_DATABASE_URL": postgres.url("adversary_rooms", "trr_owner"),
        "SYSTEM_DATABASE_URL": postgres.url("adversary_rooms", "trr_system"),
    }


@pytest.fixture(scope="module")
def here(variables):
    """Let this process write into that database, and sign tokens as the web process does."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        forget()
        yield
    forget()


def forget():
    sessions.dispose()
    issuers.forget()


@pytest.fixture(scope="module")
def web(here, variables, ports):
    """The web process."""
    process = Product(ports.take("adversary"), variables)
    yield process.ready()
    process.kill()


@pytest.fixture(scope="module")
def people(web) -> dict[str, UUID]:
    """Somebody, and somebody else."""
    return {"owner": a_user(), "other": a_user()}


@pytest.fixture(scope="module")
def rooms(web, people) -> dict[RoomKind, Room]:
    """A room of each kind; it is the owner's where it is anybody's."""
    show = aired_show()
    ids = {
        RoomKind.SHOW: show.show,
        RoomKind.SEASON: show.seasons[0],
        RoomKind.EPISODE: show.episodes[0],
        RoomKind.USER: people["owner"],
        RoomKind.CONVERSATION: a_conversation(people["owner"]),
    }
    return {kind: Room(kind, ids.get(kind, uuid4())) for kind in RoomKind}


def a_conversation(owner: UUID) -> UUID:
    """A conversation of somebody and a third."""
    with sessions.acting_as(owner) as session:
        opened = session.execute(text("select social.open_conversation(:third)"), {"third": a_user()})
        return UUID(str(opened.scalar_one()))


@pytest.fixture
def connect(web):
    """Connect a client to the namespace of a room."""
    made = []
    contract = Contract(web.address)

    def client(room, token=None):
        made.append(Client(web.address, contract, room.namespace, token))
        return made[-1]

    yield client
    for one in made:
        one.close()


def token_of(user):
    return mint(user, Role.USER, lifetime=timedelta(minutes=5))


def over_rest(web, room, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return urllib3.request("GET", f"{web.address}/api/v1/rooms/{room}/events", headers=headers).status


def over_socket(connect, room, token=None):
    """The status that a subscription is answered; 401 where not even the namespace is opened."""
    try:
        client = connect(room, token)
    except socketio.exceptions.ConnectionError:
        return 401
    answer = client.call("subscribe", {"room": str(room)})
    return 200 if answer["ok"] is True else answer["status"]


def test_every_kind_of_room_stands_here():
    assert set(EXPECTED) == set(RoomKind)


@pytest.mark.parametrize("kind", RoomKind)
def test_who_may_listen(web, connect, people, rooms, kind):
    room = rooms[kind]
    for who, status in EXPECTED[kind].items():
        token = token_of(people[who]) if who in people else None
        assert (kind, who, over_rest(web, room, token)) == (kind, who, status)
        assert (kind, who, over_socket(connect, room, token)) == (kind, who, status)
    if EXPECTED[kind] == OPEN:
        nowhere = Room(kind, uuid4())
        assert (over_rest(web, nowhere), over_socket(connect, nowhere)) == (404, 404)


@pytest.mark.parametrize("kind", RoomKind)
def test_no_false_token_opens_a_room_not_even_one_that_is_open_to_all(web, connect, people, rooms, kind):
    tokens = bad_tokens(people["owner"])
    assert {why: over_rest(web, rooms[kind], token) for why, token in tokens.items()} == dict.fromkeys(tokens, 401)
    for why in ("expired", "alg none", "another secret", "garbage"):
        assert (why, over_socket(connect, rooms[kind], tokens[why])) == (why, 401)


def test_a_room_is_opened_only_in_its_own_namespace(connect, people, rooms):
    mine = connect(rooms[RoomKind.USER], token_of(people["other"]))
    for kind, room in rooms.items():
        if room.namespace != mine.namespace:
            assert (kind, mine.call("subscribe", {"room": str(room)})["status"]) == (kind, 422)


def test_who_gives_themselves_out_for_another_on_an_open_socket_is_refused(connect, people, rooms):
    mine = connect(rooms[RoomKind.USER], token_of(people["other"]))
    tokens = bad_tokens(people["owner"])
    for why in ("expired", "alg none", "another secret", "another body"):
        assert (why, mine.call("authenticate", {"token": tokens[why]})["status"]) == (why, 401)
    assert mine.call("subscribe", {"room": str(rooms[RoomKind.USER])})["status"] == 403
