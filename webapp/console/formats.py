"""How the console writes dates, numbers, words and addresses: the filters of its templates."""

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

from flask import Flask

from models.rules.talk import parts as pieces
from models.rules.variants import WIDTHS

TINTS = 6
"""How many colours a picture that is not there may have."""

NAMES = {
    "tmdb": "TMDb", "imdb": "IMDb", "tvdb": "TheTVDB", "tvrage": "TVRage", "fandom": "Fandom", "wikidata": "Wikidata",
    "editor": "Editor", "facebook": "Facebook", "instagram": "Instagram", "twitter": "X", "tiktok": "TikTok",
    "youtube": "YouTube", "flatrate": "Stream", "ads": "With ads", "free": "Free", "rent": "Rent", "buy": "Buy",
}  # fmt: skip
"""Names that are more than their letters."""

PLACES = {
    "imdb": {"show": "https://www.imdb.com/title/{}/", "person": "https://www.imdb.com/name/{}/"},
    "tmdb": {"show": "https://www.themoviedb.org/tv/{}", "person": "https://www.themoviedb.org/person/{}"},
    "tvdb": {"show": "https://thetvdb.com/dereferrer/series/{}"},
    "wikidata": dict.fromkeys(("show", "person"), "https://www.wikidata.org/wiki/{}"),
    "facebook": dict.fromkeys(("show", "person"), "https://www.facebook.com/{}"),
    "instagram": dict.fromkeys(("show", "person"), "https://www.instagram.com/{}"),
    "twitter": dict.fromkeys(("show", "person"), "https://x.com/{}"),
    "tiktok": dict.fromkeys(("show", "person"), "https://www.tiktok.com/@{}"),
    "youtube": dict.fromkeys(("show", "person"), "https://www.youtube.com/{}"),
}
"""Where others have their page about a show or a person."""

_HELD = re.compile(r"/([0-9a-f]{64})\.\w+(?:\?|$)")
_SAFE = re.compile(r"[\w.@-]+\Z")
_STEPS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def day(value: str | None) -> str:
    """A date as far as it is known: `16 Jan 2024`, `Jan 2024`, `2024`."""
    if not value:
        return ""
    for length, pattern in ((10, "%-d %b %Y"), (7, "%b %Y")):
        if len(value) == length:
            return datetime.strptime(value + "-01"[: 10 - length], "%Y-%m-%d").replace(tzinfo=UTC).strftime(pattern)
    return value


def moment(value: str | None) -> str:
    """A time to the minute, in UTC."""
    return datetime.fromisoformat(value).astimezone(UTC).strftime("%-d %b %Y, %H:%M UTC") if value else ""


def ago(value: str | None) -> str:
    """How long ago a time was, in its largest unit."""
    if not value:
        return "never"
    seconds = (datetime.now(UTC) - datetime.fromisoformat(value)).total_seconds()
    for unit, size in _STEPS:
        if abs(seconds) >= size:
            count = int(abs(seconds) // size)
            words = f"{count} {unit}{'' if count == 1 else 's'}"
            return f"{words} ago" if seconds > 0 else f"in {words}"
    return "just now" if seconds >= 0 else "in a moment"


def lasting(seconds: float | None) -> str:
    """A length of time: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`."""
    if seconds is None:
        return ""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def amount(value: float | None) -> str:
    """A number, its thousands set apart by a narrow space."""
    return "" if value is None else f"{value:,}".replace(",", "\u202f")


def words(name: str) -> str:
    """A name of a field, source or kind, in words: `imdb_vote_count` is `IMDb vote count`."""
    parts = [NAMES.get(part, part) for part in re.split(r"[_-]", name)]
    text = " ".join(parts)
    return text[:1].upper() + text[1:] if parts[0] not in NAMES else text


def said(value: Any) -> str:
    """A value of any type, as a short text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        text = ", ".join(said(item) for item in value)
    elif isinstance(value, dict):
        text = ", ".join(f"{words(name)}: {said(item)}" for name, item in value.items())
    else:
        text = "nothing" if value is None else str(value)
    return text if len(text) <= 240 else f"{text[:239]}…"


def picture(url: str | None, width: int) -> str | None:
    """Where our own copy of an image is at a width, below our own address; None where there is no copy yet.

    The key of a copy holds the digest of its content (`models/rules/asset_keys.py`). An image that only its source has is
    not shown: a page of the console loads nothing from elsewhere.
    """
    held = _HELD.search(url or "")
    return f"/media/{held[1]}?w={min(w for w in WIDTHS if w >= width)}" if held else None


def web(url: str | None) -> str | None:
    """An address that is safe to link to; None for any other (`javascript:` …)."""
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else None


def elsewhere(value: str, source: str, kind: str) -> str | None:
    """The page of a source or a platform about a show or a person."""
    place = PLACES.get(source, {}).get(kind)
    return place.format(value) if place and _SAFE.match(value) else None


def tint(name: str) -> int:
    """The colour that stands for a missing picture: always the same for a name."""
    return crc32(name.encode()) % TINTS


def init_app(app: Flask) -> None:
    """Give the templates these filters."""
    for filter_ in (day, moment, ago, lasting, amount, words, said, picture, web, elsewhere, tint):
        app.add_template_filter(filter_, f"c_{filter_.__name__}")
    app.add_template_filter(pieces, "c_pieces")
