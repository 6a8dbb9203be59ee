"""Ports of the stack: free ones, remembered, so that addresses stay the same from one start to the next.

Reads and writes `ports.json` in the data folder. A port that somebody asked for by a variable is used as it is, or refused.

A server listens a second or ten after its port was chosen. So that no other stack, and no other test session, chooses the same
port meanwhile, a process claims what it chose for as long as it lives, by a name in Linux's abstract namespace of sockets,
which leaves nothing behind however the process ends.
"""

import atexit
import errno
import json
import random
import socket
import sys
from pathlib import Path

from db.settings import ConfigurationError

RANGE = range(20_000, 32_000)
"""Where ports are chosen: above the well-known ones, below those that outgoing connections borrow."""


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback address now."""
    with socket.socket() as probe:
        probe.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # as servers do: connections in TIME_WAIT are no obstacle
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


_CLAIMS: dict[int, socket.socket] = {}
"""What this process has claimed, until it ends."""


def claim(port: int) -> bool:
    """Whether no other process has claimed this port; then it is ours. Elsewhere than on Linux nothing is claimed."""
    if port in _CLAIMS or sys.platform != "linux":
        return True
    held = socket.socket(socket.AF_UNIX)
    try:
        held.bind(f"\0trr-port-{port}")
    except OSError as error:
        held.close()
        if error.errno == errno.EADDRINUSE:
            return False
        raise
    atexit.register(held.close)  # the system would close it, too, and Python complain
    _CLAIMS[port] = held
    return True


class Ports:
    """The ports of one data folder."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._taken: set[int] = set()
        try:
            self._remembered: dict[str, int] = {str(k): int(v) for k, v in json.loads(file.read_text()).items()}
        except (OSError, ValueError, AttributeError):  # none yet, or a file cut short by a crash
            self._remembered = {}

    def take(self, name: str, *, asked: int | None = None, variable: str = "", preferred: int | None = None) -> int:
        """The port for a part of the stack.

        Args:
            name: the part; its port is remembered under this name.
            asked: the port that the user set, by `variable`.
            preferred: what to try first when no port is remembered.

        Raises:
            ConfigurationError: the port that was asked for is taken.
        """
        if asked is not None:
            if asked in self._taken or not (claim(asked) and is_free(asked)):
                raise ConfigurationError(variable, f"port {asked} is taken; stop what uses it or set another port")
            return self._keep(name, asked)
        others = [port for port in random.sample(RANGE, 200) if port not in _CLAIMS]
        for port in (self._remembered.get(name), preferred, *others):
            if port is not None and port not in self._taken and claim(port) and is_free(port):
                return self._keep(name, port)
        raise ConfigurationError(variable or name, "no free port was found")

    def _keep(self, name: str, port: int) -> int:
        self._taken.add(port)
        if self._remembered.get(name) != port:
            self._remembered[name] = port
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(json.dumps(self._remembered, indent=2, sort_keys=True) + "\n")
        return port
