"""The shapes of what other catalogues follow."""

from marshmallow import Schema, fields
from marshmallow.validate import Range

from models.entities import Kind
from webapp.schemas import Body

LARGEST = 2**63 - 1


class ChangesQuery(Schema):
    """Which changes."""

    since = fields.Integer(
        validate=Range(0, LARGEST),
        metadata={"description": "The last `seq` that you have; what is kept from its beginning, when left out"},
    )
    limit = fields.Integer(load_default=100, validate=Range(1, 1000), metadata={"description": "How many at most"})


class ChangeSchema(Body):
    """That an entity changed in one table, in one transaction."""

    seq = fields.Integer(metadata={"description": "Grows in the order of commits"})
    entity_id = fields.UUID()
    kind = fields.String(metadata={"description": ", ".join(str(kind) for kind in Kind)})
    table = fields.String(metadata={"description": "Where: shows, images, credits … as in the database"})
    actions = fields.List(fields.String(), metadata={"description": "insert, update, delete"})
    fields_ = fields.List(
        fields.String(), data_key="fields", metadata={"description": "The columns that an update changed"}
    )
    changed_at = fields.DateTime()
    removed = fields.Boolean(metadata={"description": "Whether the entity has left the catalogue by now"})
    merged_into = fields.UUID(allow_none=True, metadata={"description": "What the entity is by now, after a merge"})


class ResourceSchema(Body):
    """How fresh one kind of collected data is."""

    resource = fields.String()
    entities = fields.Integer(metadata={"description": "For how many it was ever asked for"})
    done = fields.Integer(metadata={"description": "How many have it and are not due"})
    due = fields.Integer()
    failed = fields.Integer(metadata={"description": "How many could not be brought up to date the last time"})
    oldest_success = fields.DateTime(allow_none=True)
    newest_success = fields.DateTime(allow_none=True)
    last_attempt_at = fields.DateTime(allow_none=True)


class StageSchema(Body):
    """The last run of a stage of collecting."""

    stage = fields.String()
    status = fields.String(metadata={"description": "running, completed, failed, cancelled or crashed"})
    started_at = fields.DateTime()
    finished_at = fields.DateTime(allow_none=True)
    last_completed_at = fields.DateTime(allow_none=True)


class FreshnessSchema(Body):
    """How fresh the catalogue is."""

    seq = fields.Integer(allow_none=True, metadata={"description": "The newest change"})
    changed_at = fields.DateTime(allow_none=True)
    resources = fields.List(fields.Nested(ResourceSchema))
    stages = fields.List(fields.Nested(StageSchema))
