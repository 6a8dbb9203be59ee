"""Starts children, waits for them, watches them, and stops them all in reverse order.

Everything happens in the thread that calls: signals only leave a note, which every wait looks at. A child that ends without
being asked raises `ChildFailed` out of whatever wait is going on.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from deployments.local.process import MARKER, Child, ChildFailed, sweep

PAUSE = 0.05
"""Seconds between two looks at the children: each may end, and a signal may come, while all of them are waited for."""


class StopRequested(Exception):
    """Ctrl-C, SIGTERM or SIGHUP: the user wants everything stopped."""


class Supervisor:
    """The children of one stack.

    Args:
        folder: the stack's data folder; everything that carries its marker is ours.
        say: takes one line for the user at a time.
    """

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._say = say
        self._children: list[Child] = []
        self._one_offs: list[Child] = []
        self._signal: int | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._began = time.monotonic()

    def open(self) -> None:
        """Listen to signals, remove what a crashed run left, and post the guard that acts when we are killed."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)
        if left := sweep(self._folder):
            self._say(f"stopped {len(left)} process{'es' * (len(left) > 1)} that an earlier run left behind")
        self._guard = subprocess.Popen(
            [sys.executable, "-m", "deployments.local.guard", str(self._folder)],
            env={**os.environ, MARKER: str(self._folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def add(self, child: Child) -> None:
        """Watch a child that was started elsewhere."""
        self._children.append(child)

    def start(self, child: Child, *, once: bool = False) -> None:
        """Start a child and watch it; one that runs `once` may end, and `finish` waits for that."""
        child.start()
        (self._one_offs if once else self._children).append(child)

    def wait(self, child: Child, address: str = "") -> None:
        """Until a child serves; then a line with its address for the user."""
        while not child.is_ready():
            self._look()
        self.tell(child.name, f"ready  {address}", since=child.started_at)

    def finish(self, child: Child, *, quiet: bool = False) -> int:
        """Until a one-off child has done its work; gives its exit code."""
        if child not in self._one_offs:
            self.start(child, once=True)
        while (code := child.poll()) is None:
            self._look()
        self._one_offs.remove(child)
        if not quiet and code == 0:
            self.tell(child.name, "done", since=child.started_at)
        return code

    def watch(self) -> None:
        """Until the user wants to stop (raises `StopRequested`) or a child fails."""
        while True:
            self._look(pause=0.3)

    def tell(self, name: str, what: str, *, since: float | None = None) -> None:
        """A line about one part, with the seconds it took."""
        took = time.monotonic() - (self._began if since is None else since)
        self._say(f"  {name:<16} {took:5.1f} s  {what}".rstrip())

    def stop(self) -> None:
        """Stop all children, the last one started first, then everything else that carries our marker."""
        if self._children:
            self._say("stopping ...")
        for child in (*reversed(self._one_offs), *reversed(self._children)):
            child.stop()
        self._one_offs.clear()
        self._children.clear()
        if self._guard is not None:
            self._guard.kill()
            self._guard.wait()
            self._guard = None
        sweep(self._folder)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._signal = number

    def _look(self, pause: float = PAUSE) -> None:
        if self._signal is not None:
            raise StopRequested
        for child in self._children:
            if (code := child.poll()) is not None:
                raise ChildFailed(child, f"ended unexpectedly {_how(code)}")
        time.sleep(pause)


def _how(code: int) -> str:
    if code < 0:
        return f"(signal {signal.Signals(-code).name})"
    return f"(exit code {code})"
