"""Routes of people."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from webapp import spoilers
from webapp.api import Blueprint
from webapp.people import credits, listing, service
from webapp.people.schemas import (
    CostarSchema,
    HomeQuery,
    HomeSchema,
    PeopleQuery,
    PersonDetailSchema,
    PersonSchema,
    ShowCreditsSchema,
)
from webapp.reading import Reading
from webapp.schemas import Page

blp = Blueprint("People", __name__, description="People of the shows")


RAILS_SECONDS = 300
"""Rails are put together from all credits, and nobody minds that they are five minutes old."""


@blp.route("/people")
class People(MethodView):
    @blp.arguments(PeopleQuery, location="query")
    @blp.sends(PersonSchema(many=True))
    def get(self, query: dict[str, Any]) -> Reading:
        """List people by name"""
        return listing.people(**query)


@blp.route("/people/home")
class Home(MethodView):
    @blp.arguments(HomeQuery, location="query")
    @blp.sends(HomeSchema, seconds=RAILS_SECONDS)
    def get(self, query: dict[str, Any]) -> Reading:
        """Show rails of people: most shows, most episodes, recently added"""
        return listing.home(**query)


@blp.route("/shows/people/<id:person_id>", endpoint="PersonBelowShows")
@blp.route("/people/<id:person_id>")
class Person(MethodView):
    @blp.sends(PersonDetailSchema, below="person")
    def get(self, person_id: UUID) -> Reading:
        """Tell about a person"""
        return service.person(person_id)


@blp.route("/people/<id:person_id>/credits")
class PersonCredits(MethodView):
    @blp.sends(ShowCreditsSchema(many=True), below="person", hides=spoilers.credits)
    def get(self, person_id: UUID) -> Reading:
        """List a person's credits by show, role, season and episode"""
        return credits.credits(person_id)


@blp.route("/people/<id:person_id>/co-stars")
class Costars(MethodView):
    @blp.arguments(Page, location="query")
    @blp.sends(CostarSchema(many=True), below="person")
    def get(self, page: dict[str, Any], person_id: UUID) -> Reading:
        """List whom a person is on screen with, those of most shows first"""
        return listing.costars(person_id, **page)
