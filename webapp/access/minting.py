"""Tokens that we sign ourselves: the built-in issuer's."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt

from models.accounts import Role
from webapp.access.issuers import builtin


def mint(user_id: UUID, role: Role, *, session_id: UUID | None = None, lifetime: timedelta) -> str:
    """An access token for a user.

    Args:
        user_id: the `sub` of the token.
        role: told to the client alone; what counts is the user's row when the token is used.
        session_id: the session that it belongs to (`sid`); without one, the token is good until it expires.
        lifetime: for how long it is good.
    """
    issuer, now = builtin(), datetime.now(UTC)
    claims = {
        "iss": issuer.issuer,
        "aud": issuer.audience,
        "sub": str(user_id),
        "role": role.value,
        "iat": now,
        "nbf": now,
        "exp": now + lifetime,
    }
    if session_id is not None:
        claims["sid"] = str(session_id)
    assert issuer.secret is not None
    return jwt.encode(claims, issuer.secret.get_secret_value(), "HS256")
