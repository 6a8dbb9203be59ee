"""`/realtime/schemas.json`: what events there are, for programs that read it."""

from typing import Any

from flask.views import MethodView

from webapp.api import Blueprint
from webapp.realtime.events import document

blp = Blueprint("Events", __name__, description="What is sent over Socket.IO")


@blp.route("/realtime/schemas.json")
class Schemas(MethodView):
    """The events as JSON Schema."""

    @blp.response(200, description="A JSON Schema for each event, by its name, in `$defs`")
    def get(self) -> dict[str, Any]:
        """Get a JSON Schema for every event"""
        return document()
