"""The HTTP client that every upstream client is built on.

It reads through the cache, keeps the upstream's limits, repeats what is worth repeating, and turns everything that is
not what was asked for (a JSON object, a page) into an error that says what happened. One client serves any number of
threads.
"""

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

import requests
from requests.auth import AuthBase

from flows.settings import HttpSettings
from flows.sources.cache import LONGEST, Answers, cache_key, cached_session
from flows.sources.credentials import Credentials
from flows.sources.errors import (
    Challenge,
    MalformedAnswer,
    NotFound,
    RateLimited,
    Unauthorized,
    Unavailable,
    UpstreamError,
)
from flows.sources.limits import Rate, one_at_a_time
from flows.sources.polite import PoliteAdapter
from flows.sources.retry import RetryPolicy
from flows.sources.stats import Stats
from flows.sources.transport import CurlAdapter

SNIPPET = 300
JITTER = 0.1
"""Answers expire up to a tenth sooner or later than said, so that those of one run do not all fall due in one later."""


class Refresh(StrEnum):
    """What to do about an answer that the cache holds."""

    NONE = "none"
    """Take it while it is fresh."""
    REVALIDATE = "revalidate"
    """Ask whether it still holds; without an ETag, ask again."""
    FORCE = "force"
    """Ask again, whatever it says."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON object that an upstream answered with, and how fresh it is (times in UTC).

    `from_cache` says that the body came out of the cache; with `revalidated` the upstream has just confirmed it. A page's
    body is `{"text": ...}`. `layer` names the way it was asked, where an upstream has several; one that is not `complete`
    may not take away anything.
    """

    body: dict[str, Any]
    url: str
    status: int
    fetched_at: datetime
    expires_at: datetime
    etag: str | None
    from_cache: bool
    revalidated: bool = False
    layer: str | None = None
    complete: bool = True


