"""Whether bytes are a whole image, found out while they arrive: its type, its size in pixels, and where it ends.

Nothing is decoded. A picture that would be too large to decode is refused by its header, one that was cut off by its missing
end, and one that something else follows by what follows.
"""

from dataclasses import dataclass

from models.rules.image_formats import READERS
from models.rules.image_problems import BadImage, Problem
from models.rules.image_stream import Incoming, Limits, Shape, Steps
from models.rules.image_types import HEAD, ImageType, image_type, is_web_page


@dataclass(frozen=True, slots=True)
class Inspected:
    """A whole image."""

    type: ImageType
    shape: Shape


class Inspector:
    """Looks at one image's bytes as they pass."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._incoming = Incoming(limits or Limits())
        self._type: ImageType | None = None
        self._steps: Steps | None = None
        self._head = b""
        self._whole = False

    def feed(self, piece: bytes) -> None:
        """Look at a piece.

        Raises:
            BadImage: it cannot become an image that is stored.
        """
        if self._steps is None:
            self._head += piece
            if len(self._head) < HEAD:
                return
            piece = self._begin()
        self._incoming.feed(piece)
        self._go_on()

    def finish(self) -> Inspected:
        """Say what it was, once all has been fed.

        Raises:
            BadImage: it is not whole, or no image that is stored.
        """
        if self._steps is None:
            if not self._head:
                raise BadImage(Problem.EMPTY, "the answer is empty")
            self._incoming.feed(self._begin())
        self._incoming.ended = True
        self._go_on()
        assert self._type is not None
        return Inspected(self._type, self._incoming.shape)

    def _begin(self) -> bytes:
        if is_web_page(self._head):
            raise BadImage(Problem.WEB_PAGE, "the answer is a web page")
        self._type = image_type(self._head)
        if self._type is None:
            raise BadImage(Problem.UNKNOWN_TYPE, "the bytes are no image of a known type")
        self._steps = READERS[self._type](self._incoming)
        head, self._head = self._head, b""
        return head

    def _go_on(self) -> None:
        assert self._steps is not None
        if not self._whole:
            try:
                next(self._steps)
                if not self._incoming.ended:
                    return
                raise AssertionError("a reader that waits for more at the end refuses the image")
            except StopIteration:
                self._whole = True
        self._nothing_but_padding()

    def _nothing_but_padding(self) -> None:
        """Some programs fill up with zeros or end with a line break; nothing else may follow an image."""
        waiting = self._incoming.rest()
        try:
            next(waiting)
        except StopIteration as ended:
            if ended.value.strip(b"\0\r\n\t "):
                raise BadImage(Problem.TRAILING, "something else follows the image") from None
