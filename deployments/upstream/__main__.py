"""`python -m deployments.upstream`: the sample upstream in the foreground, until Ctrl-C or SIGTERM."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from deployments.upstream.generator import Generated
from deployments.upstream.recordings import INDEX, Recordings
from deployments.upstream.sample import Sample
from deployments.upstream.server import Upstream
from deployments.upstream.source import Source

KEPT_REQUESTS = 1000


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(
        prog="python -m deployments.upstream",
        description="An HTTP server on localhost that answers as TMDb (versions 3 and 4) and its image CDN do. To collect "
        "from it: TMDB_API_URL=http://HOST:PORT TMDB_IMAGE_URL=http://HOST:PORT/t/p IMAGE_ORIGINS=http://HOST:PORT "
        "TMDB_BEARER_TOKEN=sample-token. The sample's lists are 900000001 and 900000002.",
        epilog="GET /_health tells what is served and how many requests were. Stops cleanly on Ctrl-C and SIGTERM.",
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
        "--captured-before", metavar="DATE", help="of recordings, only those older, e.g. 2020 or 2024-06-01"
    )
    data.add_argument(
        "--placeholder-images", action="store_true", help="draw the images that recordings name and the folder lacks"
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
    return found


def chosen_source(options: argparse.Namespace) -> Source:
    """The source the options name.

    Raises:
        OSError, ValueError: it cannot be read or is out of range.
    """
    if options.shows is not None:
        return Generated(options.shows, options.seed)
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
    print(f"sample upstream listening on {upstream.url} ({upstream.source.name})", flush=True)
    stopped.wait()
    upstream.stop()
    print(f"sample upstream stopped after {upstream.requests.total} requests", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
