"""How each format is laid out: readers that walk over the parts of a file to its end, and note the sizes it states."""

import re
import zlib
from collections.abc import Callable, Generator

from models.rules.image_problems import BadImage, Problem
from models.rules.image_stream import Incoming, Steps, malformed
from models.rules.image_types import AVIF, GIF, JPEG, PNG, SVG, WEBP, ImageType
from models.rules.svg_safety import read_svg

LONGEST_META = 1_000_000
"""The largest directory of an AVIF file in bytes; those of photographs have a few hundred."""

_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_CONTAINERS = {b"iprp", b"ipco"}


def read_jpeg(incoming: Incoming) -> Steps:
    """ITU T.81, annex B. Further pictures may follow the first (CIPA DC-007), as phones and cameras write them."""
    yield from _jpeg(incoming)
    incoming.framed()
    while True:
        after = yield from incoming.rest()
        while after and after == b"\xff":  # too little to tell
            incoming.put_back(1)
            if incoming.ended:
                return
            yield
            after = yield from incoming.rest()
        incoming.put_back(len(after))
        if not after.startswith(b"\xff\xd8"):
            return
        yield from _jpeg(incoming)


def _jpeg(incoming: Incoming) -> Steps:
    if (yield from incoming.take(2)) != b"\xff\xd8":
        raise malformed("no start of a JPEG")
    sized = scanned = False
    marker = yield from _marker(incoming)
    while marker != 0xD9:
        length = int.from_bytes((yield from incoming.take(2)))
        if length < 2 or marker in (0x00, 0xD8):
            raise malformed("a segment of a JPEG")
        if marker in _SIZES:
            frame = yield from incoming.take(5)
            incoming.sized(int.from_bytes(frame[3:5]), int.from_bytes(frame[1:3]))
            length, sized = length - 5, True
        if length < 2:
            raise malformed("a segment of a JPEG")
        yield from incoming.skip(length - 2)
        if marker == 0xDA:
            scanned = True
            marker = yield from _after_scan(incoming)
        else:
            marker = yield from _marker(incoming)
    if not (sized and scanned):
        raise malformed("a JPEG without a picture")


def _marker(incoming: Incoming) -> Generator[None, None, int]:
    if (yield from incoming.take(1)) != b"\xff":
        raise malformed("no marker where a JPEG must have one")
    code = 0xFF
    while code == 0xFF:  # fill bytes
        (code,) = yield from incoming.take(1)
    return code


def _after_scan(incoming: Incoming) -> Generator[None, None, int]:
    """Pass over compressed data to the marker that ends it."""
    while True:
        piece = yield from incoming.rest()
        if not piece:
            raise BadImage(Problem.TRUNCATED, "the image ends before its end")
        if found := _MARKER.search(piece):
            incoming.put_back(len(piece) - found.end())
            return piece[found.end() - 1]
        if piece.endswith(b"\xff"):
            incoming.put_back(1)
            following = yield from incoming.take(2)
            if following[1] == 0xFF:
                incoming.put_back(1)
            elif following[1] and not 0xD0 <= following[1] <= 0xD7:
                return following[1]


def read_png(incoming: Incoming) -> Steps:
    """ISO/IEC 15948: chunks with a checksum each, from IHDR to IEND; acTL says how many frames a moving one has."""
    yield from incoming.skip(8)
    kind, first, pictured = b"", True, False
    while kind != b"IEND":
        head = yield from incoming.take(8)
        length, kind = int.from_bytes(head[:4]), head[4:]
        if length >= 1 << 31 or not kind.isalpha() or first != (kind == b"IHDR"):
            raise malformed("a chunk of a PNG")
        summed = _Checksum(kind)
        if kind == b"IHDR":
            if length != 13:
                raise malformed("the header of a PNG")
            start = yield from incoming.take(8)
            summed(start)
            incoming.sized(int.from_bytes(start[:4]), int.from_bytes(start[4:]))
            incoming.framed()
            length -= 8
        elif kind == b"fcTL" and pictured:
            incoming.framed()
        yield from incoming.skip(length, summed)
        if int.from_bytes((yield from incoming.take(4))) != summed.value:
            raise malformed("a checksum of a PNG is wrong")
        pictured = pictured or kind == b"IDAT"
        first = False
    if not pictured:
        raise malformed("a PNG without a picture")


class _Checksum:
    """The CRC-32 of what it is called with."""

    def __init__(self, start: bytes) -> None:
        self.value = zlib.crc32(start)

    def __call__(self, piece: bytes) -> None:
        self.value = zlib.crc32(piece, self.value)


def read_gif(incoming: Incoming) -> Steps:
    """GIF 89a: blocks up to the trailer; each picture is a frame."""
    screen = yield from incoming.take(13)
    incoming.sized(int.from_bytes(screen[6:8], "little"), int.from_bytes(screen[8:10], "little"))
    yield from incoming.skip(_colours(screen[10]))
    while (block := (yield from incoming.take(1))) != b"\x3b":
        if block == b"\x2c":
            frame = yield from incoming.take(9)
            left, top, width, height = (int.from_bytes(frame[at : at + 2], "little") for at in (0, 2, 4, 6))
            incoming.sized(left + width, top + height)
            incoming.framed()
            yield from incoming.skip(_colours(frame[8]) + 1)
        elif block == b"\x21":
            yield from incoming.skip(1)
        else:
            raise malformed("a block of a GIF")
        while size := (yield from incoming.take(1))[0]:
            yield from incoming.skip(size)
    if not incoming.shape.frames:
        raise malformed("a GIF without a picture")


