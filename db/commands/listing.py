"""Seasons and episodes that an upstream lists no more: marked, kept, and taken back when they return."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, SQLModel

from db.bulk import Counts


def unlist(session: Session, model: type[SQLModel], ids: Collection[UUID]) -> Counts:
    """Mark rows as removed. Their numbers are free for others then; what hangs on them stays."""
    if not ids:
        return Counts()
    session.execute(
        text("update core.entities set removed_at = now() where id = any(:ids) and removed_at is null"),
        {"ids": list(ids)},
    )
    marked = session.execute(
        text(f"update core.{model.__tablename__} set is_listed = false where id = any(:ids) and is_listed"),
        {"ids": list(ids)},
    )
    return Counts(removed=marked.rowcount)  # type: ignore[attr-defined]


def list_again(session: Session, model: type[SQLModel], ids: Collection[UUID]) -> Counts:
    """Take back the removal of rows that an upstream lists again."""
    if not ids:
        return Counts()
    back = session.execute(
        text("update core.entities set removed_at = null where id = any(:ids) and removed_at is not null"),
        {"ids": list(ids)},
    )
    session.execute(
        text(f"update core.{model.__tablename__} set is_listed = true where id = any(:ids) and not is_listed"),
        {"ids": list(ids)},
    )
    return Counts(updated=back.rowcount)  # type: ignore[attr-defined]
