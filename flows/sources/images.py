"""Downloads of images, made so that neither a wrong row nor a hostile answer does harm.

Only exact origins from the settings are asked; the address is checked at connect time and the connection goes to the
very address that was checked; redirects are followed by hand and checked again; size and time are capped; what the bytes
are, and whether they are all of it, is judged by the bytes while they arrive. A host inside the own network is reached
only where its origin is itself such an address in the settings (the sample upstream's `http://127.0.0.1:PORT`).
Environment proxies are not used: they would resolve names themselves.
"""

import hashlib
import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import urljoin, urlsplit

from db.outgoing import CertificateRefused, ConnectionFailed, DeadlinePassed, Exchange, Pool, Resolver, resolve
from flows.settings import HttpSettings, ImageSettings, load
from flows.sources.limits import Rate, rate_limit
from flows.sources.retry import RetryPolicy, retry_after, worth_repeating
from flows.sources.stats import Stats
from models.rules.addresses import is_literal, is_loopback, is_public
from models.rules.image_inspector import Inspector
from models.rules.image_problems import BadImage, Problem
from models.rules.image_stream import Limits
from models.rules.origins import origin_of

logger = logging.getLogger(__name__)

CHUNK = 65_536
MOST_REDIRECTS = 3
REDIRECTS = {301, 302, 303, 307, 308}


class DownloadRefused(Exception):
    """An image was not downloaded. `transient` says that the same request may succeed later."""

    def __init__(
        self, problem: Problem, reason: str, url: str, *, transient: bool = False, status: int | None = None
    ) -> None:
        super().__init__(f"{reason} ({url})")
        self.problem = problem
        self.reason = reason
        self.url = url
        self.transient = transient
        self.status = status


@dataclass(frozen=True, slots=True)
class Downloaded:
    """An image in a temporary file, which now belongs to the caller."""

    path: Path
    sha256: str
    bytes: int
    content_type: str
    extension: str


