"""What a page needs to stay true while it is open: the room that tells of it, and the number up to which the page knows.

The number is read before the page's data. So an event between the two is told once more, and none is missed.
"""

from typing import NamedTuple

from db.session import as_system
from models.rules.rooms import Room
from webapp.realtime import reading


class Live(NamedTuple):
    """A room, and the number of its newest event."""

    room: str
    since: int


def live(room: Room) -> Live:
    """A room that a page listens to from now on. Whether its reader may is decided when they subscribe."""
    with as_system() as session:
        return Live(str(room), reading.newest(session, [str(room)]).get(str(room), 0))
