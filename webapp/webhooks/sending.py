"""One request to a receiver: where it may go, and what it looks like.

A receiver must be in the public internet. Its address is checked at connect time, and the connection goes to the very address
that was checked, as with images (`flows/sources/images.py`). A redirect is not followed, wherever it leads. With `WEBHOOK_LOCAL`
a receiver may moreover be on this machine, also without TLS.
"""

import time
from collections.abc import Sequence
from contextlib import closing
from urllib.parse import urlsplit
from uuid import UUID

from db.outgoing import ConnectionFailed, Pool, Resolver, resolve
from models.rules.addresses import is_literal, is_loopback, is_public
from models.rules.origins import origin_of
from models.rules.webhooks import signature_header
from webapp.settings import webhook_settings

SECONDS = 10
"""How long a receiver may take, from the connection to the head of its answer."""

LONGEST_URL = 2000
AGENT = "TheRealityReport-Webhooks/1"


class Refused(Exception):
    """There was no answer, or nothing was asked. The message says why."""


def send(
    url: str, body: bytes, secrets: Sequence[str], *, event: str, delivery_id: UUID, resolver: Resolver = resolve
) -> int:
    """Send a delivery; answers the status of the receiver's answer. The rest of the answer is not read.

    Raises:
        Refused: the address may not be asked, or there was no answer in time.
    """
    deadline = time.monotonic() + SECONDS
    origin, address = _reachable(url, resolver)
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "User-Agent": AGENT,
        "Content-Type": "application/json",
        "Trr-Event": event,
        "Trr-Delivery": str(delivery_id),
        "Trr-Signature": signature_header(list(secrets), int(time.time()), body),
    }
    try:
        with (
            closing(Pool()) as pool,
            pool.ask(
                origin, address, path, headers, method="POST", body=body, deadline=deadline, timeouts=(SECONDS, SECONDS)
            ) as answer,
        ):
            return answer.status
    except ConnectionFailed as error:
        raise Refused(f"no answer: {str(error) or type(error).__name__}") from None


def check(url: str) -> str:
    """The origin of an address that a webhook may have, as far as that can be told without asking anybody.

    Raises:
        ValueError: it may not have it; the message says why.
    """
    if len(url) > LONGEST_URL or not url.isascii() or any(character <= " " or character == "\x7f" for character in url):
        raise ValueError("holds characters that belong in no address, or too many")
    origin = origin_of(url)
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.fragment:
        raise ValueError("must not have a fragment")
    local = webhook_settings().webhook_local and (host == "localhost" or is_loopback(host))
    if parts.scheme != "https" and not local:
        raise ValueError("must begin with https://")
    if is_literal(host) and not (is_public(host) or local):
        raise ValueError("leads to an address that is not public")
    return origin


def _reachable(url: str, resolver: Resolver) -> tuple[str, str]:
    """The origin of an address, and the IP address to connect to."""
    try:
        origin = check(url)
    except ValueError as error:
        raise Refused(str(error)) from None
    parts = urlsplit(origin)
    host = parts.hostname or ""
    try:
        found = [host] if is_literal(host) else resolver(host, parts.port or (443 if parts.scheme == "https" else 80))
    except OSError:
        raise Refused(f"{host} has no address") from None
    local = webhook_settings().webhook_local
    for address in found:
        if is_public(address) or (local and is_loopback(address)):
            return origin, address
    raise Refused(f"{host} is at an address that is not public")
