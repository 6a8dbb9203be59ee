"""Making an image smaller: bytes in, bytes out.

Only the formats that we store are opened, and only when their header promises no more pixels than allowed: an image of a few
kilobytes may unfold into gigabytes.
"""

import io
import logging
import struct
from typing import Any

from PIL import Image, ImageOps

from models.rules.image_types import JPEG, PNG, ImageType

log = logging.getLogger(__name__)

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError)
"""What Pillow raises for bytes that are not what they claim to be."""


def scaled(content: bytes, width: int, kind: ImageType, *, most_pixels: int) -> bytes | None:
    """The image at this width; None where it should be shown as it is.

    That is when it is no wider, moves, has more pixels than may be decoded, or cannot be decoded.
    """
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if getattr(image, "is_animated", False):
                return None
            if image.width * image.height > most_pixels:
                log.warning("an image of %d x %d pixels is served as it is", image.width, image.height)
                return None
            return _scaled(image, width, kind)
    except BROKEN as error:
        log.warning("an image that cannot be decoded is served as it is: %s", error)
        return None


def _scaled(image: Image.Image, width: int, kind: ImageType) -> bytes | None:
    profile = image.info.get("icc_profile")
    turned = image.getexif().get(0x0112, 1) >= 5  # EXIF 2.3: from 5 on, rows are columns
    across, down = (image.height, image.width) if turned else (image.width, image.height)
    if across <= width:
        return None
    height = max(1, round(down * width / across))
    image.draft("RGB", (2 * height, 2 * width) if turned else (2 * width, 2 * height))  # JPEG decodes smaller at once
    upright = ImageOps.exif_transpose(image)
    if upright.mode == "CMYK":
        profile = None  # it describes other colours than those that are written
    transparent = upright.has_transparency_data
    plain = upright.convert("RGBA" if transparent else "RGB")
    small = plain.resize((width, height), Image.Resampling.LANCZOS)
    if kind is JPEG and transparent:
        ground = Image.new("RGBA", small.size, "white")
        small = Image.alpha_composite(ground, small).convert("RGB")
    written = io.BytesIO()
    small.save(written, **_options(kind), icc_profile=profile)
    return written.getvalue()


def _options(kind: ImageType) -> dict[str, Any]:
    if kind is JPEG:
        return {"format": "JPEG", "quality": 85, "progressive": True, "optimize": True}
    if kind is PNG:
        return {"format": "PNG", "optimize": True}
    return {"format": "WEBP", "quality": 82, "method": 4}
