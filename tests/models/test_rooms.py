"""Rooms: a name leads to the room it was made of, and to nothing else."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.rooms import Room, RoomKind

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"


@given(st.sampled_from(RoomKind), st.uuids())
def test_a_name_leads_back_to_its_room(kind, value):
    assert Room.named(str(Room(kind, value))) == Room(kind, value)


@given(st.text() | st.sampled_from(RoomKind).map(lambda kind: f"{kind}:{ID}"))
def test_anything_else_names_no_room(name):
    with pytest.raises(ValueError, match="names no room"):
        Room.named(name)


@pytest.mark.parametrize(
    "name",
    [
        f"discussions:conversation:{ID}",
        f"discussions:episode:{ID.upper()}",
        f"discussions:episode:{{{ID}}}",
        f"discussions:episode:{ID}:",
        f"discussions:episode:{ID.replace('-', '')}",
        f" discussions:episode:{ID}",
    ],
)
def test_a_name_has_one_spelling(name):
    with pytest.raises(ValueError, match="names no room"):
        Room.named(name)


def test_names_namespaces_and_who_may_listen_without_a_token():
    value = UUID(ID)
    rooms = [Room.episode(value), Room.survey(value), Room.conversation(value), Room.user(value)]
    assert [(str(room).removesuffix(f":{ID}"), room.namespace, room.is_public) for room in rooms] == [
        ("discussions:episode", "/discussions", True),
        ("surveys:survey", "/surveys", True),
        ("dms:conversation", "/dms", False),
        ("notifications:user", "/notifications", False),
    ]
    assert str(Room.episode(uuid4())) != str(Room.episode(uuid4()))
