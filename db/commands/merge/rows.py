"""Whole rows as JSON: where entities are referred to, and how rows are read, taken away, put in and changed.

What refers to an entity is read from the models' foreign keys, so a new table takes part in merges by being declared.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Table, UniqueConstraint, text
from sqlmodel import Session, SQLModel

import models
from models.base import CORE

Row = dict[str, Any]

assert models.__all__, "the metadata holds every table"

APART = {("core.entities", "merged_into"), ("core.merge_log", "winner_id"), ("core.merge_log", "loser_id")}
"""What tells of merges itself: it goes on to name the entity that was merged."""


@dataclass
class Change:
    """A row as it stood, and as it is to be."""

    before: Row
    after: Row


@dataclass
class TableChange:
    """What happens to the rows of one table."""

    table: Table
    changed: list[Change] = field(default_factory=list)
    dropped: list[Row] = field(default_factory=list)


def tables() -> list[Table]:
    """Every table, those that others refer to first."""
    return SQLModel.metadata.sorted_tables


@cache
def shown() -> frozenset[str]:
    """The tables whose rows are entities: their `id` is that of a row in `core.entities`."""
    of_their_own = [t for t in tables() if _key(t) == ("id",)]
    return frozenset(
        t.fullname
        for t in of_their_own
        if t.fullname == "core.entities"
        or any(key.column.table.fullname == "core.entities" for key in t.c.id.foreign_keys)
    )


@cache
def references(table: Table) -> tuple[str, ...]:
    """The columns of a table that hold the id of an entity or of a row that a merge may drop, but for its own id."""
    return tuple(
        column.name
        for column in table.columns
        if any(key.column.name == "id" and key.column.table.schema == CORE for key in column.foreign_keys)
        and (table.fullname, column.name) not in APART
        and not (table.fullname in shown() and column.name == "id")
    )


@cache
def refers_to_entities(table: Table, column: str) -> bool:
    """Whether a column holds an entity's id."""
    return any(key.column.table.fullname in shown() for key in table.c[column].foreign_keys)


def _key(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key)


def key_of(table: Table, row: Row) -> tuple[Any, ...]:
    """A row's primary key."""
    return tuple(row[name] for name in _key(table))


@cache
def unique_keys(table: Table) -> tuple[tuple[str, ...], ...]:
    """The sets of columns that no two rows share and that name an entity. Where that holds for some rows only, not."""
    keys = {_key(table)}
    keys |= {tuple(c.name for c in k.columns) for k in table.constraints if isinstance(k, UniqueConstraint)}
    keys |= {tuple(c.name for c in index.columns) for index in table.indexes if index.unique and not partial(index)}
    return tuple(sorted(key for key in keys if set(key) & set(references(table))))


def partial(index: Index) -> bool:
    """Whether an index holds some rows only."""
    return index.dialect_options["postgresql"]["where"] is not None


def referring(session: Session, table: Table, columns: Sequence[str], ids: Collection[UUID | str]) -> list[Row]:
    """The rows that hold one of these ids in one of these columns."""
    if not columns or not ids:
        return []
    found = " or ".join(f"t.{column} = any(cast(:ids as uuid[]))" for column in columns)
    order = ", ".join(f"t.{name}" for name in _key(table))
    rows = session.execute(
        text(f"select to_jsonb(t) from {table.fullname} t where {found} order by {order}"),
        {"ids": [str(i) for i in ids]},
    )
    return list(rows.scalars())


def equal(session: Session, table: Table, key: Sequence[str], rows: Sequence[Row]) -> list[Row]:
    """The stored rows that have the same key as one of these."""
    if not rows:
        return []
    on = " and ".join(f"t.{name} = n.{name}" for name in key)
    found = session.execute(
        text(f"select to_jsonb(t) from {table.fullname} t join {_rows(table)} n on {on}"),
        {"rows": json.dumps(list(rows))},
    )
    return list(found.scalars())


def apply(session: Session, change: TableChange) -> None:
    """Write what is to happen to a table. A row whose key changes is taken out and put in: the feed knows rows by key."""
    table, changed = change.table, [c for c in change.changed if c.before != c.after]
    moved = [c for c in changed if key_of(table, c.before) != key_of(table, c.after)]
    delete(session, table, [*(c.before for c in moved), *change.dropped])
    insert(session, table, [c.after for c in moved])
    _update(session, table, [c for c in changed if key_of(table, c.before) == key_of(table, c.after)])


def delete(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Take rows away."""
    if rows:
        on = " and ".join(f"t.{name} = n.{name}" for name in _key(table))
        _run(session, f"delete from {table.fullname} t using {_rows(table)} n where {on}", rows)


def insert(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Put rows in, but for those whose place is taken, or that refer to something that is no more."""
    if not rows:
        return
    there = " and ".join(
        f"(n.{key.parent.name} is null or exists ("
        f"select from {key.column.table.fullname} p where p.{key.column.name} = n.{key.parent.name}))"
        for key in sorted(table.foreign_keys, key=lambda key: (key.parent.name, key.column.table.fullname))
    )
    _run(
        session,
        f"insert into {table.fullname} select n.* from {_rows(table)} n where {there or 'true'} on conflict do nothing",
        rows,
    )


def _update(session: Session, table: Table, changes: Sequence[Change]) -> None:
    columns = sorted({name for c in changes for name in c.after if c.before[name] != c.after[name]})
    if changes:
        on = " and ".join(f"t.{name} = n.{name}" for name in _key(table))
        assignments = ", ".join(f"{name} = n.{name}" for name in columns)
        statement = f"update {table.fullname} t set {assignments} from {_rows(table)} n where {on}"
        _run(session, statement, [c.after for c in changes])


def _run(session: Session, statement: str, rows: Iterable[Row]) -> None:
    session.execute(text(statement), {"rows": json.dumps(list(rows))})


def _rows(table: Table) -> str:
    return f"jsonb_populate_recordset(cast(null as {table.fullname}), cast(:rows as jsonb))"
