"""A closed-loop load generator over keep-alive connections: as many requests under way as there are connections.

It speaks just enough HTTP/1.1 for servers that tell the length of their answers, so that it takes little of the machine from
them: one process, one thread, asyncio protocols.
"""

import asyncio
import re
import time
from dataclasses import dataclass, field

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass
class Load:
    """What a load has seen."""

    seconds: float = 0.0
    processor: float = 0.0
    times: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """The time within which this share of the answers came, in milliseconds."""
        ordered = sorted(self.times)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


class _Client(asyncio.Protocol):
    """One connection, which asks again as soon as it is answered."""

    def __init__(self, load: Load, requests: list[bytes], until: float, done: asyncio.Future[None], first: int) -> None:
        self._load, self._requests, self._until, self._done = load, requests, until, done
        self._next = first
        self._buffer = bytearray()
        self._missing = -1
        self._began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._began = time.perf_counter()
        self._transport.write(self._requests[self._next % len(self._requests)])
        self._next += 1

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._missing < 0:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self._buffer[:end])
            length = _LENGTH.search(head)
            self._status = int(head[9:12])
            self._missing = end + 4 + (int(length[1]) if length and self._status != 304 else 0)
        if len(self._buffer) < self._missing:
            return
        now = time.perf_counter()
        self._load.times.append(now - self._began)
        self._load.statuses[self._status] = self._load.statuses.get(self._status, 0) + 1
        self._buffer.clear()
        self._missing = -1
        if now < self._until:
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if time.perf_counter() < self._until:
            self._done.set_exception(exc or ConnectionResetError("the server closed a connection before its time"))
        else:
            self._done.set_result(None)


def load(
    port: int, paths: list[str], *, connections: int, seconds: float, headers: dict[str, str] | None = None
) -> Load:
    """Ask for the paths in turn on so many connections for so long.

    Raises:
        OSError: the server broke a connection off.
    """
    extra = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    requests = [f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{extra}\r\n".encode() for path in paths]

    async def run() -> Load:
        seen = Load()
        loop = asyncio.get_running_loop()
        began = time.perf_counter()
        waits = []
        for number in range(connections):
            done: asyncio.Future[None] = loop.create_future()
            waits.append(done)
            await loop.create_connection(
                lambda done=done, number=number: _Client(seen, requests, began + seconds, done, number),  # type: ignore[misc]
                "127.0.0.1",
                port,
            )
        await asyncio.gather(*waits)
        seen.seconds = time.perf_counter() - began
        return seen

    return asyncio.run(run())
