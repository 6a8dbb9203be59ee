"""Requests to TMDb: whole bundles of a show, seasons, people, finds and lists.

Answers are given back as they came (`Answer.body`), for the source records; `payloads.py` reads them. Lists and the
configuration are small and read at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import TracebackType
from typing import Self

from flows.settings import HttpSettings, TmdbSettings, load
from flows.sources.credentials import Credentials
from flows.sources.errors import Incomplete, MalformedAnswer, NotFound
from flows.sources.http import Answer, HttpClient, Refresh
from flows.sources.limits import Rate
from flows.sources.stats import Stats
from flows.sources.tmdb import plan
from flows.sources.tmdb.payloads import ChangesPayload, ConfigurationPayload, ListPayload
from models.rules.origins import origin_of

MOST_PAGES = 500

SHOW_EXPIRES = timedelta(days=1)
SEASON_EXPIRES = timedelta(days=1)
PERSON_EXPIRES = timedelta(days=7)
FIND_EXPIRES = timedelta(days=7)
LIST_EXPIRES = timedelta(hours=1)
CONFIGURATION_EXPIRES = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class TmdbListItem:
    """An entry of a list; `rank` counts from 1 through all pages, `media_type` is `tv` or `movie`."""

    tmdb_id: int
    rank: int
    media_type: str
    title: str | None
    note: str | None
    first_air_date: date | None
    origin_country: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TmdbList:
    """A list with all its entries. `total` is what TMDb says their number is; entries TMDb hides make it larger."""

    list_id: str
    name: str | None
    description: str | None
    items: tuple[TmdbListItem, ...]
    total: int | None
    fetched_at: datetime


class TmdbClient:
    """Asks TMDb. One client serves all threads of a process; without arguments it reads its settings itself."""

    def __init__(self, settings: TmdbSettings | None = None, http: HttpSettings | None = None) -> None:
        settings = settings or load(TmdbSettings)
        self._version = 4 if settings.tmdb_bearer_token else 3
        self._http = HttpClient(
            "tmdb",
            settings.tmdb_api_url,
            http or load(HttpSettings),
            rate=Rate(settings.tmdb_rate, settings.tmdb_burst),
            connections=settings.tmdb_connections,
            credentials=_credentials(settings),
        )

    @property
    def stats(self) -> Stats:
        """What this client did so far."""
        return self._http.stats

    def show(self, tmdb_id: int, *, refresh: Refresh = Refresh.NONE) -> Answer:
        """A show with everything the bundle holds: its parts, its seasons and their episodes, in one body.

        It is as old as its oldest part, expires with the first of them, and has an ETag only when one request was
        enough.
        """
        first = self._get(plan.show_request(tmdb_id), SHOW_EXPIRES, refresh)
        further = plan.further_requests(tmdb_id, first.body)
        return _bundle([first, *(self._get(ask, SHOW_EXPIRES, refresh) for ask in further)])

    def season(self, tmdb_id: int, number: int, *, refresh: Refresh = Refresh.NONE) -> Answer:
        """A season of a show with episodes, credits, ids and posters."""
        return self._get(plan.season_request(tmdb_id, number), SEASON_EXPIRES, refresh)

    def person(self, tmdb_id: int, *, refresh: Refresh = Refresh.NONE) -> Answer:
        """A person with ids and profile pictures."""
        return self._get(plan.person_request(tmdb_id), PERSON_EXPIRES, refresh)

    def find(self, imdb_id: str, *, refresh: Refresh = Refresh.NONE) -> Answer:
        """What TMDb knows by an IMDb id; an unknown id is an answer with empty arrays."""
        return self._get(plan.find_request(imdb_id), FIND_EXPIRES, refresh)

    def ask(self, resource: str, ref: str, *, refresh: Refresh = Refresh.NONE) -> Answer:
        """Ask by the names that source records go by: `show` 1399, `season` 1399/1, `person` 287, `find` tt0944947,
        `episode_group` 5eb730dfca7ec6001f7beb51.

        Raises:
            ValueError: there is no such resource, or the name is not one of its.
        """
        match resource, ref.split("/"):
            case "show", [show]:
                return self.show(int(show), refresh=refresh)
            case "season", [show, number]:
                return self.season(int(show), int(number), refresh=refresh)
            case "person", [person]:
                return self.person(int(person), refresh=refresh)
            case "find", [imdb_id]:
                return self.find(imdb_id, refresh=refresh)
            case "episode_group", [group_id]:
                return self._get(plan.episode_group_request(group_id), SEASON_EXPIRES, refresh)
        raise ValueError(f"TMDb has no {resource} {ref!r}")

    def configuration(self, *, refresh: Refresh = Refresh.NONE) -> ConfigurationPayload:
        """The image sizes that TMDb offers."""
        answer = self._get(plan.configuration_request(), CONFIGURATION_EXPIRES, refresh)
        return ConfigurationPayload.parse(answer.body, answer.url)

    def list_items(self, list_id: str, *, refresh: Refresh = Refresh.NONE) -> TmdbList:
        """A list with all pages; with a bearer token also with its author's notes (version 4 has them, version 3 has
        not).

        Raises:
            NotFound: there is no such list, or it is private.
            Incomplete: a page of it is missing; the rest must not be taken for the list.
        """
        pages: list[tuple[ListPayload, Answer]] = []
        last = 1
        while len(pages) < last:
            number = len(pages) + 1
            ask = plan.list_request(list_id, number, version=self._version)
            try:
                answer = self._get(ask, LIST_EXPIRES, refresh)
            except NotFound as error:
                if number == 1:
                    raise
                raise Incomplete("tmdb", error.url, f"page {number} of {last} of list {list_id} is gone") from None
            page = ListPayload.parse(answer.body, answer.url)
            last = page.total_pages if page.total_pages is not None else last
            if last > MOST_PAGES:
                raise MalformedAnswer("tmdb", answer.url, f"list {list_id} claims {last} pages", field="total_pages")
            if (
                page.page not in (None, number)
                or (not page.entries and number < last)
                or (not page.entries and number > 1)
            ):
                raise Incomplete(
                    "tmdb", answer.url, f"page {number} of {last} of list {list_id} is empty or another one"
                )
            pages.append((page, answer))
        return _list(list_id, pages)

    def changes(self, feed: str, start: date, end: date) -> set[int]:
        """The ids of one kind (`tv`, `person`) that changed from one day to another: all pages of TMDb's feed.

        Raises:
            Incomplete: a page is missing; what changed is not known.
        """
        ids: set[int] = set()
        number, last = 1, 1
        while number <= last:
            answer = self._get(plan.changes_request(feed, start, end, number), LIST_EXPIRES, Refresh.REVALIDATE)
            page = ChangesPayload.parse(answer.body, answer.url)
            if page.page not in (None, number):
                raise Incomplete("tmdb", answer.url, f"page {number} of the changes is page {page.page}")
            ids |= {item.id for item in page.results}
            last = page.total_pages or 1
            number += 1
        return ids

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _get(self, ask: plan.Ask, expires: timedelta, refresh: Refresh) -> Answer:
        return self._http.get_json(ask.path, ask.params, refresh=refresh, expires=expires)


def _credentials(settings: TmdbSettings) -> Credentials:
    """The token as a header or, without one, the key as a parameter."""
    origin = origin_of(settings.tmdb_api_url)
    if token := settings.tmdb_bearer_token:
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"}
        return Credentials(origin, "TMDB_BEARER_TOKEN", headers=headers)
    key = settings.tmdb_api_key
    return Credentials(origin, "TMDB_API_KEY", params={"api_key": key.get_secret_value()} if key else {})


def _bundle(answers: Sequence[Answer]) -> Answer:
    """The answers to a show's requests as one."""
    first = answers[0]
    if len(answers) == 1:
        return first
    return Answer(
        body=plan.merged([answer.body for answer in answers]),
        url=first.url,
        status=first.status,
        fetched_at=min(answer.fetched_at for answer in answers),
        expires_at=min(answer.expires_at for answer in answers),
        etag=None,
        from_cache=all(answer.from_cache for answer in answers),
        revalidated=all(answer.revalidated for answer in answers),
    )


def _list(list_id: str, pages: Sequence[tuple[ListPayload, Answer]]) -> TmdbList:
    """The pages of a list as one; an entry that moved to a later page while we read is kept once."""
    items: dict[tuple[str, int], TmdbListItem] = {}
    for page, _ in pages:
        for entry in page.entries:
            media_type = entry.media_type or ("tv" if entry.name else "movie")
            items.setdefault(
                (media_type, entry.id),
                TmdbListItem(
                    tmdb_id=entry.id,
                    rank=len(items) + 1,
                    media_type=media_type,
                    title=entry.name or entry.title,
                    note=page.comments.get(f"{media_type}:{entry.id}"),
                    first_air_date=entry.first_air_date,
                    origin_country=tuple(entry.origin_country),
                ),
            )
    first = pages[0][0]
    return TmdbList(
        list_id=list_id,
        name=first.name,
        description=first.description,
        items=tuple(items.values()),
        total=first.total,
        fetched_at=min(answer.fetched_at for _, answer in pages),
    )
