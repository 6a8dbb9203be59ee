"""A double of MediaWiki: a few invented wikis behind one address, which speak as much of `api.php` as is asked of them.

Every word on them is synthetic.
"""

import html
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.sources.double import Asked, Double, Reply, json_reply

WIKI = "fictional.fandom.com"
RIGHTS = "CC-BY-SA 3.0"


@dataclass
class Wiki:
    """The articles of a wiki, by title: HTML, revision, categories, and where redirects lead."""

    texts: dict[str, str] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)
    categories: dict[str, list[str]] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    files: dict[str, tuple[int, int]] = field(default_factory=dict)

    def write(self, title: str, text: str, *, revision: int = 1, categories: list[str] | None = None) -> None:
        """Put an article into the wiki, or a newer revision of it."""
        self.texts[title], self.revisions[title] = text, revision
        self.categories[title] = categories or []


class Wikis(Double):
    """Wikis at `{url}/{wiki}/api.php` and `{url}/{wiki}/wiki/{title}`; `broken` says what of them fails, and how."""

    def __init__(self) -> None:
        super().__init__()
        self.wikis: dict[str, Wiki] = {}
        self.broken: dict[str, Reply] = {}
        self.answer = self._answer

    def wiki(self, host: str = WIKI) -> Wiki:
        """A wiki, made where there is none."""
        return self.wikis.setdefault(host, Wiki())

    def questions(self) -> list[str]:
        """What was asked, in short: `titles Nemo Fictus`, `parse Nemo Fictus`, `page Nemo_Fictus`."""
        told = []
        for request in self.asked:
            parts = urlsplit(request.path)
            given = {name: values[0] for name, values in parse_qs(parts.query).items()}
            kind = next((k for k in ("titles", "page", "srsearch") if k in given), "")
            name = {"titles": "titles", "page": "parse", "srsearch": "search"}.get(kind, "page")
            if given.get("prop") == "imageinfo":
                name = "files"
            told.append(f"{name} {given.get(kind) or unquote(parts.path.rsplit('/', 1)[-1])}")
        return told

    def _answer(self, request: Asked) -> Reply:
        parts = urlsplit(request.path)
        _, host, first, *rest = parts.path.split("/")
        layer = "api" if first == "api.php" else "pages"
        if layer in self.broken:
            return self.broken[layer]
        wiki = self.wikis.get(host)
        if wiki is None:
            return Reply(404, b"<html>no such wiki</html>")
        if layer == "pages":
            return self._page(wiki, unquote("/".join(rest)).replace("_", " "))
        given = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if given["action"] == "parse":
            return self._parse(wiki, given["page"])
        if given.get("list") == "search":
            hits = [title for title in wiki.texts if given["srsearch"].split()[-1] in title]
            return json_reply({"batchcomplete": True, "query": {"search": [{"ns": 0, "title": t} for t in hits]}})
        if given["prop"] == "imageinfo":
            return self._files(wiki, given["titles"].split("|"))
        return self._titles(wiki, given["titles"].split("|"))

    def _titles(self, wiki: Wiki, titles: list[str]) -> Reply:
        moves = [{"from": t, "to": wiki.redirects[t]} for t in titles if t in wiki.redirects]
        pages: list[dict[str, Any]] = []
        for title in dict.fromkeys(wiki.redirects.get(t, t) for t in titles):
            told: dict[str, Any] = {"ns": 0, "title": title, "missing": True}
            if title in wiki.texts:
                told = {"ns": 0, "title": title, "pageid": 7, "lastrevid": wiki.revisions[title]}
            pages.append(told)
        query: dict[str, Any] = {"pages": pages, "rightsinfo": {"url": "", "text": RIGHTS}}
        return json_reply({"batchcomplete": True, "query": query | ({"redirects": moves} if moves else {})})

    def _parse(self, wiki: Wiki, asked: str) -> Reply:
        title = wiki.redirects.get(asked, asked)
        if title not in wiki.texts:
            return json_reply({"error": {"code": "missingtitle", "info": "The page does not exist."}})
        parse = {
            "title": title,
            "pageid": 7,
            "revid": wiki.revisions[title],
            "text": f'<div class="mw-parser-output">{wiki.texts[title]}</div>',
            "categories": [{"sortkey": "", "category": name.replace(" ", "_")} for name in wiki.categories[title]],
            "links": [{"ns": 0, "title": f"{title}/Gallery", "exists": f"{title}/Gallery" in wiki.texts}],
        }
        return json_reply({"parse": parse})

    def _files(self, wiki: Wiki, titles: list[str]) -> Reply:
        pages = [
            {"ns": 6, "title": title, "pageid": 8, "imageinfo": [{"width": size[0], "height": size[1], "url": "x"}]}
            for title in titles
            if (size := wiki.files.get(title.removeprefix("File:")))
        ]
        return json_reply({"batchcomplete": True, "query": {"pages": pages or [{"title": "File:x", "missing": True}]}})

    def _page(self, wiki: Wiki, asked: str) -> Reply:
        title = wiki.redirects.get(asked, asked)
        there = title in wiki.texts
        settings = {
            "wgPageName": title.replace(" ", "_"),
            "wgArticleId": 7 if there else 0,
            "wgRevisionId": wiki.revisions.get(title, 0),
            "wgCategories": wiki.categories.get(title, []),
        }
        body = (
            f"<html><head><title>{html.escape(title)}</title><script>RLCONF={json.dumps(settings)};</script></head>"
            f'<body><div class="mw-parser-output">{wiki.texts.get(title, "")}</div></body></html>'
        )
        return Reply(200 if there else 404, body.encode(), {"Content-Type": "text/html; charset=utf-8"})


def person(show: str, **rows: str) -> str:
    """An article about a cast member of a show, with an infobox of these rows."""
    data = "".join(
        f'<div class="pi-item pi-data" data-source="{name}"><h3 class="pi-data-label">{name}</h3>'
        f'<div class="pi-data-value">{value}</div></div>'
        for name, value in rows.items()
    )
    link = f'<a href="/wiki/{show.replace(" ", "_")}">{show}</a>'
    return f'<aside class="portable-infobox type-castmember">{data}</aside><p>Somebody of {link}.</p>'
