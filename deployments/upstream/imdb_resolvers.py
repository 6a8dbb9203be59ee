"""What fields of IMDb's schema are answered with: objects of a source's facts, and functions where there are arguments."""

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo

from deployments.upstream.failing import Failing
from deployments.upstream.service import service
from deployments.upstream.source import Body

LARGEST = 250
"""Entries of a connection that are granted at once; more is an error."""
UNKNOWN = "Unknown"
"""What a season is called that nobody knows the number of."""


class Root:
    """What a query starts from. Objects of the schema are the facts' own, with functions where there are arguments."""

    def __init__(self, failing: Failing) -> None:
        self._failing = failing

    def title(self, info: GraphQLResolveInfo, id: str) -> Body | None:
        return self._title(fact(id))

    def titles(self, info: GraphQLResolveInfo, ids: Sequence[str]) -> list[Body | None]:
        return [self._title(fact(identity)) for identity in ids]

    def name(self, info: GraphQLResolveInfo, id: str) -> Body | None:
        found = fact(id) if id.startswith("nm") else None
        return found and {**found, "images": self._images(id)}

    def names(self, info: GraphQLResolveInfo, ids: Sequence[str]) -> list[Body | None]:
        return [self.name(info, identity) for identity in ids]

    def list(self, info: GraphQLResolveInfo, id: str) -> Body | None:
        found = fact(id) if id.startswith("ls") else None
        if found is None:
            return None

        def edge(place: int, entry: Body) -> Body:
            note = {"originalText": {"plainText": entry["note"]}} if entry["note"] else None
            node = {"itemId": f"li{place}", "absolutePosition": place, "description": note}
            return {"node": node, "title": self._title(fact(entry["id"]))}

        def search(
            info: GraphQLResolveInfo, first: int | None = None, after: str | None = None, sort: Any = None
        ) -> Body:
            items = list(enumerate(found["items"], 1))
            if sort and sort["order"] == "DESC":
                items.reverse()
            return self._connection(items, first, after, lambda item: edge(*item), wrapped=False)

        described = {"originalText": {"plainText": found["description"]}} if found["description"] else None
        named = {"originalText": found["name"]}
        return {"id": found["id"], "name": named, "description": described, "titleListItemSearch": search}

    def _title(self, found: Any) -> Body | None:
        """A title with its connections."""
        if found is None or "titleType" not in found:
            return None
        identity = found["id"]
        series = found["series"]
        number = series and series["episodeNumber"]
        displayed = number and {
            "displayableSeason": {"season": str(number["seasonNumber"]), "text": str(number["seasonNumber"])},
            "episodeNumber": {"text": str(number["episodeNumber"])},
        }
        return {
            **found,
            "series": series and {**series, "displayableEpisodeNumber": displayed},
            "keywords": self._pages(lambda: found["keywords"], lambda words: {"text": words}),
            "interests": self._pages(
                lambda: found["interests"],
                lambda words: {"id": f"in99{abs(sum(words.encode())):06}", "primaryText": {"text": words}},
            ),
            "episodes": self._episodes(found) if found["titleType"]["canHaveEpisodes"] else None,
            "credits": self._credits(identity),
            "images": self._images(identity),
        }

    def _images(self, identity: str) -> Callable[..., Body]:
        return self._pages(lambda: fact(f"{identity}/images") or [], lambda found: found)

    def _episodes(self, title: Body) -> Body:
        entries = cache(lambda: fact(f"{title['id']}/episodes") or [])

        def seasons() -> list[str]:
            return list(dict.fromkeys(season_of(entry) for entry in entries()))

        def episodes(
            info: GraphQLResolveInfo,
            first: int | None = None,
            after: str | None = None,
            filter: Any = None,
            sort: Any = None,
        ) -> Body:
            chosen = entries()
            if filter and filter.get("includeSeasons") is not None:
                chosen = [entry for entry in chosen if season_of(entry) in filter["includeSeasons"]]
            if filter and filter.get("excludeSeasons") is not None:
                chosen = [entry for entry in chosen if season_of(entry) not in filter["excludeSeasons"]]
            if sort and sort["order"] == "DESC":
                chosen = chosen[::-1]
            return self._connection(chosen, first, after, self._title)

        def displayed(info: GraphQLResolveInfo, first: int | None = None, after: str | None = None) -> Body:
            return self._connection(seasons(), first, after, lambda season: {"season": season, "text": season})

        return {
            "isOngoing": title["isOngoing"],
            "seasons": lambda info: [{"number": int(season)} for season in seasons() if season != UNKNOWN],
            "displayableSeasons": displayed,
            "episodes": episodes,
            "unknownSeasonEpisodes": lambda info: self._connection(
                [entry for entry in entries() if season_of(entry) == UNKNOWN], LARGEST, None, self._title
            ),
        }

    def _credits(self, identity: str) -> Callable[..., Body]:
        def credits(
            info: GraphQLResolveInfo, first: int | None = None, after: str | None = None, filter: Any = None
        ) -> Body:
            found = fact(f"{identity}/credits") or []
            if filter and filter.get("names") is not None:
                found = [credit for credit in found if credit["name"]["id"] in filter["names"]]
            if filter and filter.get("categories") is not None:
                found = [credit for credit in found if credit["category"]["id"] in filter["categories"]]
            return self._connection(found, first, after, lambda credit: self._credit(identity, credit))

        return credits

    def _credit(self, identity: str, credit: Body) -> Body:
        def episodes(
            info: GraphQLResolveInfo, first: int | None = None, after: str | None = None, filter: Any = None
        ) -> Body:
            found = fact(f"{identity}/{credit['name']['id']}") or []
            found = [part for part in found if part["category"]["id"] == credit["category"]["id"]]
            if filter and filter.get("includeSeasons") is not None:
                found = [part for part in found if season_of(part["title"]) in filter["includeSeasons"]]
            connected = self._connection(
                found, first, after, lambda part: {**part, "title": self._title(part["title"])}
            )
            return connected | {"yearRange": credit["years"]}

        return {
            **credit,
            "__typename": "Cast" if credit["isCast"] else "Crew",
            "title": lambda info: self.title(info, identity),
            "jobs": [{"text": job} for job in credit["jobs"]],
            "jobDetails": [{"job": {"text": job}, "attributes": credit["attributes"]} for job in credit["jobs"]]
            or None,
            "episodeCredits": episodes if credit["episodes"] else None,
        }

    def _pages(self, entries: Callable[[], Sequence[Any]], node: Callable[[Any], Any]) -> Callable[..., Body]:
        """A connection over entries that are looked up when it is asked for."""

        def connection(info: GraphQLResolveInfo, first: int | None = None, after: str | None = None) -> Body:
            return self._connection(entries(), first, after, node)

        return connection

    def _connection(
        self,
        entries: Iterable[Any],
        first: int | None,
        after: str | None,
        node: Callable[[Any], Any],
        *,
        wrapped: bool = True,
    ) -> Body:
        """A page of entries. `node` makes the node of an edge or, not `wrapped`, the edge.

        Raises:
            GraphQLError: `first` is missing or too large, or the cursor is none.
        """
        if first is None:
            raise GraphQLError("Exactly one of `first` or `last` must be provided.")
        if not 0 <= first <= LARGEST:
            raise GraphQLError(f"`first` must be between 0 and {LARGEST}.")
        found = [] if self._failing.empty_lists else list(entries)
        start = place_of(after) if after else 0
        page = found[start : start + first]
        if self._failing.partial_errors:
            page = page[: len(page) // 2]
        edges = []
        for place, entry in enumerate(page, start + 1):
            made = {"node": node(entry)} if wrapped else node(entry)
            edges.append({**made, "position": place, "cursor": cursor_of(place)})
        last = start + min(first, len(found) - start)
        return {
            "total": len(found),
            "pageInfo": {
                "hasNextPage": last < len(found),
                "hasPreviousPage": start > 0,
                "startCursor": cursor_of(start + 1) if edges else None,
                "endCursor": cursor_of(last) if edges else None,
            },
            "edges": edges,
        }


def fact(path: str) -> Any:
    """What the source has of IMDb."""
    return service().source.fact(f"imdb/{path}")


def season_of(title: Body) -> str:
    number = title["series"]["episodeNumber"] if title["series"] else None
    return UNKNOWN if number is None else str(number["seasonNumber"])


def cursor_of(place: int) -> str:
    return base64.b64encode(f"position:{place}".encode()).decode()


def place_of(cursor: str) -> int:
    """The place a cursor stands for.

    Raises:
        GraphQLError: it is none of ours.
    """
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("position:"))
    except (binascii.Error, ValueError):
        raise GraphQLError(f"Invalid cursor: {cursor}") from None
