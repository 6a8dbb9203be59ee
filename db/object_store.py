"""The object store: a few calls over the `minio` client, so that any S3-compatible server will do.

Only put, stat, get, list, delete and presign are used, and nothing depends on object metadata or bucket policies
surviving: what must be remembered stands in PostgreSQL.
"""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error
from urllib3.exceptions import HTTPError

from db.settings import ConfigurationError, object_store_settings
from models.rules.image_types import SVG

IMMUTABLE = "public, max-age=31536000, immutable"
UNSHARED = "private, max-age=31536000, immutable"
MISSING = frozenset({"NoSuchKey", "NoSuchBucket", "NotFound"})
REFUSED = frozenset({"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"})


CHUNK = 65_536


class StoreFailed(Exception):
    """The object store did not do what was asked of it: it does not answer, is full, or refuses."""


@contextmanager
def _asked() -> Iterator[None]:
    """While the store is asked: whatever its client raises becomes one sentence."""
    try:
        yield
    except S3Error as error:
        raise StoreFailed(f"the object store refuses: {error.code}, {error.message}") from error
    except (MinioException, HTTPError) as error:
        raise StoreFailed(f"the object store does not answer: {_innermost(error)}") from error


def _innermost(error: BaseException) -> BaseException:
    """What lies below the repeats of a request."""
    while inner := getattr(error, "reason", None) or error.__cause__:
        if not isinstance(inner, BaseException):
            break
        error = inner
    return error


class Held(NamedTuple):
    """An object as the store tells of it. A listing names no type."""

    key: str
    bytes: int
    modified: datetime
    content_type: str | None = None


