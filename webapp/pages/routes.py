"""Routes of wikis' pages."""

from uuid import UUID

from flask.views import MethodView

from webapp.api import Blueprint
from webapp.pages import service
from webapp.pages.schemas import PersonPageSchema
from webapp.reading import Reading

blp = Blueprint(
    "Pages", __name__, description="What fans' wikis tell of people, under the licence that stands beside it"
)


@blp.route("/people/<id:person_id>/pages")
class PersonPages(MethodView):
    @blp.sends(PersonPageSchema(many=True), below="person")
    def get(self, person_id: UUID) -> Reading:
        """List the pages of wikis that are about a person, with what they tell"""
        return service.pages_of(person_id)
