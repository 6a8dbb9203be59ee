"""Requests to fans' wikis: `api.php` first, the page itself where that fails.

Answers are kept in the shape of `api.php`, whichever layer gave them; `payloads.py` reads them. What came from pages lacks
sizes and gallery, so it is not complete.
"""

import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from threading import Lock
from types import TracebackType
from typing import Any, Self

from flows.settings import FandomSettings, HttpSettings, load
from flows.sources.errors import (
    MalformedAnswer,
    NotFound,
    RateLimited,
    Unauthorized,
    Unavailable,
    UpstreamError,
)
from flows.sources.fandom import plan
from flows.sources.fandom.html import root_of, sections
from flows.sources.fandom.images import images_of
from flows.sources.fandom.pages import check_page, found_page, parsed_page
from flows.sources.fandom.payloads import ParsedPage, TitlesPayload
from flows.sources.http import Answer, HttpClient, Refresh
from flows.sources.limits import Rate
from flows.sources.stats import Stats

log = logging.getLogger(__name__)

TITLES_EXPIRE = timedelta(hours=12)
PAGE_EXPIRES = timedelta(hours=12)
SEARCH_EXPIRES = timedelta(days=7)
PATIENT = 3
"""How often a wiki that lags is asked."""

Answers = dict[str, Answer | UpstreamError]
MISSING = frozenset({"missingtitle", "nosuchpageid", "invalidtitle", "pagecannotexist"})


