"""Requests to IMDb's GraphQL endpoint.

An answer's body is `{"layer": "graphql", "ref": ..., "pages": [...]}`, the responses as they came. Each is read when it
arrives: one that cannot be read is an error and not kept. Where a part was refused or a later page failed, what came is
given back as not complete, and `missing` says why.

A page that is refused for its size is asked for again at half of it. Of each query one request goes first, so that the
others need not learn the same.
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock
from types import TracebackType
from typing import Any, Self

from flows.settings import HttpSettings, ImdbSettings, load
from flows.sources.errors import MalformedAnswer, NotFound, Unavailable, UpstreamError
from flows.sources.http import Answer, HttpClient, Refresh
from flows.sources.imdb.graphql import queries
from flows.sources.imdb.graphql.asking import SOURCE, Asking, Refused, at
from flows.sources.imdb.graphql.queries import Query
from flows.sources.imdb.graphql.reading import ROOTS, payload
from flows.sources.limits import Rate
from flows.sources.stats import Stats

log = logging.getLogger(__name__)

HEADERS = {
    "Accept": "application/graphql+json, application/json",
    "Accept-Language": "en-US,en;q=0.9",
    "x-imdb-client-name": "the-reality-report",  # who names no client is answered 403
    "x-imdb-user-country": "US",
    "x-imdb-user-language": "en-US",
}
PAGE = 250
SMALLEST_PAGE = 30
ATTEMPTS = 2
"""What fails is worth repeating at a smaller size, or on another layer, rather than often."""
EXPIRES = timedelta(days=1)

QUERIES: Mapping[str, Query] = {
    "list": queries.LIST,
    "title": queries.TITLE,
    "episodes": queries.EPISODES,
    "credits": queries.CREDITS,
    "appearances": queries.APPEARANCES,
    "title_images": queries.TITLE_IMAGES,
    "person_images": queries.PERSON_IMAGES,
}
_REFS = {"list": r"ls\d+", "person_images": r"nm\d+", "appearances": r"tt\d+/nm\d+"}
_TOO_LARGE = re.compile(r"too (much|many|large|big)|complex|costl|exceed|time[d -]*out", re.IGNORECASE)


class PageSize:
    """The largest page of one query that the endpoint was not seen to refuse."""

    def __init__(self) -> None:
        self.size = PAGE
        self._proved = False
        self._lock = Lock()

    @contextmanager
    def learning(self) -> Iterator[None]:
        """Let one request through until a page came, then all."""
        with self._lock:
            if not self._proved:
                yield
                return
        yield

    def proved(self) -> None:
        """A page of this size came."""
        self._proved = True

    def shrink(self, refused: int) -> bool:
        """Halve it, unless another thread just did; False when it is as small as is sensible."""
        if refused // 2 < SMALLEST_PAGE:
            return False
        self.size = min(self.size, refused // 2)
        return True


class ImdbGraphql:
    """Asks IMDb's GraphQL endpoint. One client serves all threads; without arguments it reads its settings itself."""

    def __init__(self, settings: ImdbSettings | None = None, http: HttpSettings | None = None) -> None:
        settings, http = settings or load(ImdbSettings), http or load(HttpSettings)
        self._http = HttpClient(
            SOURCE,
            settings.imdb_graphql_url,
            http.model_copy(update={"http_attempts": min(ATTEMPTS, http.http_attempts)}),
            rate=Rate(settings.imdb_rate, settings.imdb_burst),
            connections=settings.imdb_connections,
            headers=HEADERS,
        )
        self._sizes = {query.name: PageSize() for query in QUERIES.values()}

    @property
    def stats(self) -> Stats:
        """What this client did so far."""
        return self._http.stats

    def ask(self, resource: str, ref: str, *, refresh: Refresh = Refresh.NONE) -> Answer:
        """Ask by the names that source records go by: `list` ls..., `title`, `episodes`, `credits` and `title_images`
        tt..., `person_images` nm..., `appearances` tt.../nm...

        Raises:
            ValueError: there is no such resource, or the name is not one of its.
            NotFound: the endpoint says, without any error, that there is nothing by this name.
            MalformedAnswer: what came cannot be read, or is nothing but errors.
            UpstreamError: the first page could not be got; `errors.py` says which kind means what.
        """
        if resource not in QUERIES or not re.fullmatch(_REFS.get(resource, r"tt\d+"), ref):
            raise ValueError(f"IMDb's GraphQL has no {resource} {ref!r}")
        query, check = QUERIES[resource], self._check(resource)
        asking = Asking(resource, ref, lambda query, variables: self._page(query, variables, check, refresh))
        if resource == "title":
            asking.add(query, {"id": ref})
        elif resource == "appearances":
            asking.add_appearances(query, *ref.split("/"))
        else:
            asking.add_all(query, {"id": ref})
        answer = asking.answer()
        if asking.missing:
            log.warning("%s: %s of %s came in part only: %s", SOURCE, resource, ref, asking.missing)
            self.stats.tell(f"IMDb's graphql gave {resource} in part only")
        return answer

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _page(
        self, query: Query, variables: Mapping[str, Any], check: Callable[[dict[str, Any]], None], refresh: Refresh
    ) -> Answer:
        """One page, as large as the endpoint bears."""
        sizes = self._sizes[query.name]
        while True:
            with sizes.learning():
                size = sizes.size
                sized = {**variables, "first": size} if query.connection else dict(variables)
                asked = {"query": query.text, "operationName": query.name, "variables": sized}
                try:
                    answer = self._http.post_json("", asked, refresh=refresh, expires=EXPIRES, check=check)
                except NotFound as error:
                    raise Unavailable(SOURCE, error.url, "there is no such endpoint", status=404) from None
                except UpstreamError as error:
                    if not query.connection or not _for_its_size(error) or not sizes.shrink(size):
                        raise
                    log.warning("%s: %s by %d is refused (%s)", SOURCE, query.name, size, error.problem)
                else:
                    sizes.proved()
                    return answer

    def _check(self, resource: str) -> Callable[[dict[str, Any]], None]:
        """Refuses what must not be kept for the next who asks: errors, and what cannot be read."""
        url, root = self._http.base_url, ROOTS[resource][0]

        def check(body: dict[str, Any]) -> None:
            if errors := body.get("errors"):
                words = [at(error, "message") for error in errors] if isinstance(errors, list) else [errors]
                told = "; ".join(dict.fromkeys(str(word)[:200] for word in words if word))
                raise Refused(url, body, told or "without a word")
            data = body.get("data")
            if not isinstance(data, dict) or root not in data:
                raise MalformedAnswer(SOURCE, url, f"an answer without data.{root}", field=f"data.{root}")
            if data[root] is not None:
                payload(resource, body)

        return check


def _for_its_size(error: UpstreamError) -> bool:
    """Whether a smaller page may be given where this one was not."""
    if isinstance(error, Refused):
        return bool(_TOO_LARGE.search(error.told))
    if not isinstance(error, Unavailable):
        return bool(error.status and _TOO_LARGE.search(error.snippet))
    return (error.status or 0) >= 500 or (error.status is None and bool(_TOO_LARGE.search(error.problem)))
