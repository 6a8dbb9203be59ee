"""The last one to leave: waits for the supervisor's end and removes what it could not stop any more.

Started by the supervisor with a pipe as its input. The pipe closes when the supervisor ends, however it ends; if nobody else
holds the stack's lock by then, every process that still carries the stack's marker is stopped.
"""

import signal
import sys
from pathlib import Path

from deployments.local.lock import StackLock
from deployments.local.process import sweep


def main() -> None:
    """Wait for the end of our input, then sweep."""
    folder = Path(sys.argv[1])
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    lock = StackLock(folder)
    if folder.exists() and lock.try_hold():
        sweep(folder)
        lock.release()


if __name__ == "__main__":
    main()
