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
from models.rules.image_problems import PASSING, Problem

FIRST_PAUSE = timedelta(hours=1)
LONGEST_PAUSE = timedelta(days=7)
MOST_ATTEMPTS = 10
"""After so many, which with these pauses takes 18 days, a URL is given up."""


class Unmirrored(NamedTuple):
    """An image that has no asset: where it is, and whose it is."""

    id: UUID
    url: str
    entity_id: UUID
    entity_kind: str
    page_url: str | None


class Failure(NamedTuple):
    """Why a URL could not be mirrored: the kind of problem, where, and in words."""

    code: Problem
    host: str
    reason: str


class Known(NamedTuple):
    """Where a content is stored, and why it cannot be shown if it cannot."""

    key: str
    damage: str | None


_BELONGING = """
    select id from core.shows where id = any(:shows)
    union all select id from core.seasons where show_id = any(:shows)
    union all select id from core.episodes where show_id = any(:shows)
    union all select person_id from core.credits where show_id = any(:shows)
    union all select network_id from core.show_networks where show_id = any(:shows)
    union all select company_id from core.show_companies where show_id = any(:shows)
    union all select provider_id from core.show_watch_providers where show_id = any(:shows)
"""


def unmirrored(
    connection: Connection,
    *,
    shows: Collection[UUID] | None,
    kinds: Collection[str],
    owners: Collection[str] = tuple(Kind),
    owner_ids: Collection[UUID] = (),
    most: int | None = None,
    failed_too: bool = False,
) -> list[Unmirrored]:
    """Images of these kinds that are to be mirrored now, of these shows and what belongs to them, or of everything.

    What was never tried comes first, so that what keeps failing takes nobody's place. What failed and is not worth another
    try yet, or was given up, is left out unless `failed_too`.
    """
    rows = connection.execute(
        text(
            f"""
            select i.id, i.url, i.entity_id, e.kind, i.page_url
            from core.images i
            join core.entities e on e.id = i.entity_id
            left join ops.media_failures f on f.url = i.url
            where i.asset_id is null and i.is_listed and i.kind = any(:kinds) and e.removed_at is null
              and e.kind = any(:owners)
              and (f.url is null or :failed_too or f.next_attempt_at <= now() and f.given_up_at is null)
              {"" if shows is None else f"and i.entity_id in ({_BELONGING})"}
              {"and i.entity_id = any(:owner_ids)" if owner_ids else ""}
            order by f.next_attempt_at nulls first, i.id
            limit :most
            """
        ),
        {
            "kinds": list(kinds),
            "shows": list(shows or ()),
            "owners": list(owners),
            "owner_ids": list(owner_ids),
            "failed_too": failed_too,
            "most": most,
        },
    )
    return [Unmirrored(*row) for row in rows]


def known_contents(connection: Connection, digests: Collection[str]) -> dict[str, Known]:
    """What is stored already of these contents (SHA-256)."""
    rows = connection.execute(
        text("select sha256, key, damage from core.assets where sha256 = any(:digests)"), {"digests": list(digests)}
    )
    return {sha256: Known(key, damage) for sha256, key, damage in rows}


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


def record_failures(session: Session, failures: Mapping[str, Failure], *, now: datetime) -> None:
    """Note that these URLs could not be mirrored and why. Each failure doubles the pause before the next try, but after a first
    trouble on the way the next run tries again. What failed `MOST_ATTEMPTS` times is given up.
    """
    session.execute(
        text(
            """
            insert into ops.media_failures as f (url, code, host, reason, attempts, last_attempt_at, next_attempt_at)
            select w.url, w.code, w.host, w.reason, 1, :now,
                   cast(:now as timestamptz) + case when w.code = any(:passing) then '0' else cast(:first as interval) end
            from unnest(cast(:urls as text[]), cast(:codes as text[]), cast(:hosts as text[]), cast(:reasons as text[]))
                 as w(url, code, host, reason)
            on conflict (url) do update set
                code = excluded.code,
                host = excluded.host,
                reason = excluded.reason,
                attempts = f.attempts + 1,
                last_attempt_at = excluded.last_attempt_at,
                next_attempt_at = excluded.last_attempt_at
                    + least(cast(:first as interval) * power(2, least(f.attempts, 16)), cast(:longest as interval)),
                given_up_at = coalesce(f.given_up_at, case when f.attempts + 1 >= :most then excluded.last_attempt_at end)
            """
        ),
        {
            "now": now,
            "first": FIRST_PAUSE,
            "longest": LONGEST_PAUSE,
            "most": MOST_ATTEMPTS,
            "passing": list(PASSING),
            "urls": list(failures),
            "codes": [failure.code for failure in failures.values()],
            "hosts": [failure.host for failure in failures.values()],
            "reasons": [failure.reason for failure in failures.values()],
        },
    )


def forget_failures(session: Session, urls: Iterable[str]) -> None:
    """These URLs were mirrored after all."""
    session.execute(text("delete from ops.media_failures where url = any(:urls)"), {"urls": list(urls)})


def host_of(url: str) -> str:
    """Where an address leads, as failures are counted; also of one that is malformed."""
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2].lower()


def kind_of(image: Unmirrored) -> Kind:
    """What kind of thing an image shows."""
    return Kind(image.entity_kind)
