"""What Wikidata is asked: the properties that are read of an item, and how ids are looked up."""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

ITEM = re.compile(r"Q[1-9][0-9]*")

LANGUAGES = ("en", "mul")
"""English, else the form that Wikidata holds for all languages."""

MOST_HITS = 50


class P(StrEnum):
    """Properties, by what they are to us."""

    INSTANCE_OF = "P31"
    IMDB = "P345"
    TMDB_PERSON = "P4985"
    TMDB_SHOW = "P4983"
    TVDB_SHOW = "P4835"
    FREEBASE = "P646"
    BIRTH = "P569"
    DEATH = "P570"
    GENDER = "P21"
    BIRTH_PLACE = "P19"
    RESIDENCE = "P551"
    OCCUPATION = "P106"
    WEBSITE = "P856"
    INSTAGRAM = "P2003"
    TWITTER = "P2002"
    FACEBOOK = "P2013"
    TIKTOK = "P7085"
    YOUTUBE = "P2397"
    FANDOM = "P6262"


UNTIL = "P582"
"""Qualifier: it was so until then."""

CIRCUMSTANCES = "P1480"
"""Qualifier: how sure a statement is; on dates it says `circa` or `presumably`."""

LOOKUPS: dict[str, tuple[P, re.Pattern[str]]] = {
    "by_imdb": (P.IMDB, re.compile(r"(nm|tt)[0-9]+")),
    "by_tmdb_person": (P.TMDB_PERSON, re.compile(r"[0-9]+")),
    "by_tmdb_show": (P.TMDB_SHOW, re.compile(r"[0-9]+")),
}
"""The resources that find items by another catalogue's id: the property, and what such an id looks like."""

AT_ONCE: dict[str, int] = {"entity": 50, "label": 50, **dict.fromkeys(LOOKUPS, 15)}
"""How many are asked for at once: of items 50 are allowed; a search may have 300 characters, which is 15 ids."""


def items_request(ids: Iterable[str]) -> dict[str, Any]:
    """Items with the names and statements that we read."""
    return _request(ids, "labels|aliases|claims") | {"languages": "|".join(LANGUAGES)}


def labels_request(ids: Iterable[str], *, any_language: bool = False) -> dict[str, Any]:
    """What items are called."""
    return _request(ids, "labels") | ({} if any_language else {"languages": "|".join(LANGUAGES)})


def lookup_request(resource: str, refs: Iterable[str]) -> dict[str, Any]:
    """The items that have one of these ids, whichever."""
    having = "|".join(f"{LOOKUPS[resource][0]}={ref}" for ref in refs)
    return {
        "action": "query",
        "list": "search",
        "srsearch": f"haswbstatement:{having}",
        "srnamespace": 0,
        "srlimit": MOST_HITS,
        "srprop": "",
    }


def _request(ids: Iterable[str], props: str) -> dict[str, Any]:
    return {"action": "wbgetentities", "ids": "|".join(ids), "props": props}
