"""Routes of a show's cast."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from webapp.api import Blueprint
from webapp.cast import service
from webapp.cast.schemas import CastMemberSchema, CastQuery
from webapp.reading import Reading

blp = Blueprint("Cast", __name__, description="Who belongs to a show")


@blp.route("/shows/<id:show_id>/cast")
class Cast(MethodView):
    @blp.arguments(CastQuery, location="query")
    @blp.sends(CastMemberSchema(many=True), below="show")
    def get(self, query: dict[str, Any], show_id: UUID) -> Reading:
        """List who belongs to a show, in billing order"""
        return service.cast(show_id, **query)
