"""The object store: a few calls over the `minio` client, so that any S3-compatible server will do.

Only put, stat, get, list, delete and presign are used, and nothing depends on object metadata or bucket policies
surviving: what must be remembered stands in PostgreSQL.
"""

import json
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error
from urllib3.exceptions import HTTPError

from db.settings import ConfigurationError, object_store_settings

IMMUTABLE = "public, max-age=31536000, immutable"
MISSING = frozenset({"NoSuchKey", "NoSuchBucket", "NotFound"})
REFUSED = frozenset({"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"})


class ObjectStore:
    """One bucket."""

    def __init__(self, client: Minio, bucket: str, public_base: str) -> None:
        self.client = client
        self.bucket = bucket
        self.public_base = public_base

    def url(self, key: str) -> str:
        """Where clients reach an object."""
        return f"{self.public_base}/{key}"

    def size(self, key: str) -> int | None:
        """An object's size in bytes; None where there is none."""
        try:
            return self.client.stat_object(self.bucket, key).size
        except S3Error as error:
            if error.code in MISSING:
                return None
            raise

    def put(self, key: str, path: Path, content_type: str) -> None:
        """Store a file under a key. An object that has content and key in common with another is simply written again."""
        self.client.fput_object(
            self.bucket, key, str(path), content_type=content_type, metadata={"Cache-Control": IMMUTABLE}
        )

    def keys(self, prefix: str = "") -> list[str]:
        """The keys below a prefix, in order."""
        found = self.client.list_objects(self.bucket, prefix=prefix, recursive=True)
        return [item.object_name for item in found if item.object_name]

    def prepare(self) -> None:
        """Make the bucket if it is missing, readable by anyone where the server knows bucket policies.

        Raises:
            ConfigurationError: the store does not answer or is none, refuses the key, or the bucket is somebody else's.
        """
        try:
            if not self.client.bucket_exists(self.bucket):
                self.client.make_bucket(self.bucket)
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
    """The process's store.

    It has its own connection pool: one retry and a read timeout of 10 s, because the client's default waits six
    seconds for each failing put.
    """
    settings = object_store_settings()
    endpoint = urlsplit(settings.s3_endpoint)
    pool = urllib3.PoolManager(
        maxsize=32,
        block=True,
        timeout=urllib3.Timeout(connect=5, read=10),
        retries=urllib3.Retry(total=1, backoff_factor=0.2, status_forcelist=(500, 502, 503, 504)),
    )
    client = Minio(
        endpoint.netloc,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key.get_secret_value(),
        secure=endpoint.scheme == "https",
        region=settings.s3_region,
        http_client=pool,
    )
    return ObjectStore(client, settings.s3_bucket, settings.public_base)
