"""The one thread of a process that brings new events to its sockets, room by room and in order.

NOTIFY names a room; the dispatcher reads the room's rows past the last number it sent, renders them, and sends them to the
members. The rows are the truth: a notification that was missed (a broken connection, a process that hung) costs time and
nothing else, because after each reconnect and every few seconds all rooms are looked at.
"""

import json
import logging
from collections.abc import Callable
from threading import Event, Thread
from time import monotonic
from typing import Any

import psycopg
from sqlalchemy.exc import InterfaceError, OperationalError

from db.commands.events import CHANNEL, RIGHTS_CHANNEL
from db.listening import listening
from db.session import as_system
from webapp.realtime import presence, reading
from webapp.realtime.channels import Channels
from webapp.realtime.rendering import Outgoing, render

log = logging.getLogger(__name__)

BATCH = 200
"""Events of a room that are read at once."""

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
"""Seconds until a broken connection is tried again, doubling."""

TICK = 0.5
"""Seconds after which the dispatcher looks up although nothing was notified."""


class Dispatcher:
    """Brings events to the channels of this process."""

    def __init__(self, channels: Channels, on_rights: Callable[[str], None], poll_seconds: float) -> None:
        self._channels = channels
        self._on_rights = on_rights
        self._poll_seconds = poll_seconds
        self._stopping = Event()
        self._thread: Thread | None = None
        self._pause = FIRST_PAUSE

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread = Thread(target=self._run, name="realtime-dispatcher", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End within a tick."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(5)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with listening(CHANNEL, RIGHTS_CHANNEL, presence.CHANNEL) as connection:
                    self._listen(connection)
            except (psycopg.OperationalError, OperationalError, InterfaceError) as error:
                log.warning("events wait, the database does not answer: %s", str(error).strip().splitlines()[0])
            except Exception:
                log.exception("events wait: sending them failed")
            self._stopping.wait(self._pause)
            self._pause = min(2 * self._pause, LONGEST_PAUSE)

    def _listen(self, connection: "psycopg.Connection[Any]") -> None:
        waiting = set(self._channels.names())
        poll_at = monotonic() + self._poll_seconds
        while not self._stopping.is_set():
            waiting = self._deliver(waiting)
            self._pause = FIRST_PAUSE
            for notice in connection.notifies(timeout=0 if waiting else TICK, stop_after=1):
                self._take(notice, waiting)
            if monotonic() >= poll_at:
                connection.execute("select 1")  # a connection that died unnoticed is found out here
                waiting |= self._behind()
                poll_at = monotonic() + self._poll_seconds

    def _take(self, notice: psycopg.Notify, waiting: set[str]) -> None:
        if notice.channel == CHANNEL:
            waiting.add(notice.payload)
        elif notice.channel == RIGHTS_CHANNEL:
            self._on_rights(notice.payload)
        else:
            told = json.loads(notice.payload)
            channel = self._channels.get(told["room"])
            if channel is not None:
                channel.tell(told["type"], told["payload"], told["but"])

    def _behind(self) -> set[str]:
        """The rooms that have had more events than this process has sent."""
        names = self._channels.names()
        if not names:
            return set()
        with as_system() as session:
            found = reading.newest(session, names)
        channels = ((name, self._channels.get(name)) for name in names)
        return {name for name, channel in channels if channel is not None and channel.cursor < found.get(name, 0)}

    def _deliver(self, names: set[str]) -> set[str]:
        """Send what is new in these rooms; says which have more."""
        channels = {}
        since = {}
        for name in names:
            channel = self._channels.get(name)
            if channel is None:
                continue
            with channel.lock:  # until whoever opened it has found out where it stands
                if channel.cursor >= 0:
                    channels[name], since[name] = channel, channel.cursor
        if not since:
            return set()
        with as_system() as session:
            found = reading.after(session, since, BATCH)
            rooms = []
            for name, stored in found.items():
                audience = [(visibility, connection.viewer_id) for visibility, connection in channels[name].audience()]
                rooms.append((channels[name], render(session, map(Outgoing, stored), audience)))
        for channel, events in rooms:
            channel.send(events)
        return {name for name, stored in found.items() if len(stored) == BATCH}
