"""What talk is about: shows, seasons and episodes, under every id that merges left them (`models/social.py` says why)."""

from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.entities import Kind
from webapp.errors import Moved, NotFound

NAMES = "(select named.id from core.entities named where {entity} in (named.id, named.merged_into))"
"""The ids under which rows may tell of the entity whose id `{entity}` is: its own, and those of what became part of it."""


def require_entity(session: Session, kind: Kind, entity_id: UUID) -> UUID:
    """Make sure that a show, season or episode is there; answers the id of its show.

    Raises:
        Moved: it was merged into another one.
        NotFound: it is not, or was removed.
    """
    found = session.execute(
        text(
            "select entity.merged_into, entity.removed_at is not null as removed, social.show_of(entity.id) as show_id"
            " from core.entities entity where entity.id = :id and entity.kind = :kind"
        ),
        {"id": entity_id, "kind": kind},
    ).one_or_none()
    if found is not None and found.merged_into is not None:
        raise Moved(entity_id, found.merged_into)
    if found is None or found.removed:
        raise NotFound(f"{kind.capitalize()} not found")
    return UUID(str(found.show_id))
