"""Lists and who stands on them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlmodel import Session

from db.bulk import Counts, write
from models.lists import ListItem, ShowList


def put_list(session: Session, source: str, source_id: str, name: str | None, description: str | None) -> UUID:
    """Store a list; answers its id."""
    row = {"id": uuid4(), "source": source, "source_id": source_id, "name": name, "description": description}
    write(session, ShowList, [row], key=("source", "source_id"), insert_only=("id",))
    return session.execute(
        text("select id from core.lists where source = :source and source_id = :source_id"),
        {"source": source, "source_id": source_id},
    ).scalar_one()


def put_items(
    session: Session, list_id: UUID, items: Sequence[dict[str, Any]], *, whole: bool
) -> tuple[Counts, str | None]:
    """Store places on a list; with `whole`, who is not among them has left it.

    An empty answer for a list that had entries removes nobody; it is returned as a problem.
    """
    counts = write(session, ListItem, items)
    if not whole:
        return counts, None
    present = {"list": list_id, "shows": [item["show_id"] for item in items]}
    leavers = "core.list_items where list_id = :list and left_at is null and not show_id = any(:shows)"
    if not items:
        had = session.execute(text(f"select count(*) from {leavers}"), present).scalar_one()
        return counts, f"came back empty though it had {had} shows; nobody was taken off it" if had else None
    left = session.execute(text(f"update {leavers.replace(' where', ' set left_at = now() where', 1)}"), present)
    return counts + Counts(removed=left.rowcount), None  # type: ignore[attr-defined]
