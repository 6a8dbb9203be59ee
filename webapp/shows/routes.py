"""Routes of shows and their images."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from webapp.api import Blueprint
from webapp.reading import Reading
from webapp.schemas import Page
from webapp.shows import service
from webapp.shows.schemas import ImageQuery, ShowDetailSchema, ShowImageSchema, ShowQuery, ShowSchema

blp = Blueprint("Shows", __name__, description="Shows and their images")


@blp.route("/shows")
class Shows(MethodView):
    @blp.arguments(Page, location="query")
    @blp.sends(ShowSchema(many=True))
    def get(self, page: dict[str, Any]) -> Reading:
        """List shows by name"""
        return service.shows(**page)


@blp.route("/shows/<id:show_id>")
class Show(MethodView):
    @blp.arguments(ShowQuery, location="query")
    @blp.sends(ShowDetailSchema, below="show")
    def get(self, query: dict[str, Any], show_id: UUID) -> Reading:
        """Tell everything about a show"""
        return service.show(show_id, **query)


@blp.route("/shows/<id:show_id>/images")
class ShowImages(MethodView):
    @blp.arguments(ImageQuery, location="query")
    @blp.sends(ShowImageSchema(many=True), below="show")
    def get(self, query: dict[str, Any], show_id: UUID) -> Reading:
        """List a show's images by kind, the best first"""
        return service.images(show_id, **query)
