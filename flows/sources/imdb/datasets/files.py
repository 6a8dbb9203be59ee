"""The newest of IMDb's datasets on disk, beside the HTTP cache: asked for with what is known of the last one, streamed to a
file of their own, checked to the last byte, and only then put in its place.

Whatever goes wrong, the last good file stays, and nothing half-written has its name. These requests go without curl, which
takes in a stream as fast as it comes and would hold a file of a gigabyte in memory while it is checked.
"""

import json
import logging
import math
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from flows.settings import HttpSettings, ImdbSettings, load
from flows.sources.breaker import breaker
from flows.sources.errors import Challenge, MalformedAnswer, RateLimited, Unauthorized, Unavailable, UpstreamError
from flows.sources.imdb.datasets import Dataset, NotThisFile, check_header
from flows.sources.imdb.datasets.lines import Inflater
from flows.sources.limits import Rate, rate_limit
from flows.sources.retry import RetryPolicy, retry_after, worth_repeating
from flows.sources.stats import Stats
from models.rules.shrink import shrank

logger = logging.getLogger(__name__)

FOLDER = "imdb-datasets"
EVERY = 5.0
"""Seconds between two lines of progress."""
CHUNK = 1 << 16
LONGEST_HEADER = 10_000
LARGEST = 8_000_000_000
"""Bytes. The largest file is a tenth of that."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A dataset on disk: where, and what the upstream said of it."""

    path: Path
    etag: str | None
    modified: str | None
    is_new: bool

    def __str__(self) -> str:
        return f"that of {self.modified}" if self.modified else "the last one"


def folder_of(http: HttpSettings) -> Path:
    """Where the files lie."""
    return http.http_cache_dir.absolute().with_name(FOLDER)


