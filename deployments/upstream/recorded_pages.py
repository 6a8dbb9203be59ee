"""Pages of IMDb and of wikis in a folder of recordings: served as they are, and wikis' articles cut out of theirs.

What Next.js was given is kept by some captures without its page; it is served within one.
"""

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode

from deployments.upstream.source import Body

IMDB, FANDOM = "www.imdb.com", ".fandom.com"
PAGE = (
    '<!DOCTYPE html><html lang="en"><head><title>IMDb</title></head><body><div id="__next"></div>'
    '<script id="__NEXT_DATA__" type="application/json">{}</script></body></html>'
)
CONTENT = re.compile(r'<div class="mw-content-ltr mw-parser-output".*?(?=<div class="page-footer">|</body>)', re.DOTALL)


class RecordedPages:
    """The pages that captures name; of several captures of one address the last one given."""

    def __init__(self, folder: Path, captures: Iterable[Body]) -> None:
        self._imdb: dict[str, Path] = {}
        self._wikis: dict[str, dict[str, Path]] = {}
        for capture in captures:
            host, path = capture.get("host") or "", capture.get("path") or ""
            file = folder / capture["file"]
            if host == IMDB and file.suffix in (".html", ".json"):
                self._imdb[page_key(path, capture.get("query") or {})] = file
            elif host.endswith(FANDOM) and path.startswith("/wiki/"):
                title = unquote(path.removeprefix("/wiki/")).replace("_", " ")
                self._wikis.setdefault(host, {})[title] = file
        self._text = lru_cache(8)(self._read)

    def fact(self, path: str) -> Any | None:
        """See `Source.fact`: `imdb-page/…`, `fandom-page/<host>/<Title>`, `fandom/<host>…`."""
        kind, _, rest = path.partition("/")
        if kind == "imdb-page":
            address, _, query = rest.partition("?")
            file = self._imdb.get(f"{address.strip('/')}?{query}")
            return self._text(file) if file else None
        wiki, _, title = rest.partition("/")
        pages = self._wikis.get(wiki)
        if pages is None or kind not in ("fandom", "fandom-page"):
            return None
        if not title:
            return {"name": wiki}
        if kind == "fandom" and title.startswith("search/"):
            words = title.removeprefix("search/").casefold().split()
            return [found for found in pages if all(word in found.casefold() for word in words)]
        if title not in pages:
            return None
        text = self._text(pages[title])
        return text if kind == "fandom-page" else article_of(title, text)

    def _read(self, file: Path) -> str:
        text = file.read_text(encoding="utf-8")
        return text if file.suffix == ".html" else PAGE.format(text.replace("</", "<\\/"))


def page_key(path: str, query: Body) -> str:
    """An address as pages are found by: `title/tt1/episodes?season=8`."""
    return f"{path.strip('/')}?{urlencode(sorted(query.items()))}"


def article_of(title: str, page: str) -> Body | None:
    """The article within a wiki's page; None where the page says that there is none."""
    told = {name: int(value) for name, value in re.findall(r'"(wgArticleId|wgRevisionId)":(\d+)', page)}
    if not told.get("wgArticleId"):
        return None
    categories = re.search(r'"wgCategories":(\[.*?\])', page)
    content = CONTENT.search(page)
    return {
        "title": title,
        "pageid": told["wgArticleId"],
        "revid": told.get("wgRevisionId", 0),
        "timestamp": "2025-09-08T00:00:00Z",
        "html": content[0] if content else "",
        "categories": json.loads(categories[1]) if categories else [],
        "images": list(dict.fromkeys(map(unescape, re.findall(r'data-image-name="([^"]+)"', page)))),
        "redirect": None,
    }
