"""A folder of recorded answers as a source: what others' tools were really served, combined to the answers asked for.

Reads `recordings.json` in the folder (a list of captures with `file`, `host`, `path`, `query`, `status`, `captured` and, for
a file of many bodies, `collection`) and the files it names. Of several captures of one request the newest counts. A body
recorded with appended parts answers for itself and for each part; what nobody recorded does not exist.
"""

import json
import re
from collections.abc import Iterator, Sequence
from email.utils import parsedate_to_datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from deployments.upstream.catalogue.artwork import SIZES
from deployments.upstream.pictures import Picture, draw
from deployments.upstream.recorded_pages import RecordedPages
from deployments.upstream.source import (
    Body,
    ImageFile,
    ItemList,
    ListItem,
    default_configuration,
    nothing_found,
    summary_of,
)

INDEX = "recordings.json"
API_HOST, CDN_HOST = "api.themoviedb.org", "image.tmdb.org"
RESOURCE = re.compile(
    r"/3/(tv/episode_group/\w+|tv/\d+(?:/season/\d+(?:/episode/\d+)?)?|person/\d+)(?:/(?!season/|episode/)(.+))?"
)
PARTS = frozenset(
    (
        *("aggregate_credits", "alternative_titles", "changes", "combined_credits", "content_ratings", "credits"),
        *("episode_groups", "external_ids", "images", "keywords", "movie_credits", "recommendations", "reviews"),
        *("similar", "tagged_images", "translations", "tv_credits", "videos", "watch/providers"),
    )
)
"""Names of parts, by which those in a body are told from its own fields where the query was not recorded."""
KINDS = {
    "poster_path": "poster",
    "backdrop_path": "backdrop",
    "still_path": "still",
    "profile_path": "profile",
    "logo_path": "logo",
}
GROUPS = {"posters": "poster", "backdrops": "backdrop", "stills": "still", "profiles": "profile", "logos": "logo"}