class FandomClient:
    """Asks wikis, each by limits and a breaker of its own. One client serves all threads of a process."""

    def __init__(
        self,
        settings: FandomSettings | None = None,
        http: HttpSettings | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings or load(FandomSettings)
        self._http = http or load(HttpSettings)
        self._sleep = sleep
        self._wikis: dict[str, HttpClient] = {}
        self._lock = Lock()

    @property
    def stats(self) -> Stats:
        """What this client did so far, over all wikis."""
        whole = Stats()
        with self._lock:
            wikis = list(self._wikis.values())
        for wiki in wikis:
            whole.add(**wiki.stats.as_dict())
        return whole

    at_once: Mapping[str, int] = {"title": plan.MOST_TITLES}

    def ask(self, resource: str, ref: str, *, refresh: Refresh = Refresh.NONE) -> Answer:
        """Ask by the names that source records go by (`plan.py`)."""
        answer = self.ask_many(resource, [ref], refresh=refresh)[ref]
        if isinstance(answer, UpstreamError):
            raise answer
        return answer

    def ask_many(self, resource: str, refs: Sequence[str], *, refresh: Refresh = Refresh.NONE) -> Answers:
        """Ask about several pages: of titles as many in one question as a wiki takes, of others one by one.

        Raises:
            ValueError: there is no such resource, or a name is not one of its.
        """
        if resource == "title":
            by_wiki: dict[str, list[str]] = {}
            for wiki, title in map(plan.split, refs):
                by_wiki.setdefault(wiki, []).append(title)
            return {
                plan.page_ref(wiki, title): answer
                for wiki, titles in by_wiki.items()
                for title, answer in self.titles(wiki, titles, refresh=refresh).items()
            }
        if resource not in {"page", "search"}:
            raise ValueError(f"a wiki has no {resource}")
        ask_one = self.page if resource == "page" else self.search
        answers: Answers = {}
        for ref in refs:
            try:
                answers[ref] = ask_one(*plan.split(ref), refresh=refresh)
            except UpstreamError as error:
                answers[ref] = error
        return answers

    def titles(self, wiki: str, titles: Sequence[str], *, refresh: Refresh = Refresh.NONE) -> Answers:
        """Whether these pages are there, and in which revision: an answer about each, by its title."""
        try:
            answer = self._api(wiki, plan.titles_question(titles), TITLES_EXPIRE, refresh)
            payload = TitlesPayload.parse(answer.body, answer.url)
            if not payload.query.pages:
                raise MalformedAnswer("fandom", answer.url, "a query without pages", field="query.pages")
        except (NotFound, RateLimited) as error:
            return dict.fromkeys(titles, error)
        except UpstreamError as error:
            log.warning("%s: api.php fails, its pages are read: %s", wiki, error)
            return {title: self._title_by_page(wiki, title, refresh, error) for title in titles}
        return {title: replace(answer, body=payload.about(title), etag=None, layer="api") for title in titles}

    def page(self, wiki: str, title: str, *, refresh: Refresh = Refresh.NONE) -> Answer:
        """A page with the HTML of its article, of its gallery where it leads to one, and the sizes of its pictures."""
        return self._first_of(
            wiki, lambda: self._page_by_api(wiki, title, refresh), lambda: self._page_by_page(wiki, title, refresh)
        )

    def search(self, wiki: str, name: str, *, refresh: Refresh = Refresh.NONE) -> Answer:
        """What a wiki's own search finds."""
        return replace(self._api(wiki, plan.search_question(name), SEARCH_EXPIRES, refresh), layer="api")

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for wiki in self._wikis.values():
                wiki.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _first_of(self, wiki: str, by_api: Callable[[], Answer], by_page: Callable[[], Answer]) -> Answer:
        """The answer of the first layer that gives one. What a wiki says there is not, or asks us to wait for, stands."""
        try:
            return by_api()
        except (NotFound, RateLimited):
            raise
        except UpstreamError as error:
            log.warning("%s: api.php fails, its pages are read: %s", wiki, error)
            try:
                return by_page()
            except NotFound:
                raise
            except UpstreamError as again:
                raise _both(error, again) from None

    def _page_by_api(self, wiki: str, title: str, refresh: Refresh) -> Answer:
        answer = self._api(wiki, plan.parse_question(title), PAGE_EXPIRES, refresh)
        body: dict[str, Any] = {"parse": answer.body.get("parse")}
        page = ParsedPage.parse(body, answer.url)
        whole = True
        gallery = f"{page.title}/Gallery"
        if any(_leads_to(link, gallery) for link in page.links):
            try:
                body["gallery"] = self._api(wiki, plan.gallery_question(gallery), PAGE_EXPIRES, refresh).body.get(
                    "parse"
                )
            except NotFound:
                pass
            except UpstreamError as error:
                log.warning("%s: the gallery of %s is not answered: %s", wiki, title, error)
                whole = False
        page = ParsedPage.parse(body, answer.url)
        if names := _file_names(page, plan.page_url(wiki, page.title)):
            try:
                files = self._api(wiki, plan.files_question(names), PAGE_EXPIRES, refresh).body.get("query")
                body["files"] = ParsedPage.parse(body | {"files": files}, answer.url).files and files
            except UpstreamError as error:
                log.warning("%s: the files of %s are not answered: %s", wiki, title, error)
                whole = False
        body["parse"] = {name: part for name, part in body["parse"].items() if name != "links"}
        return replace(answer, body=body, layer="api", complete=whole)

    def _page_by_page(self, wiki: str, title: str, refresh: Refresh) -> Answer:
        answer = self._wiki(wiki).get_text(
            plan.page_path(title), refresh=refresh, expires=PAGE_EXPIRES, check=check_page
        )
        body = parsed_page(answer.body["text"], answer.url)
        return replace(answer, body=body, layer="pages", complete=False)

    def _title_by_page(self, wiki: str, title: str, refresh: Refresh, before: UpstreamError) -> Answer | UpstreamError:
        """Whether a page is there, from the page itself; it need not be asked for again when its text is wanted."""
        path = plan.page_path(title)
        try:
            answer = self._wiki(wiki).get_text(path, refresh=refresh, expires=PAGE_EXPIRES, check=check_page)
            page = found_page(answer.body["text"], answer.url)
        except NotFound as error:
            return error
        except UpstreamError as error:
            return _both(before, error)
        moved = [{"from": title, "to": page["title"]}] if page["title"] != title else []
        body = {"query": {"pages": [page], "redirects": moved}}
        return replace(answer, body=body, etag=None, layer="pages", complete=False)

    def _api(self, wiki: str, question: Mapping[str, Any], expires: timedelta, refresh: Refresh) -> Answer:
        """Ask `api.php`. Errors come with status 200: a lagging wiki is asked again, as is one whose error was kept."""
        for attempt in range(1, PATIENT + 1):
            answer = self._asked(wiki, question, expires, refresh)
            told = answer.body.get("error")
            if told is None:
                return answer
            code = str(told.get("code")) if isinstance(told, Mapping) else "unknown"
            if code in MISSING:
                raise NotFound("fandom", answer.url, f"there is no such page ({code})", status=404)
            if attempt == PATIENT or not (answer.from_cache or code == "maxlag"):
                kind = RateLimited if code in {"ratelimited", "maxlag"} else Unavailable
                raise kind("fandom", answer.url, f"the wiki answers with the error {code}", snippet=str(told)[:200])
            if not answer.from_cache:
                self._sleep(_lag(told))
            refresh = Refresh.FORCE
        raise AssertionError("the last attempt answers or raises")

    def _asked(self, wiki: str, question: Mapping[str, Any], expires: timedelta, refresh: Refresh) -> Answer:
        try:
            return self._wiki(wiki).get_json("api.php", question, refresh=refresh, expires=expires)
        except Unauthorized as error:
            # No credentials are sent, so this is about one wiki, and no reason to stop asking others.
            raise Unavailable("fandom", error.url, "access was refused", status=error.status) from None

    def _wiki(self, host: str) -> HttpClient:
        with self._lock:
            if host not in self._wikis:
                self._wikis[host] = HttpClient(
                    "fandom",
                    self._settings.fandom_url.replace("{wiki}", host),
                    self._http,
                    rate=Rate(self._settings.fandom_rate, self._settings.fandom_burst),
                    connections=self._settings.fandom_connections,
                    headers={"Accept": "application/json, text/html;q=0.9", "Accept-Language": "en-US, en;q=0.8"},
                )
            return self._wikis[host]


def _both(api: UpstreamError, page: UpstreamError) -> UpstreamError:
    """What went wrong where both layers failed."""
    return Unavailable("fandom", api.url, f"{api.problem}; its page: {page.problem}", status=page.status)


def _lag(error: Any) -> float:
    """Seconds to wait for a wiki that lags: as far as it is behind, within reason."""
    told = error.get("lag") if isinstance(error, Mapping) else None
    return min(float(told), 30.0) if isinstance(told, int | float) else float(plan.MAX_LAG)


def _leads_to(link: Any, title: str) -> bool:
    """Whether an entry of a page's links is that page, and the page is there."""
    if not isinstance(link, Mapping) or link.get("exists") in (False, None):
        return False
    return title == (link.get("title") or link.get("*"))


_NO_TITLE = re.compile(r"[#<>\[\]|{}]")


def _file_names(page: ParsedPage, url: str) -> list[str]:
    """The files behind the pictures of a page, as many as one query takes."""
    root = root_of(page.text)
    gallery = root_of(page.gallery) if page.gallery else None
    images = images_of(root, sections(root), url, gallery=gallery) if root else []
    names = dict.fromkeys(image.file_name for image in images if not _NO_TITLE.search(image.file_name))
    return list(names)[: plan.MOST_TITLES]
