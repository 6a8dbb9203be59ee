"""What kind of image bytes are, judged by the bytes alone: a name or a `Content-Type` header proves nothing."""

import re
from typing import NamedTuple

HEAD = 4096
"""As many bytes from the beginning are enough."""


class ImageType(NamedTuple):
    """A kind of image that is stored: its media type and the extension of its key."""

    content_type: str
    extension: str


JPEG = ImageType("image/jpeg", "jpg")
PNG = ImageType("image/png", "png")
GIF = ImageType("image/gif", "gif")
WEBP = ImageType("image/webp", "webp")
AVIF = ImageType("image/avif", "avif")
SVG = ImageType("image/svg+xml", "svg")

_PROLOGUE = re.compile(
    rb"(?:\s+|<\?xml\b[^>]*\?>|<!--.*?-->|<!DOCTYPE\s+svg\b(?:[^\[>]|\[[^\]]*\])*>)*", re.DOTALL | re.IGNORECASE
)
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s+|<!--.*?-->|<\?xml\b[^>]*\?>)*<(?:!doctype\s+html|html|head|body|script|title|meta)\b",
    re.DOTALL | re.IGNORECASE,
)
_SVG = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?svg[\s/>]")


def image_type(head: bytes) -> ImageType | None:
    """The type of an image by its first `HEAD` bytes; None for everything else, HTML included."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and _is_avif(head):
        return AVIF
    text = head.removeprefix(b"\xef\xbb\xbf")
    prologue = _PROLOGUE.match(text)
    return SVG if prologue and _SVG.match(text, prologue.end()) else None


def is_web_page(head: bytes) -> bool:
    """Whether bytes begin like HTML, whatever was announced."""
    return bool(_PAGE.match(head))


def _is_avif(head: bytes) -> bool:
    """Whether the brands of an ISO media file's first box (ISO 14496-12, 4.3) are AVIF's."""
    box = head[: min(int.from_bytes(head[:4]), HEAD)]
    brands = {box[8:12], *(box[at : at + 4] for at in range(16, len(box) - 3, 4))}
    return bool(brands & {b"avif", b"avis"})
