"""Assets: which images wait to be mirrored, and what became of them."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Connection, text
from sqlmodel import Session

from db.bulk import Counts, write
from models.entities import Kind
from models.images import Asset

FIRST_PAUSE = timedelta(hours=1)
LONGEST_PAUSE = timedelta(days=7)


class Unmirrored(NamedTuple):
    """An image that has no asset: where it is, and whose it is."""

    id: UUID
    url: str
    entity_id: UUID
    entity_kind: str


_BELONGING = """
    select id from core.shows where id = any(:shows)
    union all select id from core.seasons where show_id = any(:shows)
    union all select id from core.episodes where show_id = any(:shows)
    union all select person_id from core.credits where show_id = any(:shows)
    union all select network_id from core.show_networks where show_id = any(:shows)
    union all select company_id from core.show_companies where show_id = any(:shows)
    union all select provider_id from core.show_watch_providers where show_id = any(:shows)
"""


def unmirrored(connection: Connection, *, shows: Collection[UUID] | None, kinds: Collection[str]) -> list[Unmirrored]:
    """Images of these kinds that are to be mirrored now, of these shows and what belongs to them, or of everything.

    What failed and is not worth another try yet is left out.
    """
    rows = connection.execute(
        text(
            f"""
            select i.id, i.url, i.entity_id, e.kind
            from core.images i
            join core.entities e on e.id = i.entity_id
            left join ops.media_failures f on f.url = i.url
            where i.asset_id is null and i.is_listed and i.kind = any(:kinds) and e.removed_at is null
              and (f.url is null or f.next_attempt_at <= now())
              {"" if shows is None else f"and i.entity_id in ({_BELONGING})"}
            order by i.id
            """
        ),
        {"kinds": list(kinds), "shows": list(shows or ())},
    )
    return [Unmirrored(*row) for row in rows]


def keys_of(connection: Connection, digests: Collection[str]) -> dict[str, str]:
    """The keys under which these contents (SHA-256) are stored already."""
    rows = connection.execute(
        text("select sha256, key from core.assets where sha256 = any(:digests)"), {"digests": list(digests)}
    )
    return dict(rows.tuples().all())


class Stored(NamedTuple):
    """An object in the store."""

    sha256: str
    key: str
    content_type: str
    bytes: int


def put_assets(session: Session, stored: Mapping[UUID, Stored]) -> tuple[Counts, Counts]:
    """Record what was stored, as {image: object}; answers the counts of assets and of images."""
    rows = [{"id": uuid4(), **asset._asdict()} for asset in stored.values()]
    made = write(session, Asset, rows, key=("sha256",), insert_only=("id", "key", "content_type", "bytes"))
    linked = session.execute(
        text(
            "update core.images i set asset_id = a.id"
            " from unnest(cast(:images as uuid[]), cast(:digests as text[])) as w(image, digest)"
            " join core.assets a on a.sha256 = w.digest"
            " where i.id = w.image and i.asset_id is distinct from a.id"
        ),
        {"images": list(stored), "digests": [asset.sha256 for asset in stored.values()]},
    )
    return made, Counts(updated=linked.rowcount)  # type: ignore[attr-defined]


def record_failures(session: Session, failures: Mapping[str, str], *, now: datetime) -> None:
    """Note that these URLs could not be mirrored and why; each failure doubles the pause before the next try."""
    session.execute(
        text(
            """
            insert into ops.media_failures as f (url, reason, attempts, last_attempt_at, next_attempt_at)
            select w.url, w.reason, 1, :now, cast(:now as timestamptz) + cast(:first as interval)
            from unnest(cast(:urls as text[]), cast(:reasons as text[])) as w(url, reason)
            on conflict (url) do update set
                reason = excluded.reason,
                attempts = f.attempts + 1,
                last_attempt_at = excluded.last_attempt_at,
                next_attempt_at = excluded.last_attempt_at
                    + least(cast(:first as interval) * power(2, least(f.attempts, 16)), cast(:longest as interval))
            """
        ),
        {
            "now": now,
            "first": FIRST_PAUSE,
            "longest": LONGEST_PAUSE,
            "urls": list(failures),
            "reasons": list(failures.values()),
        },
    )


def forget_failures(session: Session, urls: Iterable[str]) -> None:
    """These URLs were mirrored after all."""
    session.execute(text("delete from ops.media_failures where url = any(:urls)"), {"urls": list(urls)})


def kind_of(image: Unmirrored) -> Kind:
    """What kind of thing an image shows."""
    return Kind(image.entity_kind)
