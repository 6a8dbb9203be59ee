"""Public reads: one autocommit statement per request, whose JSON PostgreSQL builds and the app sends as it is.

A statement's body is a query for one JSON value. It may refer to `entity`, the living row of `core.entities` that the path
names, and to its bound parameters; `:media` is the address below which mirrored images are public.
"""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from db.session import read
from models.entities import Kind
from webapp.errors import Moved, NotFound
from webapp.media.addresses import addressed, media_base

_OF_ENTITY = """
select entity.removed_at is not null as removed,
       (with recursive step (id, next) as (
          select target.id, target.merged_into from core.entities target where target.id = entity.merged_into
          union
          select target.id, target.merged_into from step join core.entities target on target.id = step.next)
        select id from step where next is null) as survivor,
       case when entity.merged_into is null and entity.removed_at is null then (%s) end :: text as body
from core.entities entity
where entity.id = :entity_id and entity.kind = :kind
"""


def json_of(body: str, /, **parameters: Any) -> str:
    """The JSON text of a body that hangs on no entity."""
    with read() as connection:
        answer = connection.execute(_statement(f"select ({body}) :: text"), _bound(parameters)).scalar_one()
    return addressed(str(answer))


def json_of_entity(kind: Kind, entity_id: UUID, body: str, /, *, lacks: str | None = None, **parameters: Any) -> str:
    """The JSON text of a body about an entity, or about what is below it.

    `lacks` is the message when there is nothing; without it, `<Kind> not found`.

    Raises:
        Moved: the entity was merged into another.
        NotFound: there is no such entity, it was removed, or the body is empty.
    """
    bound = _bound({"entity_id": entity_id, "kind": kind.value, **parameters})
    with read() as connection:
        row = connection.execute(_statement(_OF_ENTITY % body), bound).one_or_none()
    if row is not None and row.survivor is not None:
        raise Moved(entity_id, row.survivor)
    if row is None or row.body is None:
        raise NotFound(lacks or f"{kind.capitalize()} not found")
    return addressed(str(row.body))


@cache
def _statement(sql: str) -> TextClause:
    return text(sql)


def _bound(parameters: dict[str, Any]) -> dict[str, Any]:
    return {"media": media_base(), **parameters}
