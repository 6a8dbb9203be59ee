"""Images of every type, made for tests; and some that lie (synthetic)."""

import io
import struct
import zlib
from functools import cache
from typing import Any

from PIL import Image

SVG = (
    b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    b' width="120" height="60" viewBox="0 0 120 60"><defs><linearGradient id="g"/></defs>'
    b'<rect width="120" height="60" fill="url(#g)"/><use xlink:href="#g"/></svg>\n'
)


def drawn(width: int, height: int, seed: int = 90) -> Image.Image:
    """A noisy picture, which no format makes small."""
    return Image.effect_noise((width, height), seed).convert("RGB")


def encoded(kind: str, *frames: Image.Image, **options: Any) -> bytes:
    """A picture as a file; with several frames a moving one."""
    file = io.BytesIO()
    if len(frames) > 1:
        options |= {"save_all": True, "append_images": frames[1:]}
    frames[0].save(file, kind, **options)
    return file.getvalue()


@cache
def every_type() -> dict[str, bytes]:
    """One whole file of each kind that is stored."""
    still, moving = drawn(120, 80), [drawn(40, 30, 60 + 10 * number) for number in range(4)]
    return {
        "jpg": encoded("JPEG", still),
        "progressive.jpg": encoded("JPEG", still, progressive=True, quality=95),
        "several.jpg": encoded("MPO", *moving[:2]),
        "png": encoded("PNG", still),
        "moving.png": encoded("PNG", *moving),
        "gif": encoded("GIF", still),
        "moving.gif": encoded("GIF", *moving),
        "webp": encoded("WEBP", still),
        "lossless.webp": encoded("WEBP", still, lossless=True),
        "moving.webp": encoded("WEBP", *moving),
        "avif": encoded("AVIF", still),
        "svg": SVG,
    }


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *, noise: bool = False) -> bytes:
    """A PNG of any stated size; without noise its data is far too short for it."""
    if noise:
        return encoded("PNG", drawn(width, height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def bomb(kind: str, edge: int = 50_000) -> bytes:
    """A small whole file that says it is `edge` pixels wide and high (or as many as the format can say)."""
    small = every_type()[kind]
    if kind == "png":
        return png(edge, edge)
    if kind == "gif":
        return small[:6] + struct.pack("<HH", edge, edge) + small[10:]
    if kind == "jpg":
        at = small.index(b"\xff\xc0")
        return small[: at + 5] + struct.pack(">HH", edge, edge) + small[at + 9 :]
    if kind == "webp":
        at = small.index(b"\x9d\x01\x2a") + 3
        return small[:at] + struct.pack("<HH", 16_383, 16_383) + small[at + 4 :]
    if kind == "lossless.webp":
        at = small.index(b"VP8L") + 9
        bits = int.from_bytes(small[at : at + 4], "little") | 0x0FFFFFFF
        return small[:at] + bits.to_bytes(4, "little") + small[at + 4 :]
    if kind == "moving.webp":
        at = small.index(b"VP8X") + 12
        return small[:at] + (edge - 1).to_bytes(3, "little") * 2 + small[at + 6 :]
    at = small.index(b"ispe") + 8
    return small[:at] + struct.pack(">II", edge, edge) + small[at + 8 :]
