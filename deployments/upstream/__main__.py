"""`python -m deployments.upstream`: the sample upstream in the foreground, until Ctrl-C or SIGTERM."""

import argparse
import gc
import os
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from deployments.upstream.generator import Generated
from deployments.upstream.recordings import INDEX, Recordings
from deployments.upstream.sample import Sample
from deployments.upstream.server import Upstream
from deployments.upstream.service import FOREIGN_PER_DAY
from deployments.upstream.source import Source
from deployments.upstream.weather import MALFORMED, Weather

KEPT_REQUESTS = 1000
SWITCH_INTERVAL = 0.001
"""Seconds after which a thread that renders a large body lets others run: requests are to be counted when they arrive."""


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(
        prog="python -m deployments.upstream",
        description="An HTTP server on localhost that answers as TMDb (versions 3 and 4), IMDb, fans' wikis and Wikidata do, "
        "and draws their images; docs/sample-upstream.md has all addresses. To collect from it: "
        "TMDB_API_URL=http://HOST:PORT TMDB_IMAGE_URL=http://HOST:PORT/t/p IMAGE_ORIGINS=http://HOST:PORT "
        "TMDB_BEARER_TOKEN=sample-token. The sample's lists are 900000001 and 900000002.",
        epilog="While it runs: GET /_health tells what is served; GET /_stats counts requests by kind and status, faults and "
        "requests in flight, POST /_stats/reset sets them to nothing; GET /_conditions states how it behaves, POST "
        """/_conditions '{"rate": 40, "too_many": 0.01, "outage_seconds": 5}' changes that; POST /_amend '{"path": """
        """"tv/910000000", "fields": {"name": "New"}}' changes an answer and announces it in /3/tv/changes; POST """
        "/_restore undoes every change. Stops cleanly on Ctrl-C and SIGTERM.",
    )
    found.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    found.add_argument(
        "--port", type=int, default=8765, help="port to listen on, 0 for a free one (default: %(default)s)"
    )
    data = found.add_argument_group("what it serves")
    data.add_argument(
        "--data",
        default="sample",
        metavar="{sample|PATH}",
        help="the bundled sample of invented shows, or a folder of recorded answers with its recordings.json "
        "(default: %(default)s)",
    )
    data.add_argument("--shows", type=int, metavar="N", help="instead: N generated shows; list 1 holds them all")
    data.add_argument("--seed", type=int, default=1, metavar="S", help="which generated shows (default: %(default)s)")
    data.add_argument(
        "--size",
        choices=("full", "small"),
        default="full",
        help="of generated shows: full has 6-25 seasons of 8-30 episodes and 30-120 people a show, so that 500 shows have "
        "some 150,000 episodes and 20,000 people; small has 1-8 seasons of 6-16 episodes (default: %(default)s)",
    )
    data.add_argument(
        "--captured-before", metavar="DATE", help="of recordings, only those older, e.g. 2020 or 2024-06-01"
    )
    data.add_argument(
        "--placeholder-images", action="store_true", help="draw the images that recordings name and the folder lacks"
    )
    data.add_argument(
        "--foreign-changes",
        type=int,
        default=FOREIGN_PER_DAY,
        metavar="N",
        help="ids of nobody's shows and people that the lists of changes name a day (default: %(default)s)",
    )
    weather = found.add_argument_group("how it behaves")
    weather.add_argument(
        "--token", default="sample-token", help="accepted as bearer token and api_key (default: %(default)s)"
    )
    weather.add_argument(
        "--latency", type=float, default=0, metavar="MS", help="milliseconds every answer takes longer"
    )
    weather.add_argument("--rate", type=float, metavar="N", help="API requests a second before 429 (default: no limit)")
    weather.add_argument(
        "--burst", type=int, metavar="N", help="requests at once after a pause (default: one second's worth)"
    )
    add_faults(found)
    return found


