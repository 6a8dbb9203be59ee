"""Routes of provenance."""

from uuid import UUID

from flask.views import MethodView

from models.entities import Kind
from webapp.api import Blueprint
from webapp.provenance import service
from webapp.provenance.schemas import ProvenanceSchema
from webapp.reading import Reading

blp = Blueprint("Provenance", __name__, description="Whose word is shown, and what the others say")


@blp.route("/people/<id:person_id>/provenance")
class PersonProvenance(MethodView):
    @blp.sends(ProvenanceSchema, below="person")
    def get(self, person_id: UUID) -> Reading:
        """Tell where each field of a person comes from"""
        return service.provenance(Kind.PERSON, person_id)


@blp.route("/shows/<id:show_id>/provenance")
class ShowProvenance(MethodView):
    @blp.sends(ProvenanceSchema, below="show")
    def get(self, show_id: UUID) -> Reading:
        """Tell where each field of a show comes from"""
        return service.provenance(Kind.SHOW, show_id)
