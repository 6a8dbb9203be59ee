"""The shapes of users."""

from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import Length

from models.accounts import Role, UserStatus
from webapp.schemas import Body, Written

LONGEST_NAME = 50
LONGEST_BIO = 500


class Prose(fields.String):
    """A text that a person wrote, trimmed."""

    def __init__(self, longest: int, description: str, *, lines: bool = False) -> None:
        allowed = r"[^\x00-\x08\x0b-\x1f\x7f]*" if lines else r"[^\x00-\x1f\x7f]*"
        super().__init__(
            allow_none=True,
            validate=[Length(max=longest), Written(allowed, error="Must not have control characters.")],
            metadata={"description": description},
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return super()._deserialize(value, attr, data, **kwargs).strip()


class ProfileSchema(Body):
    """A user as everybody may see them. Of a deleted one, only the id is left."""

    id = fields.UUID()
    username = fields.String(allow_none=True, metadata={"description": "Null until chosen, and after deletion"})
    display_name = fields.String(allow_none=True)
    bio = fields.String(allow_none=True)
    avatar_url = fields.String(allow_none=True, metadata={"description": "Good for an hour at least"})
    role = fields.String(metadata={"description": ", ".join(Role)})
    created_at = fields.AwareDateTime()
    deleted = fields.Boolean()


class MeSchema(ProfileSchema):
    """A user as they see themselves."""

    email = fields.String(allow_none=True, metadata={"description": "Null where another issuer signs the user in"})
    status = fields.String(metadata={"description": ", ".join(UserStatus)})
    rename_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "When another username may be taken; null when at once"}
    )
    version = fields.Integer(metadata={"description": "Its ETag is made of this"})


class MePatch(Schema):
    """What of a profile to change; what is not named stays."""

    username = fields.String(
        validate=Length(max=100), metadata={"description": "3 to 30 of a-z, 0-9, underscore and dot"}
    )
    display_name = Prose(LONGEST_NAME, f"How the user wants to be called; at most {LONGEST_NAME} characters")
    bio = Prose(LONGEST_BIO, f"What the user says of themselves; at most {LONGEST_BIO} characters", lines=True)


class LeaveSchema(Schema):
    """The proof that it is the user who wants to leave."""

    password = fields.String(
        load_default=None,
        allow_none=True,
        validate=Length(1, 800),
        metadata={"description": "Not needed within ten minutes of signing in"},
    )


class LeftSchema(Body):
    """What was done."""

    status = fields.String()


class AvatarSchema(Body):
    """Where a user's picture is."""

    avatar_url = fields.String(allow_none=True)


class ExportSchema(Body):
    """A copy of a user's data."""

    id = fields.UUID()
    status = fields.String(metadata={"description": "pending or ready"})
    requested_at = fields.AwareDateTime()
    finished_at = fields.AwareDateTime(allow_none=True)
    expires_at = fields.AwareDateTime(allow_none=True, metadata={"description": "When it is removed"})
    bytes = fields.Integer(allow_none=True)
    url = fields.String(
        allow_none=True, metadata={"description": "A ZIP of JSON files; the address is good for an hour"}
    )
