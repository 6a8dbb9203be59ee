"""Shapes of what somebody follows."""

from marshmallow import Schema, fields
from marshmallow.validate import Range

from webapp.schemas import Body


class FollowedShowSchema(Body):
    """A show that somebody follows."""

    show_id = fields.UUID()
    show_name = fields.String()
    followed_at = fields.DateTime()


class ActivityQuery(Schema):
    """Which part of the activity."""

    limit = fields.Integer(load_default=50, validate=Range(1, 100), metadata={"description": "How many rows at most"})
    cursor = fields.String(load_default=None, metadata={"description": "Where a page begins, from the header Link"})


class ActivitySchema(Body):
    """A thread in which something was said."""

    thread_id = fields.UUID()
    level = fields.String()
    entity_id = fields.UUID()
    show_id = fields.UUID()
    show_name = fields.String()
    title = fields.String()
    type = fields.String()
    post_count = fields.Integer()
    unread = fields.Integer(allow_none=True)
    is_followed = fields.Boolean()
    last_post_at = fields.DateTime()


class AvoidedSchema(Body):
    """Somebody whom the viewer blocks or mutes."""

    user_id = fields.UUID()
    username = fields.String(allow_none=True)
    kind = fields.String(metadata={"enum": ["block", "mute"]})
    created_at = fields.DateTime()
