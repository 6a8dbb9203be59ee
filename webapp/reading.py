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
from sqlalchemy.dialects.postgresql import asyncpg

from db.session import read_row
from models.entities import Kind
from webapp.errors import Moved, NotFound
from webapp.media.addresses import addressed, media_base, media_version
from webapp.paging import MOST, Order, bound

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


class Statement(NamedTuple):
    """A statement in PostgreSQL's own words (`$1`), what is bound to each number, and the digest of its text."""

    text: str
    bound: tuple[str, ...]
    digest: str


@dataclass(frozen=True)
class Reading:
    """A statement that was not run yet, and what is bound in it."""

    statement: Statement
    parameters: dict[str, Any]
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
        tag = self.tag()
        usable = known if self.has_version and "\0" not in known else ""
        row = read_row(self.statement.text, self.bound(tag, usable))
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

    def tag(self) -> str:
        """The part of the ETag that tells what is asked: the statement, its parameters, and where images are."""
        return _digest(f"{self.statement.digest}{sorted(self.parameters.items())}{media_version()}")

    def bound(self, tag: str, known: str) -> list[Any]:
        """The statement's parameters in the order of their numbers."""
        values = {**self.parameters, "media": media_base(), "tag": tag, "known": known}
        return [values[name] for name in self.statement.bound]

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
    return Reading(_alone(body, version), parameters, lacks=lacks, has_version=version is not None)


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
    has_version = version is not None
    return _below(kind, entity_id, lacks, body, version, parameters=parameters, has_version=has_version)


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
    assert limit <= MOST
    values = order.values(cursor) if cursor is not None else ()
    where = f"where {order.after(values)}" if values else ""
    parameters |= {"limit": limit, "offset": offset, **bound(values)}
    if below is None:
        return Reading(_page(order, candidates, where, offset > 0, body, version), parameters, order=order)
    paged = _paged(order, candidates, where, offset > 0), _place(order)
    return _below(*below, lacks, body, version, *paged, parameters=parameters, order=order)


def _below(
    kind: Kind | None,
    entity_id: Ref,
    lacks: str | None,
    body: str,
    version: str | None,
    paged: str = "",
    place: str = "null",
    *,
    parameters: dict[str, Any],
    **about: Any,
) -> Reading:
    about |= {"entity_id": entity_id, "lacks": lacks or f"{(kind or 'entity').capitalize()} not found"}
    parameters["kind"] = kind and kind.value
    if isinstance(entity_id, UUID):
        return Reading(_of_entity(paged, body, version, place), parameters | {"entity_id": entity_id}, **about)
    assert kind is not None
    return Reading(_of_entity(paged, body, version, place, kind), parameters | {"tmdb_id": str(entity_id)}, **about)


@cache
def _alone(body: str, version: str | None) -> Statement:
    return _statement(f"""
select cast(null as uuid) as survivor, false as removed, cast(null as text) as place, tagged.answer_tag, tagged.answer_known,
       case when not tagged.answer_known then ({body}) end :: text as body
from {_tagged(version)}""")


@cache
def _page(order: Order, candidates: str, where: str, passes: bool, body: str, version: str) -> Statement:
    return _statement(f"""{_paged(order, candidates, where, passes)}
select cast(null as uuid) as survivor, false as removed, tagged.answer_tag, tagged.answer_known,
       case when not tagged.answer_known then ({body}) end :: text as body,
       case when not tagged.answer_known then {_place(order)} end :: text as place
from {_tagged(version)}""")


@cache
def _paged(order: Order, candidates: str, where: str, passes: bool) -> str:
    """The CTE `page`. Its limit is a number and an offset of none is not said, so that the plan, which is made once for all
    parameters, is made for a few rows; otherwise PostgreSQL expects a tenth of them.
    """
    offset = "offset :offset" if passes else ""
    return f"""
with reached as materialized (
    select found.*, row_number() over (order by {order.by()}) as n
    from (select * from ({candidates}) candidate {where} order by {order.by()} limit {MOST} + 1 {offset}) found
), page as (select * from reached where n <= :limit)"""


@cache
def _place(order: Order) -> str:
    return f"(select {order.place()} from reached where n = :limit and exists (select from reached where n > :limit))"


@cache
def _of_entity(paged: str, body: str, version: str | None, place: str, numbered: Kind | None = None) -> Statement:
    """With `numbered`, the entity of that kind that has a number of TMDb's."""
    wanted = "entity.merged_into is null and entity.removed_at is null and not tagged.answer_known"
    sql = f"""{paged}
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
    return _statement(sql if numbered is None else sql.replace(":entity_id", by_tmdb(numbered, ":tmdb_id")))


def _tagged(version: str | None) -> str:
    """One row: the tag of what is about to be read, and whether the client has it.

    `offset 0`: found out once. Long names: PostgreSQL prefers a column of this to a row that a body calls by the same name.
    """
    return f"""(
    select versioned.answer_tag,
           cast(:known as text) = '*' or strpos(cast(:known as text), '"' || versioned.answer_tag || '"') > 0 as answer_known
    from (select concat_ws('-', cast(:tag as text), {version or "null"}) as answer_tag offset 0) versioned offset 0) tagged"""


def _statement(sql: str) -> Statement:
    compiled = text(sql).compile(dialect=asyncpg.dialect())  # which numbers what is bound
    return Statement(str(compiled), tuple(compiled.positiontup or ()), _digest(sql))


def _digest(content: str) -> str:
    return blake2b(content.encode(), digest_size=8).hexdigest()
