"""An answer of IMDb, whatever layer it came from, as stages read it."""

from collections.abc import Mapping
from typing import Any

from flows.sources.errors import MalformedAnswer
from flows.sources.imdb.answers import Layer
from flows.sources.imdb.graphql.reading import Drift, ImdbAnswer
from flows.sources.imdb.graphql.reading import read_with_drift as read_graphql
from flows.sources.imdb.pages.reading import read_with_drift as read_pages


def read(resource: str, body: Mapping[str, Any]) -> ImdbAnswer:
    """Read the body of a source record: `list`, `title`, `episodes`, `credits`, `appearances`, `title_images` or
    `person_images`.

    Raises:
        MalformedAnswer: it is not what this layer answers about that; where a field is to blame, it is named.
    """
    return read_with_drift(resource, body)[0]


def read_with_drift(resource: str, body: Mapping[str, Any]) -> tuple[ImdbAnswer, Drift]:
    """The same, with the keys that are unknown and those that are missing, counted per path."""
    layer = body.get("layer")
    if layer == Layer.GRAPHQL:
        return read_graphql(resource, body)
    if layer == Layer.PAGES:
        return read_pages(resource, body)
    raise MalformedAnswer("imdb", resource, f"no layer answers as {layer!r}", field="layer")
