"""Clients that come and go, to whichever web process answers, as phones on a train do."""

import json
import math
import random
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any

from models.rules.rooms import Room
from tests.realtime.clients import PATIENCE
from tests.realtime.conftest import Web, stored
from tests.sockets import Listener


class Roamer(threading.Thread):
    """A client that comes and goes, and keeps the number of the last event it had.

    Args:
        webs: where it may connect.
        room: what it listens to.
        seed: of its moods.
        is_over: whether nothing more will happen.
        longest: seconds that it stays at most.
        token: who it is; nobody by default.
    """

    def __init__(
        self,
        webs: list[Web],
        room: Room,
        seed: int,
        is_over: Callable[[], bool],
        *,
        longest: float,
        token: str | None = None,
    ) -> None:
        super().__init__(daemon=True)
        self.room = room
        self.events: list[tuple[int, Any]] = []
        self.resyncs = 0
        self.connections = 0
        self._webs, self._chance, self._is_over = webs, random.Random(seed), is_over
        self._longest, self._token = longest, token

    def run(self) -> None:
        """Roam until all is over, then stay until nothing is missing."""
        while not self._is_over():
            self._visit(self._chance.uniform(0.05, self._longest))
        wanted, end = stored(self.room)[-1][0], time.monotonic() + PATIENCE
        while self._last() < wanted and time.monotonic() < end:
            self._visit(10, wanted)

    def _visit(self, seconds: float, wanted: float = math.inf) -> None:
        """Listen for so long, or until the event of this number has come."""
        namespace = self.room.namespace
        try:
            with closing(Listener(self._chance.choice(self._webs).port, timeout=20)) as listener:
                listener.enter(namespace, self._token)
                answer = listener.subscribe(namespace, str(self.room), since=self._last())
                if not answer["ok"]:
                    raise RuntimeError(f"not now: {answer}")
                self.resyncs += answer["resync"]
                self.connections += 1
                listener.tcp.settimeout(0.05)
                end = time.monotonic() + seconds
                while self._last() < wanted and time.monotonic() < end:
                    self._note(listener.messages())
                    with suppress(TimeoutError):
                        listener.receive()
        except (OSError, RuntimeError):
            time.sleep(0.1)  # killed, or not up again yet

    def _note(self, messages: list[bytes]) -> None:
        for message in messages:
            if message.startswith(f"42{self.room.namespace},[".encode()):
                _, event = json.loads(message.partition(b",")[2])
                if event["seq"] is not None:  # what is not kept is true at the moment alone
                    self.events.append((event["seq"], event["payload"]))

    def _last(self) -> int:
        return self.events[-1][0] if self.events else 0
