"""Frames: what one packet and several that are joined look like on the wire."""

import pytest
from engineio import packet
from wsproto.connection import Connection, ConnectionType
from wsproto.events import TextMessage

from webapp.realtime import frames


def read(data: bytes) -> list[str]:
    """The messages that a client reads from bytes."""
    client = Connection(ConnectionType.CLIENT)
    client.receive_data(data)
    messages, part = [], ""
    for event in client.events():
        assert isinstance(event, TextMessage)
        part += event.data
        if event.message_finished:
            messages.append(part)
            part = ""
    return messages


@pytest.mark.parametrize("size", [0, 100, 125, 126, 127, 65_535, 65_536, 70_000])
def test_a_frame_is_what_a_client_reads_whatever_its_length(size):
    message = "ü" * (size // 2) + "x" * (size % 2)
    assert read(frames.Text.of(message).frame) == [message]


def test_packets_that_follow_one_another_are_one_piece_and_others_keep_their_place():
    ours = [frames.event("/surveys", "tick", {"n": number}) for number in range(5)]
    ping = packet.Packet(packet.PING)
    waiting = [ours[0], ours[1], ping, ours[2], packet.Packet(packet.MESSAGE, "0{}"), ours[3], ours[4]]
    made = frames.together(waiting)
    told: list[str] = []
    for one in made:
        text = one.encode()
        told += read(text.frame) if isinstance(text, frames.Text) else [text]
    assert told == [one.encode() for one in waiting]
    assert len(made) == 5
    assert frames.together([]) == []
