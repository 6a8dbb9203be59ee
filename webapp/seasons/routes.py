"""Routes of seasons and episodes."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from webapp import spoilers
from webapp.api import Blueprint
from webapp.reading import Reading
from webapp.schemas import Page
from webapp.seasons import episodes, service
from webapp.seasons.schemas import (
    EpisodeDetailSchema,
    EpisodeGroupSchema,
    EpisodeInGroupSchema,
    EpisodeSchema,
    SeasonDetailSchema,
    SeasonSchema,
)

blp = Blueprint("Seasons", __name__, description="The seasons of a show and their episodes")


@blp.route("/shows/<id:show_id>/seasons")
class Seasons(MethodView):
    @blp.arguments(Page, location="query")
    @blp.sends(SeasonSchema(many=True), below="show", hides=spoilers.seasons)
    def get(self, page: dict[str, Any], show_id: UUID) -> Reading:
        """List a show's seasons by number"""
        return service.seasons(show_id, **page)


@blp.route("/shows/<id:show_id>/seasons/<number:season_number>")
class Season(MethodView):
    @blp.sends(SeasonSchema, below="show", hides=spoilers.season)
    def get(self, show_id: UUID, season_number: int) -> Reading:
        """Tell about a season"""
        return service.season(show_id, season_number)


@blp.route("/shows/<id:show_id>/seasons/<number:season_number>/episodes")
class Episodes(MethodView):
    @blp.arguments(Page, location="query")
    @blp.sends(EpisodeSchema(many=True), below="show", hides=spoilers.episodes)
    def get(self, page: dict[str, Any], show_id: UUID, season_number: int) -> Reading:
        """List a season's episodes by number"""
        return service.episodes(show_id, season_number, **page)


@blp.route("/seasons/<id:season_id>")
class SeasonById(MethodView):
    @blp.sends(SeasonDetailSchema, below="season", hides=spoilers.season)
    def get(self, season_id: UUID) -> Reading:
        """Tell about a season by its id"""
        return service.season_by_id(season_id)


@blp.route("/episodes/<id:episode_id>")
class Episode(MethodView):
    @blp.sends(EpisodeDetailSchema, below="episode", hides=spoilers.episode)
    def get(self, episode_id: UUID) -> Reading:
        """Tell about an episode"""
        return episodes.episode(episode_id)


@blp.route("/shows/<id:show_id>/episode-groups")
class EpisodeGroups(MethodView):
    @blp.sends(EpisodeGroupSchema(many=True), below="show")
    def get(self, show_id: UUID) -> Reading:
        """List the other orders of a show's episodes"""
        return episodes.groups(show_id)


@blp.route("/shows/<id:show_id>/episode-groups/<id:group_id>")
class EpisodeGroup(MethodView):
    @blp.arguments(Page, location="query")
    @blp.sends(EpisodeInGroupSchema(many=True), below="show", hides=spoilers.episodes)
    def get(self, page: dict[str, Any], show_id: UUID, group_id: UUID) -> Reading:
        """List a show's episodes in another order"""
        return episodes.group(show_id, group_id, **page)
