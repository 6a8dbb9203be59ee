"""A page as it came: the data in its scripts, its parse tree, its texts. Pure.

IMDb's present pages carry all they show as JSON (`__NEXT_DATA__`), whose `page` names their kind. Older ones are HTML alone.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from selectolax.lexbor import LexborHTMLParser, LexborNode

from flows.sources.errors import MalformedAnswer, NotThisPage
from flows.sources.payload import Payload, drift

SOURCE = "imdb-pages"
NEXT_DATA = "__NEXT_DATA__"

_NEXT_DATA = re.compile(r"<script\b[^>]*\bid=[\"']?__NEXT_DATA__\b[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_JSON_LD = re.compile(
    r"<script\b[^>]*\btype=[\"']?application/ld\+json\b[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE
)
_HEAD = re.compile(r"<title\b[^>]*>[^<]*</title>|<link\b[^>]*\brel=[\"']?canonical\b[^>]*>", re.IGNORECASE)
_TITLE = re.compile(r"/title/(tt\d+)")
_NAME = re.compile(r"/name/(nm\d+)")
_SPACE = re.compile(r"\s+")

Drift = dict[str, Counter[str]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """What a page says, and how it departs from what such pages are known to hold."""

    answer: T
    drift: Drift

    @classmethod
    def of(cls, answer: T, payload: Payload | None) -> "Reading[T]":
        """Of a page's data; of one that had to be read without it, that it lacks is the drift."""
        if payload is None:
            return cls(answer, {"unknown": Counter(), "missing": Counter({NEXT_DATA: 1})})
        return cls(answer, drift(payload))


class Document:
    """A page's text, parsed only as far as somebody asks."""

    def __init__(self, text: str, url: str = "") -> None:
        self.text = text
        self.url = url

    @cached_property
    def data(self) -> dict[str, Any] | None:
        """What `__NEXT_DATA__` holds; None on a page without it.

        Raises:
            MalformedAnswer: it is there and broken.
        """
        text = self.text.lstrip("\ufeff \t\r\n")
        if text.startswith("{"):  # the data alone, as the site itself asks for it
            return self._object(text, NEXT_DATA)
        if match := _NEXT_DATA.search(self.text):
            return self._object(match[1], NEXT_DATA)
        return None

    @cached_property
    def kind(self) -> str | None:
        """What the page says it is: `/title/[tconst]/episodes`. None where it does not."""
        kind = (self.data or {}).get("page")
        return kind if isinstance(kind, str) else None

    @cached_property
    def props(self) -> dict[str, Any]:
        """`pageProps`: what the page was built from; empty where there is none."""
        data = self.data or {}
        props = data.get("props", data)
        found = props.get("pageProps") if isinstance(props, dict) else None
        return found if isinstance(found, dict) else {}

    @cached_property
    def linked_data(self) -> list[dict[str, Any]]:
        """The objects of its JSON-LD, in order."""
        found: list[dict[str, Any]] = []
        for match in _JSON_LD.finditer(self.text):
            value = self._parsed(match[1], "JSON-LD")
            found += [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]
        return found

    @cached_property
    def tree(self) -> LexborHTMLParser:
        """The page's elements."""
        return LexborHTMLParser(self.text)

    @cached_property
    def canonical(self) -> str:
        """The address that the page says it has; without one, the address it was got from."""
        link = self.tree.css_first('link[rel="canonical"]') or self.tree.css_first('meta[property="og:url"]')
        return attribute(link, "href") or attribute(link, "content") or self.url

    @property
    def data_alone(self) -> str:
        """The page without its HTML, where it has data: its scripts as they came, its title and its address."""
        if not _NEXT_DATA.search(self.text):
            return self.text
        found = (_HEAD, _JSON_LD, _NEXT_DATA)
        return "\n".join(match[0] for pattern in found for match in pattern.finditer(self.text))

    def expect(self, what: str, kind: re.Pattern[str]) -> None:
        """Refuse a page that says of itself that it is another one, or that says nothing at all."""
        if not self.text.strip():
            raise self.refusal(f"an empty page where {what} was due")
        if self.kind is not None and not kind.fullmatch(self.kind):
            raise self.refusal(f"{self.kind} is not {what}")

    def refusal(self, problem: str) -> NotThisPage:
        """The error that says so."""
        title = re.search(r"<title[^>]*>(.*?)</title>", self.text[:20_000], re.DOTALL)
        return NotThisPage(SOURCE, self.url, problem, snippet=squeezed(title[1])[:100] if title else "")

    def _object(self, text: str, field: str) -> dict[str, Any]:
        value = self._parsed(text, field)
        if not isinstance(value, dict):
            raise MalformedAnswer(SOURCE, self.url, f"{field} is not an object", field=field)
        return value

    def _parsed(self, text: str, field: str) -> Any:
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise MalformedAnswer(SOURCE, self.url, f"{field} is broken: {error}", field=field) from None


def squeezed(text: str) -> str:
    """A text with single spaces, and none around it."""
    return _SPACE.sub(" ", text.replace("\0", "")).strip()


def words(node: LexborNode | None) -> str | None:
    """The text of an element; None where it has none, or there is no such element."""
    return (squeezed(node.text()) or None) if node is not None else None


def attribute(node: LexborNode | None, name: str) -> str | None:
    """An attribute of an element; None where it is empty, or there is no such element."""
    value = node.attributes.get(name) if node is not None else None
    return (value.strip() or None) if value else None


def title_id(address: str | None) -> str | None:
    """The `tt...` in an address."""
    match = _TITLE.search(address or "")
    return match[1] if match else None


def name_id(address: str | None) -> str | None:
    """The `nm...` in an address."""
    match = _NAME.search(address or "")
    return match[1] if match else None
