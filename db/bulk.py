"""Bulk writes: many rows in one go, touching only what differs.

COPY to a temporary table, an anti-join against what stands, then an ordered insert and update of the difference.
Writing the same rows again writes nothing: no row version, no lock, no WAL.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Session, SQLModel

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Counts:
    """What a write did, in rows."""

    inserted: int = 0
    updated: int = 0
    removed: int = 0
    unchanged: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.inserted + other.inserted,
            self.updated + other.updated,
            self.removed + other.removed,
            self.unchanged + other.unchanged,
        )

    @property
    def changed(self) -> int:
        """Rows that the write touched."""
        return self.inserted + self.updated + self.removed


def write(
    session: Session,
    model: type[SQLModel],
    rows: Iterable[Row],
    *,
    key: Sequence[str] | None = None,
    scope: Row | None = None,
    insert_only: Sequence[str] = (),
    stamp: str | None = None,
) -> Counts:
    """Make the table hold these rows; every row has the same columns.

    Args:
        key: columns that identify a row, all of them not null; the primary key when left out. Of rows with the same key
            the first counts.
        scope: what the rows are a *complete* set of, as column: value or column: list of values. Stored rows in it
        that are
            not among the rows are deleted. Without it nothing is deleted.
        insert_only: columns that a new row gets and a stored one keeps.
        stamp: a timestamp that is not among the rows and becomes now() wherever one of them changes its row.

    Returns:
        Counts of rows inserted, updated, removed, unchanged.
    """
    table: Table = model.__table__  # type: ignore[attr-defined]
    keys = tuple(key or (column.name for column in table.primary_key))
    unique = {tuple(row[name] for name in keys): row for row in reversed(list(rows))}
    if not unique and scope is None:
        return Counts()
    columns = tuple(next(iter(unique.values()))) if unique else keys
    write_ = _Write(session, table, columns, keys)
    write_.copy(unique.values())
    removed = write_.delete_absent(scope) if scope is not None else 0
    inserted = write_.insert_missing()
    updated = write_.update_different([name for name in columns if name not in keys and name not in insert_only], stamp)
    write_.drop()
    return Counts(inserted, updated, removed, len(unique) - inserted - updated)


class _Write:
    """One write in progress: a temporary table beside the real one, on the session's own connection."""

    def __init__(self, session: Session, table: Table, columns: Sequence[str], keys: Sequence[str]) -> None:
        session.flush()
        self.cursor = session.connection().connection.cursor()
        self.target = sql.Identifier(table.schema or "public", table.name)
        self.columns = [sql.Identifier(name) for name in columns]
        self.names = columns
        self.types = [table.c[name].type for name in columns]
        self.on = sql.SQL(" and ").join(sql.SQL("t.{0} = n.{0}").format(sql.Identifier(name)) for name in keys)
        self.order = sql.SQL(", ").join(sql.SQL("n.{}").format(sql.Identifier(name)) for name in keys)
        self.incoming = sql.Identifier("incoming")

    def _run(self, statement: str, **parts: sql.Composable) -> int:
        self.cursor.execute(sql.SQL(statement).format(t=self.target, n=self.incoming, **parts))
        return int(self.cursor.rowcount)

    def copy(self, rows: Iterable[Row]) -> None:
        listed = sql.SQL(", ").join(self.columns)
        self._run("create temporary table {n} on commit drop as select {columns} from {t} with no data", columns=listed)
        with self.cursor.copy(sql.SQL("copy {} ({}) from stdin").format(self.incoming, listed)) as copy:
            for row in rows:
                copy.write_row([_adapted(row[name], kind) for name, kind in zip(self.names, self.types, strict=True)])
        self._run("analyze {n}")

    def delete_absent(self, scope: Row) -> int:
        conditions = [
            sql.SQL("t.{} = any({})").format(sql.Identifier(name), list(value))
            if isinstance(value, list | set | tuple)
            else sql.SQL("t.{} = {}").format(sql.Identifier(name), value)
            for name, value in scope.items()
        ]
        return self._run(
            "delete from {t} t where {within} and not exists (select from {n} n where {on})",
            within=sql.SQL(" and ").join(conditions),
            on=self.on,
        )

    def insert_missing(self) -> int:
        return self._run(
            "insert into {t} ({columns}) select {columns} from {n} n"
            " where not exists (select from {t} t where {on}) order by {order}",
            columns=sql.SQL(", ").join(self.columns),
            on=self.on,
            order=self.order,
        )

    def update_different(self, names: Sequence[str], stamp: str | None) -> int:
        if not names:
            return 0
        columns = [sql.Identifier(name) for name in names]
        assignments = [sql.SQL("{0} = n.{0}").format(column) for column in columns]
        if stamp:
            assignments.append(sql.SQL("{} = now()").format(sql.Identifier(stamp)))
        return self._run(
            "update {t} t set {assignments} from {n} n where {on} and ({old}) is distinct from ({new})",
            assignments=sql.SQL(", ").join(assignments),
            on=self.on,
            old=sql.SQL(", ").join(sql.SQL("t.{}").format(column) for column in columns),
            new=sql.SQL(", ").join(sql.SQL("n.{}").format(column) for column in columns),
        )

    def drop(self) -> None:
        self._run("drop table {n}")


def _adapted(value: Any, kind: Any) -> Any:
    """A value as COPY wants it: JSON wrapped, arrays as lists."""
    if value is None:
        return None
    if isinstance(kind, JSONB):
        return Jsonb(value)
    return list(value) if isinstance(kind, ARRAY) else value
