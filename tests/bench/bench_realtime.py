"""Realtime: how soon an event is where it should be, and how many go through.

Two questions, each of a web process on gevent with an open survey's room:

- With 500 and with 1,000 sockets in the room, 20 events a second: the time from just before the commit until each socket
  has the event (`p50_ms_*`, `p99_ms_*`; goal: p99 under 300 ms at 500).
- 1,000 events as fast as they go, each a transaction of its own, to 500 sockets, until the last one has the last, against
  python-socketio alone emitting the same messages in a loop on the same kind of server, in turn (`ratio_to_bare`: its time
  over ours; goal 0.6 or more).

The clients are sockets of this process that do no more than hear; they share the processors with the server.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import time
from uuid import uuid4

import urllib3

from models.rules.rooms import Room
from tests import sockets
from tests.bench.harness import ROOT, Bench, arguments, bench, median

NAMESPACE = "/surveys"
NUMBER = re.compile(rb'"payload":\{"n":(\d+)\}')


def main() -> None:
    """Run it."""
    parser = arguments(__doc__)
    parser.add_argument("--sockets", type=int, nargs="+", default=[500, 1000], help="sockets in the room")
    parser.add_argument("--seconds", type=int, default=20, help="how long 20 events a second are sent")
    parser.add_argument("--burst", type=int, default=1000, help="events that are sent as fast as they go")
    parser.add_argument("--burst-sockets", type=int, default=500, help="to how many sockets")
    parser.add_argument("--rounds", type=int, default=3, help="how often, in turn with the peer; the medians count")
    options = parser.parse_args()
    with bench("realtime", keep=options.keep) as run:
        web, bare = _servers(run)
        figures: dict[str, object] = {"load": os.getloadavg()[0]}
        for count in options.sockets:
            times = _latencies(web, count, options.seconds)
            figures |= {
                f"p50_ms_{count}": 1000 * statistics.median(times),
                f"p99_ms_{count}": 1000 * statistics.quantiles(times, n=100)[98],
            }
            run.say(f"{count} sockets: p99 {figures[f'p99_ms_{count}']:.0f} ms")
        ours, theirs = [], []
        for _ in range(options.rounds):
            theirs.append(_burst_of_bare(bare, options.burst_sockets, options.burst))
            ours.append(_burst(web, options.burst_sockets, options.burst))
            run.say(f"{options.burst} events: bare {theirs[-1]:.2f} s, ours {ours[-1]:.2f} s")
        figures |= {
            "ratio_to_bare": median(theirs) / median(ours),
            "seconds_ours": median(ours),
            "seconds_bare": median(theirs),
            "messages_per_s": options.burst * options.burst_sockets / median(ours),
        }
        run.print(**figures)


def _servers(run: Bench) -> tuple[int, int]:
    run.postgres()
    run.database("realtime")
    web, bare = run.ports.take("web"), run.ports.take("bare")
    run.set(
        {
            "WEB_PORT": str(web),
            "S3_ENDPOINT": "http://127.0.0.1:9",
            "S3_ACCESS_KEY": "nobody",
            "S3_SECRET_KEY": "not-a-real-secret",
            "AUTH_SECRET": "a-secret-for-benches-that-is-long-enough",
            "REALTIME_SOCKETS_PER_ADDRESS": "5000",
        }
    )
    run.program("web", "-m", "tests.realtime.program", "--gevent", ready=lambda: _answers(web))
    run.program("bare", "-m", "tests.bench.bare_sockets", str(bare), ready=lambda: _answers(bare))
    return web, bare


def _answers(port: int) -> bool:
    try:
        return urllib3.request("GET", f"http://127.0.0.1:{port}/health", retries=False, timeout=2).status in (200, 404)
    except urllib3.exceptions.HTTPError:
        return False


def _announcing(room: Room, count: int, rate: float) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.announcing", str(room), str(count), str(rate)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def _go(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def _latencies(port: int, count: int, seconds: int) -> list[float]:
    """The seconds from each commit to each receipt."""
    room = Room.survey(uuid4())
    listeners = sockets.join(port, count, NAMESPACE, str(room))
    received: list[tuple[int, float]] = []

    def heard(message: bytes, now: float) -> None:
        number = NUMBER.search(message)
        assert number is not None
        received.append((int(number[1]), now))

    announcing = _announcing(room, 20 * seconds, 20)
    _go(announcing)
    sockets.listen(listeners, 20 * seconds, heard, patience=seconds + 60)
    sockets.close(listeners)
    output, _ = announcing.communicate()
    committed = json.loads(output)
    return [now - committed[number - 1] for number, now in received]


def _burst(port: int, count: int, events: int) -> float:
    """Seconds from the first commit to the last receipt."""
    room = Room.survey(uuid4())
    listeners = sockets.join(port, count, NAMESPACE, str(room))
    announcing = _announcing(room, events, 0)
    _go(announcing)
    ended = sockets.listen(listeners, events, None, patience=120)
    sockets.close(listeners)
    output, _ = announcing.communicate()
    return ended - float(json.loads(output)[0])


def _burst_of_bare(port: int, count: int, events: int) -> float:
    """Seconds from the first emit to the last receipt."""
    room = str(Room.survey(uuid4()))
    listeners = sockets.join(port, count, NAMESPACE)
    time.sleep(0.5)  # nothing tells when the bare server has let the last socket into its room
    began = time.monotonic()
    listeners[0].say(f"42{NAMESPACE},{json.dumps(['go', events, room])}")
    ended = sockets.listen(listeners, events, None, patience=120)
    sockets.close(listeners)
    time.sleep(1)  # it forgets so many sockets outside of the next round's time
    return ended - began


if __name__ == "__main__":
    main()
