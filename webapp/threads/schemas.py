"""Shapes of threads."""

from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf, Range

from models.rules.talk import TITLE, ThreadLevel, ThreadType
from webapp.schemas import Body, Page
from webapp.talk.schemas import AuthorSchema, Reveal, Said


class ThreadQuery(Page, Reveal):
    """Which threads."""

    cursor = fields.String(load_default=None, metadata={"description": "Where a page begins, from the header Link"})
    type = fields.String(load_default=None, validate=OneOf(list(ThreadType)), metadata={"description": "Only these"})


class ThreadCreate(Schema):
    """A new thread."""

    title = Said(required=True, longest=TITLE)
    type = fields.String(required=True, metadata={"enum": list(ThreadType)})


class ThreadEdit(Schema):
    """Another title."""

    title = Said(required=True, longest=TITLE)


class ReadMark(Schema):
    """How far somebody has read."""

    seq = fields.Integer(required=True, validate=Range(0, 2**31 - 1), metadata={"description": "Of the last post read"})


class ThreadSchema(Body):
    """A discussion of a show, a season or an episode."""

    id = fields.UUID()
    level = fields.String(validate=OneOf(list(ThreadLevel)))
    entity_id = fields.UUID(metadata={"description": "The show, season or episode"})
    show_id = fields.UUID()
    episode_id = fields.UUID(allow_none=True)
    title = fields.String(
        allow_none=True, validate=Length(max=TITLE), metadata={"description": "Null while it is masked"}
    )
    type = fields.String(validate=OneOf(list(ThreadType)))
    created_by = fields.UUID(allow_none=True)
    author = fields.Nested(AuthorSchema, allow_none=True)
    is_automatic = fields.Boolean(metadata={"description": "Made by the platform because an episode airs"})
    is_locked = fields.Boolean()
    is_pinned = fields.Boolean()
    is_hidden = fields.Boolean(metadata={"description": "By a moderator; only moderators get such threads"})
    is_masked = fields.Boolean(metadata={"description": "It tells of what you have not seen"})
    is_followed = fields.Boolean()
    post_count = fields.Integer(allow_none=True)
    unread = fields.Integer(
        allow_none=True, metadata={"description": "Posts since you last read it, where you follow it"}
    )
    last_post_at = fields.DateTime(allow_none=True)
    version = fields.Integer()
    created_at = fields.DateTime()
    edited_at = fields.DateTime(allow_none=True)
