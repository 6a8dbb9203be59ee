"""SVG that may be stored: whole, well-formed, and with nothing in it that acts or leads elsewhere.

Nothing is repaired. A drawing with a script, an event handler, foreign content, an entity of its own, or a reference to
anything but its own parts and pictures within it is refused as a whole.
"""

import re
from xml.parsers import expat

from models.rules.image_problems import BadImage, Problem
from models.rules.image_stream import Incoming, Steps, malformed

DEEPEST = 200
MOST_ELEMENTS = 100_000

_ACTING = frozenset(
    {"script", "foreignobject", "iframe", "embed", "object", "handler", "listener", "audio", "video", "html", "link"}
)
_REFERENCE = re.compile(r"\s*(#|data:image/(png|jpeg|gif|webp)[;,]|$)", re.IGNORECASE)
_STYLE = re.compile(
    r"@import|expression\s*\(|javascript:|\\|url\(\s*['\"]?\s*(?!#|data:image/(?:png|jpeg|gif|webp)[;,])[^\s'\"]",
    re.IGNORECASE,
)
_LENGTH = re.compile(r"\s*(\d{1,9}(?:\.\d{1,9})?)\s*(?:px)?\s*")


def read_svg(incoming: Incoming) -> Steps:
    """Parse it as it arrives."""
    check = _Check(incoming)
    while piece := (yield from incoming.rest()):
        check.parse(piece, final=False)
    check.parse(b"", final=True)
    incoming.framed()


class _Check:
    """The parser and what it must not find."""

    def __init__(self, incoming: Incoming) -> None:
        self._incoming = incoming
        self._depth = self._elements = 0
        self._style: list[str] | None = None
        self._closed = False
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = self._entity
        parser.ProcessingInstructionHandler = self._instruction
        self._parser = parser

    def parse(self, piece: bytes, *, final: bool) -> None:
        """Look at a piece."""
        try:
            self._parser.Parse(piece, final)
        except expat.ExpatError as error:
            if self._closed and not final:
                raise BadImage(Problem.TRAILING, "something else follows the image") from None
            if final:
                raise BadImage(Problem.TRUNCATED, "the image ends before its end") from None
            raise malformed(f"SVG that is no XML ({expat.ErrorString(error.code)})") from None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = _local(name)
        self._depth += 1
        self._elements += 1
        if self._depth > DEEPEST or self._elements > MOST_ELEMENTS:
            raise malformed("SVG with too many parts")
        if self._depth == 1:
            if local != "svg":
                raise BadImage(Problem.UNKNOWN_TYPE, "the bytes are no image of a known type")
            self._size(attributes)
        if local in _ACTING:
            raise _unsafe(f"<{local}>")
        if local == "style":
            self._style = []
        for attribute, value in attributes.items():
            _check_attribute(_local(attribute), value)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._closed = self._depth == 0
        if _local(name) == "style" and self._style is not None:
            if _STYLE.search("".join(self._style)):
                raise _unsafe("a style that leads elsewhere")
            self._style = None

    def _text(self, text: str) -> None:
        if self._style is not None:
            self._style.append(text)

    def _entity(self, *_: object) -> None:
        raise _unsafe("an entity of its own")

    def _instruction(self, target: str, _: str) -> None:
        if target.lower() == "xml-stylesheet":
            raise _unsafe("a style sheet from elsewhere")

    def _size(self, attributes: dict[str, str]) -> None:
        """Width and height in pixels, else those of the view box; neither is a matter of course."""
        width, height = (_LENGTH.fullmatch(attributes.get(name, "")) for name in ("width", "height"))
        box = re.split(r"[\s,]+", attributes.get("viewBox", "").strip())
        sizes = (width[1], height[1]) if width and height else tuple(box[2:4]) if len(box) == 4 else ()
        if len(sizes) == 2 and all(_LENGTH.fullmatch(size) for size in sizes):
            self._incoming.shape.width, self._incoming.shape.height = (max(1, round(float(size))) for size in sizes)


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _check_attribute(name: str, value: str) -> None:
    if name.startswith("on"):
        raise _unsafe(f"the event handler {name}")
    if name in ("href", "src") and not _REFERENCE.match(value):
        raise _unsafe("a reference that leads elsewhere")
    if name == "base" and value.strip():
        raise _unsafe("a base of its own")
    if name == "attributename" and (_local(value.strip()) == "href" or _local(value.strip()).startswith("on")):
        raise _unsafe("an animation of a reference")
    if name != "href" and _STYLE.search(value):
        raise _unsafe("a style that leads elsewhere")


def _unsafe(what: str) -> BadImage:
    return BadImage(Problem.UNSAFE_SVG, f"the SVG holds {what}")
