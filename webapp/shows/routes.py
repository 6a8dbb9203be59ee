"""Routes of shows, and of the genres and lists that they are found by."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from webapp import spoilers
from webapp.api import Blueprint
from webapp.reading import Reading
from webapp.shows import listing, service
from webapp.shows.schemas import (
    GenreSchema,
    PickedShowSchema,
    ShowDetailSchema,
    ShowListSchema,
    ShowQuery,
    ShowSchema,
    ShowsQuery,
)

blp = Blueprint("Shows", __name__, description="Shows, and what they are found by")


@blp.route("/shows")
class Shows(MethodView):
    @blp.arguments(ShowsQuery, location="query")
    @blp.sends(ShowSchema(many=True))
    def get(self, query: dict[str, Any]) -> Reading:
        """List shows that pass all filters, by name or in another order"""
        return listing.shows(**query)


@blp.route("/shows/list")
class Picker(MethodView):
    @blp.sends(PickedShowSchema(many=True))
    def get(self) -> Reading:
        """List every show by name, to pick one"""
        return listing.picker()


@blp.route("/shows/<id:show_id>")
class Show(MethodView):
    @blp.arguments(ShowQuery, location="query")
    @blp.sends(ShowDetailSchema, below="show", hides=spoilers.show)
    def get(self, query: dict[str, Any], show_id: UUID) -> Reading:
        """Tell everything about a show"""
        return service.show(show_id, **query)


@blp.route("/genres")
class Genres(MethodView):
    @blp.sends(GenreSchema(many=True))
    def get(self) -> Reading:
        """List the genres by name"""
        return listing.genres()


@blp.route("/lists")
class Lists(MethodView):
    @blp.sends(ShowListSchema(many=True))
    def get(self) -> Reading:
        """List the curated lists that shows come from"""
        return listing.lists()
