"""Messages as they stand on the wire: encoded once, sent to any number of sockets."""

import json
from typing import Any

from engineio import packet

MESSAGE, EVENT, ACK = 4, 2, 3


class Text(str):
    """A message with the WebSocket frame that carries it: a server's frames are not masked, so one serves all."""

    frame: bytes

    @classmethod
    def of(cls, message: str) -> "Text":
        """The message with its frame (RFC 6455, 5.2): one text frame, final."""
        made = cls(message)
        data = message.encode()
        length = len(data)
        if length < 126:
            head = bytes((0x81, length))
        elif length < 65_536:
            head = bytes((0x81, 126)) + length.to_bytes(2, "big")
        else:
            head = bytes((0x81, 127)) + length.to_bytes(8, "big")
        made.frame = head + data
        return made

    @classmethod
    def joined(cls, messages: "list[Text]") -> "Text":
        """Several messages that are sent as one piece."""
        made = cls("".join(messages))  # never empty: Engine.IO would encode the packet anew
        made.frame = b"".join([message.frame for message in messages])
        return made


class Packet(packet.Packet):
    """An Engine.IO packet that is encoded already."""

    def __init__(self, message: str) -> None:
        super().__init__(MESSAGE, message)
        self.encode_cache = Text.of(f"{MESSAGE}{message}")


class _Piece(packet.Packet):
    def __init__(self, packets: list[Packet]) -> None:
        super().__init__(MESSAGE, "")
        self.encode_cache = Text.joined([packet.encode_cache for packet in packets])


def together(packets: list[packet.Packet]) -> list[packet.Packet]:
    """What waits for a socket, with our own messages that follow one another as one piece: one system call for all."""
    made: list[packet.Packet] = []
    run: list[Packet] = []
    for waiting in packets:
        if isinstance(waiting, Packet):
            run.append(waiting)
            continue
        if run:
            made.append(_Piece(run))
            run = []
        made.append(waiting)
    if run:
        made.append(_Piece(run) if len(run) > 1 else run[0])
    return made


def event(namespace: str, name: str, data: Any) -> Packet:
    """An event of Socket.IO."""
    return Packet(f"{EVENT}{namespace},{_json([name, data])}")


def ack(namespace: str, number: int, data: Any) -> Packet:
    """The answer to a client's event."""
    return Packet(f"{ACK}{namespace},{number}{_json([data])}")


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str)
