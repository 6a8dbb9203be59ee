"""Nothing is lost and nothing comes twice, whatever happens to web processes, connections and clients."""

import os
import random
import threading
import time
from uuid import uuid4

from db.commands.events import announce
from db.session import acting_as
from models.rules.rooms import Room
from tests.realtime.clients import PATIENCE, wait_until
from tests.realtime.conftest import Web, stored
from tests.realtime.roaming import Roamer

PROVING = "TRR_PROVE" in os.environ
CLIENTS, EVENTS, WRITERS, KILLS = (500, 3000, 4, 3) if PROVING else (50, 600, 4, 3)
LONGEST_STAY = 0.03 * CLIENTS
"""Seconds. Some 65 connections a second at any size: all clients share one interpreter with whoever writes."""


def test_every_clients_list_equals_the_database_though_processes_are_killed(here, variables, ports):
    """Gaps 5 and 14: several processes without a broker, and nothing is lost between a commit and its event."""
    settings = variables | {"REALTIME_REPLAY": "100000", "REALTIME_EVENTS_PER_SECOND": "100"}
    webs = [Web(ports.take(f"roam{number}"), settings) for number in range(2)]
    for web in webs:
        web.ready()
    rooms = [Room.survey(uuid4()) for _ in range(4)]
    over = threading.Event()
    roamers = [Roamer(webs, rooms[seed % 4], seed, over.is_set, longest=LONGEST_STAY) for seed in range(CLIENTS)]
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
        wait_until(lambda: sum(roamer.connections for roamer in roamers) > 2 * CLIENTS, "nobody comes and goes")
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
        assert [web.stop() for web in webs] == [0, 0]
    finally:
        over.set()
        for web in webs:
            web.kill()
