"""Pages for tests: recorded ones as they came, and small ones of the same shapes with invented values."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flows.sources.errors import MalformedAnswer, NotThisPage
from flows.sources.imdb.pages.credits import parse_credits
from flows.sources.imdb.pages.episodes import parse_episodes
from flows.sources.imdb.pages.galleries import parse_gallery
from flows.sources.imdb.pages.lists import parse_list
from flows.sources.imdb.pages.titles import parse_title
from flows.sources.imdb.pages.viewer import parse_viewer

PARSERS: dict[str, Callable[[str, str], Any]] = {
    "title": parse_title,
    "episodes": parse_episodes,
    "credits": parse_credits,
    "list": parse_list,
    "gallery": parse_gallery,
    "viewer": parse_viewer,
}


def recorded(recordings: Path, name: str) -> str:
    """The text of a recorded page; of one that was recorded as its data alone, that data where a page has it."""
    text = (recordings / "imdb" / name).read_text(encoding="utf-8")
    return with_data(json.loads(text)) if name.endswith(".json") else text


def with_data(data: Any, head: str = "", body: str = "") -> str:
    """A page around the data that it is built from."""
    written = json.dumps(data).replace("</", "<\\/")
    script = f'<script id="__NEXT_DATA__" type="application/json">{written}</script>'
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}{script}</body></html>"


def props(kind: str, page_props: Any, **more: str) -> str:
    """A page of a kind, such as `/title/[tconst]/episodes`."""
    return with_data({"props": {"pageProps": page_props}, "page": kind}, **more)


def readers_of(text: str, url: str = "") -> set[str]:
    """Which parsers take a page for one of theirs. Each of the others has to say that it is none."""
    taken = set()
    for name, parse in PARSERS.items():
        try:
            parse(text, url)
        except NotThisPage:
            continue
        except MalformedAnswer as error:
            raise AssertionError(f"{name}: {error}") from error
        taken.add(name)
    return taken
