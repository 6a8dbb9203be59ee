"""MediaWiki's `api.php`, as Wikidata and wikis answer it: errors in an answer of status 200, and servers that lag behind.

Every question carries `maxlag`: a wiki whose replicas lag behind by more than that refuses, and is asked again when it says.
"""

import logging
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flows.settings import HttpSettings
from flows.sources.errors import MalformedAnswer, Unavailable
from flows.sources.http import Answer, HttpClient, Refresh
from flows.sources.limits import Rate
from flows.sources.retry import RetryPolicy, retry_after

logger = logging.getLogger(__name__)

MAXLAG = 5
"""Seconds. What MediaWiki's manual asks of programs that nobody waits for."""

PASSING = frozenset({"maxlag", "ratelimited", "readonly"})
"""Errors that go away by themselves."""


class ApiError(MalformedAnswer):
    """The API answered with an error of its own; `code` is MediaWiki's name of it."""

    def __init__(self, source: str, url: str, code: str, info: str, wait: float | None) -> None:
        super().__init__(source, url, f"{code}: {info}", status=200)
        self.code = code
        self.wait = wait


class MediaWiki(HttpClient):
    """Asks one wiki through its API."""

    def __init__(
        self, source: str, base_url: str, settings: HttpSettings, *, rate: Rate, connections: int, path: str
    ) -> None:
        super().__init__(source, base_url, settings, rate=rate, connections=connections)
        self._path = path
        self._patience = RetryPolicy(settings.http_attempts, settings.http_backoff, settings.http_max_wait)

    def query(
        self, parameters: Mapping[str, Any], *, refresh: Refresh = Refresh.NONE, expires: timedelta = timedelta(days=1)
    ) -> Answer:
        """Ask the API; `format` and `maxlag` are added.

        Raises:
            ApiError: it answered with an error.
            Unavailable: it lagged behind, again and again.
            UpstreamError: as `get_json`.
        """
        asked = {**parameters, "format": "json", "maxlag": MAXLAG}
        waited, attempt = 0.0, 0
        while True:
            attempt += 1
            try:
                return self.get_json(self._path, asked, refresh=refresh, expires=expires)
            except ApiError as error:
                if error.code not in PASSING:
                    raise
                pause = self._patience.pause(attempt, waited, error.wait)
                if pause is None:
                    raise Unavailable(self.source, self.base_url, f"again and again {error.problem}") from None
                logger.warning("%s says %s; asked again in %.1f s", self.base_url, error.problem, pause)
                time.sleep(pause)
                waited += pause
                self.stats.add(retries=1, seconds_waited=pause)

    def _answer(self, response: Any, url: str) -> Answer:
        answer = super()._answer(response, url)
        error = answer.body.get("error")
        if error is None:
            return answer
        told = error if isinstance(error, dict) else {}
        wait = retry_after(response.headers.get("Retry-After"), answered_at=response.headers.get("Date"))
        raise ApiError(self.source, url, str(told.get("code") or "error"), str(told.get("info") or error), wait)
