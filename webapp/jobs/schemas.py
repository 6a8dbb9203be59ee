"""The shapes of jobs."""

from marshmallow import Schema, fields
from marshmallow.validate import Length

from webapp.schemas import Body

STATES = ("scheduled", "pending", "running", "paused", "cancelling", "completed", "failed", "cancelled", "crashed")


class JobStart(Schema):
    """What is to be run, and with what."""

    deployment = fields.String(
        required=True, validate=Length(1, 200), metadata={"description": "Its name: `show-details`"}
    )
    parameters = fields.Dict(
        keys=fields.String(),
        load_default=dict,
        metadata={"description": "As the deployment's `schema` says; what is left out has the deployment's value"},
    )


class DeploymentSchema(Body):
    """Something that can be run."""

    deployment = fields.String()
    description = fields.String(allow_none=True)
    parameters = fields.Dict(metadata={"description": "What it is run with, where nothing else is said"})
    schema = fields.Dict(metadata={"description": "JSON Schema of its parameters"})


class ProgressSchema(Body):
    """How far a job is."""

    percent = fields.Float(metadata={"description": "0 to 100, of the stage that is running"})
    text = fields.String(allow_none=True)


class JobReportSchema(Body):
    """A stage of a job, or the pipeline as a whole."""

    stage = fields.String()
    status = fields.String(metadata={"description": "running, completed, failed, cancelled or crashed"})
    started_at = fields.AwareDateTime()
    finished_at = fields.AwareDateTime(allow_none=True)
    report = fields.Dict(metadata={"description": "What it did; empty while it runs"})


class JobSchema(Body):
    """A run of collecting."""

    id = fields.UUID()
    name = fields.String(metadata={"description": "The name that Prefect gave it"})
    deployment = fields.String(allow_none=True, metadata={"description": "Empty where it was started otherwise"})
    state = fields.String(metadata={"description": ", ".join(STATES)})
    message = fields.String(allow_none=True, metadata={"description": "Why it is in this state, as Prefect puts it"})
    parameters = fields.Dict()
    progress = fields.Nested(ProgressSchema, allow_none=True)
    created_at = fields.String(metadata={"format": "date-time"})
    started_at = fields.String(allow_none=True, metadata={"format": "date-time"})
    finished_at = fields.String(allow_none=True, metadata={"format": "date-time"})
    reports = fields.List(fields.Nested(JobReportSchema))
