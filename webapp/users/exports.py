"""Copies of a user's data: asked for here, made by the worker (`webapp/tasks/export.py`), fetched by a presigned address."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from db.commands.outbox import enqueue
from db.object_store import private_store
from models.uploads import Export
from webapp.errors import NotFound

TOPIC = "export"
"""The topic of the outbox."""


def ask(session: Session, user_id: UUID) -> dict[str, Any]:
    """Have a copy made, unless one is being made already."""
    newest = _newest(session, user_id)
    if newest is None or newest.finished_at is not None:
        newest = Export(user_id=user_id)
        session.add(newest)
        session.flush()
        session.refresh(newest)
        enqueue(session, TOPIC, {"export_id": str(newest.id)})
    return _shown(newest)


def newest(session: Session, user_id: UUID) -> dict[str, Any]:
    """The copy that was asked for last.

    Raises:
        NotFound: none was, or it was removed since.
    """
    export = _newest(session, user_id)
    if export is None or (export.expires_at and export.expires_at <= datetime.now(UTC)):
        raise NotFound("Export not found")
    return _shown(export)


def one(session: Session, export_id: UUID) -> dict[str, Any]:
    """A copy that was asked for.

    Raises:
        NotFound: it was removed since.
    """
    export = session.get(Export, export_id)
    if export is None:
        raise NotFound("Export not found")
    return _shown(export)


def _newest(session: Session, user_id: UUID) -> Export | None:
    order = col(Export.requested_at).desc(), col(Export.id)
    return session.exec(select(Export).where(Export.user_id == user_id).order_by(*order).limit(1)).first()


def _shown(export: Export) -> dict[str, Any]:
    return {
        **export.model_dump(),
        "status": "ready" if export.key else "pending",
        "url": private_store().url(export.key) if export.key else None,
    }
