"""Why an image was not mirrored: the kinds of problem that failures are counted by."""

from enum import StrEnum


class Problem(StrEnum):
    """A kind of problem, from the address to the last byte."""

    ADDRESS = "address"
    """It is not an address that may be asked at all."""
    INNER_ADDRESS = "inner_address"
    """Its host is at an address that is not public."""
    UNRESOLVED = "unresolved"
    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    DEADLINE = "deadline"
    REDIRECTS = "redirects"
    NOT_FOUND = "not_found"
    STATUS = "status"
    """The server answered with a status that no image comes with."""
    BUSY = "busy"
    """The server answered 429 or was in trouble of its own."""
    ENCODED = "encoded"
    TOO_LARGE = "too_large"
    EMPTY = "empty"
    WEB_PAGE = "web_page"
    UNKNOWN_TYPE = "unknown_type"
    TRUNCATED = "truncated"
    MALFORMED = "malformed"
    TRAILING = "trailing"
    """Something else follows the image."""
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_FRAMES = "too_many_frames"
    UNSAFE_SVG = "unsafe_svg"
    UNDECODABLE = "undecodable"


PASSING = frozenset({Problem.UNRESOLVED, Problem.UNREACHABLE, Problem.DEADLINE, Problem.BUSY, Problem.TRUNCATED})
"""Trouble on the way, which says little of an image itself and may be over soon."""


class BadImage(Exception):
    """Bytes that are not to be stored as an image."""

    def __init__(self, problem: Problem, reason: str) -> None:
        super().__init__(reason)
        self.problem = problem
        self.reason = reason
