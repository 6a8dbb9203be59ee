"""Addresses of objects in the JSON that PostgreSQL builds.

Where the bucket is public, an address is its base and a key, and PostgreSQL puts them together. Where it is private, addresses
are signed: PostgreSQL writes the key behind a mark, and each mark becomes an address before the text is sent. The mark is
made anew in every process, so no text of an upstream can hold it.
"""

import re
import secrets
import sys

from db.object_store import object_store

MARK = f"presign-{secrets.token_hex(16)}:"
_MARKED = re.compile(rf'{MARK}/([^"\\]+)')


def media_base() -> str:
    """What a key is appended to, with a slash between."""
    store = object_store()
    return store.public_base if store.presigned_for is None else MARK


def media_version() -> str:
    """What changes whenever the addresses do: the public base, or the period for which addresses are signed."""
    store = object_store()
    return store.public_base if store.presigned_for is None else f"{store.public_base} {store.period()}"


def freshest_for() -> int:
    """For how many seconds at most an answer with addresses may be kept."""
    store = object_store()
    return sys.maxsize if store.presigned_for is None else int(store.presigned_for.total_seconds())


def addressed(body: str) -> str:
    """The JSON text with every mark replaced by a presigned address."""
    store = object_store()
    if store.presigned_for is None:
        return body
    return _MARKED.sub(lambda marked: store.url(marked[1]), body)
