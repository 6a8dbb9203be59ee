"""What TMDb is asked for: the one canonical plan of requests, shared by all stages. Pure.

`append_to_response` takes 20 parts. The first request of a show brings eight parts about it and its first twelve
seasons with their episodes; where there are more seasons, each further request brings twenty of them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

LANGUAGE = "en-US"
IMAGE_LANGUAGES = "en,null"
MOST_PARTS = 20

SHOW_PARTS = (
    "external_ids",
    "alternative_titles",
    "content_ratings",
    "keywords",
    "aggregate_credits",
    "images",
    "watch/providers",
    "episode_groups",
)
FIRST_SEASONS = range(MOST_PARTS - len(SHOW_PARTS))
SEASON_PARTS = ("aggregate_credits", "credits", "external_ids", "images")
PERSON_PARTS = ("external_ids", "images")

_LIST_ID = re.compile(
    r"(?:https?://)?(?:www\.)?themoviedb\.org/(?:[34]/)?list/(\d+)(?:-[^/?#]*)?/?(?:[?#].*)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: path (with the API's version) and parameters."""

    path: str
    params: Mapping[str, str | int] = field(default_factory=dict)


def show_request(tmdb_id: int) -> Ask:
    """The first request of a show's bundle."""
    parts = (*SHOW_PARTS, *map(season_part, FIRST_SEASONS))
    return Ask(f"3/tv/{tmdb_id}", _params(parts, images=True))


def further_requests(tmdb_id: int, body: Mapping[str, Any]) -> list[Ask]:
    """The requests for the seasons that a show's body lists and does not hold yet."""
    numbers = listed_seasons(body)
    missing = [number for number in numbers if season_part(number) not in body and number not in FIRST_SEASONS]
    groups = [missing[start : start + MOST_PARTS] for start in range(0, len(missing), MOST_PARTS)]
    return [Ask(f"3/tv/{tmdb_id}", _params(map(season_part, group))) for group in groups]


def merged(bodies: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One body of a show out of the answers to its requests: the first, with the seasons of the others."""
    whole = dict(bodies[0])
    for body in bodies[1:]:
        whole.update((key, value) for key, value in body.items() if key.startswith("season/"))
    return whole


def listed_seasons(body: Mapping[str, Any]) -> list[int]:
    """The season numbers in a show's `seasons`, ascending; entries without one are passed over."""
    seasons = body.get("seasons")
    entries = seasons if isinstance(seasons, list) else []
    numbers = (entry.get("season_number") for entry in entries if isinstance(entry, Mapping))
    return sorted({number for number in numbers if isinstance(number, int)})


def season_part(number: int) -> str:
    """The name of a season as a part of its show."""
    return f"season/{number}"


def season_request(tmdb_id: int, number: int) -> Ask:
    """A season with its credits, ids and posters."""
    return Ask(f"3/tv/{tmdb_id}/season/{number}", _params(SEASON_PARTS, images=True))


def person_request(tmdb_id: int) -> Ask:
    """A person with ids and profile pictures (which carry no language)."""
    return Ask(f"3/person/{tmdb_id}", _params(PERSON_PARTS))


def find_request(imdb_id: str) -> Ask:
    """What TMDb knows by an IMDb id."""
    return Ask(f"3/find/{imdb_id}", {"external_source": "imdb_id", "language": LANGUAGE})


def list_request(list_id: str, page: int, *, version: int) -> Ask:
    """A page of a list. Version 4 has the notes and needs a bearer token; version 3 works with either."""
    return Ask(f"{version}/list/{list_id}", {"language": LANGUAGE, "page": page})


def episode_group_request(group_id: str) -> Ask:
    """An alternative order of a show's episodes, by its own id."""
    return Ask(f"3/tv/episode_group/{group_id}", {"language": LANGUAGE})


def changes_request(feed: str, start: date, end: date, page: int) -> Ask:
    """A page of the ids of one kind (`tv`, `person`) that changed from one day to another, both included.

    TMDb answers for at most fourteen days at a time.
    """
    return Ask(f"3/{feed}/changes", {"start_date": start.isoformat(), "end_date": end.isoformat(), "page": page})


def configuration_request() -> Ask:
    """The image sizes that TMDb offers."""
    return Ask("3/configuration")


def parse_tmdb_list_id(text: str) -> str:
    """The id in a TMDb list's id or address: `https://www.themoviedb.org/list/8301263?language=en-US` gives `8301263`.

    Raises:
        ValueError: it is neither.
    """
    text = text.strip()
    if text.isascii() and text.isdigit():
        return text
    if match := _LIST_ID.fullmatch(text):
        return match[1]
    raise ValueError(
        f"{text!r} is not a TMDb list; give its number or its address, e.g. https://www.themoviedb.org/list/8301263"
    )


def _params(parts: Iterable[str], *, images: bool = False) -> dict[str, str | int]:
    params: dict[str, str | int] = {"append_to_response": ",".join(parts), "language": LANGUAGE}
    return params | ({"include_image_language": IMAGE_LANGUAGES} if images else {})
