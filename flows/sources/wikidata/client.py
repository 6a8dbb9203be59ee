"""Requests to Wikidata: items by their ids, many at once, and items by the ids that other catalogues have for them.

A search tells which items have one of several ids, not which has which; so the items found are asked for, and their own
statements decide. Wikidata cannot be asked for some properties only: what we do not read is left out of what is kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

from flows.settings import HttpSettings, WikidataSettings, load
from flows.sources.errors import Incomplete, MalformedAnswer, NotFound, UpstreamError
from flows.sources.http import Answer, Refresh
from flows.sources.limits import Rate
from flows.sources.mediawiki import ApiError, MediaWiki
from flows.sources.stats import Stats
from flows.sources.wikidata import plan
from flows.sources.wikidata.facts import texts
from flows.sources.wikidata.payloads import Item

EXPIRES = timedelta(days=1)
DROPPED = ("references", "qualifiers-order")
"""Of a statement: where Wikidata has it from, and in which order its qualifiers are shown."""

Answers = dict[str, Answer | UpstreamError]


class WikidataClient:
    """Asks Wikidata. One client serves all threads of a process; without arguments it reads its settings itself."""

    at_once: Mapping[str, int] = plan.AT_ONCE

    def __init__(self, settings: WikidataSettings | None = None, http: HttpSettings | None = None) -> None:
        settings = settings or load(WikidataSettings)
        self._wiki = MediaWiki(
            "wikidata",
            settings.wikidata_url,
            http or load(HttpSettings),
            rate=Rate(settings.wikidata_rate, settings.wikidata_burst),
            connections=settings.wikidata_connections,
            path="w/api.php",
        )

    @property
    def stats(self) -> Stats:
        """What this client did so far."""
        return self._wiki.stats

    def ask(self, resource: str, ref: str, *, refresh: Refresh = Refresh.NONE) -> Answer:
        """Ask by the names that source records go by; `ask_many` tells them."""
        answer = self.ask_many(resource, [ref], refresh=refresh)[ref]
        if isinstance(answer, UpstreamError):
            raise answer
        return answer

    def ask_many(self, resource: str, refs: Sequence[str], *, refresh: Refresh = Refresh.NONE) -> Answers:
        """Ask one question about several: `entity` Q42, `label` Q65, `by_imdb` nm0000001 or tt0944947,
        `by_tmdb_person` 287, `by_tmdb_show` 1399.

        Raises:
            UpstreamError: nothing is known of any of them.
            ValueError: there is no such resource.
        """
        if resource not in self.at_once:
            raise ValueError(f"Wikidata has no {resource}")
        shape = plan.LOOKUPS[resource][1] if resource in plan.LOOKUPS else plan.ITEM
        sound = [ref for ref in refs if shape.fullmatch(ref)]
        answers: Answers = {
            ref: NotFound("wikidata", self._wiki.base_url, f"{ref!r} is no id for {resource}")
            for ref in refs
            if ref not in sound
        }
        if not sound:
            return answers
        if resource == "entity":
            return answers | self._items(sound, refresh)
        if resource == "label":
            return answers | self._labels(sound, refresh)
        return answers | self._found(resource, sound, refresh)

    def close(self) -> None:
        """Close all connections."""
        self._wiki.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _items(self, ids: Sequence[str], refresh: Refresh) -> Answers:
        return {
            id_: replace(answer, body=_read(answer.body)) if isinstance(answer, Answer) else answer
            for id_, answer in self._entities(ids, plan.items_request, refresh).items()
        }

    def _labels(self, ids: Sequence[str], refresh: Refresh) -> Answers:
        answers = self._entities(ids, plan.labels_request, refresh)
        nameless = [
            id_ for id_, answer in answers.items() if isinstance(answer, Answer) and not answer.body.get("labels")
        ]
        if nameless:

            def in_any(some: Iterable[str]) -> dict[str, Any]:
                return plan.labels_request(some, any_language=True)

            answers |= self._entities(nameless, in_any, refresh)
        return {
            id_: replace(answer, body=_named(answer.body)) if isinstance(answer, Answer) else answer
            for id_, answer in answers.items()
        }

    def _found(self, resource: str, refs: Sequence[str], refresh: Refresh) -> Answers:
        answer = self._wiki.query(plan.lookup_request(resource, refs), refresh=refresh, expires=EXPIRES)
        query = answer.body.get("query")
        hits = query.get("search") if isinstance(query, dict) else None
        if not isinstance(hits, list) or not all(isinstance(hit, dict) for hit in hits):
            raise MalformedAnswer("wikidata", answer.url, "query.search: is not a list", field="query.search")
        if "continue" in answer.body:
            raise Incomplete("wikidata", answer.url, f"more than {plan.MOST_HITS} items have one of {len(refs)} ids")
        ids = [str(hit.get("title")) for hit in hits if plan.ITEM.fullmatch(str(hit.get("title")))]
        items = self._items(ids, refresh) if ids else {}
        owners: dict[str, list[str]] = {ref: [] for ref in refs}
        for found in items.values():
            if isinstance(found, Answer):
                item = Item.parse(found.body, found.url)
                for value in texts(item, plan.LOOKUPS[resource][0]):
                    owners.get(value, []).append(item.id)
        return {ref: replace(answer, body={"items": sorted(set(items_))}) for ref, items_ in owners.items()}

    def _entities(self, ids: Sequence[str], request: Any, refresh: Refresh) -> Answers:
        """What `wbgetentities` says of each; where it will not have one of the ids, they are asked for in halves."""
        try:
            answer = self._wiki.query(request(ids), refresh=refresh, expires=EXPIRES)
        except ApiError as error:
            if error.code != "no-such-entity":
                raise
            if len(ids) == 1:
                return {ids[0]: NotFound("wikidata", error.url, f"there is no item {ids[0]}", status=200)}
            half = len(ids) // 2
            return self._entities(ids[:half], request, refresh) | self._entities(ids[half:], request, refresh)
        entities = answer.body.get("entities")
        if not isinstance(entities, dict):
            raise MalformedAnswer("wikidata", answer.url, "entities: is not an object", field="entities")
        return {id_: _one(answer, id_, entities.get(id_)) for id_ in ids}


def _one(answer: Answer, id_: str, entity: Any) -> Answer | UpstreamError:
    if not isinstance(entity, dict):
        return MalformedAnswer("wikidata", answer.url, f"entities.{id_}: is not there", field=f"entities.{id_}")
    if "missing" in entity:
        return NotFound("wikidata", answer.url, f"there is no item {id_}, or it was deleted", status=200)
    return replace(answer, body=entity)


def _read(entity: Mapping[str, Any]) -> dict[str, Any]:
    """An item without the statements that we do not read."""
    claims = entity.get("claims")
    if not isinstance(claims, dict):
        return dict(entity)
    read = {name: statements for name, statements in claims.items() if name in set(plan.P)}
    return {**entity, "claims": {name: _without_sources(statements) for name, statements in read.items()}}


def _without_sources(statements: Any) -> Any:
    if not isinstance(statements, list):
        return statements
    return [
        {key: value for key, value in statement.items() if key not in DROPPED}
        if isinstance(statement, dict)
        else statement
        for statement in statements
    ]


def _named(entity: Mapping[str, Any]) -> dict[str, Any]:
    """An item's names in the languages that we ask for, else one of those that there are."""
    labels = entity.get("labels")
    names = labels if isinstance(labels, dict) else {}
    kept = {language: names[language] for language in plan.LANGUAGES if language in names}
    first = sorted(names)[:1]
    return {"id": entity.get("id"), "labels": kept or {language: names[language] for language in first}}
