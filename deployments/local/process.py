"""One child process of the stack: started in a group of its own, logged, asked for its readiness, stopped for certain.

A child dies with its parent: on Linux the kernel asks it to stop when the supervisor is gone (`PR_SET_PDEATHSIG`), even after
a SIGKILL. Grandchildren carry `MARKER` in their environment, by which `sweep` finds what a crash left behind.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

MARKER = "TRR_LOCAL"
"""Environment variable that every process of a stack carries; its value is that stack's data folder."""

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class ChildFailed(Exception):
    """A child ended that should not have, or did not become ready. The message holds the last lines of its log."""

    def __init__(self, child: "Child", problem: str) -> None:
        lines = child.last_lines()
        tail = "\n".join(["", *(f"    {line}" for line in lines)]) if lines else ""
        where = f" Its log: {child.log}" if child.log else ""
        super().__init__(f"{child.name} {problem}.{where}{tail}")
        self.child = child


class Child:
    """A program that runs beside us.

    Args:
        name: what messages and the log file call it.
        command: program and arguments.
        env: its whole environment.
        log: the file that takes its output; without one it writes to our terminal.
        ready: says whether it serves yet; called again and again, may raise OSError for "not yet".
        timeout: seconds it may take to become ready.
        patience: seconds it gets after SIGINT, and again after SIGTERM, before SIGKILL.
        user: a user id to run as, when we are root and the program refuses that.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        log: Path | None,
        ready: Callable[[], bool] = lambda: True,
        timeout: float = 60,
        patience: float = 6,
        cwd: Path | None = None,
        user: int | None = None,
    ) -> None:
        self.name = name
        self.command = [str(part) for part in command]
        self.env = dict(env)
        self.log = log
        self.timeout = timeout
        self.patience = patience
        self.cwd = cwd
        self.user = user
        self._ready = ready
        self._process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0

    @property
    def pid(self) -> int | None:
        """The process id, once started."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the program. Call it from a thread that lives as long as the child should: its end is the child's."""
        out = None
        if self.log:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            if self.log.exists():
                self.log.replace(self.log.with_suffix(".previous.log"))
            out = self.log.open("wb")
        sys.stdout.flush()
        try:
            self._process = subprocess.Popen(
                self.command,
                env=self.env,
                cwd=self.cwd,
                user=self.user,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT if out else None,
                start_new_session=True,
                preexec_fn=_die_with(os.getpid()),
            )
        finally:
            if out:
                out.close()
        self.started_at = time.monotonic()

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        return self._process.poll() if self._process else None

    def is_ready(self) -> bool:
        """Whether it serves.

        Raises:
            ChildFailed: it ended, or its time is up.
        """
        if (code := self.poll()) is not None:
            raise ChildFailed(self, f"ended with exit code {code} before it was ready")
        try:
            if self._ready():
                return True
        except OSError:
            pass  # nobody listens there yet
        if time.monotonic() - self.started_at > self.timeout:
            raise ChildFailed(self, f"was not ready after {self.timeout:.0f} s")
        return False

    def wait_ready(self) -> None:
        """Block until it serves; raises `ChildFailed` like `is_ready`."""
        while not self.is_ready():
            time.sleep(0.05)  # a server tells nobody that it serves; it has to be asked

    def stop(self) -> None:
        """End it with everything it started: ask, insist, kill."""
        if self._process is None:
            return
        for number in (signal.SIGINT, signal.SIGTERM):
            if self._process.poll() is None:
                _signal_group(self._process.pid, number)
                try:
                    self._process.wait(self.patience)
                except subprocess.TimeoutExpired:
                    continue
        _signal_group(self._process.pid, signal.SIGKILL)  # also the helpers of a child that is gone
        self._process.wait()

    def last_lines(self, count: int = 12) -> list[str]:
        """The end of its log."""
        if not self.log or not self.log.exists():
            return []
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - 8192))
            text = log.read().decode(errors="replace")
        return [line for line in text.splitlines() if line.strip()][-count:]


def _die_with(parent: int) -> Callable[[], None] | None:
    """What a child does before it becomes its program: ask the kernel for SIGINT when its parent dies."""
    if _libc is None:
        return None

    def ask() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return ask


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # gone; macOS says EPERM for a group of zombies
        pass


def is_alive(pid: int) -> bool:
    """Whether a process exists and is more than a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return not Path("/proc/self").exists()  # no /proc on this system: believe the signal
    return state != "Z"


def sweep(marker: Path) -> list[int]:
    """Kill what an earlier, crashed run of the stack with this data folder left behind; gives the process ids.

    Only call it while holding the stack's lock: nobody else is entitled to such processes then.
    """
    wanted = f"{MARKER}={marker}".encode()
    found = [
        int(entry.name)
        for entry in Path("/proc").glob("[0-9]*")
        if int(entry.name) != os.getpid() and wanted in _environment(entry)
    ]
    end_all(found)
    return found


def end_all(pids: Sequence[int], patience: float = 3) -> None:
    """Ask processes that are not our children to stop, then kill those that remain."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        remaining = [pid for pid in pids if is_alive(pid)]
        for pid in remaining:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass
        deadline = time.monotonic() + patience
        while any(is_alive(pid) for pid in remaining) and time.monotonic() < deadline:
            time.sleep(0.05)  # only a parent is told of an end


def _environment(entry: Path) -> list[bytes]:
    try:
        return (entry / "environ").read_bytes().split(b"\0")
    except OSError:  # another user's, or gone
        return []
