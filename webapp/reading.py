"""Public reads: one autocommit statement per request, which gives the ETag and the JSON that PostgreSQL builds.

A service says what is read (`Reading`), and whoever asked runs it: the frame with the client's `If-None-Match`, a page of the
console for the data itself. The JSON is built only where its ETag is not among those that the client has; so what did not change
costs a look at a version.

A statement's body is a query for one JSON value. It may refer to `entity`, the row of `core.entities` that the path names, and to
its bound parameters; `:media` is the address below which mirrored images are public. The body of a list is built from `page`: the
candidates that belong on the page, with `n`, their place on it.
"""

import json
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import psycopg

from db.session import read_row
from models.entities import Kind
from webapp.errors import Moved, NotFound
from webapp.media.addresses import addressed, media_base, media_version
from webapp.paging import Order, bound

Ref = UUID | int
"""What names an entity in a path: our id, or TMDb's number where paths have always had that."""

LAST_CHANGE = "(select max(seq) from ops.changes)"
"""The version of what is composed of many entities: the change feed's newest entry, which is of the same snapshot."""

OWN = "entity.version"
"""The version of what an entity says of itself alone."""


class Answer(NamedTuple):
    """What a reading gave: the text of its JSON, none where the client has it already; and the cursor of the next page."""

    tag: str
    body: str | None
    following: str | None = None


@dataclass(frozen=True)
class Reading:
    """A statement that was not run yet."""

    statement: str
    parameters: dict[str, Any]
    tag: str
    entity_id: Ref | None = None
    lacks: str = "Not found"
    order: Order | None = None
    has_version: bool = True

    def answer(self, known: str = "") -> Answer:
        """Run it. `known` is the ETags that the client has, as its `If-None-Match` says.

        Raises:
            Moved: the entity was merged into another.
            NotFound: there is no such entity, it was removed, or the body is empty.
        """
        tag = _digest(self.tag + media_version())
        usable = known if self.has_version and "\0" not in known else ""
        row = read_row(self.statement, {**self.parameters, "media": media_base(), "tag": tag, "known": usable})
        if row is not None and row.survivor is not None:
            assert isinstance(self.entity_id, UUID)  # an id of TMDb's belongs to the survivor
            raise Moved(self.entity_id, row.survivor)
        if row is None or row.removed or (row.body is None and not row.answer_known):
            raise NotFound(self.lacks)
        if row.answer_known:
            return Answer(row.answer_tag, None)
        body = addressed(str(row.body))
        following = self.order.cursor(row.place) if self.order is not None and row.place is not None else None
        if self.has_version:
            return Answer(row.answer_tag, body, following)
        tag = _digest(tag + body)
        return Answer(tag, None if known == "*" or f'"{tag}"' in known else body, following)

    def data(self) -> Any:
        """Run it, and read its JSON."""
        body = self.answer().body
        assert body is not None
        return json.loads(body)


def by_tmdb(kind: Kind, number: str) -> str:
    """The entity to which a number of TMDb's belongs, also when it came by a merge; `number` is a bound parameter."""
    return f"""(
    select named.entity_id from core.external_ids named
    where named.kind = '{kind}' and named.source = 'tmdb' and named.value = cast({number} as text))"""


def json_of(body: str, /, *, lacks: str = "Not found", version: str | None = LAST_CHANGE, **parameters: Any) -> Reading:
    """A reading that hangs on no entity.

    `lacks` is the message when the body is empty. `version` is an expression that changes whenever the body does; None where
    there is none, and the text has to be made to be compared.
    """
    sql = f"""
select cast(null as uuid) as survivor, false as removed, cast(null as text) as place, tagged.answer_tag, tagged.answer_known,
       case when not tagged.answer_known then ({body}) end :: text as body
from {_tagged(version)}"""
    return _reading(sql, parameters, lacks=lacks, has_version=version is not None)


def json_of_entity(
    kind: Kind | None,
    entity_id: Ref,
    body: str,
    /,
    *,
    lacks: str | None = None,
    version: str | None = LAST_CHANGE,
    **parameters: Any,
) -> Reading:
    """A reading about an entity, or about what is below it.

    Without a `kind` it may be of any. `lacks` is the message when there is nothing; without it, `<Kind> not found`.
    """
    about = _about(kind, entity_id, lacks)
    parameters |= {"entity_id": entity_id, "kind": kind and kind.value}
    return _reading(_of_entity(body, version), parameters, has_version=version is not None, **about)


