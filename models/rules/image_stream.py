"""The bytes of an image as they arrive, for readers that walk over them (`image_formats.py`) and keep next to nothing."""

from collections.abc import Callable, Generator
from dataclasses import dataclass

from models.rules.image_problems import BadImage, Problem

MOST_PIXELS = 40_000_000
MOST_EDGE = 16_384
MOST_FRAMES = 600


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a picture may be: pixels, the longer edge, and the frames of one that moves."""

    pixels: int = MOST_PIXELS
    edge: int = MOST_EDGE
    frames: int = MOST_FRAMES


@dataclass(slots=True)
class Shape:
    """What the headers say. An SVG may have no size."""

    width: int | None = None
    height: int | None = None
    frames: int = 1


Steps = Generator[None, None, None]


class Incoming:
    """Bytes that arrive in pieces, for a reader that stops where they run out. A reader is a generator: each `yield`
    means that more is needed.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.shape = Shape(frames=0)
        self.ended = False
        self.consumed = 0
        self._bytes = b""
        self._at = 0

    def feed(self, piece: bytes) -> None:
        """Add a piece."""
        self._bytes = self._bytes[self._at :] + piece if self._at < len(self._bytes) else piece
        self._at = 0

    def take(self, count: int) -> Generator[None, None, bytes]:
        """The next bytes."""
        while len(self._bytes) - self._at < count:
            yield from self._wait()
        self._at += count
        self.consumed += count
        return self._bytes[self._at - count : self._at]

    def skip(self, count: int, look: Callable[[bytes], None] | None = None) -> Steps:
        """Pass over bytes, however many, without keeping them; `look` sees them."""
        while count:
            available = min(count, len(self._bytes) - self._at)
            if available:
                if look:
                    look(self._bytes[self._at : self._at + available])
                self._at += available
                self.consumed += available
                count -= available
            else:
                yield from self._wait()

    def rest(self) -> Generator[None, None, bytes]:
        """What is there of the rest, at least one byte; empty at the end."""
        while self._at == len(self._bytes) and not self.ended:
            yield
        piece = self._bytes[self._at :]
        self._at = len(self._bytes)
        self.consumed += len(piece)
        return piece

    def rest_follows(self) -> Generator[None, None, bool]:
        """Whether there is another byte."""
        while self._at == len(self._bytes) and not self.ended:
            yield
        return self._at < len(self._bytes)

    def put_back(self, count: int) -> None:
        """Read the last bytes again."""
        self._at -= count
        self.consumed -= count

    def sized(self, width: int, height: int) -> None:
        """Note a size that a header states.

        Raises:
            BadImage: it is none, or too large.
        """
        if not (width and height):
            raise BadImage(Problem.MALFORMED, "the image says that it has no pixels")
        if width * height > self.limits.pixels or max(width, height) > self.limits.edge:
            raise BadImage(Problem.TOO_MANY_PIXELS, f"the image has {width} x {height} pixels")
        if self.shape.width is None:
            self.shape.width, self.shape.height = width, height

    def framed(self) -> None:
        """Note one more frame.

        Raises:
            BadImage: there are too many.
        """
        self.shape.frames += 1
        if self.shape.frames > self.limits.frames:
            raise BadImage(Problem.TOO_MANY_FRAMES, f"the image has more than {self.limits.frames} frames")

    def _wait(self) -> Steps:
        if self.ended:
            raise BadImage(Problem.TRUNCATED, "the image ends before its end")
        yield


def malformed(what: str) -> BadImage:
    """Bytes that the format does not allow where they stand."""
    return BadImage(Problem.MALFORMED, f"the image is malformed: {what}")
