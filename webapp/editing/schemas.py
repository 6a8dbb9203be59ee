"""The shapes of what admins mend."""

from typing import Any

from marshmallow import Schema, fields, validates_schema
from marshmallow.exceptions import ValidationError
from marshmallow.validate import Length, OneOf, Range

from db.commands.duplicates import MERGED_BY_THEMSELVES
from models.entities import Kind
from models.ops import CaseStatus
from models.wikis import PageStatus
from webapp.provenance.schemas import SayingSchema
from webapp.schemas import Body

MERGEABLE = [str(kind) for kind in (*MERGED_BY_THEMSELVES, Kind.NETWORK, Kind.COMPANY, Kind.PROVIDER)]
MOST = 100


def _limit() -> fields.Integer:
    return fields.Integer(load_default=50, validate=Range(1, MOST), metadata={"description": "How many at most"})


class EntityEdit(Schema):
    """What an editor says of an entity, and what no longer."""

    set = fields.Dict(
        keys=fields.String(),
        values=fields.Raw(allow_none=True),
        load_default=dict,
        metadata={"description": "Values by field. `null` says that the field is empty, whatever the sources say"},
    )
    unset = fields.List(
        fields.String(),
        load_default=list,
        validate=Length(max=MOST),
        metadata={"description": "Fields of which the sources are believed again"},
    )

    @validates_schema
    def _not_both(self, data: dict[str, Any], **_: Any) -> None:
        if both := set(data["set"]) & set(data["unset"]):
            raise ValidationError("Either set or unset, not both.", sorted(both)[0])
        if not data["set"] and not data["unset"]:
            raise ValidationError("Nothing is said.", "set")


class EntityFieldSchema(SayingSchema):
    """A field: what is shown, whose word it is, and what the others say."""

    field = fields.String()
    source = fields.String(allow_none=True, metadata={"description": "editor, tmdb …; null where nobody says anything"})
    others = fields.List(fields.Nested(SayingSchema))


class EditedSchema(Body):
    """An entity as an editor sees it."""

    id = fields.UUID()
    kind = fields.String()
    version = fields.Integer(metadata={"description": "What `If-Match` names"})
    name = fields.String(allow_none=True)
    fields_ = fields.List(fields.Nested(EntityFieldSchema), data_key="fields")


class CaseQuery(Schema):
    """Which questions."""

    status = fields.String(
        load_default=str(CaseStatus.OPEN),
        validate=OneOf([str(status) for status in CaseStatus]),
        metadata={"description": "open, resolved or dismissed"},
    )
    limit = _limit()


class CaseSchema(Body):
    """A question of identity."""

    id = fields.UUID()
    kind = fields.String()
    entity_id = fields.UUID()
    name = fields.String(allow_none=True)
    source = fields.String(metadata={"description": "Whose id is in question"})
    reason = fields.String()
    candidates = fields.List(
        fields.Dict(), metadata={"description": "Each with source, value, and what is known of it"}
    )
    status = fields.String()
    opened_at = fields.DateTime()
    settled_at = fields.DateTime(allow_none=True)


class CaseChoice(Schema):
    """The candidate that is right."""

    source = fields.String(required=True, validate=Length(1, 100))
    value = fields.String(required=True, validate=Length(1, 300))


class PageQuery(Schema):
    """Which pages of wikis."""

    status = fields.String(
        load_default=str(PageStatus.CANDIDATE),
        validate=OneOf([str(status) for status in PageStatus]),
        metadata={"description": "candidate, confirmed or rejected"},
    )
    limit = _limit()


class PageSchema(Body):
    """A page of a wiki that is, or may be, about a person."""

    id = fields.UUID()
    status = fields.String()
    entity_id = fields.UUID(allow_none=True, metadata={"description": "The person"})
    name = fields.String(allow_none=True)
    show_id = fields.UUID(allow_none=True)
    show_name = fields.String(allow_none=True)
    wiki = fields.String()
    title = fields.String()
    url = fields.String()
    reason = fields.String(metadata={"description": "Why it is not sure, or who decided"})
    decided_by = fields.String(allow_none=True)


class WikiPlace(Schema):
    """Where a wiki stands among those of a show."""

    position = fields.Integer(
        load_default=None, allow_none=True, validate=Range(0, 1000), metadata={"description": "The last, when left out"}
    )


class ShowWikiSchema(Body):
    """A wiki that is asked for a show's people, or was."""

    wiki = fields.String()
    position = fields.Integer()
    is_active = fields.Boolean()
    origin = fields.String(metadata={"description": "Who said so"})


class MergeQuery(Schema):
    """Which merges."""

    limit = _limit()


class MergeStart(Schema):
    """Two entities that are one."""

    kind = fields.String(required=True, validate=OneOf(MERGEABLE), metadata={"description": ", ".join(MERGEABLE)})
    winner_id = fields.UUID(required=True, metadata={"description": "The one that stays"})
    loser_id = fields.UUID(required=True, metadata={"description": "The one that leads to it from then on"})
    reason = fields.String(required=True, validate=Length(1, 500))


class MergeSchema(Body):
    """A merge, by which two entities became one."""

    id = fields.UUID()
    kind = fields.String()
    name = fields.String(allow_none=True, metadata={"description": "The winner's"})
    winner_id = fields.UUID()
    loser_id = fields.UUID()
    reason = fields.String()
    merged_by = fields.String()
    merged_at = fields.DateTime()
    undone_at = fields.DateTime(allow_none=True)
