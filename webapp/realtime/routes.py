"""What a room's listeners were told, for clients that were away."""

from typing import Any
from urllib.parse import quote

from flask.views import MethodView

from models.rules.rooms import PATTERN
from webapp.api import PREFIX, Blueprint
from webapp.frame import optional_user
from webapp.realtime import service
from webapp.realtime.schemas import EventSchema, EventsQuery

blp = Blueprint("Rooms", __name__, description="Events of rooms, for clients that were away")


@blp.route(
    "/rooms/<string:room>/events",
    parameters=[{"in": "path", "name": "room", "schema": {"type": "string", "pattern": PATTERN}}],
)
class RoomEvents(MethodView):
    """What happened in a room."""

    @blp.login_optional
    @blp.arguments(EventsQuery, location="query")
    @blp.response(200, EventSchema(many=True))
    @blp.alt_response(403, "FORBIDDEN")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(410, "GONE")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    def get(self, query: dict[str, Any], room: str) -> tuple[list[dict[str, Any]], int, dict[str, str]]:
        """List a room's events after a number, oldest first

        410: they are no longer kept; read the state anew and subscribe without `since`.
        """
        found = service.events_of(optional_user(), room, **query)
        if len(found) < query["limit"]:
            return found, 200, {}
        named = quote(room, safe=":")
        address = f"{PREFIX}/rooms/{named}/events?since={found[-1]['seq']}&limit={query['limit']}"
        return found, 200, {"Link": f'<{address}>; rel="next"'}
