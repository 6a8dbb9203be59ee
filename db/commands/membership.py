"""Lists and who stands on them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlmodel import Session

from db.bulk import Counts, write
from models.lists import ListItem, ShowList
from models.rules.shrink import shrank


def put_list(session: Session, source: str, source_id: str, name: str | None, description: str | None) -> UUID:
    """Store a list; answers its id."""
    row = {"id": uuid4(), "source": source, "source_id": source_id, "name": name, "description": description}
    write(session, ShowList, [row], key=("source", "source_id"), insert_only=("id",))
    return session.execute(
        text("select id from core.lists where source = :source and source_id = :source_id"),
        {"source": source, "source_id": source_id},
    ).scalar_one()


def put_items(
    session: Session, list_id: UUID, items: Sequence[dict[str, Any]], *, whole: bool, allow_shrink: bool = False
) -> tuple[Counts, str | None]:
    """Store places on a list; with `whole`, who is not among them has left it.

    An answer that is empty, or lost too much at once (`models.rules.shrink`), takes nobody off unless that is allowed;
    it is returned as a problem.
    """
    had = session.execute(
        text("select show_id from core.list_items where list_id = :list and left_at is null"), {"list": list_id}
    )
    before = set(had.scalars())
    counts = write(session, ListItem, items)
    leavers = before - {item["show_id"] for item in items}
    if not whole or not leavers:
        return counts, None
    if not allow_shrink and (not items or shrank(len(before), len(before) - len(leavers))):
        now = f"{len(before) - len(leavers)} of its {len(before)} shows are left"
        return counts, f"{now}; nobody was taken off it (allow_shrink believes it once)"
    left = session.execute(
        text("update core.list_items set left_at = now() where list_id = :list and show_id = any(:shows)"),
        {"list": list_id, "shows": list(leavers)},
    )
    return counts + Counts(removed=left.rowcount), None  # type: ignore[attr-defined]
