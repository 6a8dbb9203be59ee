"""A picture that a user gives us becomes one of ours: checked, made upright and small, and written anew.

Nothing of the original is kept, so neither is where and with what it was taken (EXIF), nor what was hidden in it.
"""

import io
import threading

from PIL import Image, ImageCms, ImageOps

from models.rules.image_inspector import Inspector
from models.rules.image_problems import BadImage, Problem
from models.rules.image_types import SVG, WEBP
from webapp.media.scaling import BROKEN, FORMATS

MOST_BYTES = 8 * 1024 * 1024
SIDE = 512
"""Pixels of the longer side of an avatar at most."""

AT_ONCE = 2
"""Pictures that a process decodes at the same time: each may take some 160 MB."""

_turns = threading.BoundedSemaphore(AT_ONCE)


def rewritten(content: bytes, side: int = SIDE) -> tuple[bytes, int, int]:
    """The picture as WebP, its width and height in pixels. Of one that moves, the first frame.

    Args:
        side: pixels of the longer side at most.

    Raises:
        BadImage: it is too large, no whole image, a drawing, or cannot be decoded.
    """
    if len(content) > MOST_BYTES:
        raise BadImage(Problem.TOO_LARGE, f"a picture may have {MOST_BYTES // 1024 // 1024} MB at most")
    inspector = Inspector()
    inspector.feed(content)
    if inspector.finish().type is SVG:
        raise BadImage(Problem.UNKNOWN_TYPE, "a drawing (SVG) cannot be a picture of a user")
    try:
        with _turns, Image.open(io.BytesIO(content), formats=FORMATS) as image:
            image.draft("RGB", (2 * side, 2 * side))  # JPEG decodes smaller at once
            upright = ImageOps.exif_transpose(image)
            plain = _in_srgb(upright.convert("RGBA" if upright.has_transparency_data else "RGB"))
            plain.thumbnail((side, side), Image.Resampling.LANCZOS)
            written = io.BytesIO()
            plain.save(written, format="WEBP", quality=82, method=4, icc_profile=b"")
    except BROKEN:
        raise BadImage(Problem.UNDECODABLE, "the picture cannot be decoded") from None
    return written.getvalue(), plain.width, plain.height


def _in_srgb(image: Image.Image) -> Image.Image:
    """The picture in the colours that everybody's screen shows, so that it needs no profile of its own."""
    profile = image.info.get("icc_profile")
    if not profile:
        return image
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB")) or image
    except (ImageCms.PyCMSError, OSError):
        return image  # a profile of other colours than the picture's, or a broken one


CONTENT_TYPE = WEBP.content_type
EXTENSION = WEBP.extension
