"""Requests for IMDb's pages: of a list all, of a show's episodes one per season, of all else one or few.

An answer's body is `{"layer": "pages", "pages": [{"url": ..., "text": ...}, ...]}`. A page is read when it arrives: one
of another kind is an error and not kept. Where a later page fails, what came before is given back as not complete, and
`missing` says why. Of a page that carries its data, the data is kept as it came and the HTML around it is not.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from flows.settings import HttpSettings, ImdbSettings, load
from flows.sources.errors import MalformedAnswer, NotFound, NotThisPage, Unauthorized, UpstreamError
from flows.sources.http import Answer, HttpClient, Refresh
from flows.sources.imdb.answers import ImdbImages, Layer
from flows.sources.imdb.pages.credits import parse_credits
from flows.sources.imdb.pages.document import SOURCE, Document
from flows.sources.imdb.pages.episodes import SeasonPage, parse_episodes
from flows.sources.imdb.pages.galleries import GalleryPage, parse_gallery
from flows.sources.imdb.pages.lists import ListPage, parse_list
from flows.sources.imdb.pages.reading import ImdbAnswer, read_pages
from flows.sources.imdb.pages.titles import parse_title
from flows.sources.imdb.pages.viewer import parse_viewer
from flows.sources.limits import Rate
from flows.sources.stats import Stats

log = logging.getLogger(__name__)

HEADERS = {"Accept": "text/html,application/xhtml+xml", "Accept-Language": "en-US,en;q=0.9"}
MOST_PAGES = 50
"""Of a list or a gallery; an upstream that names a next page for ever is stopped here."""
VIEWED_AT_MOST = 20
"""Pictures whose viewers one answer asks for; only galleries without data need any."""
NEWEST = 2
"""So many of the last seasons change; earlier ones are asked for again when their answer is old, or all are forced."""

LIST_EXPIRES = timedelta(hours=1)
TITLE_EXPIRES = timedelta(days=1)
OLD_SEASON_EXPIRES = timedelta(days=30)
CREDITS_EXPIRES = timedelta(days=7)
IMAGES_EXPIRES = timedelta(days=7)

Parser = Callable[[str, str], Any]


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
            ValueError: there are no pages of this.
            NotThisPage: another page came than was asked for.
            UpstreamError: the first page could not be got; `errors.py` says which kind means what.
        """
        match resource:
            case "list":
                return self._list(ref, refresh)
            case "title":
                one = self._page(f"title/{ref}/", parse_title, refresh, TITLE_EXPIRES)
                return _answer(resource, [one])
            case "episodes":
                return self._episodes(ref, refresh)
            case "credits":
                one = self._page(f"title/{ref}/fullcredits/", parse_credits, refresh, CREDITS_EXPIRES)
                return _answer(resource, [one])
            case "title_images":
                return self._images(resource, f"title/{ref}/mediaindex/", refresh)
            case "person_images":
                return self._images(resource, f"name/{ref}/mediaindex/", refresh)
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

    def _list(self, list_id: str, refresh: Refresh) -> Answer:
        path, seen = f"list/{list_id}/", set[str]()
        answers: list[Answer] = []
        page: ListPage | None = None
        short = False
        for number in range(1, MOST_PAGES + 1):
            params = {"page": number} if number > 1 else None
            try:
                answer = self._page(path, parse_list, refresh, LIST_EXPIRES, params)
            except UpstreamError as error:
                if not answers or isinstance(error, Unauthorized):
                    raise
                # A page that nobody promised need not be there: that it is not says where the list ends.
                end = isinstance(error, (NotFound, NotThisPage)) and not (page and page.has_next) and not short
                return _answer("list", answers, [] if end else [error])
            page = parse_list(answer.body["text"], answer.url)
            new = {entry.imdb_id for entry in page.entries} - seen
            if answers and not new:
                break
            seen |= new
            answers.append(answer)
            short = page.total is not None and len(seen) < page.total
            if page.has_next is False or (page.total is not None and not short):
                break
        return _answer("list", answers)

    def _episodes(self, title_id: str, refresh: Refresh) -> Answer:
        """The overview, which shows one season, and a page for each of the others."""
        path = f"title/{title_id}/episodes/"
        first = self._page(path, parse_episodes, refresh, TITLE_EXPIRES)
        overview: SeasonPage = parse_episodes(first.body["text"], first.url)
        numbered = [season for season in overview.seasons if season.isdigit()]
        old = set(sorted(numbered, key=int)[:-NEWEST])
        answers, missing = [first], list[UpstreamError]()
        for season in overview.seasons:
            if season == overview.shown:
                continue
            again = refresh if season not in old or refresh is Refresh.FORCE else Refresh.NONE
            expires = OLD_SEASON_EXPIRES if season in old else TITLE_EXPIRES
            try:
                answers.append(self._page(path, _season(season), again, expires, {"season": season}))
            except Unauthorized:
                raise
            except UpstreamError as error:
                missing.append(error)
        return _answer("episodes", answers, missing)

    def _images(self, resource: str, path: str, refresh: Refresh) -> Answer:
        answers, missing, seen = list[Answer](), list[UpstreamError](), set[str]()
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            try:
                params = {"after": cursor} if cursor else None
                answer = self._page(path, parse_gallery, refresh, IMAGES_EXPIRES, params)
            except UpstreamError as error:
                if not answers or isinstance(error, Unauthorized):
                    raise
                missing.append(error)
                break
            page: GalleryPage = parse_gallery(answer.body["text"], answer.url)
            new = {image.id for image in page.images} - seen
            if answers and not new:
                break
            seen |= new
            answers.append(answer)
            cursor = page.next_cursor
            if not cursor:
                break
        viewers = list(self._viewers(path, read_pages(resource, _body(answers, [])), refresh))
        return _answer(resource, [*answers, *viewers], missing)

    def _viewers(self, path: str, said: ImdbAnswer, refresh: Refresh) -> Iterator[Answer]:
        """The viewers of the first pictures whose size the gallery does not tell."""
        assert isinstance(said, ImdbImages)
        sizeless = [image.id for image in said.images if image.width is None and image.id.startswith("rm")]
        for id in sizeless[:VIEWED_AT_MOST]:
            viewer = path.replace("mediaindex/", f"mediaviewer/{id}/")
            try:
                yield self._page(viewer, parse_viewer, refresh, IMAGES_EXPIRES)
            except Unauthorized:
                raise
            except UpstreamError as error:
                # The picture itself is known; only what its viewer would have added is not.
                log.warning("%s", error)

    def _page(
        self,
        path: str,
        parse: Parser,
        refresh: Refresh,
        expires: timedelta,
        params: dict[str, Any] | None = None,
    ) -> Answer:
        address = f"{self._http.base_url}/{path}" + (f"?{urlencode(params)}" if params else "")
        return self._http.get_text(
            path, params, refresh=refresh, expires=expires, check=lambda text: parse(text, address)
        )