def json_page(
    order: Order,
    candidates: str,
    body: str,
    /,
    *,
    limit: int,
    offset: int = 0,
    cursor: str | None = None,
    below: tuple[Kind, Ref] | None = None,
    lacks: str | None = None,
    version: str = LAST_CHANGE,
    **parameters: Any,
) -> Reading:
    """A reading of one page of a list.

    Args:
        candidates: a query whose columns the order's keys name; `entity` is not known to it, `:entity_id` is.
        below: what the path leads through.

    Raises:
        Invalid: the cursor is none of this order's.
    """
    values = order.values(cursor) if cursor is not None else ()
    where = f"where {order.after(values)}" if values else ""
    paged = f"""
with reached as materialized (
    select found.*, row_number() over (order by {order.by()}) as n
    from (select * from ({candidates}) candidate {where} order by {order.by()} limit :limit + 1 offset :offset) found
), page as (select * from reached where n <= :limit)"""
    place = f"(select {order.place()} from reached where n = :limit and exists (select from reached where n > :limit))"
    parameters |= {"limit": limit, "offset": offset, **bound(values)}
    if below is None:
        sql = f"""{paged}
select cast(null as uuid) as survivor, false as removed, tagged.answer_tag, tagged.answer_known,
       case when not tagged.answer_known then ({body}) end :: text as body,
       case when not tagged.answer_known then {place} end :: text as place
from {_tagged(version)}"""
        return _reading(sql, parameters, order=order)
    kind, entity_id = below
    parameters |= {"entity_id": entity_id, "kind": kind and kind.value}
    return _reading(paged + _of_entity(body, version, place), parameters, order=order, **_about(kind, entity_id, lacks))


def _about(kind: Kind | None, entity_id: Ref, lacks: str | None) -> dict[str, Any]:
    return {"entity_id": entity_id, "lacks": lacks or f"{(kind or 'entity').capitalize()} not found"}


def _of_entity(body: str, version: str | None, place: str = "null") -> str:
    wanted = "entity.merged_into is null and entity.removed_at is null and not tagged.answer_known"
    return f"""
select entity.removed_at is not null as removed,
       (with recursive step (id, next) as (
          select target.id, target.merged_into from core.entities target where target.id = entity.merged_into
          union
          select target.id, target.merged_into from step join core.entities target on target.id = step.next)
        select id from step where next is null) as survivor,
       tagged.answer_tag, tagged.answer_known,
       case when {wanted} then ({body}) end :: text as body,
       case when {wanted} then {place} end :: text as place
from core.entities entity cross join lateral {_tagged(version)}
where entity.id = :entity_id and entity.kind = coalesce(cast(:kind as text), entity.kind)
"""


def _tagged(version: str | None) -> str:
    """One row: the tag of what is about to be read, and whether the client has it.

    `offset 0`: found out once. Long names: PostgreSQL prefers a column of this to a row that a body calls by the same name.
    """
    return f"""(
    select versioned.answer_tag,
           cast(:known as text) = '*' or strpos(cast(:known as text), '"' || versioned.answer_tag || '"') > 0 as answer_known
    from (select concat_ws('-', cast(:tag as text), {version or "null"}) as answer_tag offset 0) versioned offset 0) tagged"""


def _reading(sql: str, parameters: dict[str, Any], **about: Any) -> Reading:
    if isinstance(parameters.get("entity_id"), int):
        sql = sql.replace(":entity_id", by_tmdb(Kind(parameters["kind"]), ":tmdb_id"))
        parameters["tmdb_id"] = str(parameters.pop("entity_id"))
    statement, digest = _statement(sql)
    return Reading(statement, parameters, tag=_digest(digest + repr(sorted(parameters.items()))), **about)


@cache
def _statement(sql: str) -> tuple[str, str]:
    """A statement in the driver's own words, and its digest."""
    return str(text(sql).compile(dialect=psycopg.dialect())), _digest(sql)


def _digest(content: str) -> str:
    return blake2b(content.encode(), digest_size=8).hexdigest()
