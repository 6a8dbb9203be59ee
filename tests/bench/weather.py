"""The upstream of `bench_ingest`, a process of its own: generated shows, latency, a rate limit, and refusals by chance.

Serves until it is told to stop; `GET /_bench` says what was asked of it, and starts counting anew.
"""

import argparse
import json
import random
import threading
import time
from itertools import pairwise
from typing import Any

from flask import Request, Response

from deployments.upstream.generator import Generated
from deployments.upstream.server import Upstream

BUSY = {"success": False, "status_code": 25, "status_message": "Your request count is over the allowed limit."}
BROKEN = {"success": False, "status_code": 11, "status_message": "Internal error: Something went wrong."}


class Weather:
    """Refuses a share of the requests, and remembers when what was asked."""

    upstream: Upstream

    def __init__(self, busy: float, broken: float, seed: int) -> None:
        self.busy, self.broken = busy, broken
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self._asked: list[tuple[float, str]] = []
        self._refused = {"429": 0, "5xx": 0}

    def __call__(self, request: Request) -> Response | None:
        """What is answered instead, if anything."""
        if request.path == "/_bench":
            return self._told()
        with self._lock:
            self._asked.append((time.monotonic(), request.path))
            fate = self._chance.random()
            if fate < self.busy:
                self._refused["429"] += 1
                return _answer(429, BUSY, {"Retry-After": "1"})
            if fate < self.busy + self.broken:
                self._refused["5xx"] += 1
                return _answer(503, BROKEN, {})
        return None

    def _told(self) -> Response:
        served = list(self.upstream.requests)
        last = {entry.path: entry.status for entry in served}
        with self._lock:
            asked, self._asked = self._asked, []
            refused, self._refused = self._refused, {"429": 0, "5xx": 0}
        self.upstream.requests.clear()
        persons = [moment for moment, path in asked if kind_of(path) == "person"]
        meanwhile = [moment for moment, _ in asked if persons and persons[0] <= moment <= persons[-1]]
        kinds: dict[str, list[float]] = {}
        for moment, path in asked:
            kinds.setdefault(kind_of(path), []).append(moment)
        return _answer(
            200,
            {
                "requests": len(asked),
                "distinct": len(last),
                "kinds": {
                    kind: {"requests": len(times), "seconds": max(times) - min(times)} for kind, times in kinds.items()
                },
                "while_people": {"requests": len(meanwhile), "seconds": persons[-1] - persons[0] if persons else 0.0},
                "by_chance": refused,
                "over_the_limit": sum(entry.status == 429 for entry in served) - refused["429"],
                "unanswered_429": sum(status == 429 for status in last.values()),
                "pauses": pauses(asked),
            },
            {},
        )


def kind_of(path: str) -> str:
    """What a path is about: `show`, `season`, `person`, `list` ..."""
    parts = path.strip("/").split("/")
    if parts[1:2] == ["tv"]:
        return "changes" if parts[-1] == "changes" else "season" if "season" in parts and len(parts) > 3 else "show"
    return "/".join(parts[1:2])


def pauses(asked: list[tuple[float, str]]) -> list[list[Any]]:
    """Where nothing was asked for longer than 0.3 s: seconds since the first request, length, what came before and after."""
    found = []
    for (before, path), (after, following) in pairwise(asked):
        if after - before > 0.3:
            found.append([round(before - asked[0][0], 2), round(after - before, 2), kind_of(path), kind_of(following)])
    return found


def _answer(status: int, body: dict[str, Any], headers: dict[str, str]) -> Response:
    return Response(json.dumps(body), status, {"Content-Type": "application/json", **headers})


def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--shows", type=int, required=True)
    parser.add_argument("--latency", type=float, default=0.06, help="seconds")
    parser.add_argument("--rate", type=float, default=40)
    parser.add_argument("--burst", type=int, default=4)
    parser.add_argument("--busy", type=float, default=0.01, help="share of 429")
    parser.add_argument("--broken", type=float, default=0.01, help="share of 503")
    options = parser.parse_args()
    weather = Weather(options.busy, options.broken, seed=1)
    weather.upstream = Upstream(
        Generated(options.shows, size="full"),
        port=options.port,
        latency=options.latency,
        rate=options.rate,
        burst=options.burst,
        faults=[weather],
    )
    with weather.upstream:
        threading.Event().wait()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
