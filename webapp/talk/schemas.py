"""Shapes that threads and posts share."""

from typing import Any

from marshmallow import Schema, ValidationError, fields

from models.accounts import Role
from webapp.schemas import Body


class Said(fields.String):
    """A text that somebody wrote: trimmed, not empty, of bounded length, without control characters but line breaks."""

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        super().__init__(metadata={"minLength": 1, "maxLength": longest}, **kwargs)
        self._longest = longest

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        said = super()._deserialize(value, *args, **kwargs).replace("\r\n", "\n").strip()
        if not said:
            raise ValidationError("Must not be empty.")
        if len(said) > self._longest:
            raise ValidationError(f"Must be at most {self._longest} characters long.")
        if any((ord(c) < 32 and c not in "\n\t") or 0xD800 <= ord(c) <= 0xDFFF for c in said):
            raise ValidationError("Must not hold control characters.")
        return said


class Reveal(Schema):
    """Whether masked words are shown all the same."""

    reveal = fields.Boolean(
        load_default=False,
        metadata={"description": "Show what is masked, to users: what they have not seen, and whom they mute"},
    )


class AuthorSchema(Body):
    """Who wrote something."""

    id = fields.UUID()
    username = fields.String(allow_none=True)
    display_name = fields.String(allow_none=True)
    role = fields.String(metadata={"enum": list(Role)})
    is_deleted = fields.Boolean()
    avatar_url = fields.String(allow_none=True, metadata={"description": "Good for an hour at least"})