def add_faults(parser: argparse.ArgumentParser) -> None:
    """The options that make `Weather`; each is named as its field is."""
    faults = parser.add_argument_group(
        "what goes wrong",
        "Shares, from 0 to 1, of the API's requests. Which are hit depends on the seed, the address and how often it was "
        "asked, so that a run can be repeated.",
    )
    for name, words in (
        ("--too-many", "answered 429, with Retry-After in seconds or as a date"),
        ("--server-errors", "answered 500, 502, 503 or 504"),
        ("--timeouts", "accepted and never answered"),
        ("--drops", "disconnected, before the answer or in the middle of it"),
        ("--malformed", "answered with rubbish"),
    ):
        faults.add_argument(name, type=float, default=0, metavar="SHARE", help=words)
    faults.add_argument(
        "--timeout-seconds",
        type=float,
        default=30,
        metavar="S",
        help="after which an unanswered request is disconnected (default: %(default)g)",
    )
    faults.add_argument(
        "--malformed-kinds",
        type=lambda text: tuple(text.split(",")),
        default=MALFORMED,
        metavar="KIND,...",
        help=f"kinds of rubbish, of {', '.join(MALFORMED)} (default: all)",
    )
    faults.add_argument(
        "--max-in-flight", type=int, metavar="N", help="refuse requests beyond N at one time (default: no limit)"
    )
    faults.add_argument(
        "--in-flight-status",
        type=int,
        choices=(429, 503),
        default=429,
        help="how requests beyond that are refused (default: %(default)s)",
    )
    faults.add_argument(
        "--retry-after",
        type=int,
        default=1,
        metavar="S",
        help="seconds that refusals other than the rate limit's ask to wait (default: %(default)s)",
    )
    faults.add_argument("--faults-on-images", dest="on_images", action="store_true", help="images meet all this too")
    faults.add_argument(
        "--fault-seed", dest="fault_seed", type=int, default=1, metavar="S", help="which are hit (default: %(default)s)"
    )


def weather_of(options: argparse.Namespace) -> Weather:
    """The weather the options ask for.

    Raises:
        ValueError: it is impossible.
    """
    asked = {field.name: getattr(options, field.name) for field in fields(Weather) if field.name != "seed"}
    return Weather(**asked, seed=options.fault_seed)


def chosen_source(options: argparse.Namespace) -> Source:
    """The source the options name.

    Raises:
        OSError, ValueError: it cannot be read or is out of range.
    """
    if options.shows is not None:
        return Generated(options.shows, options.seed, options.size)
    if options.data == "sample":
        return Sample()
    folder = Path(options.data)
    if not (folder / INDEX).is_file():
        raise ValueError(f"--data {folder}: no {INDEX} there")
    return Recordings(folder, captured_before=options.captured_before, placeholder_images=options.placeholder_images)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to stop; gives the exit code."""
    options = parser().parse_args(arguments)
    stopped = threading.Event()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_number, lambda *_: stopped.set())
    try:
        upstream = Upstream(
            chosen_source(options),
            host=options.host,
            port=options.port,
            token=options.token,
            latency=options.latency / 1000,
            rate=options.rate,
            burst=options.burst,
            weather=weather_of(options),
            foreign_changes=options.foreign_changes,
            keep_requests=KEPT_REQUESTS,
        )
    except (OSError, ValueError) as error:
        print(f"sample upstream: {error}", file=sys.stderr)
        return 1
    try:
        upstream.start()
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error
        print(f"sample upstream: cannot listen on {options.host}:{options.port}: {reason}", file=sys.stderr)
        return 1
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)  # shows are kept by the hundred; to look through them often finds nothing
    sys.setswitchinterval(SWITCH_INTERVAL)
    print(f"sample upstream listening on {upstream.url} ({upstream.source.name})", flush=True)
    stopped.wait()
    upstream.stop()
    print(f"sample upstream stopped after {upstream.requests.total} requests", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
