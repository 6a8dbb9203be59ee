"""The public keys of an issuer, as its JWKS (RFC 7517) tells them.

They are kept for ten minutes. A key that is not among them makes us look again at once, but not more often than every thirty
seconds: a flood of tokens with invented keys asks the issuer for nothing. While it cannot be asked, the old keys stay good.
"""

import logging
import threading
import time
from collections.abc import Callable

import jwt
import urllib3
from urllib3.exceptions import HTTPError

log = logging.getLogger(__name__)

FRESH_SECONDS = 600.0
COOL_DOWN_SECONDS = 30.0
TIMEOUT = urllib3.Timeout(connect=3, read=5)
LARGEST = 1_000_000
"""Bytes of a JWKS that are read at most."""

SIGNING = ("RS256", "ES256", "EdDSA")
"""What a key of a JWKS may be for. Each is made with a private key that nobody but the issuer has."""

_pool = urllib3.PoolManager(maxsize=2, retries=False, timeout=TIMEOUT)


class KeysUnavailable(Exception):
    """The keys of an issuer cannot be had; its address is in the log."""


class KeySet:
    """The keys of one address.

    Args:
        url: of the JWKS.
        clock: seconds that only go on.
    """

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: dict[str | None, jwt.PyJWK] | None = None
        self._due = self._next_look = float("-inf")

    def find(self, kid: str | None) -> jwt.PyJWK | None:
        """The key of a name; without a name the only key there is.

        Raises:
            KeysUnavailable: there are none yet, and they cannot be fetched at the moment.
        """
        keys = self._keys
        if keys is None or self._clock() >= self._due or self._among(keys, kid) is None:
            keys = self._look()
        return self._among(keys, kid)

    @staticmethod
    def _among(keys: dict[str | None, jwt.PyJWK], kid: str | None) -> jwt.PyJWK | None:
        if kid is None:
            return next(iter(keys.values())) if len(keys) == 1 else None
        return keys.get(kid)

    def _look(self) -> dict[str | None, jwt.PyJWK]:
        with self._lock:  # whoever waited here finds what the first one fetched
            if self._clock() >= self._next_look:
                self._next_look = self._clock() + COOL_DOWN_SECONDS
                try:
                    self._keys = _fetched(self._url)
                    self._due = self._clock() + FRESH_SECONDS
                except (HTTPError, ValueError, jwt.PyJWTError) as error:
                    log.warning("the keys at %s cannot be had: %s", self._url, error)
            if self._keys is None:
                raise KeysUnavailable
            return self._keys


def _fetched(url: str) -> dict[str | None, jwt.PyJWK]:
    answer = _pool.request("GET", url, headers={"Accept": "application/json"}, redirect=False, preload_content=False)
    try:
        body = answer.read(LARGEST + 1)
    finally:
        answer.release_conn()
    if answer.status != 200 or len(body) > LARGEST:
        raise ValueError(f"status {answer.status}, {len(body)} bytes")
    keys = jwt.PyJWKSet.from_json(body.decode()).keys
    return {key.key_id: key for key in keys if key.algorithm_name in SIGNING and key.public_key_use in (None, "sig")}
