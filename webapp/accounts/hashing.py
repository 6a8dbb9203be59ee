"""Passwords as they are kept: argon2id, with the parameters that OWASP names for it (19 MiB, two passes, one lane).

A hash carries its own parameters, so those may change: `outdated` says when a hash should be made anew, which is possible only
while its owner signs in.
"""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models.rules.passwords import normal

AT_ONCE = 4
"""Hashes that a process makes at the same time: each takes 19 MiB."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_turns = threading.BoundedSemaphore(AT_ONCE)


def hashed(password: str) -> str:
    """A password's hash, with a salt of its own."""
    with _turns:
        return _hasher.hash(normal(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether a password is the one of a hash. Without a hash it is not, after the same work."""
    with _turns:
        try:
            return _hasher.verify(kept or _nobody(), normal(password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def outdated(kept: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(kept)


@cache
def _nobody() -> str:
    return _hasher.hash("the password of nobody")
