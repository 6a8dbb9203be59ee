"""The whole catalogue as a stream of lines, one entity each, from one snapshot and in constant memory.

The first line tells the change feed's `seq` of the snapshot, from which `/changes` goes on; the last one how many lines there
were before it, so that a stream that was cut off is noticed.
"""

import json
from collections.abc import Iterator
from threading import BoundedSemaphore

from sqlalchemy import text

from db.derive import MODELS
from db.session import engine
from models.entities import Kind
from models.rules.image_choice import PICTURES
from webapp.fragments import aliases, external_ids, living, pictures
from webapp.media.addresses import addressed, media_base

AT_ONCE = 2
"""How many streams a process sends at once: each holds a connection and a snapshot for as long as its reader takes."""

RETRY_SECONDS = 30

ROWS = 100
"""How many rows are fetched and sent at a time."""

WITHHELD = ("sort_name", "created_at", *{column for columns in PICTURES.values() for column in columns})

slots = BoundedSemaphore(AT_ONCE)


def _lines_of(kind: Kind) -> str:
    table = MODELS[kind].__table__  # type: ignore[attr-defined]
    columns = ", ".join(f"shown.{column.name}" for column in table.columns if column.name not in WITHHELD)
    further = f", {aliases('shown')} as aliases" if kind in (Kind.SHOW, Kind.PERSON) else ""
    if kind in PICTURES:
        further += ", picture.*"
    joined = f"left join lateral {pictures(kind, 'shown')} picture on true" if kind in PICTURES else ""
    return f"""
        select (select to_jsonb(line) from (
            select '{kind}' as kind, entity.version, {columns},
                   {external_ids(kind, "shown")} as external_ids{further}) line) :: text
        from {table.fullname} shown join core.entities entity on entity.id = shown.id and {living("entity")} {joined}
        order by shown.id"""


def lines() -> Iterator[str]:
    """All lines, a hundred at a time."""
    sent = 0
    snapshot = engine().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with snapshot.connect() as connection:
        seq, now = connection.execute(text("select coalesce(max(seq), 0), now() from ops.changes")).one()
        yield json.dumps({"kind": "catalogue", "seq": seq, "at": now.isoformat()}) + "\n"
        for kind in MODELS:
            statement = text(_lines_of(kind)).execution_options(yield_per=ROWS)
            for rows in connection.execute(statement, {"media": media_base()}).scalars().partitions(ROWS):
                sent += len(rows)
                yield addressed("\n".join(rows) + "\n")
        yield json.dumps({"kind": "end", "lines": sent + 1}) + "\n"
