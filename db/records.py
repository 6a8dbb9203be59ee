"""Source records: what upstreams answered. The one authority on freshness.

Fetching fills this table, storing reads it, so a body can be parsed again without asking again.
"""

import gzip
import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, text
from sqlmodel import Session

from db.bulk import Counts, write
from models.ops import SourceRecord


class RecordKey(NamedTuple):
    """Whose answer, to what kind of question, about what: `("tmdb", "season", "1399/1")`."""

    source: str
    resource: str
    ref: str


@dataclass(frozen=True)
class Record:
    """An answer: a JSON body, and when it was given. `status` is 404 where the upstream says there is no such thing."""

    key: RecordKey
    body: dict[str, Any]
    fetched_at: datetime
    expires_at: datetime
    etag: str | None = None
    status: int = 200


def due(connection: Connection, keys: Collection[RecordKey], *, now: datetime) -> list[RecordKey]:
    """Of these keys, in their order, those that are missing or whose record has expired."""
    fresh = {
        RecordKey(*row)
        for row in connection.execute(
            text(
                "select r.source, r.resource, r.ref from ops.source_records r"
                " join unnest(cast(:sources as text[]), cast(:resources as text[]), cast(:refs as text[]))"
                "   as w(source, resource, ref) using (source, resource, ref)"
                " where r.expires_at > :now"
            ),
            {**_split(keys), "now": now},
        )
    }
    return [key for key in keys if key not in fresh]


def load(connection: Connection | Session, keys: Collection[RecordKey]) -> dict[RecordKey, Record]:
    """The stored answers to these keys; what was never answered is absent."""
    rows = connection.execute(
        text(
            "select r.source, r.resource, r.ref, r.body, r.fetched_at, r.expires_at, r.etag, r.status"
            " from ops.source_records r"
            " join unnest(cast(:sources as text[]), cast(:resources as text[]), cast(:refs as text[]))"
            "   as w(source, resource, ref) using (source, resource, ref)"
        ),
        _split(keys),
    )
    return {
        (key := RecordKey(source, resource, ref)): Record(key, json.loads(gzip.decompress(body)), *rest)
        for source, resource, ref, body, *rest in rows
    }


def save(session: Session, records: Iterable[Record]) -> Counts:
    """Keep answers; the newest one to a question replaces the one before."""
    rows = []
    for record in records:
        body = json.dumps(record.body, ensure_ascii=False, separators=(",", ":")).encode()
        rows.append(
            {
                **record.key._asdict(),
                "status": record.status,
                "body": gzip.compress(body, compresslevel=5, mtime=0),
                "digest": hashlib.sha256(body).hexdigest(),
                "etag": record.etag,
                "fetched_at": record.fetched_at,
                "expires_at": record.expires_at,
            }
        )
    return write(session, SourceRecord, rows, key=RecordKey._fields)


def _split(keys: Collection[RecordKey]) -> dict[str, list[str]]:
    sources, resources, refs = zip(*keys, strict=True) if keys else ((), (), ())
    return {"sources": list(sources), "resources": list(resources), "refs": list(refs)}