class ObjectStore:
    """One bucket. Where `presigned_for` is given it is private, and its addresses are good for that long at least.

    Every method that asks the store raises `StoreFailed` where that fails, but for `prepare`.
    """

    def __init__(
        self,
        client: Minio,
        bucket: str,
        public_base: str,
        *,
        presigned_for: timedelta | None = None,
        cached: str = IMMUTABLE,
    ) -> None:
        self.client = client
        self.bucket = bucket
        self.public_base = public_base
        self.presigned_for = presigned_for
        self.cached = cached
        self._presigned = lru_cache(10_000)(self._presign)

    def url(self, key: str) -> str:
        """Where clients reach an object.

        A presigned address changes only every `presigned_for`, so that caches can keep what it leads to.
        """
        if self.presigned_for is None:
            return f"{self.public_base}/{key}"
        return self._presigned(key, self.period())

    def period(self) -> int:
        """The number of the time span within which presigned addresses stay the same."""
        assert self.presigned_for is not None
        return int(datetime.now(UTC).timestamp() // self.presigned_for.total_seconds())

    def _presign(self, key: str, period: int) -> str:
        assert self.presigned_for is not None
        began = datetime.fromtimestamp(period * self.presigned_for.total_seconds(), UTC)
        address: str = self.client.presigned_get_object(
            self.bucket, key, expires=2 * self.presigned_for, request_date=began
        )
        return address

    def size(self, key: str) -> int | None:
        """An object's size in bytes; None where there is none."""
        held = self.stat(key)
        return held.bytes if held else None

    def stat(self, key: str) -> Held | None:
        """What the store knows of an object; None where there is none."""
        with _asked():
            try:
                found = self.client.stat_object(self.bucket, key)
            except S3Error as error:
                if error.code in MISSING:
                    return None
                raise
        return Held(key, found.size or 0, found.last_modified or datetime.now(UTC), found.content_type)

    @contextmanager
    def reading(self, key: str) -> Iterator[Iterator[bytes] | None]:
        """An object's bytes, piece by piece; None where there is none."""
        try:
            with _asked():
                answer = self.client.get_object(self.bucket, key)
        except StoreFailed as failure:
            if isinstance(failure.__cause__, S3Error) and failure.__cause__.code in MISSING:
                yield None
                return
            raise
        try:
            with _asked():
                yield answer.stream(CHUNK)
        finally:
            answer.close()
            answer.release_conn()

    def read(self, key: str) -> bytes | None:
        """An object's bytes; None where there is none."""
        with self.reading(key) as pieces:
            return None if pieces is None else b"".join(pieces)

    def put_bytes(self, key: str, content: bytes, content_type: str) -> None:
        """Store bytes under a key."""
        with _asked():
            self.client.put_object(
                self.bucket,
                key,
                io.BytesIO(content),
                len(content),
                content_type=content_type,
                metadata={"Cache-Control": self.cached},
            )

    def remove(self, key: str) -> None:
        """Remove an object; nothing happens where there is none."""
        with _asked():
            self.client.remove_object(self.bucket, key)

    def listed(self, prefix: str = "") -> Iterator[Held]:
        """The objects below a prefix, in the order of their keys."""
        with _asked():
            for item in self.client.list_objects(self.bucket, prefix=prefix, recursive=True):
                if item.object_name and not item.is_dir:
                    yield Held(item.object_name, item.size or 0, item.last_modified or datetime.now(UTC))

    def put(self, key: str, path: Path, content_type: str) -> None:
        """Store a file under a key. An object that has content and key in common with another is simply written again.

        A drawing (SVG) is a document of its own to a browser that is led to it: it is to be saved then, and not opened. A
        page shows it all the same.
        """
        headers = {"Cache-Control": self.cached}
        if content_type == SVG.content_type:
            headers["Content-Disposition"] = "attachment"
        with _asked():
            self.client.fput_object(
                self.bucket,
                key,
                str(path),
                content_type=content_type,
                metadata=headers,  # type: ignore[arg-type]
            )

    def keys(self, prefix: str = "") -> list[str]:
        """The keys below a prefix, in order."""
        return [held.key for held in self.listed(prefix)]

    def prepare(self) -> None:
        """Make the bucket if it is missing; readable by anyone, unless it is private and where the server knows policies.

        Raises:
            ConfigurationError: the store does not answer or is none, refuses the key, or the bucket is somebody else's.
        """
        try:
            if not self.client.bucket_exists(self.bucket):
                self.client.make_bucket(self.bucket)
                if self.presigned_for is None:
                    self._open_to_readers()
        except HTTPError as error:
            raise ConfigurationError("S3_ENDPOINT", f"the object store does not answer: {error}") from None
        except S3Error as error:
            if error.code == "BucketAlreadyOwnedByYou":
                return  # another process of ours was quicker
            if error.code == "BucketAlreadyExists":
                raise ConfigurationError("S3_BUCKET", "there is a bucket of this name that belongs to others") from None
            if error.code in REFUSED:
                raise ConfigurationError("S3_ACCESS_KEY", f"the object store refuses: {error.code}") from None
            raise ConfigurationError("S3_ENDPOINT", f"the object store cannot do this: {error.code}") from None
        except MinioException:
            raise ConfigurationError("S3_ENDPOINT", "what answers there is no object store") from None

    def _open_to_readers(self) -> None:
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": ["*"]},
            "Action": ["s3:GetObject"],
            "Resource": [f"arn:aws:s3:::{self.bucket}/*"],
        }
        try:
            self.client.set_bucket_policy(self.bucket, json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
        except S3Error as error:
            # Some stores have no policies; there MEDIA_PUBLIC_URL points to whatever serves the bucket.
            if error.code not in {"NotImplemented", "MethodNotAllowed", "BucketAlreadyExists"}:
                raise


@cache
def object_store() -> ObjectStore:
    """The process's store of images."""
    settings = object_store_settings()
    presigned_for = timedelta(seconds=settings.media_presigned_seconds) if settings.media_presigned else None
    return ObjectStore(_client(), settings.s3_bucket, settings.public_base, presigned_for=presigned_for)


@cache
def private_store() -> ObjectStore:
    """The process's store of what is not public. Every address is presigned, for whoever may see what it leads to."""
    settings = object_store_settings()
    return ObjectStore(
        _client(),
        settings.s3_private_bucket,
        f"{settings.s3_endpoint.rstrip('/')}/{settings.s3_private_bucket}",
        presigned_for=timedelta(seconds=settings.media_presigned_seconds),
        cached=UNSHARED,
    )


@cache
def prepared_private_store() -> ObjectStore:
    """The same, for who puts something into it: its bucket is there.

    Raises:
        ConfigurationError: it is not, and cannot be made.
    """
    store = private_store()
    store.prepare()
    return store


def _client() -> Minio:
    """A client with a connection pool of its own: one retry and a read timeout of 10 s.

    The client's default waits six seconds for each failing put.
    """
    settings = object_store_settings()
    endpoint = urlsplit(settings.s3_endpoint)
    pool = urllib3.PoolManager(
        maxsize=32,
        block=True,
        timeout=urllib3.Timeout(connect=5, read=10),
        retries=urllib3.Retry(total=1, backoff_factor=0.2, status_forcelist=(500, 502, 503, 504)),
    )
    return Minio(
        endpoint.netloc,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key.get_secret_value(),
        secure=endpoint.scheme == "https",
        region=settings.s3_region,
        http_client=pool,
    )
