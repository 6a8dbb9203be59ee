"""Shapes of posts and reactions."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema
from marshmallow.validate import OneOf, Range

from models.rules.talk import BODY, PostOrder, ReactionType
from webapp.schemas import Body
from webapp.talk.schemas import AuthorSchema, Reveal, Said

SPOILS = "A later episode that the post tells of, for those who have not seen that one"


class PostQuery(Reveal):
    """Which posts of a thread."""

    parent_post_id = fields.UUID(
        load_default=None, metadata={"description": "Answers to this post; without it the top"}
    )
    limit = fields.Integer(load_default=50, validate=Range(1, 100), metadata={"description": "How many rows at most"})
    cursor = fields.String(load_default=None, metadata={"description": "Where a page begins, from the header Link"})
    before = fields.String(load_default=None, metadata={"description": "Where a page ends, from the header Link"})
    order = fields.String(
        load_default=PostOrder.OLDEST,
        validate=OneOf(list(PostOrder)),
        metadata={"description": "oldest or newest first, top by votes, controversial by how even they are"},
    )

    @validates_schema
    def _one_place(self, query: dict[str, Any], **_: Any) -> None:
        if query.get("cursor") and query.get("before"):
            raise ValidationError("Not together with cursor.", "before")


class TreeQuery(Reveal):
    """How much of a tree."""

    root = fields.UUID(load_default=None, metadata={"description": "Below this post; without it the whole thread"})
    limit = fields.Integer(load_default=200, validate=Range(1, 500), metadata={"description": "How many posts at most"})
    order = fields.String(load_default=PostOrder.TOP, validate=OneOf(list(PostOrder)))


class PostCreate(Schema):
    """Something to say."""

    body = Said(required=True, longest=BODY)
    parent_post_id = fields.UUID(load_default=None, allow_none=True)
    spoils_id = fields.UUID(load_default=None, allow_none=True, metadata={"description": SPOILS})


class PostEdit(Schema):
    """Other words."""

    body = Said(longest=BODY)
    spoils_id = fields.UUID(allow_none=True, metadata={"description": SPOILS})


class React(Schema):
    """A reaction to add or to take back."""

    reaction = fields.String(required=True, metadata={"enum": list(ReactionType)})


class ReactionsSchema(Body):
    """How a post was taken."""

    post_id = fields.UUID()
    reactions = fields.Dict(keys=fields.String(), values=fields.Integer(), allow_none=True)
    my_reactions = fields.List(fields.String())


class ToggleSchema(ReactionsSchema):
    """What became of a reaction."""

    action = fields.String(validate=OneOf(("added", "removed")))
    reaction = fields.String(validate=OneOf(list(ReactionType)))


class NamedSchema(Body):
    """Somebody whom a post names with `@`."""

    id = fields.UUID()
    username = fields.String(allow_none=True)


class PostSchema(Body):
    """What somebody said."""

    id = fields.UUID()
    thread_id = fields.UUID()
    seq = fields.Integer(metadata={"description": "Its number within the thread"})
    parent_post_id = fields.UUID(allow_none=True)
    depth = fields.Integer()
    user_id = fields.UUID(allow_none=True)
    author = fields.Nested(AuthorSchema, allow_none=True)
    body = fields.String(allow_none=True, metadata={"description": "Null while one of the `is_` fields is true"})
    spoils_id = fields.UUID(allow_none=True, metadata={"description": SPOILS})
    has_spoilers = fields.Boolean(metadata={"description": "Parts between || marks are spoilers"})
    is_deleted = fields.Boolean()
    is_hidden = fields.Boolean(metadata={"description": "By a moderator"})
    is_masked = fields.Boolean(metadata={"description": "It tells of what you have not seen"})
    is_muted = fields.Boolean(metadata={"description": "You mute or block its author"})
    reply_count = fields.Integer(allow_none=True)
    reactions = fields.Dict(keys=fields.String(), values=fields.Integer(), allow_none=True)
    my_reactions = fields.List(fields.String())
    mentions = fields.List(fields.Nested(NamedSchema), metadata={"description": "Users whom the words name with `@`"})
    version = fields.Integer()
    created_at = fields.DateTime()
    edited_at = fields.DateTime(allow_none=True)


class PriorSchema(Body):
    """What a post said before."""

    body = fields.String()
    replaced_at = fields.DateTime()
