"""Routes for who keeps in step with the catalogue."""

from typing import Any

from flask import Response
from flask.views import MethodView

from webapp.api import Blueprint
from webapp.errors import TooMany
from webapp.reading import Reading
from webapp.sync import catalogue, service
from webapp.sync.schemas import ChangeSchema, ChangesQuery, FreshnessSchema

blp = Blueprint("Sync", __name__, description="What changed, how fresh it is, and the whole catalogue at once")


@blp.route("/changes")
class Changes(MethodView):
    @blp.arguments(ChangesQuery, location="query")
    @blp.sends(ChangeSchema(many=True), seconds=0)
    @blp.alt_response(410, "GONE")
    def get(self, query: dict[str, Any]) -> Reading:
        """List what changed after a place in the feed"""
        return service.changes(**query)


@blp.route("/status/freshness")
class Freshness(MethodView):
    @blp.sends(FreshnessSchema)
    def get(self) -> Reading:
        """Tell how fresh the catalogue is"""
        return service.freshness()


@blp.route("/catalogue.ndjson")
class Catalogue(MethodView):
    @blp.response(200, {"type": "string"}, content_type="application/x-ndjson")
    @blp.alt_response(429, "TOO_MANY_REQUESTS")
    def get(self) -> Response:
        """Send the whole catalogue, an entity a line"""
        if not catalogue.slots.acquire(blocking=False):
            raise TooMany(
                "Others are reading the whole catalogue; try again later", retry_after=catalogue.RETRY_SECONDS
            )
        response = Response(catalogue.lines(), content_type="application/x-ndjson")
        response.headers["Cache-Control"] = "no-store"
        response.call_on_close(catalogue.slots.release)
        return response
