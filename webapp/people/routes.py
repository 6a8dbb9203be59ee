"""Routes of people."""

from uuid import UUID

from flask.views import MethodView

from webapp.api import Blueprint
from webapp.people import service
from webapp.people.schemas import PersonDetailSchema
from webapp.reading import Reading

blp = Blueprint("People", __name__, description="People of the shows")


@blp.route("/shows/people/<id:person_id>", endpoint="PersonBelowShows")
@blp.route("/people/<id:person_id>")
class Person(MethodView):
    @blp.sends(PersonDetailSchema, below="person")
    def get(self, person_id: UUID) -> Reading:
        """Tell about a person"""
        return service.person(person_id)
