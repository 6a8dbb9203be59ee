"""The outbox for admins. Its rows are the system's, so these are transactions of the system."""

from typing import Any

from db.commands import outbox
from db.commands.audit import record
from db.session import as_system
from models.outbox import OutboxItem
from webapp.access.viewer import Viewer
from webapp.errors import NotFound
from webapp.request_id import request_id


def standing(*, topic: str | None, before: int | None, limit: int) -> dict[str, Any]:
    """How each topic stands that has work left, and a page of what was given up."""
    with as_system() as session:
        dead = outbox.dead(session, topic=topic, before=before, most=limit)
        return {"topics": outbox.standings(session), "dead": [_shown(item) for item in dead]}


def retry(viewer: Viewer, item_id: int) -> dict[str, Any]:
    """Have a piece of work tried at once.

    Raises:
        NotFound: there is no such work, or it was done.
    """
    with as_system() as session:
        item = outbox.retry(session, item_id)
        if item is None:
            raise NotFound("Work not found")
        record(session, viewer.id, "outbox.retry", ("outbox", item_id), request_id=request_id())
        return _shown(item)


def _shown(item: OutboxItem) -> dict[str, Any]:
    """An item without what it is about, which may be private."""
    return item.model_dump(exclude={"payload"})
