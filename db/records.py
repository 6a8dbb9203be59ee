"""Source records: what upstreams answered. The one authority on freshness.

Fetching fills this table, storing reads it, so a body can be parsed again without asking again.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, text
from sqlmodel import Session

from db.bulk import Counts, write
from models.ops import SourceRecord

SAVING_LOCK = 7_465_002
"""Key of the advisory lock under which answers are saved: stages that run side by side ask for the same bundles."""


class RecordKey(NamedTuple):
    """Whose answer, to what kind of question, about what: `("tmdb", "season", "1399/1")`."""

    source: str
    resource: str
    ref: str


@dataclass(frozen=True)
class Record:
    """An answer: a JSON body, and when it was given. `status` is 404 where the upstream says there is no such thing.

    Of a stored one, `changed_at` is when the body last changed, and `basis` what it was asked because of. `layer` is the
    way it was asked, where a source has several; only one that `is_complete` may take anything away.
    """

    key: RecordKey
    body: dict[str, Any]
    fetched_at: datetime
    expires_at: datetime
    etag: str | None = None
    status: int = 200
    changed_at: datetime | None = None
    basis: str | None = None
    layer: str | None = None
    is_complete: bool = True


class Wanted(NamedTuple):
    """Records to ask for: what was never answered, and what was but has fallen due."""

    missing: list[RecordKey]
    due: list[RecordKey]


def wanted(connection: Connection, keys: Collection[RecordKey], *, now: datetime) -> Wanted:
    """Of these keys, in their order, those to ask for now."""
    known = _moments(connection, "expires_at", keys)
    return Wanted(
        [key for key in keys if key not in known],
        [key for key in keys if key in known and known[key] <= now],
    )


def expiry(session: Session, keys: Collection[RecordKey]) -> dict[RecordKey, datetime]:
    """When these records fall due."""
    return _moments(session, "expires_at", keys)


def changed_at(session: Connection | Session, keys: Collection[RecordKey]) -> dict[RecordKey, datetime]:
    """When the bodies of these records last changed."""
    return _moments(session, "changed_at", keys)


def load(connection: Connection | Session, keys: Collection[RecordKey]) -> dict[RecordKey, Record]:
    """The stored answers to these keys; what was never answered is absent."""
    rows = connection.execute(
        text(
            "select r.source, r.resource, r.ref, r.body, r.fetched_at, r.expires_at, r.etag, r.status,"
            "   r.changed_at, r.basis, r.layer, r.is_complete"
            " from ops.source_records r"
            " join unnest(cast(:sources as text[]), cast(:resources as text[]), cast(:refs as text[]))"
            "   as w(source, resource, ref) using (source, resource, ref)"
        ),
        _split(keys),
    )
    return {
        (key := RecordKey(source, resource, ref)): Record(key, _body(body), *rest)
        for source, resource, ref, body, *rest in rows
    }


def save(session: Session, records: Iterable[Record]) -> Counts:
    """Keep answers; the newest one to a question replaces the one before.

    An answer that says the same as before only moves its times: its body is not written again.
    """
    session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": SAVING_LOCK})
    rows = {record.key: _row(record) for record in sorted(records, key=lambda record: record.fetched_at)}
    same = session.execute(text(_SAME), _confirmations(rows.values()))
    confirmed = {RecordKey(*key) for key in same}
    counts = write(
        session,
        SourceRecord,
        [row for key, row in rows.items() if key not in confirmed],
        key=RecordKey._fields,
        stamp="changed_at",
    )
    return counts + Counts(unchanged=len(confirmed))


_SAME = """
    update ops.source_records r set fetched_at = w.fetched_at, expires_at = w.expires_at, etag = w.etag
    from unnest(cast(:sources as text[]), cast(:resources as text[]), cast(:refs as text[]), cast(:digests as text[]),
                cast(:statuses as integer[]), cast(:fetched as timestamptz[]), cast(:expires as timestamptz[]),
                cast(:etags as text[]), cast(:completes as boolean[]))
        as w(source, resource, ref, digest, status, fetched_at, expires_at, etag, is_complete)
    where (r.source, r.resource, r.ref, r.digest, r.status) = (w.source, w.resource, w.ref, w.digest, w.status)
      and r.is_complete = w.is_complete
      and (r.fetched_at, r.expires_at, r.etag) is distinct from (w.fetched_at, w.expires_at, w.etag)
    returning r.source, r.resource, r.ref
"""


def _row(record: Record) -> dict[str, Any]:
    body = json.dumps(record.body, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass")
    return {
        **record.key._asdict(),
        "status": record.status,
        "body": gzip.compress(body, compresslevel=5, mtime=0),
        "digest": hashlib.sha256(body).hexdigest(),
        "etag": record.etag,
        "layer": record.layer,
        "is_complete": record.is_complete,
        "fetched_at": record.fetched_at,
        "expires_at": record.expires_at,
    }


def _body(stored: bytes) -> dict[str, Any]:
    """A stored body without what no text of PostgreSQL can hold: nought characters and halves of surrogate pairs."""
    words = gzip.decompress(stored).decode(errors="replace")
    return dict(json.loads(_NOUGHT.sub(r"\1", words) if r"\u0000" in words else words))


_NOUGHT = re.compile(r"(?<!\\)((?:\\\\)*)(?:\\u0000)+")


def _confirmations(rows: Collection[dict[str, Any]]) -> dict[str, list[Any]]:
    columns = {
        "sources": "source",
        "resources": "resource",
        "refs": "ref",
        "digests": "digest",
        "statuses": "status",
        "fetched": "fetched_at",
        "expires": "expires_at",
        "etags": "etag",
        "completes": "is_complete",
    }
    return {name: [row[column] for row in rows] for name, column in columns.items()}


def expire(session: Session, keys: Collection[RecordKey], *, before: datetime | None = None) -> int:
    """Make records due because something says that they changed; says how many. With `before`, older ones only."""
    expired = session.execute(
        text(
            "update ops.source_records r set expires_at = now()"
            " from unnest(cast(:sources as text[]), cast(:resources as text[]), cast(:refs as text[]))"
            "   as w(source, resource, ref)"
            " where (r.source, r.resource, r.ref) = (w.source, w.resource, w.ref)"
            "   and r.expires_at > now() and r.fetched_at < coalesce(cast(:before as timestamptz), 'infinity')"
        ),
        {**_split(keys), "before": before},
    )
    return int(expired.rowcount)  # type: ignore[attr-defined]


def _moments(connection: Connection | Session, column: str, keys: Collection[RecordKey]) -> dict[RecordKey, datetime]:
    rows = connection.execute(
        text(
            f"select r.source, r.resource, r.ref, r.{column} from ops.source_records r"
            " join unnest(cast(:sources as text[]), cast(:resources as text[]), cast(:refs as text[]))"
            "   as w(source, resource, ref) using (source, resource, ref)"
        ),
        _split(keys),
    )
    return {RecordKey(source, resource, ref): moment for source, resource, ref, moment in rows}


def _split(keys: Collection[RecordKey]) -> dict[str, list[str]]:
    sources, resources, refs = zip(*keys, strict=True) if keys else ((), (), ())
    return {"sources": list(sources), "resources": list(resources), "refs": list(refs)}
