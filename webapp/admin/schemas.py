"""The shapes of what admins see and do about users."""

from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf, Range

from models.accounts import Role, UserStatus
from webapp.schemas import Body

GIVEN = (Role.USER, Role.MODERATOR, Role.ADMIN)
"""Roles that an admin may give. A service is made by its issuer."""


class Rows(Schema):
    """Which part of a list."""

    limit = fields.Integer(load_default=50, validate=Range(1, 100), metadata={"description": "How many rows at most"})
    cursor = fields.String(metadata={"description": "From the Link of the page before"})


class UsersQuery(Rows):
    """Which users."""

    q = fields.String(
        validate=Length(1, 100), metadata={"description": "A part of the username, or a whole e-mail address"}
    )
    role = fields.String(validate=OneOf(list(Role)))
    status = fields.String(validate=OneOf(list(UserStatus)))


class AdminUserSchema(Body):
    """A user as admins see them."""

    id = fields.UUID()
    username = fields.String(allow_none=True)
    display_name = fields.String(allow_none=True)
    email = fields.String(allow_none=True, metadata={"description": "Null where another issuer signs the user in"})
    role = fields.String(metadata={"description": ", ".join(Role)})
    status = fields.String(metadata={"description": ", ".join(UserStatus)})
    created_at = fields.AwareDateTime()
    deleted_at = fields.AwareDateTime(allow_none=True)


class AdminUserPatch(Schema):
    """What of a user's rights to change; what is not named stays."""

    role = fields.String(validate=OneOf(GIVEN))
    status = fields.String(validate=OneOf((UserStatus.ACTIVE, UserStatus.SUSPENDED)))
    reason = fields.String(
        load_default=None, validate=Length(1, 500), metadata={"description": "Kept in the audit log"}
    )


class AuditQuery(Rows):
    """Which acts."""

    actor_id = fields.UUID(metadata={"description": "Whose"})
    target_id = fields.String(validate=Length(1, 100), metadata={"description": "To what"})
    action = fields.String(validate=Length(1, 100), metadata={"description": "Such as user.suspend"})


class AuditEntrySchema(Body):
    """Who did what to whom."""

    id = fields.Integer()
    at = fields.AwareDateTime()
    actor_id = fields.UUID(allow_none=True)
    action = fields.String()
    target_kind = fields.String(allow_none=True)
    target_id = fields.String(allow_none=True)
    details = fields.Dict()
    request_id = fields.String(allow_none=True)
