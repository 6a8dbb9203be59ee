"""Tokens that nobody must be believed for, each made as an attacker or a careless client would."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt

from tests.webapp.conftest import ENVIRONMENT
from webapp.access.issuers import BUILTIN_AUDIENCE, BUILTIN_ISSUER

SECRET = ENVIRONMENT["AUTH_SECRET"]
OTHER_SECRET = "a-secret-that-the-attacker-has-chosen"


def bad_tokens(user_id: UUID, role: str = "admin") -> dict[str, str]:
    """Tokens for a user, none of which is good, by what is wrong with them."""
    now = datetime.now(UTC)
    claims = {
        "iss": BUILTIN_ISSUER,
        "aud": BUILTIN_AUDIENCE,
        "sub": str(user_id),
        "role": role,
        "iat": now - timedelta(minutes=1),
        "exp": now + timedelta(minutes=10),
    }

    def signed(secret: str = SECRET, algorithm: str = "HS256", **more: Any) -> str:
        return jwt.encode(claims | more, secret, algorithm)

    good = signed()
    head, body, signature = good.split(".")
    promoted = json.dumps(jwt.decode(good, options={"verify_signature": False}) | {"sub": str(UUID(int=1))})
    return {
        "expired": signed(exp=now - timedelta(minutes=1)),
        "not yet": signed(nbf=now + timedelta(minutes=5)),
        "without an end": jwt.encode({k: v for k, v in claims.items() if k != "exp"}, SECRET, "HS256"),
        "of an unknown issuer": signed(iss="https://issuer.example"),
        "of no issuer": jwt.encode({k: v for k, v in claims.items() if k != "iss"}, SECRET, "HS256"),
        "for another audience": signed(aud="another-api"),
        "alg none": jwt.encode(claims, "", "none"),
        "alg None": f"{_part({'alg': 'None', 'typ': 'JWT'})}.{body}.",
        "without its signature": f"{head}.{body}.",
        "another secret": signed(OTHER_SECRET),
        "another algorithm": signed(algorithm="HS512"),
        "another body": f"{head}.{_part(json.loads(promoted))}.{signature}",
        "of a user who is not there": signed(sub="00000000-0000-4000-8000-000000000000"),
        "of a session that is not there": signed(sid="00000000-0000-4000-8000-000000000000"),
        "garbage": "garbage",
        "garbage with dots": "a.b.c",
        "too long": "x" * 10_000,
    }


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