class ImageDownloader:
    """Downloads images. One serves all threads of a process; without arguments it reads its settings itself."""

    def __init__(
        self,
        settings: ImageSettings | None = None,
        http: HttpSettings | None = None,
        *,
        resolver: Resolver = resolve,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings or load(ImageSettings)
        self._http = http or load(HttpSettings)
        self._origins = frozenset(self._settings.image_origins)
        self._resolver = resolver
        self._sleep = sleep
        self._pool = Pool()
        self._rate = Rate(self._settings.image_rate, self._settings.image_burst)
        self._limits = Limits(pixels=self._settings.image_max_pixels)
        self._retry = RetryPolicy(self._http.http_attempts, self._http.http_backoff, self._settings.image_deadline)
        self.stats = Stats()

    def download(self, url: str, folder: Path | None = None, *, page: str | None = None) -> Downloaded:
        """Download an image to a new file in a folder (the system's own for temporary files, by default).

        `page` is where the image is shown; hosts that serve it for that page alone are told (`Referer`).

        Raises:
            DownloadRefused: with the reason; nothing is left behind.
        """
        deadline = time.monotonic() + self._settings.image_deadline
        waited = 0.0
        for attempt in range(1, self._http.http_attempts + 1):
            try:
                return self._follow(url, folder, deadline, attempt, page)
            except _Again as again:
                pause = self._retry.pause(attempt, waited, again.retry_after)
                if pause is not None and time.monotonic() + pause >= deadline:
                    pause = None
                if again.status == 429:
                    self.stats.add(**{"unanswered_429" if pause is None else "answered_429": 1})
                if pause is None:
                    raise DownloadRefused(
                        again.problem, again.reason, url, transient=True, status=again.status
                    ) from None
                logger.warning("image %s: %s; again in %.1f s", url, again.reason, pause)
                self._sleep(pause)
                waited += pause
                self.stats.add(retries=1, seconds_waited=pause)
        raise AssertionError("the last attempt either returns or raises")

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _follow(self, url: str, folder: Path | None, deadline: float, attempt: int, page: str | None) -> Downloaded:
        """One attempt, redirects included."""
        target = url
        for _ in range(MOST_REDIRECTS + 1):
            with self._exchange(target, deadline, attempt, page) as answer:
                if answer.status not in REDIRECTS:
                    return self._receive(answer, target, folder)
                try:
                    target = urljoin(target, answer.headers.get("Location") or "")
                except ValueError:
                    raise DownloadRefused(Problem.ADDRESS, "a redirect to a malformed address", url) from None
        raise DownloadRefused(Problem.REDIRECTS, f"more than {MOST_REDIRECTS} redirects", url)

    @contextmanager
    def _exchange(self, url: str, deadline: float, attempt: int, page: str | None) -> Iterator[Exchange]:
        origin, addresses = self._checked(url)
        address = addresses[(attempt - 1) % len(addresses)]  # where one is not reached, another may be
        limit = rate_limit(self._http.http_state_dir, "images", urlsplit(origin).netloc, self._rate)
        self.stats.add(sent=1, seconds_waited=limit.wait())
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"User-Agent": self._http.user_agent, "Accept": "image/*", "Accept-Encoding": "identity"}
        if page and _is_plain(page):
            headers["Referer"] = page
        try:
            with self._pool.ask(origin, address, path, headers, deadline=deadline, timeouts=self._timeouts) as answer:
                if answer.status == 429 and (asked := retry_after(answer.headers.get("Retry-After"))):
                    limit.silence(asked)
                yield answer
        except DeadlinePassed:
            reason = f"not finished within {self._settings.image_deadline:g} s"
            raise DownloadRefused(Problem.DEADLINE, reason, url, transient=True) from None
        except CertificateRefused as error:
            raise DownloadRefused(Problem.CERTIFICATE, f"the certificate is not believed: {error}", url) from None
        except ConnectionFailed as error:
            raise _Again(Problem.UNREACHABLE, f"no answer: {error}") from None

    @property
    def _timeouts(self) -> tuple[float, float]:
        return self._http.http_connect_timeout, self._http.http_read_timeout

    def _checked(self, url: str) -> tuple[str, list[str]]:
        """The origin of an address that may be asked, and the IP addresses to connect to."""
        try:
            origin = origin_of(url)
        except ValueError as error:
            raise DownloadRefused(Problem.ADDRESS, str(error), url) from None
        if not _is_plain(url):
            raise DownloadRefused(Problem.ADDRESS, "the address holds characters that belong in none", url)
        if origin not in self._origins:
            raise DownloadRefused(Problem.ADDRESS, f"{origin} is not among IMAGE_ORIGINS", url)
        parts = urlsplit(origin)
        host = parts.hostname or ""
        if is_literal(host):
            return origin, [host]  # somebody wrote this very address into the settings
        try:
            addresses = self._resolver(host, parts.port or (443 if parts.scheme == "https" else 80))
        except OSError:
            raise _Again(Problem.UNRESOLVED, f"{host} has no address") from None
        allowed = is_loopback if host == "localhost" else is_public
        if found := [address for address in addresses if allowed(address)]:
            return origin, found
        raise DownloadRefused(Problem.INNER_ADDRESS, f"{host} is at an address that is not public", url)

    def _receive(self, answer: Exchange, url: str, folder: Path | None) -> Downloaded:
        status = answer.status
        if worth_repeating(status):
            asked = retry_after(answer.headers.get("Retry-After"), answered_at=answer.headers.get("Date"))
            raise _Again(Problem.BUSY, f"the server answered {status}", status=status, retry_after=asked)
        if status != 200:
            problem = Problem.NOT_FOUND if status in (404, 410) else Problem.STATUS
            raise DownloadRefused(problem, f"the server answered {status}", url, status=status)
        if answer.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
            raise DownloadRefused(Problem.ENCODED, "the answer is compressed, though it was asked for plain", url)
        length = answer.headers.get("Content-Length", "")
        if length.isdigit() and int(length) > self._settings.image_max_bytes:
            raise self._too_large(url)
        handle, name = tempfile.mkstemp(dir=folder, prefix="image-")
        try:
            with os.fdopen(handle, "wb") as file:
                return self._write(answer, url, file, Path(name))
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def _write(self, answer: Exchange, url: str, file: IO[bytes], path: Path) -> Downloaded:
        digest, size, inspector = hashlib.sha256(), 0, Inspector(self._limits)
        try:
            for chunk in answer.chunks(CHUNK):
                size += len(chunk)
                if size > self._settings.image_max_bytes:
                    raise self._too_large(url)
                inspector.feed(chunk)
                digest.update(chunk)
                file.write(chunk)
            kind = inspector.finish().type
        except BadImage as bad:
            raise DownloadRefused(bad.problem, bad.reason, url) from None
        return Downloaded(path, digest.hexdigest(), size, kind.content_type, kind.extension)

    def _too_large(self, url: str) -> DownloadRefused:
        most = self._settings.image_max_bytes
        return DownloadRefused(Problem.TOO_LARGE, f"the image is larger than {most} bytes", url)


def _is_plain(url: str) -> bool:
    """Whether an address holds only characters that may stand in a request."""
    return url.isascii() and not any(character <= " " or character == "\x7f" for character in url)


class _Again(Exception):
    """This attempt failed, and another may not."""

    def __init__(
        self, problem: Problem, reason: str, *, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(reason)
        self.problem = problem
        self.reason = reason
        self.status = status
        self.retry_after = retry_after
