"""The shapes of accounts."""

from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import Length

from models.rules.passwords import LONGEST, SHORTEST
from webapp.schemas import Body


class Email(fields.Email):
    """An e-mail address. Spaces around it are a typing error."""

    def __init__(self) -> None:
        super().__init__(required=True, validate=Length(max=254))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return super()._deserialize(value.strip() if isinstance(value, str) else value, attr, data, **kwargs)


def password(description: str = "As the user typed it") -> fields.String:
    """A password that is to be right; longer ones than any that is accepted are not even looked at."""
    return fields.String(required=True, validate=Length(1, 4 * LONGEST), metadata={"description": description})


def new_password() -> fields.String:
    """A password that is to be set."""
    return password(f"{SHORTEST} to {LONGEST} characters; not the address, the username or one of the commonest")


def secret(description: str) -> fields.String:
    """A token that was handed out."""
    return fields.String(required=True, validate=Length(1, 200), metadata={"description": description})


def device() -> fields.String:
    """What the client calls itself."""
    return fields.String(
        load_default=None,
        allow_none=True,
        validate=Length(max=200),
        metadata={"description": "What to call this device in the list of sessions; without it, the User-Agent"},
    )


class RegisterSchema(Schema):
    """A wish for an account."""

    email = Email()
    username = fields.String(
        required=True,
        validate=Length(max=100),
        metadata={
            "description": "3 to 30 of a-z, 0-9, underscore and dot, no dot at an end or beside another; not reserved"
        },
    )
    password = new_password()


class AddressSchema(Schema):
    """An e-mail address."""

    email = Email()


class VerifySchema(Schema):
    """The proof of an address."""

    token = secret("From the mail")
    device = device()


class ResetSchema(Schema):
    """A new password."""

    token = secret("From the mail")
    new_password = new_password()


class LoginSchema(Schema):
    """An e-mail address and its password."""

    email = Email()
    password = password()
    device = device()


class RefreshSchema(Schema):
    """What a session is prolonged or ended with."""

    refresh_token = secret("The newest one of the session")


class ChangePasswordSchema(Schema):
    """The old password and the new."""

    current_password = password()
    new_password = new_password()


class TokensSchema(Body):
    """What a client acts with. The names are those of OAuth 2 (RFC 6749, 5.1)."""

    access_token = fields.String(metadata={"description": "For `Authorization: Bearer`"})
    token_type = fields.String(metadata={"description": "Bearer"})
    expires_in = fields.Integer(metadata={"description": "Seconds until the access token expires"})
    refresh_token = fields.String(metadata={"description": "Good once, for the next tokens"})
    session_id = fields.UUID()
    user_id = fields.UUID()


class SessionSchema(Body):
    """A device on which the user is signed in."""

    id = fields.UUID()
    device = fields.String(allow_none=True)
    created_at = fields.AwareDateTime()
    used_at = fields.AwareDateTime(metadata={"description": "When it was last prolonged"})
    expires_at = fields.AwareDateTime()
    current = fields.Boolean(metadata={"description": "Whether this very request belongs to it"})
