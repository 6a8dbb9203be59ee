"""Addresses of clients, only ever as a keyed hash: enough to tell one from another for a day, too little to find anybody.

The key follows from AUTH_SECRET and the date, so hashes of two days have nothing in common. An IPv6 address counts by its first
64 bits, which one household has to itself.
"""

import hmac
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from hashlib import sha256
from ipaddress import IPv6Address, ip_address

from flask import request

from webapp.access.settings import access_settings


def hashed_address() -> str:
    """The hash of whoever sent the request, good for today."""
    return _hashed(request.remote_addr or "", datetime.now(UTC).date())


@lru_cache(maxsize=4096)
def _hashed(address: str, day: date) -> str:
    return hmac.digest(_key(day), _network(address).encode(), sha256).hex()[:16]


@cache
def _key(day: date) -> bytes:
    secret = access_settings().auth_secret.get_secret_value().encode()
    return hmac.digest(secret, f"addresses of {day.isoformat()}".encode(), sha256)


def _network(address: str) -> str:
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)
