"""When a request really arrived: the kernel's stamp on its bytes, not the moment a busy process gets to read them.

A rate limit that counted by the latter would refuse requests that were evenly spaced, whenever the machine is busy.
"""

import io
import socket
import struct
import time

ARRIVED = "upstream.arrived"
"""In a request's environ: when it arrived, by `time.monotonic`."""

SO_TIMESTAMPNS = 35
"""Linux's; Python does not name it."""
STAMP = struct.Struct("qq")
LONGEST_DELAY = 10.0
"""Seconds; a stamp that is older, or in the future, is not believed."""


class StampedReader(io.RawIOBase):
    """Reads a connection and notes when the bytes last read arrived; where the kernel does not tell, when they were read."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.arrived = time.monotonic()
        try:
            connection.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        except OSError:
            pass  # another system: the moment of reading has to do

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        length, told, _, _ = self._connection.recvmsg_into([buffer], socket.CMSG_SPACE(STAMP.size))
        delay = 0.0
        for level, kind, stamp in told:
            if (level, kind, len(stamp)) == (socket.SOL_SOCKET, SO_TIMESTAMPNS, STAMP.size):
                seconds, nanoseconds = STAMP.unpack(stamp)
                delay = time.time() - (seconds + nanoseconds / 1e9)
        self.arrived = time.monotonic() - (delay if 0 <= delay <= LONGEST_DELAY else 0)
        return length
