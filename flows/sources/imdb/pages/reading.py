"""Pages in, answers out: what `ImdbPages` received, as what every layer of IMDb answers."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from flows.sources.errors import MalformedAnswer, NotThisPage
from flows.sources.imdb.answers import ImdbCredits, ImdbEpisodes, ImdbImage, ImdbImages, ImdbList, ImdbTitle
from flows.sources.imdb.pages.credits import read_credits
from flows.sources.imdb.pages.document import SOURCE, Document, Drift, Reading
from flows.sources.imdb.pages.episodes import all_seasons, read_season
from flows.sources.imdb.pages.galleries import all_pictures, read_gallery
from flows.sources.imdb.pages.lists import read_list, whole_list
from flows.sources.imdb.pages.titles import read_title
from flows.sources.imdb.pages.viewer import parse_viewer

ImdbAnswer = ImdbList | ImdbTitle | ImdbEpisodes | ImdbCredits | ImdbImages
Page = TypeVar("Page")

VIEWED = "/mediaviewer/"
"""In the address of a picture's viewer."""


def read_pages(resource: str, body: Mapping[str, Any]) -> ImdbAnswer:
    """Read the pages of a resource.

    Raises:
        NotThisPage: one of them is of another kind.
        MalformedAnswer: something in it is of another type than ever before; it names the field.
    """
    return read_with_drift(resource, body)[0]


def read_with_drift(resource: str, body: Mapping[str, Any]) -> tuple[ImdbAnswer, Drift]:
    """The same, with how the pages depart from what they are known to hold: unknown and missing keys, counted."""
    drift: Drift = {"unknown": Counter(), "missing": Counter()}
    missing = bool(body.get("missing"))
    listed = _documents(resource, body)

    def pages(read: Callable[[Document], Reading[Page]]) -> list[Page]:
        found = [read(page) for page in listed]
        for reading in found:
            for name, counts in reading.drift.items():
                drift[name].update(counts)
        return [reading.answer for reading in found]

    answer: ImdbAnswer
    match resource:
        case "list":
            answer = whole_list(pages(read_list), missing=missing)
        case "title":
            answer = pages(read_title)[0]
        case "episodes":
            answer = all_seasons(pages(read_season), missing=missing)
        case "credits":
            answer = pages(read_credits)[0]
        case "title_images" | "person_images":
            viewed = {
                shown.id: shown
                for page in listed
                if VIEWED in page.url
                for shown in [parse_viewer(page.text, page.url)]
            }
            listed = [page for page in listed if VIEWED not in page.url]
            answer = _with_viewers(all_pictures(pages(read_gallery), missing=missing), viewed)
        case _:
            raise NotThisPage(SOURCE, "", f"there are no pages of {resource}")
    return answer, drift


def _with_viewers(found: ImdbImages, viewed: Mapping[str, ImdbImage]) -> ImdbImages:
    """The pictures, with what their viewers add."""
    return replace(found, images=tuple(viewed.get(image.id, image) for image in found.images))


def _documents(resource: str, body: Mapping[str, Any]) -> list[Document]:
    listed = body.get("pages")
    if not isinstance(listed, list) or not listed:
        raise MalformedAnswer(SOURCE, "", f"an answer about {resource} holds no pages", field="pages")
    documents = []
    for page in listed:
        text, url = (page.get("text"), page.get("url")) if isinstance(page, dict) else (None, None)
        if not isinstance(text, str):
            raise MalformedAnswer(SOURCE, str(url or ""), "a page without its text", field="pages[].text")
        documents.append(Document(text, str(url or "")))
    return documents
