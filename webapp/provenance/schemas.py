"""The shapes of provenance."""

from marshmallow import fields

from webapp.schemas import Body


class SayingSchema(Body):
    """What a source says of a field. `layer` is the way the source was asked, where it has several."""

    source = fields.String(metadata={"description": "editor, tmdb, imdb, fandom or wikidata"})
    value = fields.Raw(allow_none=True, metadata={"description": "As the field's own type"})
    layer = fields.String(allow_none=True, metadata={"description": "Of IMDb: graphql, pages, datasets or export"})
    since = fields.DateTime(allow_none=True, metadata={"description": "When what the source says last changed"})


class FieldProvenanceSchema(SayingSchema):
    """A field: the value that is shown, whose word it is, and what the others say."""

    field = fields.String()
    others = fields.List(fields.Nested(SayingSchema))


class SetProvenanceSchema(Body):
    """How many entries of a list a source gives. What is shown is those of all sources together."""

    field = fields.String(metadata={"description": "aliases, images, credits, genres ..."})
    source = fields.String()
    count = fields.Integer()


class SourceSchema(Body):
    """A source that knows this person or show."""

    source = fields.String()
    ids = fields.List(fields.String(), metadata={"description": "What it calls it, the one in use first"})
    url = fields.String(allow_none=True, metadata={"description": "Its own page about it"})
    licence = fields.String(allow_none=True)
    asked_at = fields.DateTime(allow_none=True, metadata={"description": "When it was last asked"})
    changed_at = fields.DateTime(allow_none=True, metadata={"description": "When what it says last changed"})


class SourcePageSchema(Body):
    """A page of a fans' wiki that facts or texts come from."""

    wiki = fields.String()
    title = fields.String()
    url = fields.String()
    revision_id = fields.Integer(allow_none=True)
    licence = fields.String()
    seen_at = fields.DateTime()


class ProvenanceSchema(Body):
    """Where everything that is shown of a person or a show comes from."""

    id = fields.UUID()
    fields_ = fields.List(fields.Nested(FieldProvenanceSchema), data_key="fields")
    sets = fields.List(fields.Nested(SetProvenanceSchema))
    sources = fields.List(fields.Nested(SourceSchema))
    pages = fields.List(fields.Nested(SourcePageSchema))
