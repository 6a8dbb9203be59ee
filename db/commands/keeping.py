"""What the store is to keep: which copies nobody needs any more, and what becomes of a copy that was damaged."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text
from sqlmodel import Session

from db.bulk import Counts
from models.rules.variants import parts_of


class Kept(NamedTuple):
    """A copy, as its row says it is."""

    id: UUID
    sha256: str
    key: str
    content_type: str
    bytes: int


class Unneeded(NamedTuple):
    """A copy that no image has led to for longer than the grace."""

    id: UUID
    key: str


_REFERENCED = "exists (select from core.images i where i.asset_id = a.id)"


def mark_unreferenced(session: Session) -> Counts:
    """Note since when no image leads to a copy, and forget it where one does again."""
    marked = session.execute(
        text(
            "update core.assets a set unreferenced_since = case when a.unreferenced_since is null then now() end"
            f" where (a.unreferenced_since is null) = not {_REFERENCED}"
        )
    )
    return Counts(updated=marked.rowcount)  # type: ignore[attr-defined]


def unneeded(connection: Connection, grace: timedelta) -> list[Unneeded]:
    """The copies to which no image has led for longer than this."""
    rows = connection.execute(
        text(
            f"select id, key from core.assets a where unreferenced_since < now() - cast(:grace as interval)"
            f" and not {_REFERENCED} order by id"
        ),
        {"grace": grace},
    )
    return [Unneeded(*row) for row in rows]


def stems(connection: Connection, digests: Collection[str] | None = None) -> set[str]:
    """What the keys of the copies and of their variants begin with: of all, or of these contents."""
    condition = "" if digests is None else " where sha256 = any(:digests)"
    keys = connection.execute(
        text(f"select key from core.assets{condition}"), {"digests": list(digests or ())}
    ).scalars()
    return {parts.stem for key in keys if (parts := parts_of(key))}


def forget_unneeded(session: Session, copies: Collection[UUID], grace: timedelta) -> int:
    """Take away the rows of these copies, of which none is needed again meanwhile; says how many."""
    removed = session.execute(
        text(
            f"delete from core.assets a where id = any(:copies) and not {_REFERENCED}"
            " and unreferenced_since < now() - cast(:grace as interval)"
        ),
        {"copies": list(copies), "grace": grace},
    )
    return int(removed.rowcount)  # type: ignore[attr-defined]


def copies_between(connection: Connection, first: str, last: str) -> list[Kept]:
    """The copies whose digests lie from `first` up to, and without, `last`."""
    rows = connection.execute(
        text(
            "select id, sha256, key, content_type, bytes from core.assets"
            ' where sha256 collate "C" >= :first and sha256 collate "C" < :last order by sha256'
        ),
        {"first": first, "last": last},
    )
    return [Kept(*row) for row in rows]


class Requeued(NamedTuple):
    """What was done about damaged copies."""

    assets: Counts
    images: Counts
    unlisted: int
    """Images of them that no source lists any more; they stay without a copy."""


def requeue(session: Session, copies: Iterable[UUID]) -> Requeued:
    """Forget these copies, so that their images are mirrored anew at once."""
    given = {"copies": list(copies)}
    rows = session.execute(
        text("update core.images set asset_id = null where asset_id = any(:copies) returning url, is_listed"), given
    ).all()
    urls = [url for url, _ in rows]
    session.execute(text("delete from ops.media_failures where url = any(:urls)"), {"urls": urls})
    removed = session.execute(text("delete from core.assets where id = any(:copies)"), given)
    return Requeued(
        Counts(removed=removed.rowcount),  # type: ignore[attr-defined]
        Counts(updated=len(rows)),
        sum(not is_listed for _, is_listed in rows),
    )
