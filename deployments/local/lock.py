"""One stack per data folder: a file lock that the kernel gives back when its holder dies, with the holder's pid inside."""

import fcntl
import os
import time
from pathlib import Path

from deployments.local.process import is_alive


class AlreadyRunning(Exception):
    """Another process runs the stack of this folder."""

    def __init__(self, pid: int | None) -> None:
        super().__init__(f"already running (pid {pid})")
        self.pid = pid


class StackLock:
    """The lock of one data folder."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "lock"
        self._descriptor: int | None = None

    def acquire(self, patience: float = 15) -> None:
        """Take the lock. One whose holder is dead is being given back (its guard still cleans up): that is waited for.

        Raises:
            AlreadyRunning: somebody living holds it.
        """
        self._file.parent.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + patience
        while not self.try_acquire():
            holder = self.holder()
            if (holder is not None and is_alive(holder)) or time.monotonic() > deadline:
                raise AlreadyRunning(holder)
            time.sleep(0.1)  # a file's lock is waited for without an end or not at all

    def try_acquire(self) -> bool:
        """Take the lock if it is free, and put our pid into it."""
        if not self.try_hold():
            return False
        assert self._descriptor is not None
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)
        return True

    def try_hold(self) -> bool:
        """Take the lock if it is free, without a claim: the recorded pid stays."""
        descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Give the lock back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> int | None:
        """The pid in the lock file: who holds it, or who held it last."""
        try:
            return int(self._file.read_text())
        except (OSError, ValueError):
            return None

    def is_held(self) -> bool:
        """Whether a process holds it now."""
        if not self._file.exists():
            return False
        if self.try_hold():
            self.release()
            return False
        return True
