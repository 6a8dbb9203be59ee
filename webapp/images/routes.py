"""Routes of images."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from webapp import spoilers
from webapp.api import Blueprint
from webapp.images import service
from webapp.images.schemas import (
    EntityImageSchema,
    GalleryImageSchema,
    GalleryQuery,
    ImageFilters,
    ShowImageSchema,
)
from webapp.reading import Reading

blp = Blueprint("Images", __name__, description="Images of shows, people and all else")


@blp.route("/shows/<id:show_id>/images")
class ShowImages(MethodView):
    @blp.arguments(ImageFilters, location="query")
    @blp.sends(ShowImageSchema(many=True), below="show")
    def get(self, filters: dict[str, Any], show_id: UUID) -> Reading:
        """List a show's images by kind, the best first"""
        return service.of_show(show_id, **filters)


@blp.route("/shows/<id:show_id>/gallery")
class Gallery(MethodView):
    @blp.arguments(GalleryQuery, location="query")
    @blp.sends(GalleryImageSchema(many=True), below="show", hides=spoilers.gallery)
    def get(self, query: dict[str, Any], show_id: UUID) -> Reading:
        """List the images of a show, its seasons, episodes and cast"""
        return service.gallery(show_id, **query)


@blp.route("/entities/<id:entity_id>/images")
class EntityImages(MethodView):
    @blp.arguments(ImageFilters, location="query")
    @blp.sends(EntityImageSchema(many=True), below="entity", hides=spoilers.members)
    def get(self, filters: dict[str, Any], entity_id: UUID) -> Reading:
        """List the images of a show, season, episode, person, network, company or provider"""
        return service.of_entity(entity_id, **filters)
