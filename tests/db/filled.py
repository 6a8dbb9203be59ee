"""A database with a row in every table, whatever tables there are: made from what the models say of their columns."""

import re
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy import Column, Connection, Table, text
from sqlalchemy.dialects import postgresql
from sqlmodel import SQLModel

import models  # noqa: F401  (fills the metadata)

Rows = dict[str, dict[str, Any]]

VALUES: dict[str, Any] = {
    "INTEGER": 1,
    "BIGINT": 1,
    "NUMERIC": 1,
    "BOOLEAN": True,
    "DATE": date(2020, 2, 29),
    "TIME WITHOUT TIME ZONE": time(20, 15),
    "TIMESTAMP WITH TIME ZONE": datetime(2020, 2, 29, 23, 59, tzinfo=UTC),
    "JSONB": {"a": ["b", None]},
    "BYTEA": b"\0x",
}
"""A value of each type of column that is not text. Arrays have defaults, ids are made."""


EMPTY = {"social.posts.deleted_at", "social.messages.deleted_at"}
"""Columns that stay empty: what they tell excludes what others hold."""


def fill(connection: Connection) -> Rows:
    """Put a row into every table that has none; answers all of them as {table: row}."""
    rows: Rows = {}
    for table in SQLModel.metadata.sorted_tables:
        if not connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one():
            row = row_for(table, rows)
            connection.execute(table.insert().values(row))
        rows[table.fullname] = dict(connection.execute(table.select()).mappings().first() or {})
    return rows


def counts(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    names = [table.fullname for table in SQLModel.metadata.sorted_tables]
    return {name: connection.execute(text(f"select count(*) from {name}")).scalar_one() for name in names}


def row_for(table: Table, rows: Rows, word: str = "x") -> dict[str, Any]:
    """A row of a table that refers to these rows; `word` stands wherever a text may be anything."""
    return {column.name: _value(column, rows, word) for column in table.columns if _is_ours_to_fill(column)}


def _is_ours_to_fill(column: Column[Any]) -> bool:
    to_own = [key.column.table is column.table for key in column.foreign_keys]
    own = any(to_own) and all(to_own)  # one that also leads elsewhere is filled for that
    named = f"{column.table.fullname}.{column.name}"
    return not own and column.identity is None and column.server_default is None and named not in EMPTY


def _value(column: Column[Any], rows: Rows, word: str) -> Any:
    for key in column.foreign_keys:
        if key.column.table is not column.table:
            return rows[key.column.table.fullname][key.column.name]
    allowed = _allowed(column.table, column.name)
    if allowed:
        return allowed[0]
    kind = column.type.compile(dialect=postgresql.dialect()).split("(")[0]
    if kind in ("VARCHAR", "TEXT"):
        return word
    return uuid4() if kind == "UUID" else VALUES[kind]


def _allowed(table: Table, name: str) -> list[str]:
    """The values that a check of the table allows a column to have."""
    checks = [str(c.sqltext) for c in table.constraints if isinstance(c, sa.CheckConstraint)]
    return [value for check in checks if check.startswith(f"{name} in (") for value in re.findall(r"'([^']*)'", check)]