class _NoAuth(AuthBase):
    """Keeps `requests` from looking for credentials in ~/.netrc."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class HttpClient:
    """Asks one upstream for JSON objects and pages."""

    def __init__(
        self,
        source: str,
        base_url: str,
        settings: HttpSettings,
        *,
        rate: Rate,
        connections: int,
        credentials: Credentials | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.source = source
        self.base_url = base_url.rstrip("/")
        self.stats = Stats()
        self._credentials = credentials
        self._state_dir = settings.http_state_dir
        self._timeout = (settings.http_connect_timeout, settings.http_read_timeout)
        self._session = cached_session(settings.http_cache_dir)
        self._session.auth = _NoAuth()
        self._session.headers.update(
            {"User-Agent": settings.user_agent, "Accept": "application/json", **(headers or {})}
        )
        adapter = PoliteAdapter(
            CurlAdapter(max_bytes=settings.http_max_bytes, impersonate=settings.http_impersonate),
            source=source,
            state_dir=settings.http_state_dir,
            rate=rate,
            cap=connections,
            retry=RetryPolicy(settings.http_attempts, settings.http_backoff, settings.http_max_wait),
            stats=self.stats,
            credentials=credentials,
        )
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def get_json(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        refresh: Refresh = Refresh.NONE,
        expires: timedelta = timedelta(days=1),
    ) -> Answer:
        """Ask for a JSON object; a fresh answer in the cache is taken as `refresh` says.

        `path` follows the base URL; `expires` is how long the answer will count as fresh, give or take a tenth.

        Raises:
            UpstreamError: one of its kinds; `errors.py` says which means what.
        """
        return self._obtain(self._wanted("GET", path, params), self._answer, refresh, expires)

    def post_json(
        self,
        path: str,
        query: Mapping[str, Any],
        *,
        refresh: Refresh = Refresh.NONE,
        expires: timedelta = timedelta(days=1),
        check: Callable[[dict[str, Any]], object] | None = None,
    ) -> Answer:
        """Ask for a JSON object by a query in the request's body, as GraphQL does; otherwise as `get_json`.

        `check` reads the object and raises MalformedAnswer for another one than was due; such an answer is not kept.
        """

        def read(response: Any, url: str) -> Answer:
            answer = self._answer(response, url)
            if check is not None:
                check(answer.body)
            return answer

        return self._obtain(self._wanted("POST", path, json=dict(query)), read, refresh, expires)

    def get_text(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        refresh: Refresh = Refresh.NONE,
        expires: timedelta = timedelta(days=1),
        check: Callable[[str], object] | None = None,
    ) -> Answer:
        """Ask for a page; its body is `{"text": ...}`. Otherwise as `get_json`.

        `check` reads the page and raises MalformedAnswer for another one than was due; such a page is not kept.
        """

        def read(response: Any, url: str) -> Answer:
            answer = self._page(response, url)
            if check is not None:
                check(answer.body["text"])
            return answer

        return self._obtain(self._wanted("GET", path, params), read, refresh, expires)

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _answers(self) -> Answers:
        return self._session.cache  # type: ignore[return-value]

    def _wanted(
        self, method: str, path: str, params: Mapping[str, Any] | None = None, json: Mapping[str, Any] | None = None
    ) -> requests.PreparedRequest:
        url = f"{self.base_url}/{path.lstrip('/')}" if path else self.base_url
        return requests.Request(method, url, params=dict(params or {}), json=json).prepare()

    def _obtain(
        self,
        wanted: requests.PreparedRequest,
        read: Callable[[Any, str], Answer],
        refresh: Refresh,
        expires: timedelta,
    ) -> Answer:
        url, key, asked_at = wanted.url or "", cache_key(wanted), time.time()
        with one_at_a_time(self._state_dir, key):
            if refresh is not Refresh.NONE and self._answers.younger(key, asked_at):
                refresh = Refresh.NONE  # another thread has just done it while this one waited
            response = self._ask(wanted, refresh, expires)
            if refresh is Refresh.REVALIDATE and response.from_cache and not response.revalidated:
                response = self._ask(wanted, Refresh.FORCE, expires)
            try:
                return read(response, url)
            except MalformedAnswer:
                self._answers.forget(key)
                if not response.from_cache:
                    raise
            return read(self._ask(wanted, Refresh.FORCE, expires), url)

    def _ask(self, wanted: requests.PreparedRequest, refresh: Refresh, expires: timedelta) -> Any:
        url = wanted.url or ""
        seconds = min(expires * random.uniform(1 - JITTER, 1 + JITTER), LONGEST).total_seconds()
        try:
            response = self._session.request(
                wanted.method or "GET",
                url,
                data=wanted.body,
                headers={"Content-Type": "application/json"} if wanted.body else None,
                timeout=self._timeout,
                expire_after=max(1, round(seconds)),
                refresh=refresh is Refresh.REVALIDATE,
                force_refresh=refresh is Refresh.FORCE,
            )
        except requests.RequestException as error:
            raise Unavailable(self.source, url, self._redacted(f"no answer: {error}")) from None
        if response.from_cache:
            self.stats.add(**{"revalidated" if response.revalidated else "from_cache": 1})
        return response

    def _answer(self, response: Any, url: str) -> Answer:
        status = response.status_code
        if status != 200:
            raise self._refusal(response, url)
        text = response.content.lstrip(b"\xef\xbb\xbf \t\r\n")
        if not text:
            raise Challenge(self.source, url, "an empty answer", status=status)
        try:
            body = json.loads(text)
        except ValueError:
            if text.startswith(b"<"):
                raise Challenge(
                    self.source, url, "a page where data was due", status=status, snippet=self._snippet(response)
                ) from None
            raise MalformedAnswer(
                self.source, url, "the answer is not JSON", status=status, snippet=self._snippet(response)
            ) from None
        if not isinstance(body, dict):
            raise MalformedAnswer(
                self.source, url, "the answer is not a JSON object", status=status, snippet=self._snippet(response)
            )
        return self._dated(body, response, url)

    def _page(self, response: Any, url: str) -> Answer:
        if response.status_code != 200:
            raise self._refusal(response, url)
        if not response.content.strip():
            raise Challenge(self.source, url, "an empty answer", status=response.status_code)
        text = response.content.decode(response.encoding or "utf-8", "replace")
        return self._dated({"text": text}, response, url)

    def _dated(self, body: dict[str, Any], response: Any, url: str) -> Answer:
        return Answer(
            body=body,
            url=url,
            status=response.status_code,
            fetched_at=getattr(response, "kept_at", response.created_at),
            expires_at=getattr(response, "kept_until", response.expires) or response.created_at,
            etag=response.headers.get("ETag"),
            from_cache=response.from_cache,
            revalidated=response.revalidated,
        )

    def _refusal(self, response: Any, url: str) -> UpstreamError:
        """The error that a status other than 200 means."""
        status, snippet = response.status_code, self._snippet(response)
        page = response.content.lstrip()[:1] in (b"", b"<")
        if status == 404:
            return NotFound(self.source, url, "there is no such thing", status=status, snippet=snippet)
        if status == 401 or (status == 403 and not page):
            variable = self._credentials.variable if self._credentials else None
            return Unauthorized(self.source, url, variable, status=status, snippet=snippet)
        if status == 429:
            return RateLimited(self.source, url, "too many requests, again and again", status=status, snippet=snippet)
        if status >= 500:
            return Unavailable(self.source, url, f"the server answered {status}", status=status, snippet=snippet)
        if status < 300 or status == 403:
            return Challenge(self.source, url, f"{status} instead of an answer", status=status, snippet=snippet)
        return UpstreamError(self.source, url, f"the server answered {status}", status=status, snippet=snippet)

    def _snippet(self, response: Any) -> str:
        text = response.content[: 4 * SNIPPET].decode("utf-8", "replace")
        return " ".join(self._redacted(text).split())[:SNIPPET]

    def _redacted(self, text: str) -> str:
        return self._credentials.redact(text) if self._credentials else text
