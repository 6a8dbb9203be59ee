"""Smaller copies of an image: which widths there are, of what type they are, and where in the bucket they lie.

A variant lies beside its original: `images/show_images/<show>/<sha256>.jpg` has `images/show_images/<show>/<sha256>.w342.webp`.
"""

import re
from typing import NamedTuple

from models.rules.image_types import AVIF, GIF, JPEG, PNG, SVG, WEBP, ImageType

WIDTHS = (92, 154, 185, 342, 500, 780, 1280)
"""The widths in pixels that a client may ask for: those that TMDb's own servers have."""

TYPES = {kind.content_type: kind for kind in (JPEG, PNG, GIF, WEBP, AVIF, SVG)}
_PLAIN = {JPEG: JPEG, PNG: PNG, GIF: PNG, WEBP: WEBP, AVIF: JPEG}
_KEY = re.compile(r"(images/.+/([0-9a-f]{64}))(?:\.w([1-9][0-9]*))?\.([a-z]+)")


def variant_type(content_type: str, *, takes_webp: bool) -> ImageType | None:
    """The type of an image's variants; None where there are none, which is so of drawings.

    WebP for who says that they take it. Else the original's own, but for GIF, whose 256 colours scale badly (PNG), and AVIF,
    which takes seconds to write and which who does not know WebP does not know either (JPEG).
    """
    original = TYPES.get(content_type)
    if original is None or original is SVG:
        return None
    return WEBP if takes_webp else _PLAIN[original]


def variant_key(key: str, width: int, kind: ImageType) -> str:
    """Where the variant of the image with this key lies."""
    stem, _, _ = key.rpartition(".")
    return f"{stem}.w{width}.{kind.extension}"


class Parts(NamedTuple):
    """What a key says of its object. `stem` is what an image and its variants have in common."""

    stem: str
    sha256: str
    width: int | None


def parts_of(key: str) -> Parts | None:
    """What the key of an image or of a variant says; None of a key that is not one of ours."""
    match = _KEY.fullmatch(key)
    return Parts(match[1], match[2], int(match[3]) if match[3] else None) if match else None