def _season(wanted: str) -> Parser:
    """Reads the page of one season, and no other: a season that does not exist shows the first one instead."""

    def parse(text: str, url: str) -> SeasonPage:
        page = parse_episodes(text, url)
        if page.episodes and page.shown != wanted:
            raise NotThisPage(SOURCE, url, f"season {page.shown} came where {wanted} was asked for")
        return page

    return parse


def _body(answers: list[Answer], missing: list[UpstreamError]) -> dict[str, Any]:
    pages = [{"url": answer.url, "text": answer.body["text"]} for answer in answers]
    body: dict[str, Any] = {"layer": Layer.PAGES.value, "pages": pages}
    if missing:
        body["missing"] = [{"url": error.url, "problem": error.problem} for error in missing]
    return body


def _answer(resource: str, answers: list[Answer], missing: list[UpstreamError] | None = None) -> Answer:
    """The pages as one answer: as old as the oldest, expiring with the first."""
    for error in missing or ():
        log.warning("%s", error)
    body = _body(answers, missing or [])
    said = read_pages(resource, body)
    return Answer(
        body=_without_html(resource, body, said),
        url=answers[0].url,
        status=answers[0].status,
        fetched_at=min(answer.fetched_at for answer in answers),
        expires_at=min(answer.expires_at for answer in answers),
        etag=answers[0].etag if len(answers) == 1 else None,
        from_cache=all(answer.from_cache for answer in answers),
        revalidated=all(answer.revalidated for answer in answers),
        layer=Layer.PAGES.value,
        complete=said.is_complete,
    )


def _without_html(resource: str, body: dict[str, Any], said: ImdbAnswer) -> dict[str, Any]:
    """The body with nothing but the data of its pages, where that says the same; half of a page is HTML."""
    pages = [{**page, "text": Document(page["text"], page["url"]).data_alone} for page in body["pages"]]
    short = {**body, "pages": pages}
    try:
        return short if read_pages(resource, short) == said else body
    except MalformedAnswer:
        return body
