"""A page of the console as its tests look at it."""

import re
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient

SCRIPT = {"Accept": "application/json"}
"""What a live page's script asks for."""


class Page(HTMLParser):
    """What matters of a page: its links and sources, ids, headings, and whatever would run or style inside it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.inline: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.tags.append(tag)
        posts = tag == "form" and given.get("method") == "post"
        if not posts:
            self.links |= {str(given[name]) for name in ("href", "src", "action") if given.get(name)}
        self.ids += [str(given["id"])] if "id" in given else []
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(answer: Any) -> Page:
    """The page, which a strict policy lets do nothing but load our own files."""
    assert answer.mimetype == "text/html"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "//" not in policy
    page = Page(answer.text)
    assert page.inline == []
    assert len(page.ids) == len(set(page.ids))
    assert page.tags.count("h1") == page.tags.count("main") == 1
    return page


def secret_of(answer: Any) -> str:
    """What a form of this page brings along."""
    return found(r'name="secret" value="([\w-]+)"', answer.text)[1]


def found(pattern: str, text: str) -> "re.Match[str]":
    """Where a page holds what it has to hold."""
    there = re.search(pattern, text, re.DOTALL)
    assert there, pattern
    return there


class Browser(FlaskClient):
    """A browser in which somebody has signed in to the console."""

    secret: str

    def send(self, path: str, script: bool = False, **fields: Any) -> Any:
        """Send a form."""
        headers = SCRIPT if script else {}
        return self.post(f"/console{path}", data={"secret": self.secret, **fields}, headers=headers)

    def read(self, path: str) -> str:
        """The text of a page."""
        answer = self.get(f"/console{path}")
        assert answer.status_code == 200, answer.text
        return " ".join(page_of(answer).text.split())
