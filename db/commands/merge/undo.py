"""Undoing a merge: both are as they were, as far as nothing newer contradicts.

A moved row goes back as it is by now, unless it has gone or was given to another since. A dropped row comes back. A value
that the merge changed is what it was, unless it changed again. What was written to the winner since stays with it.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Table, text
from sqlmodel import Session

from db.commands.merge import MergeRefused, apply_all, lock, rows
from db.commands.merge.cases import dismiss_between
from db.commands.merge.rows import Change, TableChange
from db.derive import derive
from models.entities import Kind


def unmerge(session: Session, merge_id: UUID) -> None:
    """Make two of what a merge made one. By itself the pair is not merged again: a person has said no.

    Raises:
        MergeRefused: there is no such merge, it was undone already, or a newer merge of either stands on it.
    """
    lock(session)
    log = _log(session, merge_id)
    kind, winner, loser = Kind(log.kind), log.winner_id, log.loser_id
    planned = [
        _back(session, table, log.journal[table.fullname]) for table in rows.tables() if table.fullname in log.journal
    ]
    apply_all(session, planned, {name: changes["dropped"] for name, changes in log.journal.items()})
    _primary_again(session, kind, [winner, loser])
    session.execute(text("update core.merge_log set undone_at = now() where id = :id"), {"id": merge_id})
    dismiss_between(session, winner, loser)
    _derive(session, kind, winner, loser, log.journal)
    session.expire_all()


def _log(session: Session, merge_id: UUID) -> Any:
    log = session.execute(
        text("select * from core.merge_log where id = :id for update"), {"id": merge_id}
    ).one_or_none()
    if log is None:
        raise MergeRefused(f"there is no merge {merge_id}")
    if log.undone_at:
        raise MergeRefused(f"merge {merge_id} was undone at {log.undone_at:%Y-%m-%d %H:%M} UTC already")
    newer = session.execute(
        text(
            "select n.id from core.merge_log n join core.merge_log m on m.id = :id where n.undone_at is null"
            "  and n.merged_at > m.merged_at"
            "  and (n.winner_id in (m.winner_id, m.loser_id) or n.loser_id in (m.winner_id, m.loser_id))"
            " order by n.merged_at desc limit 1"
        ),
        {"id": merge_id},
    ).scalar_one_or_none()
    if newer:
        raise MergeRefused(f"merge {newer} of the same {log.kind} is newer; undo that one first")
    return log


def _back(session: Session, table: Table, journal: dict[str, Any]) -> TableChange:
    """The way back of a table's rows."""
    told = journal["changed"]
    keys = tuple(column.name for column in table.primary_key)
    found = rows.equal(session, table, keys, [entry["key"] | _only(entry["to"], keys) for entry in told])
    now = {rows.key_of(table, row): row for row in found}
    changes: dict[tuple[Any, ...], Change] = {}
    for entry in told:
        key = rows.key_of(table, entry["key"] | _only(entry["to"], keys))
        if (row := now.get(key)) is None:
            continue
        still = {name: value for name, value in entry["from"].items() if row[name] == entry["to"][name]}
        change = changes.setdefault(key, Change(row, row))
        change.after = change.after | still
    return TableChange(table, _without_collisions(session, table, list(changes.values())))


def _without_collisions(session: Session, table: Table, changes: list[Change]) -> list[Change]:
    """The changes but for those whose place somebody else has taken since."""
    leaving = {rows.key_of(table, change.before) for change in changes}
    for key in rows.unique_keys(table):
        taken = {
            tuple(row[name] for name in key)
            for row in rows.equal(session, table, key, [change.after for change in changes])
            if rows.key_of(table, row) not in leaving
        }
        changes = [change for change in changes if tuple(change.after[name] for name in key) not in taken]
    return changes


def _only(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name in names}


def _primary_again(session: Session, kind: Kind, entities: list[UUID]) -> None:
    """Where the primary id of a source went back to the other, one of those that are left is it."""
    session.execute(
        text(
            "update core.external_ids x set is_primary = true from ("
            "  select kind, source, min(value) as value from core.external_ids"
            "  where kind = :kind and entity_id = any(:ids) group by kind, source, entity_id having not bool_or(is_primary)"
            ") w where x.kind = w.kind and x.source = w.source and x.value = w.value"
        ),
        {"kind": kind, "ids": entities},
    )


def _derive(session: Session, kind: Kind, winner: UUID, loser: UUID, journal: dict[str, Any]) -> None:
    """The winners first: they give up ids that no two may show."""
    told = journal.get("core.entities", {}).get("changed", [])
    became = {UUID(e["key"]["id"]): UUID(e["to"]["merged_into"]) for e in told if "merged_into" in e["to"]}
    moved = [
        UUID(e["key"]["id"]) for t in ("core.seasons", "core.episodes") for e in journal.get(t, {}).get("changed", [])
    ]
    below = {*became, *became.values(), *moved} - {winner, loser}
    kinds = session.execute(text("select id, kind from core.entities where id = any(:ids)"), {"ids": [*below]})
    of_kind: dict[UUID, str] = dict(kinds.tuples().all())
    for kind_ in (Kind.SEASON, Kind.EPISODE):
        losers = [id_ for id_ in became if of_kind.get(id_) == kind_]
        others = [id_ for id_ in below - set(losers) if of_kind.get(id_) == kind_]
        derive(session, kind_, others)
        derive(session, kind_, losers)
    derive(session, kind, [winner])
    derive(session, kind, [loser])
