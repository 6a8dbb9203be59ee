"""Webhooks: which events there are, and how a delivery is signed."""

import hmac
from enum import StrEnum
from hashlib import sha256

TEST = "test"
"""The event of a delivery that was asked for to try a webhook."""


class WebhookEvent(StrEnum):
    """What a webhook may be told of. Of private messages none is."""

    CATALOGUE_CHANGED = "catalogue.changed"
    THREAD_CREATED = "thread.created"
    POST_REPORTED = "post.reported"


class DeliveryStatus(StrEnum):
    """How a delivery stands. `missed`: the webhook was disabled; it is delivered when the webhook is enabled again."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    MISSED = "missed"


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """HMAC-SHA256 over `timestamp.body`, in hexadecimal digits. The timestamp, in seconds since 1970, is signed with the body
    so that an old delivery cannot be sent again as a new one.
    """
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, sha256).hexdigest()


def signature_header(secrets: list[str], timestamp: int, body: bytes) -> str:
    """The header of a delivery: its time, and a signature by each secret that is good."""
    return ",".join([f"t={timestamp}", *(f"v1={signature(secret, timestamp, body)}" for secret in secrets)])
