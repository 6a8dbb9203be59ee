"""The manners of a client: credentials, rate limit, connection cap and repeats around one request.

This adapter sits between the cache and the transport, so only what is really sent counts against a limit, and nothing
above it ever sees a secret.
"""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter

from flows.sources.breaker import breaker
from flows.sources.credentials import Credentials
from flows.sources.limits import Rate, RateLimit, connections, rate_limit
from flows.sources.retry import RetryPolicy, retry_after, worth_repeating
from flows.sources.stats import Stats

logger = logging.getLogger(__name__)


class CircuitOpen(requests.ConnectionError):
    """The upstream failed so often that it is left alone for now."""


def is_wall(answer: requests.Response, accepted: str) -> bool:
    """Whether a challenge came instead of an answer, which more requests would not get past: 202, nothing at all, a page
    that refuses, or a page where none was accepted.
    """
    body = answer.content.lstrip()[:1]
    if answer.status_code in (403, 405):
        return body in (b"", b"<")
    if answer.status_code == 200:
        return not body or (body == b"<" and "html" not in accepted and "*/*" not in accepted)
    return answer.status_code == 202


class PoliteAdapter(BaseAdapter):
    """Sends through another adapter, no faster than allowed, and again where that is sensible."""

    def __init__(
        self,
        transport: BaseAdapter,
        *,
        source: str,
        state_dir: Path,
        rate: Rate,
        cap: int,
        retry: RetryPolicy,
        stats: Stats,
        credentials: Credentials | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__()
        self._transport = transport
        self._source = source
        self._state_dir = state_dir
        self._rate = rate
        self._cap = cap
        self._retry = retry
        self._stats = stats
        self._credentials = credentials
        self._sleep = sleep
        self._limits: dict[str, RateLimit] = {}

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request until it is answered well or patience ends; then give or raise what came last."""
        signed = self._signed(request)
        host = urlsplit(request.url or "").netloc
        limit = self._limits.setdefault(host, rate_limit(self._state_dir, self._source, host, self._rate))
        circuit = breaker(self._source, host)
        if left := circuit.refuses():
            raise CircuitOpen(f"{host} gave up on us; it is asked again in {left:.0f} s", request=request)
        waited = 0.0
        for attempt in range(1, self._retry.attempts + 1):
            try:
                answer, failure = self._attempt(limit, host, signed, args, kwargs)
            except requests.exceptions.SSLError:
                circuit.failed()  # not repeated: a certificate gets no better by asking again
                raise
            asked = None
            if answer is not None:
                if not worth_repeating(answer.status_code):
                    break
                asked = retry_after(answer.headers.get("Retry-After"), answered_at=answer.headers.get("Date"))
            pause = self._retry.pause(attempt, waited, asked)
            if answer is not None and answer.status_code == 429:
                self._stats.add(**{"unanswered_429" if pause is None else "answered_429": 1})
                if asked:
                    limit.refused(asked)
            if pause is None:
                break
            told = f"answered {answer.status_code}" if answer is not None else f"failed ({failure})"
            logger.warning(
                "%s %s for %s; attempt %d of %d follows in %.1f s",
                *(self._source, told, request.url, attempt + 1, self._retry.attempts, pause),
            )
            self._sleep(pause)
            waited += pause
            self._stats.add(retries=1, seconds_waited=pause)
        if (
            answer is None
            or worth_repeating(answer.status_code)
            or is_wall(answer, str(request.headers.get("Accept", "")))
        ):
            if circuit.failed():
                logger.warning("%s: %s does not answer; nothing more is asked of it for a while", self._source, host)
        else:
            circuit.succeeded()
        if answer is None:
            assert failure is not None
            raise failure
        answer.request = request
        answer.url = request.url or ""
        return answer

    def close(self) -> None:
        """Close the transport."""
        self._transport.close()

    def _attempt(
        self, limit: RateLimit, host: str, signed: requests.PreparedRequest, args: Any, kwargs: Any
    ) -> tuple[requests.Response | None, requests.RequestException | None]:
        with connections(self._source, host, self._cap):
            waited = limit.wait()
            self._stats.add(sent=1, seconds_waited=waited)
            try:
                return self._transport.send(signed, *args, **kwargs), None
            except requests.exceptions.SSLError:
                raise
            except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
                return None, error

    def _signed(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """The request as it goes on the wire: with credentials, without requests-cache's notes to itself."""
        signed = request.copy()
        if signed.headers.pop("Cache-Control", None) and "no-cache" in request.headers["Cache-Control"]:
            signed.headers["Cache-Control"] = "no-cache"
        if self._credentials:
            self._credentials.sign(signed)
        return signed
