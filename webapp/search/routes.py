"""Routes that find things."""

from typing import Any

from flask.views import MethodView

from models.entities import IdSource
from webapp import spoilers
from webapp.api import Blueprint
from webapp.reading import Reading
from webapp.search import lookup, service, slugs
from webapp.search.schemas import (
    FoundSchema,
    LookupQuery,
    LookupSchema,
    PersonSlugQuery,
    PersonSlugSchema,
    SearchQuery,
    ShowSlugSchema,
    SlugQuery,
)

blp = Blueprint("Search", __name__, description="Finding things by words, by slug, by the ids of others")


@blp.route("/search")
class Search(MethodView):
    @blp.arguments(SearchQuery, location="query")
    @blp.sends(FoundSchema(many=True), hides=spoilers.found)
    def get(self, query: dict[str, Any]) -> Reading:
        """Find shows, people and episodes by words"""
        return service.search(**query)


@blp.route(
    "/lookup/<source>/<value>",
    parameters=[{"in": "path", "name": "source", "schema": {"type": "string", "enum": list(IdSource)}}],
)
class Lookup(MethodView):
    @blp.arguments(LookupQuery, location="query")
    @blp.sends(LookupSchema(many=True), hides=spoilers.looked_up)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, query: dict[str, Any], source: str, value: str) -> Reading:
        """Find what has an id of another catalogue"""
        return lookup.lookup(source, value, **query)


@blp.route("/shows/resolve-slug")
class ShowSlug(MethodView):
    @blp.arguments(SlugQuery, location="query")
    @blp.sends(ShowSlugSchema, below="show")
    def get(self, query: dict[str, Any]) -> Reading:
        """Find the show that a slug leads to"""
        return slugs.show(**query)


@blp.route("/people/resolve-slug")
class PersonSlug(MethodView):
    @blp.arguments(PersonSlugQuery, location="query")
    @blp.sends(PersonSlugSchema, below="person")
    def get(self, query: dict[str, Any]) -> Reading:
        """Find the person that a slug leads to"""
        return slugs.person(**query)
