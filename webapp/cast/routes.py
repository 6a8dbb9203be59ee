"""Routes of who belongs to a show, a season or an episode."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from webapp import spoilers
from webapp.api import Blueprint
from webapp.cast import credits, service
from webapp.cast.schemas import CastMemberSchema, CastQuery, CategoryQuery, CreditsSchema, EpisodeMemberSchema
from webapp.reading import Reading

blp = Blueprint("Cast", __name__, description="Who belongs to a show, a season or an episode")


@blp.route("/shows/<id:show_id>/cast")
class Cast(MethodView):
    @blp.arguments(CastQuery, location="query")
    @blp.sends(CastMemberSchema(many=True), below="show", hides=spoilers.cast)
    def get(self, query: dict[str, Any], show_id: UUID) -> Reading:
        """List who belongs to a show, in billing order"""
        return service.cast(show_id, **query)


@blp.route("/shows/<id:show_id>/credits")
class Credits(MethodView):
    @blp.sends(CreditsSchema, below="show", hides=spoilers.everybody)
    def get(self, show_id: UUID) -> Reading:
        """Tell everybody of a show: creators, cast, crew by department"""
        return credits.credits(show_id)


@blp.route("/shows/<id:show_id>/seasons/<number:season_number>/cast")
class SeasonCast(MethodView):
    @blp.arguments(CategoryQuery, location="query")
    @blp.sends(CastMemberSchema(many=True), below="show", hides=spoilers.cast)
    def get(self, query: dict[str, Any], show_id: UUID, season_number: int) -> Reading:
        """List who belongs to a season, in its billing order"""
        return service.cast_of_season(show_id, season_number, **query)


@blp.route("/episodes/<id:episode_id>/cast")
class EpisodeCast(MethodView):
    @blp.arguments(CategoryQuery, location="query")
    @blp.sends(EpisodeMemberSchema(many=True), below="episode", hides=spoilers.members)
    def get(self, query: dict[str, Any], episode_id: UUID) -> Reading:
        """List who is in an episode, in billing order"""
        return service.cast_of_episode(episode_id, **query)