class DatasetFiles:
    """Keeps the files up to date. Without arguments it reads its settings itself."""

    def __init__(
        self,
        settings: ImdbSettings | None = None,
        http: HttpSettings | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        settings, self._http = settings or load(ImdbSettings), http or load(HttpSettings)
        self._url = settings.imdb_datasets_url
        self._rate = Rate(settings.imdb_rate, settings.imdb_burst)
        self._retry = RetryPolicy(self._http.http_attempts, self._http.http_backoff, self._http.http_max_wait)
        self._session = requests.Session()
        self._session.auth = _unsigned
        self._sleep = sleep
        self.folder = folder_of(self._http)
        self.stats = Stats()

    def kept(self, dataset: Dataset) -> Kept | None:
        """The last good file, if there is one."""
        path = self.folder / dataset.file_name
        try:
            known = json.loads(_beside(path).read_text(encoding="utf-8"))
            if path.stat().st_size == known["bytes"]:
                return Kept(path, known["etag"], known["modified"], is_new=False)
        except (FileNotFoundError, ValueError, KeyError):
            pass
        return None

    def newest(self, dataset: Dataset, *, force: bool = False, allow_shrink: bool = False) -> Kept:
        """The file as it is upstream now; one that did not change is not sent again, unless by force.

        Raises:
            UpstreamError: there is no answer, or it is not this file; the last good one is kept.
        """
        url, host = f"{self._url}/{dataset.file_name}", urlsplit(self._url).netloc
        limit = rate_limit(self._http.http_state_dir, "imdb-datasets", host, self._rate)
        circuit = breaker("imdb-datasets", host)
        if left := circuit.refuses():
            raise Unavailable("imdb", url, f"{host} gave up on us; it is asked again in {left:.0f} s")
        known = None if force else self.kept(dataset)
        waited = 0.0
        for attempt in range(1, self._http.http_attempts + 1):
            self.stats.add(sent=1, seconds_waited=limit.wait())
            try:
                found = self._ask(dataset, url, known, allow_shrink)
                circuit.succeeded()
                return found
            except _Again as again:
                pause = self._retry.pause(attempt, waited, again.asked)
                if again.status == 429:
                    self.stats.add(**{"unanswered_429" if pause is None else "answered_429": 1})
                if pause is None:
                    circuit.failed()
                    kind = RateLimited if again.status == 429 else Unavailable
                    raise kind("imdb", url, again.problem, status=again.status) from None
                logger.warning("%s: %s; again in %.1f s", url, again.problem, pause)
                self._sleep(pause)
                waited += pause
                self.stats.add(retries=1, seconds_waited=pause)
            except UpstreamError:
                circuit.failed()
                raise
        raise AssertionError("the last attempt either returns or raises")

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, dataset: Dataset, url: str, known: Kept | None, allow_shrink: bool) -> Kept:
        headers = {"User-Agent": self._http.user_agent, "Accept": "*/*", "Accept-Encoding": "identity"}
        if known and known.etag:
            headers["If-None-Match"] = known.etag
        if known and known.modified:
            headers["If-Modified-Since"] = known.modified
        timeout = (self._http.http_connect_timeout, self._http.http_read_timeout)  # of silence, where it is a stream
        try:
            answer = self._session.get(url, headers=headers, timeout=timeout, stream=True)
        except requests.RequestException as error:
            raise _Again(f"no answer: {error}") from None
        try:
            if answer.status_code == 304 and known:
                self.stats.add(revalidated=1)
                return known
            self._check_status(answer, url)
            return self._receive(dataset, url, answer, allow_shrink)
        except (HTTPError, requests.RequestException) as error:
            raise _Again(f"the answer broke off: {error}") from None
        finally:
            answer.close()

    def _check_status(self, answer: requests.Response, url: str) -> None:
        status = answer.status_code
        if status == 200:
            return
        if worth_repeating(status):
            asked = retry_after(answer.headers.get("Retry-After"), answered_at=answer.headers.get("Date"))
            raise _Again(f"the server answered {status}", status, asked)
        if status < 300 or status in (403, 405):
            kind = str(answer.headers.get("Content-Type"))
            if status == 403 and "html" not in kind:
                raise Unauthorized("imdb", url, None, status=status)
            raise Challenge("imdb", url, f"{status} instead of a file", status=status)
        raise UpstreamError("imdb", url, f"the server answered {status}", status=status)

    def _receive(self, dataset: Dataset, url: str, answer: requests.Response, allow_shrink: bool) -> Kept:
        path = self.folder / dataset.file_name
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.part")
        length = str(answer.headers.get("Content-Length", ""))
        total = int(length) if length.isdigit() else None
        try:
            with unfinished.open("wb") as file:
                size = self._write(dataset, answer, file, total)
            last = self.kept(dataset)
            before = last.path.stat().st_size if last else 0
            if shrank(before, size) and not allow_shrink:
                raise NotThisFile(f"it has {size:,} bytes where the last one had {before:,} (allow_shrink)")
            found = Kept(path, answer.headers.get("ETag"), answer.headers.get("Last-Modified"), is_new=True)
            _beside(path).unlink(missing_ok=True)  # so that a file is never told by another one's words
            unfinished.replace(path)
            told = {"bytes": size, "etag": found.etag, "modified": found.modified}
            _beside(unfinished).write_text(json.dumps(told), encoding="utf-8")
            _beside(unfinished).replace(_beside(path))
            return found
        except NotThisFile as problem:
            raise MalformedAnswer("imdb", url, f"not {dataset}: {problem}", status=answer.status_code) from None
        finally:
            with suppress(FileNotFoundError):
                unfinished.unlink()

    def _write(self, dataset: Dataset, answer: requests.Response, file: IO[bytes], total: int | None) -> int:
        """Write the answer to the file, checking it on the way; gives its size in bytes."""
        size, head, rows, told = 0, b"", 0, time.monotonic()
        inflater = Inflater()
        for chunk in answer.raw.stream(CHUNK, decode_content=False):
            if not size and not chunk.startswith(b"\x1f\x8b"):
                page = chunk.lstrip()[:1] == b"<"
                raise NotThisFile("a page where a file was due" if page else "not gzip")
            size += len(chunk)
            if size > LARGEST:
                raise NotThisFile(f"larger than {LARGEST:,} bytes")
            for text in inflater.feed(chunk):
                if not rows:
                    head += text
                    if b"\n" in head or len(head) > LONGEST_HEADER:
                        check_header(dataset, head.partition(b"\n")[0])
                rows += text.count(b"\n")
            file.write(chunk)
            if time.monotonic() - told > EVERY:
                told = time.monotonic()
                share = f" ({100 * size / total:.0f} %)" if total else ""
                logger.info("%s: %.0f MB received%s", dataset.file_name, math.ceil(size / 1e6), share)
        if not size:
            raise NotThisFile("an empty answer")
        inflater.finish()
        if total is not None and size != total:
            raise NotThisFile(f"{size:,} of {total:,} bytes came")
        if rows < 2:
            raise NotThisFile("a file without rows")
        return size


class _Again(Exception):
    """This attempt failed, and another may not."""

    def __init__(self, problem: str, status: int | None = None, asked: float | None = None) -> None:
        super().__init__(problem)
        self.problem, self.status, self.asked = problem, status, asked


def _unsigned(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps `requests` from looking for credentials in ~/.netrc."""
    return request


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")
