"""Nothing is lost and nothing comes twice, whatever happens to web processes, connections and clients."""

import json
import math
import os
import random
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any
from uuid import uuid4

from db.commands.events import announce
from db.session import acting_as
from models.rules.rooms import Room
from tests.realtime.clients import PATIENCE
from tests.realtime.conftest import Web, stored
from tests.sockets import Listener

NAMESPACE = "/surveys"
EVENT = b'42/surveys,["tick",'
PROVING = "TRR_PROVE" in os.environ
CLIENTS, EVENTS, WRITERS, KILLS = (500, 3000, 4, 3) if PROVING else (50, 600, 4, 3)
LONGEST_STAY = 0.03 * CLIENTS
"""Seconds. Some 65 connections a second at any size: all clients share one interpreter with whoever writes."""


class Roamer(threading.Thread):
    """A client that comes and goes, to whichever process answers, and keeps the number of the last event it had."""

    def __init__(self, webs: list[Web], room: Room, seed: int, is_over: Callable[[], bool]) -> None:
        super().__init__(daemon=True)
        self.room = room
        self.events: list[tuple[int, Any]] = []
        self.resyncs = 0
        self.connections = 0
        self._webs, self._chance, self._is_over = webs, random.Random(seed), is_over

    def run(self) -> None:
        """Roam until all is over, then stay until nothing is missing."""
        while not self._is_over():
            self._visit(self._chance.uniform(0.05, LONGEST_STAY))
        wanted, end = stored(self.room)[-1][0], time.monotonic() + PATIENCE
        while self._last() < wanted and time.monotonic() < end:
            self._visit(10, wanted)

    def _visit(self, seconds: float, wanted: float = math.inf) -> None:
        """Listen for so long, or until the event of this number has come."""
        try:
            with closing(Listener(self._chance.choice(self._webs).port, timeout=20)) as listener:
                listener.enter(NAMESPACE)
                answer = listener.subscribe(NAMESPACE, str(self.room), since=self._last())
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
            if message.startswith(EVENT):
                event = json.loads(message[len(EVENT) : -1])
                self.events.append((event["seq"], event["payload"]))

    def _last(self) -> int:
        return self.events[-1][0] if self.events else 0


def test_every_clients_list_equals_the_database_though_processes_are_killed(here, variables, ports):
    settings = variables | {"REALTIME_REPLAY": "100000", "REALTIME_EVENTS_PER_SECOND": "100"}
    webs = [Web(ports.take(f"roam{number}"), settings) for number in range(2)]
    for web in webs:
        web.ready()
    rooms = [Room.survey(uuid4()) for _ in range(4)]
    over = threading.Event()
    roamers = [Roamer(webs, rooms[seed % 4], seed, over.is_set) for seed in range(CLIENTS)]
    progress = [0] * WRITERS

    def write(writer: int) -> None:
        chance = random.Random(writer)
        for number in range(EVENTS // WRITERS):
            with acting_as(None) as session:
                for room in chance.sample(rooms, chance.randint(1, 3)):
                    announce(session, room, "tick", {"n": writer * EVENTS + number})
            progress[writer] = number + 1
            time.sleep(chance.uniform(0.0, 0.04))

    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    try:
        for thread in (*roamers, *writers):
            thread.start()
        for kill in range(KILLS):
            while sum(progress) < EVENTS * (kill + 1) / (KILLS + 1):
                time.sleep(0.01)
            webs[kill % 2].kill()
            webs[kill % 2].start()
        for thread in writers:
            thread.join()
        for web in webs:
            web.ready()
        over.set()
        for roamer in roamers:
            roamer.join(PATIENCE)
        expected = {room: stored(room) for room in rooms}
        for room, events in expected.items():
            assert [seq for seq, _ in events] == list(range(1, len(events) + 1)), room
        assert sum(map(len, expected.values())) > EVENTS
        wrong = [roamer.name for roamer in roamers if roamer.events != expected[roamer.room]]
        assert wrong == []
        assert sum(roamer.resyncs for roamer in roamers) == 0
        assert sum(roamer.connections for roamer in roamers) > 2 * CLIENTS
        assert [web.stop() for web in webs] == [0, 0]
    finally:
        over.set()
        for web in webs:
            web.kill()
