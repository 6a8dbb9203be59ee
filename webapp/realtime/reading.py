"""Events as they are stored: `ops.events` and the counters of `ops.rooms`, read as the system after a check of access."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

_AFTER = text("""
    select w.room, e.seq, e.type, e.payload, e.created_at
    from unnest(cast(:rooms as text[]), cast(:seqs as bigint[])) w (room, seq)
    cross join lateral (
        select e.seq, e.type, e.payload, e.created_at from ops.events e
        where e.room = w.room and e.seq > w.seq order by e.seq limit :most
    ) e
    order by w.room, e.seq
""")


@dataclass(frozen=True)
class Stored:
    """An event as its row tells it."""

    room: str
    seq: int
    type: str
    payload: dict[str, Any]
    created_at: datetime


class Gone(Exception):
    """Events that were asked for are no longer kept, or were never there: the state must be read anew."""

    def __init__(self, newest: int) -> None:
        super().__init__(
            f"Events before {newest + 1} cannot be told any more: read the state anew, then go on from there"
        )
        self.newest = newest


def newest(session: Session, rooms: Iterable[str]) -> dict[str, int]:
    """The number of the newest event of each room that has had any."""
    found = session.execute(
        text("select room, seq from ops.rooms where room = any(cast(:rooms as text[]))"), {"rooms": list(rooms)}
    )
    return {str(room): int(seq) for room, seq in found}


def after(session: Session, since: Mapping[str, int], most: int) -> dict[str, list[Stored]]:
    """The events of several rooms, each after a number and at most so many, in order; rooms without any are left out."""
    rows = session.execute(_AFTER, {"rooms": list(since), "seqs": list(since.values()), "most": most})
    found: dict[str, list[Stored]] = {}
    for room, seq, kind, payload, created_at in rows:
        found.setdefault(room, []).append(Stored(room, seq, kind, payload, created_at))
    return found


def missed(session: Session, room: str, since: int, most: int) -> list[Stored]:
    """The events of one room after a number, at most so many.

    Raises:
        Gone: they are not all kept, or the number was never given.
    """
    last = newest(session, [room]).get(room, 0)
    events = after(session, {room: since}, most).get(room, [])
    if since > last or (since < last and (not events or events[0].seq != since + 1)):
        raise Gone(last)
    return events
