"""The pages of one answer of IMDb's GraphQL endpoint: which follow each other, and what becomes of those that fail."""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from flows.sources.errors import MalformedAnswer, NotFound, UpstreamError
from flows.sources.http import Answer
from flows.sources.imdb.answers import Layer
from flows.sources.imdb.graphql.queries import Query
from flows.sources.imdb.graphql.reading import ROOTS, read_graphql

log = logging.getLogger(__name__)

SOURCE = "imdb-graphql"
MOST_PAGES = 200
"""An endpoint that names a next page for ever is stopped here."""

GetPage = Callable[[Query, Mapping[str, Any]], Answer]


class Refused(MalformedAnswer):
    """The endpoint answered with errors; `body` is its whole answer, `told` what the errors say."""

    def __init__(self, url: str, body: Mapping[str, Any], told: str) -> None:
        super().__init__(SOURCE, url, f"it answered with errors: {told}")
        self.body = dict(body)
        self.told = told

    @property
    def has_data(self) -> bool:
        """Whether anything came beside the errors."""
        data = self.body.get("data")
        return isinstance(data, Mapping) and any(value is not None for value in data.values())


class Asking:
    """The pages about one thing, while they come in. Only the first may fail the whole."""

    def __init__(self, resource: str, ref: str, get_page: GetPage) -> None:
        self._resource, self._ref, self._get_page = resource, ref, get_page
        self._pages: list[dict[str, Any]] = []
        self._answers: list[Answer] = []
        self._missing: list[str] = []

    @property
    def missing(self) -> str:
        """Why a part did not come; empty when all did."""
        return "; ".join(dict.fromkeys(self._missing))

    def add(self, query: Query, variables: Mapping[str, Any]) -> dict[str, Any] | None:
        """Ask for one page; None when it could not be got and was not the first."""
        try:
            answer = self._get_page(query, variables)
        except UpstreamError as error:
            partial = error.body if isinstance(error, Refused) and error.has_data else None
            if partial is None and not self._pages:
                raise
            self._missing.append(error.told if isinstance(error, Refused) else error.problem)
            if partial is not None:
                self._pages.append(partial)
            return partial
        self._answers.append(answer)
        self._pages.append(answer.body)
        return answer.body

    def add_all(self, query: Query, variables: Mapping[str, Any]) -> None:
        """Ask for a page and all that follow it."""
        self._follow(query, variables, lambda page: at(page, "data", *query.connection))

    def add_appearances(self, query: Query, title_id: str, person_id: str) -> None:
        """Ask for a person's credits in all categories, and for what is further in those that one page did not hold."""
        first = self.add(query, {"id": title_id, "filter": {"names": [person_id]}})
        for edge in _list(at(first, "data", *query.connection, "edges")):
            category, after = at(edge, "node", "category", "id"), _next(at(edge, "node", "episodeCredits"))
            if after and isinstance(category, str):
                filter = {"names": [person_id], "categories": [category]}
                self._follow(query, {"id": title_id, "filter": filter}, _only_category(query), after)

    def _follow(
        self,
        query: Query,
        variables: Mapping[str, Any],
        connection_of: Callable[[Any], Any],
        after: str | None = None,
    ) -> None:
        """Ask for page after page until a connection says that it ends, or leads nowhere."""
        while len(self._pages) < MOST_PAGES:
            connection = connection_of(self.add(query, {**variables, **({"after": after} if after else {})}))
            following = _next(connection)
            if following is None or following == after or not connection.get("edges"):
                return
            after = following

    def answer(self) -> Answer:
        """What came, as one answer.

        Raises:
            NotFound: the endpoint says, without any error, that there is nothing by this name.
            MalformedAnswer: what came cannot be read.
        """
        root = ROOTS[self._resource][0]
        if at(self._pages[0], "data", root) is None and not self._missing:
            raise NotFound(SOURCE, self._ref, f"IMDb has no {self._resource} {self._ref}")
        body: dict[str, Any] = {"layer": Layer.GRAPHQL.value, "ref": self._ref, "pages": self._pages}
        if self._missing:
            body["missing"] = self.missing
        try:
            complete = read_graphql(self._resource, body).is_complete
        except MalformedAnswer as error:
            if not self._missing:
                raise
            raise MalformedAnswer(
                SOURCE, self._ref, f"it answered with errors: {self.missing}", field=error.field
            ) from None
        now = datetime.now(UTC)
        return Answer(
            body=body,
            url=self._answers[0].url if self._answers else self._ref,
            status=200,
            fetched_at=min((answer.fetched_at for answer in self._answers), default=now),
            expires_at=min((answer.expires_at for answer in self._answers), default=now),
            etag=None,
            from_cache=bool(self._answers) and all(answer.from_cache for answer in self._answers),
            layer=Layer.GRAPHQL.value,
            complete=complete,
        )


def at(value: Any, *path: str) -> Any:
    """What is at the end of a path of keys; None where it breaks off."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _only_category(query: Query) -> Callable[[Any], Any]:
    """Finds the episodes in a page that was asked for one category of a person."""

    def episodes(page: Any) -> Any:
        edges = _list(at(page, "data", *query.connection, "edges"))
        return at(edges[0], "node", "episodeCredits") if edges else None

    return episodes


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _next(connection: Any) -> str | None:
    """The cursor after which the next page begins; None on the last."""
    cursor = at(connection, "pageInfo", "endCursor")
    return cursor if at(connection, "pageInfo", "hasNextPage") and isinstance(cursor, str) and cursor else None
