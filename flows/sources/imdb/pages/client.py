"""Requests for IMDb's pages: of a list all, of a show's episodes one per season, of all else one or few.

An answer's body is `{"layer": "pages", "pages": [{"url": ..., "text": ...}, ...]}`, the pages as they came. A page is
read when it arrives: one of another kind is an error and not kept. Where a later page fails, what came before is
given back as not complete.
"""

from types import TracebackType
from typing import Self

from flows.settings import HttpSettings, ImdbSettings, load
from flows.sources.http import Answer, HttpClient, Refresh
from flows.sources.limits import Rate
from flows.sources.stats import Stats

SOURCE = "imdb-pages"
HEADERS = {"Accept": "text/html,application/xhtml+xml", "Accept-Language": "en-US,en;q=0.9"}


class ImdbPages:
    """Asks IMDb for pages. One client serves all threads; without arguments it reads its settings itself."""

    def __init__(self, settings: ImdbSettings | None = None, http: HttpSettings | None = None) -> None:
        settings = settings or load(ImdbSettings)
        self._http = HttpClient(
            SOURCE,
            settings.imdb_pages_url,
            http or load(HttpSettings),
            rate=Rate(settings.imdb_rate, settings.imdb_burst),
            connections=settings.imdb_connections,
            headers=HEADERS,
        )

    @property
    def stats(self) -> Stats:
        """What this client did so far."""
        return self._http.stats

    def ask(self, resource: str, ref: str, *, refresh: Refresh = Refresh.NONE) -> Answer:
        """Ask by the names that source records go by: `list` ls..., `title`, `episodes`, `credits` and `title_images`
        tt..., `person_images` nm...

        Raises:
            ValueError: there is no such resource, or the name is not one of its.
            NotThisPage: another page came than was asked for.
        """
        raise ValueError(f"IMDb has no pages of {resource} {ref!r}")

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
