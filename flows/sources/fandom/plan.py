"""What is asked of a wiki: the names that source records go by, and the parameters of each question.

`title`, `page` and `search` of real-housewives.fandom.com:Jane Roe.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from models.rules.wikis import page_title

MOST_TITLES = 50
"""As many as MediaWiki takes in one query of who is not logged in."""

SEARCHED = 5
"""Hits that a search gives."""

MAX_LAG = 5
"""Seconds: a wiki whose replicas are further behind is asked later, as MediaWiki's manners want it."""

_API: dict[str, Any] = {"format": "json", "formatversion": 2, "maxlag": MAX_LAG}
_ILLEGAL = str.maketrans("", "", "#<>[]|{}\t\n\r\0")


def legal(name: str) -> str:
    """A name as a title that MediaWiki takes; empty where nothing is left. `a|b` would be two."""
    return page_title(name.translate(_ILLEGAL))[:200]


def page_ref(wiki: str, title: str) -> str:
    """The name of the records about a title."""
    return f"{wiki}:{title}"


def split(ref: str) -> tuple[str, str]:
    """A record's name as wiki and title.

    Raises:
        ValueError: it is none.
    """
    wiki, colon, title = ref.partition(":")
    if not (wiki and colon and title):
        raise ValueError(f"{ref!r} is no name of a wiki's page")
    return wiki, title


def page_path(title: str) -> str:
    """Where a page is below its wiki."""
    return "wiki/" + quote(title.replace(" ", "_"), safe="/:()!',-._~")


def page_url(wiki: str, title: str) -> str:
    """A page's address for people, wherever the wiki is asked."""
    return f"https://{wiki}/{page_path(title)}"


def titles_question(titles: Sequence[str]) -> dict[str, Any]:
    """Which of these pages there are, in which revision, and what the wiki's texts are under."""
    return _API | {
        "action": "query",
        "titles": "|".join(titles),
        "redirects": 1,
        "prop": "info|revisions|pageprops",
        "rvprop": "ids",
        "ppprop": "disambiguation",
        "meta": "siteinfo",
        "siprop": "rightsinfo",
    }


def parse_question(title: str) -> dict[str, Any]:
    """A page made HTML, with its categories and the pages it links to."""
    return _API | {
        "action": "parse",
        "page": title,
        "prop": "text|revid|categories|images|links",
        "redirects": 1,
        "disablelimitreport": 1,
        "disableeditsection": 1,
    }


def gallery_question(title: str) -> dict[str, Any]:
    """A person's page of pictures made HTML."""
    return parse_question(title) | {"prop": "text|revid|images"}


def files_question(names: Sequence[str]) -> dict[str, Any]:
    """The originals of files."""
    return _API | {
        "action": "query",
        "titles": "|".join(f"File:{name}" for name in names),
        "prop": "imageinfo",
        "iiprop": "url|size|mime",
    }


def search_question(name: str) -> dict[str, Any]:
    """Articles that could be about somebody."""
    return _API | {"action": "query", "list": "search", "srsearch": name, "srnamespace": 0, "srlimit": SEARCHED}