def _colours(flags: int) -> int:
    """The bytes of a colour table."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def read_webp(incoming: Incoming) -> Steps:
    """RFC 9649: chunks in a RIFF file whose header says how long it is; each ANMF is a frame."""
    head = yield from incoming.take(12)
    end = 8 + int.from_bytes(head[4:8], "little")
    still = 0
    while incoming.consumed < end:
        chunk = yield from incoming.take(8)
        kind, length = chunk[:4], int.from_bytes(chunk[4:], "little")
        body_end = incoming.consumed + length + length % 2
        if body_end > end + 1:  # some leave out the last byte that makes the length even
            raise malformed("a chunk of a WebP is longer than the file")
        if known := _WEBP_SIZES.get(kind):
            needed, sizes = known
            if length < needed:
                raise malformed("a chunk of a WebP")
            incoming.sized(*sizes((yield from incoming.take(needed))))
            still += kind in (b"VP8 ", b"VP8L")
            if kind == b"ANMF":
                incoming.framed()
        yield from incoming.skip(min(body_end, end) - incoming.consumed)
    if still + incoming.shape.frames == 0:
        raise malformed("a WebP without a picture")
    incoming.shape.frames = max(1, incoming.shape.frames)


def _lossy(start: bytes) -> tuple[int, int]:
    if start[3:6] != b"\x9d\x01\x2a":
        raise malformed("the header of a lossy WebP")
    return int.from_bytes(start[6:8], "little") & 0x3FFF, int.from_bytes(start[8:10], "little") & 0x3FFF


def _lossless(start: bytes) -> tuple[int, int]:
    if start[0] != 0x2F:
        raise malformed("the header of a lossless WebP")
    bits = int.from_bytes(start[1:5], "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _canvas(start: bytes) -> tuple[int, int]:
    return int.from_bytes(start[4:7], "little") + 1, int.from_bytes(start[7:10], "little") + 1


def _animated(start: bytes) -> tuple[int, int]:
    return int.from_bytes(start[6:9], "little") + 1, int.from_bytes(start[9:12], "little") + 1


_WEBP_SIZES: dict[bytes, tuple[int, Callable[[bytes], tuple[int, int]]]] = {
    b"VP8 ": (10, _lossy),
    b"VP8L": (5, _lossless),
    b"VP8X": (10, _canvas),
    b"ANMF": (16, _animated),
}


def read_avif(incoming: Incoming) -> Steps:
    """ISO/IEC 14496-12: boxes, of which `meta` states the sizes. Sequences (`avis`) are left out: their frames are a
    film's, and neither counted nor decoded here.
    """
    sized = pictured = False
    while True:
        if not (yield from incoming.rest_follows()):
            break
        start = yield from incoming.take(8)
        length, kind, header = int.from_bytes(start[:4]), start[4:], 8
        if length == 1:
            length, header = int.from_bytes((yield from incoming.take(8))), 16
        if length < header or not kind.isalnum():
            if sized and pictured:  # the picture is whole: what follows is no part of it
                incoming.put_back(8)
                break
            raise malformed("a box of an AVIF")
        if kind == b"ftyp" and length < 1000:
            brands = yield from incoming.take(length - header)
            if b"avis" in [brands[at : at + 4] for at in (0, *range(8, len(brands), 4))]:
                raise BadImage(Problem.TOO_MANY_FRAMES, "the image is a film: an AVIF sequence")
        elif kind == b"meta":
            if length > LONGEST_META:
                raise malformed("the directory of an AVIF is too long")
            sized = _avif_sizes(incoming, (yield from incoming.take(length - header))[4:]) or sized
        else:
            pictured = pictured or kind == b"mdat"
            yield from incoming.skip(length - header)
    if not (sized and pictured):
        raise BadImage(Problem.TRUNCATED, "the image ends before its end")
    incoming.framed()


def _avif_sizes(incoming: Incoming, boxes: bytes) -> bool:
    """Note every size (`ispe`) in a box; whether there is one."""
    sized, at = False, 0
    while at + 8 <= len(boxes):
        length, kind = int.from_bytes(boxes[at : at + 4]), boxes[at + 4 : at + 8]
        if length < 8 or at + length > len(boxes):
            raise malformed("a box of an AVIF")
        body = boxes[at + 8 : at + length]
        if kind in _CONTAINERS:
            sized = _avif_sizes(incoming, body) or sized
        elif kind == b"ispe":
            incoming.sized(int.from_bytes(body[4:8]), int.from_bytes(body[8:12]))
            sized = True
        at += length
    return sized


READERS: dict[ImageType, Callable[[Incoming], Steps]] = {
    JPEG: read_jpeg,
    PNG: read_png,
    GIF: read_gif,
    WEBP: read_webp,
    AVIF: read_avif,
    SVG: read_svg,
}
