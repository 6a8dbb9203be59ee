"""`python -m tests.bench.announcing ROOM COUNT RATE`: announce events, each in a transaction of its own, and print when.

RATE is events a second; 0 means as fast as it goes. Printed is a JSON list: for each event the moment (monotonic clock of
the machine) just before its commit.
"""

import json
import sys
import time

from db.commands.events import announce
from db.session import acting_as
from models.rules.rooms import Room
from tests.bench.harness import pace


def main() -> None:
    """Begin when a line comes in."""
    room, count, rate = Room.named(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    with acting_as(None):
        pass  # the connection is there
    print("ready", flush=True)
    sys.stdin.readline()
    times: list[float] = []
    began = time.monotonic()
    for number in range(1, count + 1):
        pace(began, number, rate)
        with acting_as(None) as session:
            announce(session, room, "tick", {"n": number})
            times.append(time.monotonic())
    print(json.dumps(times))


if __name__ == "__main__":
    main()
