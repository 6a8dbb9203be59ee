"""Merging: two entities that turn out to be one become one, and can be made two again.

Everything that refers to the loser goes over to the winner; what the winner has already is dropped; the loser leads to
the winner for ever. `core.merge_log` keeps what was moved, dropped and changed. Below a show, seasons and episodes are
matched and merged with it. What refers to an entity is read from the models (`rows`), so a new table needs no code here.
"""

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlmodel import Session

from db.commands.merge import below, rows
from db.commands.merge.cases import resolve_between
from db.commands.merge.plan import plan
from db.commands.merge.rows import Change, TableChange
from db.derive import MODELS, derive
from db.session import CATALOGUE_LOCK
from models.entities import Kind

MERGED_BELOW = (Kind.SEASON, Kind.EPISODE)


class MergeRefused(Exception):
    """Why two entities cannot be merged, or a merge cannot be undone, in one sentence."""


def merge(session: Session, kind: Kind, winner: UUID, loser: UUID, reason: str, by: str) -> UUID:
    """Make two entities of a kind one; answers the id of the merge, by which it can be undone.

    The winner keeps its primary ids, its facts and its rows; what only the loser has goes over. Merging the same two
    again changes nothing and answers the merge that stands.

    Raises:
        MergeRefused: they are the same, of another kind, unknown, removed, or merged into something else.
    """
    lock(session)
    if standing := _standing(session, kind, winner, loser):
        return standing
    _check(session, kind, winner, loser)
    pairs = {kind: {loser: winner}} | (below.pairs(session, winner, loser) if kind is Kind.SHOW else {})
    became = {theirs: ours for of_kind in pairs.values() for theirs, ours in of_kind.items()}
    planned = plan(session, became)
    before = _names(session, kind, became)
    apply_all(session, reversed(planned))
    resolve_between(session, winner)
    for of, those in pairs.items():
        derive(session, of, list(those))  # the losers first: they give up ids that no two may show
        derive(session, of, list(those.values()))
    derive_moved(session, planned)
    derive(session, kind, [winner])
    merge_id = uuid4()
    session.execute(
        text(
            "insert into core.merge_log (id, kind, winner_id, loser_id, reason, merged_by, journal, merged_at)"
            " values (:id, :kind, :winner, :loser, :reason, :by, cast(:journal as jsonb), clock_timestamp())"
        ),
        {
            "id": merge_id,
            "kind": kind,
            "winner": winner,
            "loser": loser,
            "reason": reason,
            "by": by,
            "journal": json.dumps(_journal([*planned, _renamed(kind, before, _names(session, kind, became))])),
        },
    )
    return merge_id


def lock(session: Session) -> None:
    """Take the catalogue's lock, which a unit of work holds already."""
    session.flush()
    session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": CATALOGUE_LOCK})


def apply_all(
    session: Session, changes: Iterable[TableChange], restored: Mapping[str, list[rows.Row]] = MappingProxyType({})
) -> None:
    """Write changes table by table, and put in what is `restored`; seasons and their episodes may part in between."""
    session.execute(text("set constraints core.fk_episodes_season_id_show_id deferred"))
    for change in changes:
        rows.apply(session, change)
        rows.insert(session, change.table, restored.get(change.table.fullname, []))
    session.execute(text("set constraints core.fk_episodes_season_id_show_id immediate"))
    session.expire_all()


def derive_moved(session: Session, changes: Iterable[TableChange]) -> None:
    """Derive the seasons and episodes that went from one show to the other."""
    for kind, name in ((Kind.SEASON, "core.seasons"), (Kind.EPISODE, "core.episodes")):
        derive(session, kind, [UUID(c.after["id"]) for t in changes if t.table.fullname == name for c in t.changed])


def _standing(session: Session, kind: Kind, winner: UUID, loser: UUID) -> UUID | None:
    """The merge by which the loser became the winner already."""
    found = session.execute(
        text(
            "select m.id from core.merge_log m join core.entities e on e.id = m.loser_id"
            " where m.kind = :kind and m.loser_id = :loser and e.merged_into = :winner and m.undone_at is null"
        ),
        {"kind": kind, "loser": loser, "winner": winner},
    )
    return found.scalar_one_or_none()


def _check(session: Session, kind: Kind, winner: UUID, loser: UUID) -> None:
    if kind in MERGED_BELOW:
        raise MergeRefused(f"a {kind} is merged with its show, not by itself")
    if winner == loser:
        raise MergeRefused(f"{winner} is one already")
    found = session.execute(
        text("select id, kind, removed_at, merged_into from core.entities where id = any(:ids)"),
        {"ids": [winner, loser]},
    )
    stored: dict[UUID, Any] = {row.id: row for row in found}
    for id_ in (winner, loser):
        row = stored.get(id_)
        if row is None or row.kind != kind:
            raise MergeRefused(f"there is no {kind} {id_}" + (f": it is a {row.kind}" if row else ""))
        if row.merged_into:
            raise MergeRefused(f"{kind} {id_} was merged into {row.merged_into} already")
        if row.removed_at:
            raise MergeRefused(f"{kind} {id_} was removed at {row.removed_at:%Y-%m-%d %H:%M} UTC")


def _names(session: Session, kind: Kind, became: Mapping[UUID, UUID]) -> list[rows.Row]:
    """What both are called: derive keeps a name that no source tells, so it could not find the old one again."""
    ids = [str(id_) for id_ in (*became, *became.values())]
    return rows.referring(session, MODELS[kind].__table__, ("id",), ids)  # type: ignore[attr-defined]


def _renamed(kind: Kind, before: list[rows.Row], after: list[rows.Row]) -> TableChange:
    table = MODELS[kind].__table__  # type: ignore[attr-defined]
    now = {row["id"]: row["name"] for row in after}
    changed = [Change(row, row | {"name": now[row["id"]]}) for row in before if now[row["id"]] != row["name"]]
    return TableChange(table, changed)


def _journal(planned: Iterable[TableChange]) -> dict[str, Any]:
    """The plan as `core.merge_log` keeps it: of changed rows the key and what differs, dropped rows whole."""
    journal: dict[str, Any] = {}
    for change in planned:
        told = journal.setdefault(change.table.fullname, {"changed": [], "dropped": []})
        told["dropped"] += change.dropped
        told["changed"] += [
            {
                "key": {column.name: c.before[column.name] for column in change.table.primary_key},
                "from": {name: c.before[name] for name in c.after if c.before[name] != c.after[name]},
                "to": {name: c.after[name] for name in c.after if c.before[name] != c.after[name]},
            }
            for c in change.changed
        ]
    return journal
