"""GraphQL in, answers out: what `ImdbGraphql` received, as what every layer of IMDb answers.

An answer is complete when all pages came without an error, hold every field that was asked for, and as many entries as
IMDb says there are.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from flows.sources.errors import MalformedAnswer
from flows.sources.imdb.answers import (
    ImdbAppearances,
    ImdbCredits,
    ImdbEpisodes,
    ImdbImages,
    ImdbList,
    ImdbTitle,
)
from flows.sources.imdb.graphql import credits, titles
from flows.sources.imdb.graphql.payloads.common import Object
from flows.sources.imdb.graphql.payloads.credits import TitleAppearances, TitleCredits
from flows.sources.imdb.graphql.payloads.images import Gallery
from flows.sources.imdb.graphql.payloads.lists import TitleList
from flows.sources.imdb.graphql.payloads.titles import FullTitle, SeriesEpisodes
from flows.sources.payload import drift

ImdbAnswer = ImdbList | ImdbTitle | ImdbEpisodes | ImdbCredits | ImdbAppearances | ImdbImages
Drift = dict[str, Counter[str]]

ROOTS: Mapping[str, tuple[str, type[Object]]] = {
    "list": ("list", TitleList),
    "title": ("title", FullTitle),
    "episodes": ("title", SeriesEpisodes),
    "credits": ("title", TitleCredits),
    "appearances": ("title", TitleAppearances),
    "title_images": ("title", Gallery),
    "person_images": ("name", Gallery),
}
"""Below which field of `data` an answer stands, and what it is."""


def read_graphql(resource: str, body: Mapping[str, Any]) -> ImdbAnswer:
    """Read the pages of a resource.

    Raises:
        MalformedAnswer: something is missing or of another type; it names the field.
    """
    return read_with_drift(resource, body)[0]


def read_with_drift(resource: str, body: Mapping[str, Any]) -> tuple[ImdbAnswer, Drift]:
    """The same, with how the pages depart from what was asked for: unknown and missing keys, counted."""
    if resource not in ROOTS:
        raise MalformedAnswer("imdb-graphql", "", f"there is no query for {resource}")
    found: Drift = {"unknown": Counter(), "missing": Counter()}
    pages = _pages(resource, body)
    payloads = [payload(resource, page) for page in pages]
    for one in payloads:
        for kind, counts in drift(one).items():
            found[kind].update(counts)
    whole = not (body.get("missing") or found["missing"] or any(page.get("errors") for page in pages))
    return _answer(resource, payloads, str(body.get("ref") or ""), whole), found


def _pages(resource: str, body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    pages = body.get("pages")
    if not isinstance(pages, list) or not pages or not all(isinstance(page, Mapping) for page in pages):
        raise MalformedAnswer("imdb-graphql", "", f"an answer about {resource} holds no pages", field="pages")
    return pages


def payload(resource: str, page: Mapping[str, Any]) -> Object:
    """What one page holds.

    Raises:
        MalformedAnswer: something is missing or of another type; it names the field.
    """
    root, model = ROOTS[resource]
    data = page.get("data")
    node = data.get(root) if isinstance(data, Mapping) else None
    if not isinstance(node, Mapping):
        raise MalformedAnswer("imdb-graphql", resource, f"data.{root}: there is nothing", field=f"data.{root}")
    return model.parse(node, resource)


def _answer(resource: str, payloads: list[Any], ref: str, whole: bool) -> ImdbAnswer:
    match resource:
        case "list":
            return titles.read_list(payloads, ref, whole=whole)
        case "title":
            return titles.read_title(payloads[0], whole=whole)
        case "episodes":
            return titles.read_episodes(payloads, whole=whole)
        case "credits":
            return credits.read_credits(payloads, whole=whole)
        case "appearances":
            return credits.read_appearances(payloads, ref, whole=whole)
    return titles.read_images(payloads, whole=whole)
