"""Secrets that are handed out: a client or a mail holds them, we keep a digest."""

import hashlib
import secrets
from typing import NamedTuple


class Secret(NamedTuple):
    """A new secret, and what is kept of it."""

    value: str
    digest: str


def new_secret() -> Secret:
    """A secret of 256 random bits, which need no salt and no slow hash."""
    value = secrets.token_urlsafe(32)
    return Secret(value, digest(value))


def digest(value: str) -> str:
    """What is kept of a secret: SHA-256 in hexadecimal."""
    return hashlib.sha256(value.encode()).hexdigest()
