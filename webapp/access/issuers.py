"""The issuers whose tokens are believed: the built-in one unless `AUTH_BUILTIN` is off, and those of `AUTH_ISSUERS`.

How an issuer signs is a matter of its settings. The `alg` that a token names chooses nothing: a token is checked with the one
algorithm that its key is for, and refused when it says otherwise.
"""

from functools import cache
from typing import NamedTuple

import jwt

from webapp.access.keys import KeySet
from webapp.access.settings import IssuerSettings, access_settings
from webapp.settings import account_settings

BUILTIN = "builtin"
BUILTIN_ISSUER = "the-reality-report"
BUILTIN_AUDIENCE = "trr-api"
HMAC = "HS256"


class Key(NamedTuple):
    """What a token's signature is checked with."""

    key: "str | jwt.PyJWK"
    algorithm: str


@cache
def builtin() -> IssuerSettings:
    """The issuer of accounts with a password: our own, signing with AUTH_SECRET."""
    return IssuerSettings(
        name=BUILTIN, issuer=BUILTIN_ISSUER, audience=BUILTIN_AUDIENCE, secret=access_settings().auth_secret
    )


@cache
def _configured() -> dict[str, IssuerSettings]:
    ours = (builtin(),) if account_settings().auth_builtin else ()
    return {issuer.issuer: issuer for issuer in (*ours, *access_settings().auth_issuers)}


@cache
def _key_set(url: str) -> KeySet:
    return KeySet(url)


def issuer_of(iss: object) -> IssuerSettings | None:
    """The issuer that a token says it is from; None where that is none of ours."""
    return _configured().get(iss) if isinstance(iss, str) else None


def key_of(issuer: IssuerSettings, kid: str | None) -> Key | None:
    """The key of an issuer that a token says it is signed with; None where the issuer has no such key.

    Raises:
        KeysUnavailable: its keys were never fetched, and cannot be at the moment.
    """
    if issuer.secret is not None:
        return Key(issuer.secret.get_secret_value(), HMAC)
    assert issuer.jwks_url is not None
    found = _key_set(issuer.jwks_url).find(kid)
    if found is None or found.algorithm_name not in issuer.algorithms:
        return None
    return Key(found, found.algorithm_name)


def forget() -> None:
    """Read the settings and fetch the keys anew at the next use."""
    for cached in (access_settings, builtin, _configured, _key_set):
        cached.cache_clear()
