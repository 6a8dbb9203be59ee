"""What a source of upstream data must offer, whatever it is made of.

Resources are named by TMDb's own paths without the version: `tv/1399`, `tv/1399/season/1`,
`tv/1399/season/1/episode/2`, `person/287`. The protocol modules (`tmdb.py`, `images.py` ...) turn requests into these calls,
so a source knows nothing of HTTP: the bundled sample, a folder of recordings and the generator each implement it once.

What the other upstreams know has paths, too (`Source.fact`):

| path | is |
|---|---|
| `imdb/tt…`, `imdb/nm…`, `imdb/ls…` | a title (also an episode), a person, a list of IMDb's |
| `imdb/tt…/episodes`, `imdb/tt…/credits`, `imdb/tt…/images`, `imdb/nm…/images` | what belongs to it, whole |
| `imdb/tt…/principals` | the first people of a series and of its episodes |
| `imdb/tt…/nm…` | a person's credits in the episodes of a series |
| `imdb/titles`, `imdb/names` | the ids of everything, for the datasets |
| `imdb-page/<path>?<query>` | a page of IMDb's as it was recorded |
| `fandom/<wiki>/<Title>`, `fandom/<wiki>/search/<words>` | an article or file of a wiki, titles found there |
| `wikidata/Q…`, `wikidata/search/P345=nm…` | an item, the ids of items found |
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

Body = dict[str, Any]
"""A JSON object as TMDb would send it. Sources may share one between calls: treat it as read-only."""

FIND_RESULTS = ("movie_results", "person_results", "tv_results", "tv_episode_results", "tv_season_results")
"""The five arrays every `/find` answer has, in TMDb's order."""


class ImageFile(NamedTuple):
    """One image as the CDN sends it."""

    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class ListItem:
    """One entry of a TMDb list: its summary (with `media_type`) and the note the list's author left on it."""

    summary: Body
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ItemList:
    """A TMDb list with all its entries; the protocol module cuts it into pages."""

    id: int
    name: str
    description: str = ""
    created_by: str = "sample"
    items: Sequence[ListItem] = field(default_factory=tuple)


class Source(Protocol):
    """Where the answers of the upstream come from. Every method gives None for what does not exist."""

    @property
    def name(self) -> str:
        """What this source is, in a few words, for the ready line and `/_health`."""

    def show_ids(self) -> Sequence[int]:
        """The TMDb ids of all shows, ascending."""

    def body(self, path: str) -> Body | None:
        """The plain answer for a show, season, episode or person, without any appended part."""

    def part(self, path: str, name: str) -> Body | None:
        """A part of a resource (`images`, `watch/providers` ...) as its own request answers it, `id` included."""

    def fact(self, path: str) -> Any | None:
        """What IMDb, a wiki or Wikidata knows, by one of the paths above: an object or a list, to be treated as read-only."""

    def find(self, external_id: str, external_source: str) -> Body:
        """The answer of `/find`: all five arrays, empty when nothing matches."""

    def item_list(self, list_id: str) -> ItemList | None:
        """A list by its id."""

    def configuration(self) -> Body:
        """The answer of `/configuration`."""

    def image(self, size: str, file: str) -> ImageFile | None:
        """An image by its size (`original`, `w500`, `h632`) and its file name with extension, without a slash."""


def nothing_found() -> Body:
    """A `/find` answer without results."""
    return {key: [] for key in FIND_RESULTS}


def default_configuration() -> Body:
    """The answer of `/configuration` but for the image addresses, which the protocol module fills in."""
    return {
        "change_keys": [
            "air_date",
            "biography",
            "cast",
            "crew",
            "episode",
            "images",
            "name",
            "overview",
            "season",
            "title",
        ],
        "images": {
            "base_url": "",
            "secure_base_url": "",
            "backdrop_sizes": ["w300", "w780", "w1280", "original"],
            "logo_sizes": ["w45", "w92", "w154", "w185", "w300", "w500", "original"],
            "poster_sizes": ["w92", "w154", "w185", "w342", "w500", "w780", "original"],
            "profile_sizes": ["w45", "w185", "h632", "original"],
            "still_sizes": ["w92", "w185", "w300", "original"],
        },
    }


PERSON_SUMMARY = ("adult", "id", "name", "popularity", "gender", "known_for_department", "profile_path")
TV_SUMMARY = (
    *("adult", "backdrop_path", "id", "name", "original_language", "original_name", "overview", "poster_path"),
    *("popularity", "first_air_date", "vote_average", "vote_count", "origin_country"),
)


def summary_of(body: Body, media_type: str) -> Body:
    """The short form of a show (`tv`) or `person` that lists and `/find` answer with."""
    if media_type == "person":
        fields = {key: body.get(key) for key in PERSON_SUMMARY}
        return {**fields, "original_name": body.get("name"), "media_type": "person", "known_for": []}
    genre_ids = [genre["id"] for genre in body.get("genres", [])]
    return {**{key: body.get(key) for key in TV_SUMMARY}, "media_type": media_type, "genre_ids": genre_ids}
