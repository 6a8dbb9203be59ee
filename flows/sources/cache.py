"""The cache of answers: requests-cache over one compressed file per URL.

Only 200s are kept; a stale one with an ETag is asked for again with it, and a 304 makes it new, its time included.
Files are replaced whole, so a killed process or a second one never leaves half an answer.
"""

import hashlib
import json
import os
import tempfile
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import requests
from requests_cache import BaseCache, BaseStorage, CachedResponse, CachedSession
from requests_cache.backends import DictStorage
from requests_cache.serializers import SerializerPipeline, Stage, json_serializer

SECRETS = ("api_key", "Authorization", "Cookie")
LONGEST = timedelta(days=180)
"""TMDb's terms: nothing of theirs is kept longer than six months without asking again."""


def cache_key(request: requests.PreparedRequest, **_: Any) -> str:
    """The key of a request: method, address with sorted parameters, and body. Credentials are no part of it."""
    parts = urlsplit(request.url or "")
    query = sorted((name, value) for name, value in parse_qsl(parts.query, True) if name not in SECRETS)
    url = urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), ""))
    body = request.body if isinstance(request.body, bytes) else str(request.body or "").encode()
    return hashlib.sha256(f"{request.method} {url}".encode() + body).hexdigest()


def _unpacked(packed: bytes) -> str:
    try:
        return zlib.decompress(packed).decode()
    except zlib.error as error:
        raise ValueError("a cached answer is damaged") from error


SERIALIZER = SerializerPipeline(
    [
        *json_serializer.stages[:1],
        Stage(dumps=partial(json.dumps, ensure_ascii=False, separators=(",", ":")), loads=json.loads),
        Stage(dumps=lambda text: zlib.compress(text.encode(), 1), loads=_unpacked),
    ],
    name="json.z",
    is_binary=True,
)


class Files(BaseStorage[str, CachedResponse]):
    """One file per answer, written beside and moved into place."""

    def __init__(self, folder: Path) -> None:
        super().__init__(serializer=SERIALIZER, decode_content=False)
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, key: str) -> Path:
        """Where the answer to a key is."""
        return self.folder / key[:2] / f"{key}.json.z"

    def __getitem__(self, key: str) -> CachedResponse:
        try:
            packed = self.path(key).read_bytes()
        except FileNotFoundError:
            raise KeyError(key) from None
        response: CachedResponse | None = self.deserialize(key, packed)  # type: ignore[arg-type]
        if response is None:
            raise KeyError(key)
        return response

    def __setitem__(self, key: str, value: CachedResponse) -> None:
        path = self.path(key)
        path.parent.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(self.serialize(value))
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def __delitem__(self, key: str) -> None:
        try:
            self.path(key).unlink()
        except FileNotFoundError:
            raise KeyError(key) from None

    def __iter__(self) -> Iterator[str]:
        return (path.name.split(".")[0] for path in self.folder.glob("*/*.json.z"))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        """Remove all answers."""
        for key in list(self):
            self.pop(key, None)


class Answers(BaseCache):
    """Answers in files; redirects are remembered for the life of the process only."""

    responses: Files

    def __init__(self, folder: Path) -> None:
        super().__init__(cache_name=str(folder))
        self.responses = Files(folder)
        self.redirects = DictStorage()

    def save_response(self, response: Any, cache_key: str | None = None, expires: datetime | None = None) -> None:
        """Keep an answer. One that a 304 confirmed counts as made now, which requests-cache itself leaves undone."""
        now = datetime.now(UTC)
        kept = CachedResponse.from_response(response, expires=expires, created_at=now)
        super().save_response(kept, cache_key, expires)
        response.kept_at, response.kept_until = now, expires

    def younger(self, key: str, moment: float) -> bool:
        """Whether an answer was kept after a moment (seconds since the epoch)."""
        try:
            return self.responses.path(key).stat().st_mtime >= moment
        except FileNotFoundError:
            return False

    def forget(self, key: str) -> None:
        """Remove an answer that turned out to be none."""
        self.responses.pop(key, None)


def cached_session(folder: Path) -> CachedSession:
    """A session that keeps its answers in a folder. Expiry is given with each request."""
    return CachedSession(
        backend=Answers(folder),
        key_fn=cache_key,
        allowable_codes=(200,),
        allowable_methods=("GET", "POST"),  # a POST here is a query (GraphQL), never a change
        ignored_parameters=SECRETS,
        expire_after=LONGEST,
        cache_control=False,
        stale_if_error=False,
    )


def sweep(folder: Path, older_than: timedelta = LONGEST) -> int:
    """Remove the answers that nobody asked for in so long; returns how many they were."""
    limit = time.time() - older_than.total_seconds()
    old = [path for path in folder.glob("*/*.json.z") if path.stat().st_mtime < limit]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
