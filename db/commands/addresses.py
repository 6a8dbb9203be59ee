"""Addresses of our own objects, where somebody wrote one into a row.

No program of ours stores any: a row holds a key, and whoever reads puts the present base before it. A person may have (a fact
of the source `editor`, say), and then the row keeps an address that no longer leads anywhere once the base changes.
"""

from sqlalchemy import Connection, text
from sqlmodel import Session

from db.bulk import Counts

SEARCHED = "core"
"""The schema of the catalogue: nobody else's words are changed."""

HISTORY = frozenset({"core.merge_log"})
"""Tables that tell what was: they are left as they are."""

_TEXTS = {"text": "text", "character varying": "text", "jsonb": "jsonb", "ARRAY": "text[]"}


def holding(connection: Connection, base: str) -> dict[tuple[str, str], int]:
    """How many rows of which column hold an address below this base, by table and column."""
    found = {}
    for table, column, _ in _columns(connection):
        statement = text(f"select count(*) from {table} where position(:below in cast({column} as text)) > 0")
        if rows := connection.execute(statement, {"below": _below(base)}).scalar_one():
            found[table, column] = int(rows)
    return found


def rewrite(session: Session, old: str, new: str) -> dict[str, Counts]:
    """Put another base before every address below the old one; gives the rows rewritten by table."""
    written: dict[str, Counts] = {}
    for table, column, kind in _columns(session.connection()):
        done = session.execute(
            text(
                f"update {table} set {column} = cast(replace(cast({column} as text), :old, :new) as {kind})"
                f" where position(:old in cast({column} as text)) > 0"
            ),
            {"old": _below(old), "new": _below(new)},
        )
        if rows := done.rowcount:  # type: ignore[attr-defined]
            written[table] = written.get(table, Counts()) + Counts(updated=rows)
    return written


def _below(base: str) -> str:
    return f"{base.rstrip('/')}/"


def _columns(connection: Connection) -> list[tuple[str, str, str]]:
    """Every column that can hold text: its table, its name, its type."""
    rows = connection.execute(
        text(
            "select format('%I.%I', c.table_schema, c.table_name), format('%I', c.column_name), c.data_type"
            " from information_schema.columns c join information_schema.tables t using (table_schema, table_name)"
            " where c.table_schema = :schema and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER'"
            "   and (c.data_type = any(:types) and c.data_type <> 'ARRAY' or c.udt_name in ('_text', '_varchar'))"
            " order by 1, 2"
        ),
        {"schema": SEARCHED, "types": list(_TEXTS)},
    )
    return [(table, column, _TEXTS[kind]) for table, column, kind in rows if table not in HISTORY]
