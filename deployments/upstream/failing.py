"""How one protocol fails as a whole, until it is healed: what happens when a site defends itself or changes."""

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from flask import Response

CHALLENGES = ("empty", "page")
CLIENT_CHALLENGE = (
    '<!DOCTYPE html><html lang="en"><head><title>Client Challenge</title></head><body><noscript>'
    '<div id="loading-error">JavaScript is disabled in your browser.</div></noscript>'
    '<script src="/_fs-ch-1T1wmsGaOgGaSxcX/script.js"></script></body></html>'
)
WAF_PAGE = (
    '<!DOCTYPE html><html lang="en"><head><title></title><script>window.gokuProps = {};</script></head><body>'
    '<div id="challenge-container"></div><script src="challenge.js"></script></body></html>'
)


@dataclass(frozen=True, slots=True)
class Failing:
    """The failures of one protocol. Replaced as a whole, never changed."""

    challenge: str | None = None
    """Answers a challenge instead: `empty` (202 without a body) or `page` (a page that wants JavaScript)."""
    status: int | None = None
    """Answers this status to everything."""
    rotated_schema: bool = False
    """GraphQL: the fields that were asked for are unknown."""
    empty_lists: bool = False
    """Lists, searches and connections have nothing in them."""
    redesign: bool = False
    """Pages and articles have no mark that is known."""
    largest_page: int | None = None
    """GraphQL: a page of more than so many takes too long (504)."""
    partial_errors: bool = False
    """GraphQL: there are `errors` beside `data`, in which the second half of every connection is missing."""
    lag: float = 0
    """MediaWiki: seconds of lag, which a request with less `maxlag` is refused for."""

    def __post_init__(self) -> None:
        if self.challenge not in (None, *CHALLENGES):
            raise ValueError(f"a challenge is one of {', '.join(CHALLENGES)}")
        if self.status is not None and not 400 <= self.status <= 599:
            raise ValueError("a status that fails is from 400 to 599")
        if (self.largest_page is not None and self.largest_page < 0) or self.lag < 0:
            raise ValueError("the largest page and the lag are not below 0")

    def but(self, wanted: dict[str, Any]) -> "Failing":
        """The same with some of it replaced.

        Raises:
            ValueError, TypeError: there is no such failure, or not with this value.
        """
        if unknown := set(wanted) - NAMES:
            raise ValueError(f"there is no failure {', '.join(sorted(unknown))}")
        return replace(self, **wanted)

    def stated(self) -> dict[str, Any]:
        return asdict(self)

    def answer(self, protocol: str) -> Response | None:
        """What is sent instead of every answer, where something is."""
        if self.challenge == "empty":
            return Response(b"", 202, content_type="text/html", headers={"x-amzn-waf-action": "challenge"})
        if self.challenge == "page":
            wiki = protocol == "fandom"
            return Response(CLIENT_CHALLENGE if wiki else WAF_PAGE, 403 if wiki else 405, mimetype="text/html")
        if self.status is not None:
            headers = {"Retry-After": "1"} if self.status in (429, 503) else {}
            return Response(f"<h1>{self.status}</h1>", self.status, headers=headers, mimetype="text/html")
        return None

    @property
    def name(self) -> str:
        """What the statistics call it."""
        return "challenge" if self.challenge else "status"


NAMES = frozenset(field.name for field in fields(Failing))
HEALTHY = Failing()
