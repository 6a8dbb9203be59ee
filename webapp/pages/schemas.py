"""The shapes of wikis' pages."""

from marshmallow import fields

from webapp.schemas import Body


class TaglineSchema(Body):
    """What a person says in an opening."""

    season_number = fields.Integer(allow_none=True)
    season_order = fields.String(allow_none=True, metadata={"description": "As written: 2/6 is the second of six"})
    text = fields.String()


class RelationSchema(Body):
    """Somebody whom the page names."""

    kind = fields.String(metadata={"description": "family, friend, enemy or romance"})
    name = fields.String()
    note = fields.String(allow_none=True, metadata={"description": "As the page puts it: sister, ex-husband …"})
    person_id = fields.UUID(allow_none=True, metadata={"description": "Where that is a person of the catalogue"})


class ReunionSeatSchema(Body):
    """Where the person sat at a reunion."""

    season_number = fields.Integer()
    show_id = fields.UUID(allow_none=True)
    side = fields.String(allow_none=True)
    seat = fields.String(allow_none=True, metadata={"description": "As written: 2/3 is the second of three"})


class PersonPageSchema(Body):
    """A page of a wiki that is surely about a person. Who shows a text of it names the page, its licence and revision."""

    id = fields.UUID()
    wiki = fields.String(metadata={"description": "Its host"})
    title = fields.String()
    url = fields.String()
    revision_id = fields.Integer(allow_none=True)
    licence = fields.String()
    show_id = fields.UUID(allow_none=True, metadata={"description": "The show that it was found with"})
    biography = fields.List(fields.String(), metadata={"description": "Paragraphs"})
    taglines = fields.List(fields.Nested(TaglineSchema))
    trivia = fields.List(fields.String())
    relations = fields.List(fields.Nested(RelationSchema))
    reunion_seats = fields.List(fields.Nested(ReunionSeatSchema))
