"""Requests to IMDb by whatever layer gives what is wanted: GraphQL first, then pages; one that is switched off is never
asked.

IMDb may break at any time, in any layer. So nothing that a layer does fails more than that layer: its error is logged and
counted (`Stats.troubles`, which run reports show), and the next one is asked. Each has a breaker of its own.
"""

import logging
import re
from collections.abc import Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from flows.settings import HttpSettings, ImdbSettings, load
from flows.sources.errors import NotFound, UpstreamError
from flows.sources.http import Answer, Refresh
from flows.sources.imdb.answers import Layer
from flows.sources.imdb.graphql.client import QUERIES, ImdbGraphql
from flows.sources.imdb.pages.client import ImdbPages
from flows.sources.stats import Stats

log = logging.getLogger(__name__)

GIVES: Mapping[Layer, frozenset[str]] = {
    Layer.GRAPHQL: frozenset(QUERIES),
    Layer.PAGES: frozenset({"list", "title", "episodes", "credits", "title_images", "person_images"}),
}
"""What each layer can be asked for one by one, the richest layer first. The datasets are not asked, but read as a whole."""

CERTAIN = frozenset({"list", "title"})
"""What does not exist when its page does not. Of the others, IMDb may have moved the page."""

_CHANGING = re.compile(r"\d+(?:\.\d+)? s\b|\b(?:tt|nm|ls)\d+")


def layers_for(resource: str, settings: ImdbSettings) -> tuple[Layer, ...]:
    """The layers that are switched on and can give this, in the order in which they are asked."""
    return tuple(layer for layer, given in GIVES.items() if layer.value in settings.imdb_layers and resource in given)


class NoLayer(UpstreamError):
    """No layer of IMDb gave what was wanted; the message tells the story of each."""


class ImdbClient:
    """Asks IMDb. One client serves all threads of a process; without arguments it reads its settings itself."""

    def __init__(self, settings: ImdbSettings | None = None, http: HttpSettings | None = None) -> None:
        self._settings, http = settings or load(ImdbSettings), http or load(HttpSettings)
        self._layers: dict[Layer, ImdbGraphql | ImdbPages] = {}
        if Layer.GRAPHQL.value in self._settings.imdb_layers:
            self._layers[Layer.GRAPHQL] = ImdbGraphql(self._settings, http)
        if Layer.PAGES.value in self._settings.imdb_layers:
            self._layers[Layer.PAGES] = ImdbPages(self._settings, http)
        self._stats = Stats()

    @property
    def stats(self) -> Stats:
        """What this client did so far, in all layers."""
        return Stats.of_all([self._stats, *(layer.stats for layer in self._layers.values())])

    def ask(self, resource: str, ref: str, *, refresh: Refresh = Refresh.NONE) -> Answer:
        """Ask by the names that source records go by: `list` ls..., `title`, `episodes`, `credits` and `title_images`
        tt..., `person_images` nm..., `appearances` tt.../nm...

        The answer says which layer gave it, and whether it is complete.

        Raises:
            ValueError: there is no such resource, or the name is not one of its.
            NotFound: IMDb says that there is nothing by this name.
            NoLayer: no layer that is switched on gave it.
        """
        if not any(resource in given for given in GIVES.values()):
            raise ValueError(f"IMDb has no {resource} {ref!r}")
        failures: list[tuple[Layer, UpstreamError]] = []
        for layer in layers_for(resource, self._settings):
            try:
                return self._layers[layer].ask(resource, ref, refresh=refresh)
            except UpstreamError as error:
                if isinstance(error, NotFound) and (layer is Layer.GRAPHQL or resource in CERTAIN):
                    raise
                self._tell(layer, resource, ref, error)
                failures.append((layer, error))
        if not failures:
            raise NoLayer("imdb", ref, f"IMDB_LAYERS switches on no layer that gives {resource}")
        last = failures[-1][1]
        story = "; ".join(f"{layer}: {error.problem}" for layer, error in failures)
        raise NoLayer("imdb", last.url, f"no layer gave {resource} of {ref}: {story}", status=last.status) from last

    def close(self) -> None:
        """Close all connections."""
        with ExitStack() as closing:
            for layer in self._layers.values():
                closing.callback(layer.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _tell(self, layer: Layer, resource: str, ref: str, error: UpstreamError) -> None:
        log.warning("IMDb's %s did not give %s of %s: %s", layer, resource, ref, error)
        self._stats.tell(f"IMDb's {layer} did not give {resource}: {_CHANGING.sub('...', error.problem)[:200]}")