class Recordings:
    """The recordings of a folder. Lists are not recorded: list `1` is made of all recorded shows."""

    def __init__(self, folder: Path, *, captured_before: str | None = None, placeholder_images: bool = False) -> None:
        """Read the folder.

        `captured_before` (an ISO date or its beginning, such as `2020`) leaves out later captures and undated ones.
        `placeholder_images` draws the images that recorded bodies name and the folder lacks.

        Raises:
            FileNotFoundError: the folder has no `recordings.json`, or lacks a file it names.
            ValueError: `recordings.json` is not a list.
        """
        self._folder = folder
        self._placeholder_images = placeholder_images
        self._bodies: dict[str, Body] = {}
        self._parts: dict[tuple[str, str], Body] = {}
        self._finds: dict[tuple[str, str], Body] = {}
        self._configuration = default_configuration()
        self._images: dict[str, Path] = {}
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        if not isinstance(index, list):
            raise ValueError(f"{folder / INDEX} is not a list of captures")
        chosen = [
            capture
            for capture in sorted(index, key=trust)
            if captured_before is None or "" < captured_on(capture) < captured_before
        ]
        for capture in chosen:
            self._take(capture)
        self._pages = RecordedPages(folder, chosen)

    def _take(self, capture: Body) -> None:
        """Take over one capture; a later one of the same request replaces it."""
        path, file = capture.get("path") or "", self._folder / capture["file"]
        if capture.get("status") != 200:
            return
        if capture.get("host") == CDN_HOST:
            self._images[path.rpartition("/")[2]] = file
        elif capture.get("host") == API_HOST and file.suffix == ".json":
            recorded = json.loads(file.read_text(encoding="utf-8"))
            if key := capture.get("collection"):
                for body in recorded:
                    self._take_body(path.replace(f"{{{key}}}", str(body[key])), capture, body)
            else:
                self._take_body(path, capture, recorded)

    def _take_body(self, path: str, capture: Body, body: Body) -> None:
        query = capture.get("query") or {}
        if match := RESOURCE.fullmatch(path):
            resource, part = match.groups()
            if part:
                self._parts[resource, part] = body
            else:
                appended = PARTS.union(query.get("append_to_response", "").split(","))
                self._bodies[resource] = {key: value for key, value in body.items() if key not in appended}
                for name in appended.intersection(body):
                    self._parts[resource, name] = {"id": body.get("id"), **body[name]}
        elif path == "/3/configuration":
            self._configuration = body
        elif path.startswith("/3/find/"):
            self._finds[path.removeprefix("/3/find/"), query.get("external_source", "")] = body

    @property
    def name(self) -> str:
        return f"recordings in {self._folder}"

    def show_ids(self) -> Sequence[int]:
        return sorted(int(path.removeprefix("tv/")) for path in self._bodies if re.fullmatch(r"tv/\d+", path))

    def body(self, path: str) -> Body | None:
        return self._bodies.get(path)

    def part(self, path: str, name: str) -> Body | None:
        return self._parts.get((path, name))

    def fact(self, path: str) -> Any | None:
        """What was recorded of IMDb's pages and of wikis; nothing of their other ways, nor of Wikidata."""
        return self._pages.fact(path)

    def find(self, external_id: str, external_source: str) -> Body:
        """The recorded answer; else what recorded `external_ids` and people's `imdb_id` say, which may be nothing."""
        if (recorded := self._finds.get((external_id, external_source))) is not None:
            return recorded
        found = nothing_found()
        if external_source in ("imdb_id", "tvdb_id"):
            for path, body in self._bodies.items():
                ids = self._parts.get((path, "external_ids"), body)
                kind = path.partition("/")[0]
                if path.count("/") == 1 and str(ids.get(external_source)) == external_id:
                    found[f"{kind}_results"].append(summary_of(body, kind))
        return found

    def item_list(self, list_id: str) -> ItemList | None:
        if list_id != "1":
            return None
        items = tuple(ListItem(summary_of(self._bodies[f"tv/{show}"], "tv")) for show in self.show_ids())
        return ItemList(1, "All recorded shows", "Made of the recordings; nobody curated it.", "recordings", items)

    def configuration(self) -> Body:
        return self._configuration

    def image(self, size: str, file: str) -> ImageFile | None:
        if (recorded := self._images.get(file)) is not None:
            kind = {".png": "image/png", ".svg": "image/svg+xml"}.get(recorded.suffix, "image/jpeg")
            return ImageFile(recorded.read_bytes(), kind)
        if not self._placeholder_images or (picture := self._pictures.get(file.rpartition(".")[0])) is None:
            return None
        return draw(picture, size, file.rpartition(".")[2])

    @cached_property
    def _pictures(self) -> dict[str, Picture]:
        """What to draw for every image some recorded body names, by file name without extension."""
        found: dict[str, Picture] = {}
        for body in [*self._bodies.values(), *self._parts.values()]:
            for path, kind, title, dimensions in named_images(body, str(body.get("name", ""))):
                stem = path.strip("/").rpartition(".")[0]
                found.setdefault(stem, Picture(kind, *(dimensions or SIZES[kind]), title, "", stem))
        return found


def trust(capture: Body) -> tuple[str, bool]:
    """Newer captures count more; of those of one day, one with arrays trimmed counts least."""
    return captured_on(capture), "trimmed" not in str(capture.get("kind"))


def captured_on(capture: Body) -> str:
    """The ISO date, or the known beginning of it, on which a capture was made or committed; empty when nobody knows."""
    text = str(capture.get("captured") or "")
    if re.match(r"\w{3}, \d", text):
        return parsedate_to_datetime(text).date().isoformat()
    match = re.search(r"\d{4}(-\d\d(-\d\d)?)?", text)
    return match[0] if match else ""


def named_images(value: Any, title: str, group: str = "") -> Iterator[tuple[str, str, str, tuple[int, int] | None]]:
    """Path, kind, title and, where stated, dimensions of every image in a body."""
    if isinstance(value, list):
        for entry in value:
            yield from named_images(entry, title, group)
    elif isinstance(value, dict):
        title = str(value.get("name") or value.get("provider_name") or value.get("title") or title)
        if value.get("file_path") and group in GROUPS:
            yield value["file_path"], GROUPS[group], title, (value["width"], value["height"])
        for key, entry in value.items():
            if key in KINDS and entry:
                yield entry, KINDS[key], title, None
            elif isinstance(entry, dict | list):
                yield from named_images(entry, title, key)
