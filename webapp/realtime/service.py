"""Events for who was away: read from the rows, after the same check that a socket's subscription passes."""

from typing import Any

from db.session import as_system
from models.rules.rooms import Room
from webapp.access.viewer import Viewer
from webapp.errors import Invalid
from webapp.realtime import reading
from webapp.realtime.access import admitted
from webapp.realtime.rendering import Outgoing, render


def events_of(viewer: Viewer | None, name: str, *, since: int, limit: int) -> list[dict[str, Any]]:
    """The events of a room after a number, as this viewer may see them, oldest first.

    Raises:
        Invalid: there is no room of that name.
        Unauthenticated, Forbidden, NotFound: it is not for this viewer.
        Gone: events after that number are no longer kept.
    """
    try:
        room = Room.named(name)
    except ValueError:
        raise Invalid([(("path", "room"), "Names no room.", "malformed")]) from None
    visibility = admitted(viewer, room)
    viewer_id = viewer.id if viewer else None
    with as_system() as session:
        stored = reading.missed(session, str(room), since, limit)
        events = render(session, map(Outgoing, stored), [(visibility, viewer_id)])
    return [event.envelope(visibility, viewer_id) for event in events]
