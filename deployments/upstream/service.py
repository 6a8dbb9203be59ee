"""What all protocol modules of one running upstream share, found through the Flask app."""

import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from flask import current_app

from deployments.upstream.amend import Amended, Change
from deployments.upstream.cache import AnswerCache
from deployments.upstream.changes import ChangeFeed
from deployments.upstream.conditions import Conditions, RequestLog
from deployments.upstream.stats import Stats

FOREIGN_PER_DAY = 150


class DatasetFile(NamedTuple):
    """One of IMDb's datasets, ready to send."""

    content: bytes
    etag: str
    made_at: datetime


@dataclass
class Service:
    """One upstream: its source and what changed there, its conditions, what it served and what it has computed."""

    source: Amended
    conditions: Conditions
    requests: RequestLog
    feed: ChangeFeed = field(default_factory=lambda: ChangeFeed(FOREIGN_PER_DAY))
    stats: Stats = field(default_factory=Stats)
    cache: AnswerCache = field(default_factory=AnswerCache)
    datasets: dict[str, DatasetFile] = field(default_factory=dict)
    """IMDb's datasets by file name, once somebody asked for one; nothing after a change."""
    datasets_lock: threading.Lock = field(default_factory=threading.Lock)
    protocols: tuple[str, ...] = ()
    """The names of the protocols that are spoken."""
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set when the server stops: what waits stops waiting."""

    def amend(
        self,
        path: str,
        change: Change | None = None,
        fields: dict[str, object] | None = None,
        *,
        announce: bool = True,
        at: datetime | None = None,
    ) -> None:
        """Answer `path` changed from now on and, unless told not to, announce it as changed now or `at` another time."""
        self.source.amend(path, change, **(fields or {}))
        self._changed(path, announce, at)

    def withdraw(self, path: str, *, announce: bool = True, at: datetime | None = None) -> None:
        """Answer `path` as if it did not exist, and announce that."""
        self.source.withdraw(path)
        self._changed(path, announce, at)

    def restore(self) -> None:
        """Undo every change and forget what was announced."""
        self.source.restore()
        self.feed.clear()
        self.forget()

    def forget(self) -> None:
        """Compute all answers anew."""
        self.cache.clear()
        with self.datasets_lock:
            self.datasets.clear()

    def _changed(self, path: str, announce: bool, at: datetime | None) -> None:
        self.forget()
        if announce:
            self.feed.announce(path, at)


def service() -> Service:
    """The service of the request being answered."""
    found: Service = current_app.extensions["upstream"]
    return found
