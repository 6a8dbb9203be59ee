"""What a merge does to every table: rows that go over to the winner, and those that the winner has already."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Table, text
from sqlmodel import Session

from db.commands.merge import rows
from db.commands.merge.collisions import TAKEN
from db.commands.merge.rows import Change, TableChange

HUSKS = ("core.seasons", "core.episodes")
"""Below a show: what turned out to be another stays below the loser, and is listed no more."""


def plan(session: Session, became: Mapping[UUID, UUID]) -> list[TableChange]:
    """Everything that changes when these entities become those, as {loser: winner}; tables that others refer to first.

    A row that the winner has already is dropped, and what refers to it goes over to the winner's row.
    """
    ids = {str(loser): str(winner) for loser, winner in became.items()}
    entities = frozenset(ids)
    planned = []
    for table in rows.tables():
        change = _of_table(session, table, ids, entities)
        if table.fullname in HUSKS:
            change.changed = _folded([*change.changed, *_unlisted(session, table, ids)])
        if table.fullname == "core.entities":
            change.changed += _merged(session, ids)
        if change.changed or change.dropped:
            planned.append(change)
    return planned


def _of_table(session: Session, table: Table, ids: dict[str, str], entities: frozenset[str]) -> TableChange:
    """What happens to one table; ids of rows that are dropped are added to `ids`, for the tables that refer to it."""
    columns = rows.references(table)
    moving = []
    for row in rows.referring(session, table, columns, ids):
        # An episode that became another stays where its season is, also where that goes over.
        husk = table.fullname in rows.shown() and row["id"] in entities and row.get("season_id", row["id"]) in entities
        mapped = [name for name in columns if not (husk and rows.refers_to_entities(table, name))]
        after = row | {name: ids.get(row[name], row[name]) for name in mapped if row[name] is not None}
        if after != row:
            moving.append(Change(row, after))
    if table.fullname == "core.external_ids":
        _one_primary(session, table, moving)
    return _without_duplicates(session, table, moving, ids)


def _without_duplicates(session: Session, table: Table, moving: list[Change], ids: dict[str, str]) -> TableChange:
    planned = TableChange(table)
    leaving = {rows.key_of(table, change.before) for change in moving}
    standing: dict[tuple[Any, ...], Change] = {}
    for key in rows.unique_keys(table):
        for row in rows.equal(session, table, key, [change.after for change in moving]):
            if rows.key_of(table, row) not in leaving:
                change = standing.get(("", *rows.key_of(table, row))) or Change(row, row)
                standing[("", *rows.key_of(table, row))] = standing[(*key, *(row[name] for name in key))] = change
    for change in moving:
        places = [(*key, *(change.after[name] for name in key)) for key in rows.unique_keys(table)]
        kept = next((standing[place] for place in places if place in standing and None not in place), None)
        if kept is None:
            planned.changed.append(change)
            standing |= dict.fromkeys(places, change)
            continue
        planned.dropped.append(change.before)
        if (take := TAKEN.get(table.fullname)) is not None:
            kept.after = kept.after | take(kept.after, change.after)
        if "id" in change.before:
            ids[change.before["id"]] = kept.before["id"]
    told = {id(change) for change in planned.changed}
    kept_rows = {id(change): change for change in standing.values() if id(change) not in told}
    planned.changed += [change for change in kept_rows.values() if change.before != change.after]
    return planned


def _one_primary(session: Session, table: Table, moving: Sequence[Change]) -> None:
    """The winner's ids stay the primary ones; one of the loser's becomes primary where the winner has none."""
    entities = {change.after["entity_id"] for change in moving}
    held = {
        (row["entity_id"], row["source"])
        for row in rows.referring(session, table, ("entity_id",), entities)
        if row["is_primary"]
    }
    for change in moving:
        if change.after["is_primary"] and (change.after["entity_id"], change.after["source"]) in held:
            change.after = change.after | {"is_primary": False}


def _unlisted(session: Session, table: Table, ids: Mapping[str, str]) -> Iterator[Change]:
    """Seasons and episodes that are others now are listed no more; those that they are, are where they were."""
    both = rows.referring(session, table, ("id",), {*ids, *ids.values()})
    listed = {ids[row["id"]] for row in both if row["id"] in ids and row["is_listed"]}
    for row in both:
        is_listed = row["id"] in listed or row["is_listed"]
        if row["id"] in ids or is_listed != row["is_listed"]:
            yield Change(row, row | {"is_listed": row["id"] not in ids and is_listed})


def _folded(changes: Sequence[Change]) -> list[Change]:
    """One change a row: what each of several changes of it says."""
    rows_: dict[str, Change] = {}
    for change in changes:
        whole = rows_.setdefault(change.before["id"], Change(change.before, change.before))
        whole.after = whole.after | {n: v for n, v in change.after.items() if v != change.before[n]}
    return list(rows_.values())


def _merged(session: Session, ids: Mapping[str, str]) -> Iterator[Change]:
    """Who leads to whom: the loser to the winner, and what led to the loser before as well."""
    table = next(table for table in rows.tables() if table.fullname == "core.entities")
    for row in rows.referring(session, table, ("id", "merged_into"), {*ids, *ids.values()}):
        target = ids.get(row["id"]) or ids.get(row["merged_into"] or "")
        if target:
            yield Change(row, row | {"merged_into": target})
    relisted = session.execute(
        text(
            "select to_jsonb(w) from core.entities w where w.id = any(cast(:winners as uuid[])) and w.removed_at is not null"
            " and exists (select from core.entities l where l.removed_at is null"
            "   and (l.id, w.id) in (select * from unnest(cast(:losers as uuid[]), cast(:winners as uuid[]))))"
        ),
        {"losers": list(ids), "winners": list(ids.values())},
    )
    for row in relisted.scalars():
        yield Change(row, row | {"removed_at": None})
