"""Duplicates by id: two entities of which a source says that they share an id are merged where nothing speaks against it.

Reads the open cases that `identity.claim` left, and what people have decided; merges, and leaves the rest to a person.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.commands.identity import OWNED_BY_ANOTHER, followed
from db.commands.merge import merge
from models.entities import IdSource, Kind
from models.rules.titles import normal

MERGED_BY_THEMSELVES = (Kind.SHOW, Kind.PERSON)


@dataclass
class _Entity:
    """What tells two entities apart: the ids that each holds, its names, its age."""

    id: UUID
    created_at: datetime
    ids: dict[str, set[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


def merge_duplicates(session: Session, kind: Kind, by: str) -> list[UUID]:
    """Merge the shows or people that share an id; answers the merges.

    Two are one when a source gives one of them an id that the other has, and there is no source whose ids both have.
    With one exception: two TMDb ids with one IMDb id are one when a name agrees; TMDb has duplicates. A pair that a
    person parted (a dismissed case, a merge undone) is left alone. The older one stays; of two as old the one with more
    ids.
    """
    if kind not in MERGED_BY_THEMSELVES:
        raise ValueError(f"a {kind} is never merged by itself")
    merges: list[UUID] = []
    parted = _parted(session, kind)
    for claimant, claims in _claims(session, kind).items():
        pair = _now(session, kind, claimant, claims)
        if pair is None or frozenset(pair) in parted:
            continue
        one, other = (_entity(session, kind, id_) for id_ in pair)
        if not _are_one(one, other, {source for source, _ in claims}):
            continue
        winner, loser = sorted((one, other), key=lambda e: (e.created_at, -sum(map(len, e.ids.values())), e.id))
        shared = ", ".join(f"{source} {value}" for source, value in sorted(claims))
        merges.append(merge(session, kind, winner.id, loser.id, f"both are {shared}", by))
        parted = {frozenset(winner.id if id_ == loser.id else id_ for id_ in two) for two in parted}
    return merges


def _claims(session: Session, kind: Kind) -> dict[UUID, set[tuple[str, str]]]:
    """The ids that entities were said to have and that others have, of the cases that are open."""
    cases = session.execute(
        text(
            "select c.entity_id, c.candidates from ops.match_cases c"
            " where c.kind = :kind and c.reason = :reason and c.status = 'open' order by c.opened_at, c.id"
        ),
        {"kind": kind, "reason": OWNED_BY_ANOTHER},
    )
    claims: dict[UUID, set[tuple[str, str]]] = {}
    for claimant, candidates in cases:
        claims.setdefault(claimant, set()).update((c["source"], c["value"]) for c in candidates)
    return claims


def _now(session: Session, kind: Kind, claimant: UUID, claims: Collection[tuple[str, str]]) -> tuple[UUID, UUID] | None:
    """The claimant and the one that has all it claims, as they are by now; None where those are several, or it itself."""
    owners = session.execute(
        text(
            "select x.entity_id from core.external_ids x"
            " join unnest(cast(:sources as text[]), cast(:values as text[])) as w(source, value)"
            "   on w.source = x.source and w.value = x.value where x.kind = :kind"
        ),
        {"kind": kind, "sources": [s for s, _ in claims], "values": [v for _, v in claims]},
    ).scalars()
    held = set(owners.all())
    became = followed(session, {claimant, *held})
    standing = {became.get(id_, id_) for id_ in held}
    claimant = became.get(claimant, claimant)
    present = session.execute(
        text("select count(*) from core.entities where id = any(:ids) and removed_at is null"),
        {"ids": [claimant, *standing]},
    ).scalar_one()
    return (claimant, standing.pop()) if len(standing) == 1 and claimant not in standing and present == 2 else None


def _are_one(one: _Entity, other: _Entity, claimed: Collection[str]) -> bool:
    contradicting = set(one.ids) & set(other.ids)
    if contradicting == {IdSource.TMDB}:
        return IdSource.IMDB in claimed and bool(one.names & other.names)
    return not contradicting


def _entity(session: Session, kind: Kind, id_: UUID) -> _Entity:
    made = session.execute(text("select created_at from core.entities where id = :id"), {"id": id_}).scalar_one()
    entity = _Entity(id_, made)
    for source, value in session.execute(
        text("select source, value from core.external_ids where entity_id = :id"), {"id": id_}
    ):
        entity.ids.setdefault(source, set()).add(value)
    shown = (
        "select name from core.people"
        if kind is Kind.PERSON
        else ("select unnest(array[name, original_name]) from core.shows")
    )
    names = session.execute(
        text(f"{shown} where id = :id union select name from core.aliases where entity_id = :id"), {"id": id_}
    ).scalars()
    entity.names = {normal(name) for name in names if name and normal(name)}
    return entity


def _parted(session: Session, kind: Kind) -> set[frozenset[UUID]]:
    """The pairs of which a person said that they are two, as they are by now."""
    undone = session.execute(
        text("select winner_id, loser_id from core.merge_log where kind = :kind and undone_at is not null"),
        {"kind": kind},
    )
    pairs: list[tuple[UUID, UUID]] = [(winner, loser) for winner, loser in undone]
    dismissed: Any = session.execute(
        text("select entity_id, candidates from ops.match_cases where kind = :kind and status = 'dismissed'"),
        {"kind": kind},
    )
    pairs += [
        (entity, UUID(candidate["entity_id"]))
        for entity, candidates in dismissed
        for candidate in candidates
        if candidate.get("entity_id")
    ]
    became = followed(session, {id_ for pair in pairs for id_ in pair})
    return {frozenset(became.get(id_, id_) for id_ in pair) for pair in pairs}
