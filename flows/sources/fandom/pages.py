"""A wiki's page as browsers get it, brought into the shape of `api.php`'s answers: the second layer. Pure.

A page says of itself which article and revision it is; one that does not is a wall of some kind, never an article.
"""

import json
import re
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from flows.sources.errors import Challenge, NotFound
from flows.sources.fandom.html import ROOT

_NUMBER = r'"%s"\s*:\s*(\d+)'
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_WALLS = ("client challenge", "/_fs-ch-", "cf-chl", "just a moment", "checking your browser")


def check_page(html: str) -> None:
    """Refuse what is no page of a wiki.

    Raises:
        Challenge: a wall, or a page of another kind.
    """
    if _configured(html, "wgArticleId") is None or _configured(html, "wgRevisionId") is None:
        told = html[:5000].lower()
        wall = next((wall for wall in _WALLS if wall in told), None)
        raise Challenge("fandom", "", f"a challenge page ({wall})" if wall else "a page that is no wiki's")


def parsed_page(html: str, url: str) -> dict[str, Any]:
    """A page as `{"parse": ...}`.

    Raises:
        Challenge: it is no page of a wiki.
        NotFound: the wiki has no such article.
    """
    check_page(html)
    if not _configured(html, "wgArticleId") or not _configured(html, "wgRevisionId"):
        raise NotFound("fandom", url, "there is no such article", status=404)
    root = LexborHTMLParser(html).css_first(ROOT)
    if root is None:
        raise Challenge("fandom", url, "a page without an article")
    return {
        "parse": {
            "title": _title(html),
            "pageid": _configured(html, "wgArticleId"),
            "revid": _configured(html, "wgRevisionId"),
            "text": _COMMENT.sub("", root.html or ""),
            "categories": [{"category": name} for name in _list(html, "wgCategories")],
        }
    }


def found_page(html: str, url: str) -> dict[str, Any]:
    """A page as an entry of `{"query": {"pages": ...}}`, without its text."""
    page = parsed_page(html, url)["parse"]
    return {"title": page["title"], "pageid": page["pageid"], "lastrevid": page["revid"]}


def _configured(html: str, name: str) -> int | None:
    match = re.search(_NUMBER % name, html)
    return int(match[1]) if match else None


def _title(html: str) -> str:
    match = re.search(r'"wgPageName"\s*:\s*("(?:[^"\\]|\\.)*")', html)
    return str(json.loads(match[1])).replace("_", " ") if match else ""


def _list(html: str, name: str) -> list[str]:
    match = re.search(rf'"{name}"\s*:\s*(\[(?:"(?:[^"\\]|\\.)*"\s*,?\s*)*\])', html)
    return [str(item) for item in json.loads(match[1])] if match else []
