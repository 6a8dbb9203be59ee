"""The wikis of a catalogue, as facts: what `fandom/<host>/…` answers, from the articles a source has."""

from collections.abc import Callable, Mapping
from typing import Any

from deployments.upstream.catalogue.articles import Article
from deployments.upstream.catalogue.wiki_files import file_body

Find = Callable[[str, str], Article | None]
"""An article of a wiki by its title."""


class Wikis:
    """`sites` are names by host; `find` gives an article; `search` the titles that words lead to."""

    def __init__(self, sites: Mapping[str, str], find: Find, search: Callable[[str, str], list[str]]) -> None:
        self._sites, self._find, self._search = sites, find, search

    def fact(self, path: str) -> Any | None:
        """`<host>`, `<host>/<Title>`, `<host>/File:<name>` or `<host>/search/<words>`."""
        wiki, _, title = path.partition("/")
        if wiki not in self._sites:
            return None
        if not title:
            return {"name": self._sites[wiki]}
        if title.startswith("search/"):
            return self._search(wiki, title.removeprefix("search/"))
        if title.startswith("File:"):
            file = file_body(title.removeprefix("File:"))
            return file if file and self._has(wiki, file["title"], file["name"]) else None
        article = self._find(wiki, title)
        return article.body(wiki) if article else None

    def _has(self, wiki: str, title: str, file: str) -> bool:
        article = self._find(wiki, title)
        return article is not None and file in article.images
