"""Public reads: one autocommit statement per request, which gives the ETag and the JSON that PostgreSQL builds.

A service says what is read (`Reading`), and whoever asked runs it: the frame with the client's `If-None-Match`, a page of the
console for the data itself. Who has an answer already is answered by a look at its version, a small statement of its own; only
where that is another one is the JSON built, with the ETag of the same snapshot.

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
from webapp.fragments import living
from webapp.media.addresses import addressed, media_base, media_version
from webapp.paging import MOST, Order, bound

Ref = UUID | int
"""What names an entity in a path: our id, or TMDb's number where paths have always had that."""

LAST_CHANGE = "(select max(seq) from ops.changes)"
"""The version of what is composed of many entities: the change feed's newest entry, which is of the same snapshot."""

OWN = "entity.version"
"""The version of what an entity says of itself alone."""

_WANTED = "entity.id = :entity_id and entity.kind = coalesce(cast(:kind as text), entity.kind)"
_LIVING = living("entity")


class Answer(NamedTuple):
    """What a reading gave: the text of its JSON, none where the client has it already; and the cursor of the next page."""

    tag: str
    body: str | None
    following: str | None = None


class Statement(NamedTuple):
    """A statement in PostgreSQL's own words (`$1`), what is bound to each number, and the digest of its text.

    Every one that answers has five columns: whether the entity was merged, or removed; the ETag; the JSON; and the place of
    the page's last row, where another page follows.
    """

    text: str
    bound: tuple[str, ...]
    digest: str


@dataclass(frozen=True)
class Reading:
    """A statement that was not run yet, what tells its ETag alone, and what is bound in them.

    Without a `look`, nothing does, and the text has to be made to be compared.
    """

    statement: Statement
    look: Statement | None
    parameters: dict[str, Any]
    entity_id: Ref | None = None
    lacks: str = "Not found"
    order: Order | None = None

    def answer(self, known: str = "") -> Answer:
        """Run it. `known` is the ETags that the client has, as its `If-None-Match` says.

        Raises:
            Moved: the entity was merged into another.
            NotFound: there is no such entity, it was removed, or the body is empty.
        """
        tag = self.tag()
        if self.look is not None and tag in known:  # else it is the ETag of another question
            seen = read_row(self.look.text, self.bound(self.look, tag))
            if seen is not None and f'"{seen[0]}"' in known:
                return Answer(seen[0], None)
        row = read_row(self.statement.text, self.bound(self.statement, tag))
        merged, removed, made, json_text, place = row or (False, True, "", None, None)
        if merged:
            assert isinstance(self.entity_id, UUID)  # an id of TMDb's belongs to the survivor
            if (end := read_row(_SURVIVOR, [self.entity_id])) is not None:
                raise Moved(self.entity_id, end[0])
        if removed or json_text is None:
            raise NotFound(self.lacks)
        body = addressed(json_text)
        following = self.order.cursor(place) if self.order is not None and place is not None else None
        if self.look is None:
            made = _digest(tag + body)
        return Answer(made, None if known == "*" or f'"{made}"' in known else body, following)

    def tag(self) -> str:
        """The part of the ETag that tells what is asked: the statement, its parameters, and where images are."""
        return _digest(f"{self.statement.digest}{sorted(self.parameters.items())}{media_version()}")

    def bound(self, statement: Statement, tag: str) -> list[Any]:
        """A statement's parameters in the order of their numbers."""
        values = {**self.parameters, "media": media_base(), "tag": tag}
        return [values[name] for name in statement.bound]

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
    return Reading(_alone(body, version), _look(version), parameters, lacks=lacks)


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
    return _below(kind, entity_id, lacks, body, version, parameters=parameters)


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
        statement = _page(order, candidates, where, offset > 0, body, version)
        return Reading(statement, _look(version), parameters, order=order)
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
    numbered = None
    if isinstance(entity_id, UUID):
        parameters["entity_id"] = entity_id
    else:
        assert kind is not None
        numbered, parameters["tmdb_id"] = kind, str(entity_id)
    statement = _of_entity(paged, body, version, place, numbered)
    return Reading(statement, _look_at_entity(version, numbered), parameters, **about)


_SURVIVOR = """
with recursive step (id, next) as (
    select id, merged_into from core.entities where id = $1
    union
    select target.id, target.merged_into from step join core.entities target on target.id = step.next)
select id as survivor from step where next is null"""
"""Where a chain of merges ends."""


@cache
def _alone(body: str, version: str | None) -> Statement:
    return _statement(f"""
select false as merged, false as removed, {_tag(version)} as answer_tag, ({body}) :: text as body,
       cast(null as text) as place""")


@cache
def _look(version: str | None) -> Statement | None:
    return _statement(f"select {_tag(version)} as answer_tag") if version else None


@cache
def _page(order: Order, candidates: str, where: str, passes: bool, body: str, version: str) -> Statement:
    return _statement(f"""{_paged(order, candidates, where, passes)}
select false as merged, false as removed, {_tag(version)} as answer_tag, ({body}) :: text as body,
       {_place(order)} :: text as place""")


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
def _of_entity(paged: str, body: str, version: str | None, place: str, numbered: Kind | None) -> Statement:
    """With `numbered`, the entity of that kind that has a number of TMDb's."""
    return _statement(
        _about(
            numbered,
            f"""{paged}
select entity.merged_into is not null as merged, entity.removed_at is not null as removed,
       {_tag(version)} as answer_tag,
       case when {_LIVING} then ({body}) end :: text as body,
       case when {_LIVING} then {place} end :: text as place
from core.entities entity where {_WANTED}""",
        )
    )


@cache
def _look_at_entity(version: str | None, numbered: Kind | None) -> Statement | None:
    if version is None:
        return None
    sql = f"select {_tag(version)} as answer_tag from core.entities entity where {_WANTED} and {_LIVING}"
    return _statement(_about(numbered, sql))


def _about(numbered: Kind | None, sql: str) -> str:
    return sql if numbered is None else sql.replace(":entity_id", by_tmdb(numbered, ":tmdb_id"))


def _tag(version: str | None) -> str:
    return f"concat_ws('-', cast(:tag as text), {version or 'null'})"


def _statement(sql: str) -> Statement:
    compiled = text(sql).compile(dialect=asyncpg.dialect())  # which numbers what is bound
    return Statement(str(compiled), tuple(compiled.positiontup or ()), _digest(sql))


def _digest(content: str) -> str:
    return blake2b(content.encode(), digest_size=8).hexdigest()
