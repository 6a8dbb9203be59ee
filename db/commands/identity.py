"""Who is who: entities by their external ids, new ones, and claims that contradict each other.

Reads and writes `core.entities`, `core.external_ids` and `ops.match_cases`. An id that belongs to another entity of
the kind is never taken over and never a crash: it opens a case for a person.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlmodel import Session

from db.bulk import Counts, write
from models.entities import Entity, ExternalId, IdSource, Kind, Source
from models.ops import CaseStatus, MatchCase

OWNED_BY_ANOTHER = "id-owned-by-another"


def known(session: Session, kind: Kind, source: IdSource, values: Collection[str]) -> dict[str, UUID]:
    """The entities that hold these ids; a merged one is followed to what it became."""
    rows = session.execute(
        text(
            "select x.value, x.entity_id from core.external_ids x"
            " where x.kind = :kind and x.source = :source and x.value = any(:values)"
        ),
        {"kind": kind, "source": source, "values": list(values)},
    )
    holders: dict[str, UUID] = dict(rows.tuples().all())
    became = followed(session, holders.values())
    return {value: became.get(holder, holder) for value, holder in holders.items()}


def followed(session: Session, ids: Collection[UUID]) -> dict[UUID, UUID]:
    """What those of these entities became that were merged, over any number of merges."""
    rows = session.execute(
        text(
            "with recursive step as ("
            "  select id as start, merged_into as id from core.entities where id = any(:ids) and merged_into is not null"
            "  union select step.start, e.merged_into from step join core.entities e on e.id = step.id"
            "  where e.merged_into is not null"
            ") select step.start, step.id from step join core.entities e on e.id = step.id where e.merged_into is null"
        ),
        {"ids": list(ids)},
    )
    return dict(rows.tuples().all())


def several(session: Session, source: IdSource | Source, ids: Collection[UUID]) -> set[UUID]:
    """Those of these entities that hold several ids of a source, after a merge.

    A source is asked about them by the primary one, so its answer is not all that it has of them, and removes nothing.
    """
    rows = session.execute(
        text(
            "select entity_id from core.external_ids where source = :source and entity_id = any(:ids)"
            " group by entity_id having count(*) > 1"
        ),
        {"source": source, "ids": list(ids)},
    )
    return set(rows.scalars())


def primary(session: Session, kind: Kind, source: IdSource, values: Collection[str]) -> set[str]:
    """Those of these ids by which the source is asked: all but the further ones of merged entities."""
    rows = session.execute(
        text(
            "select value from core.external_ids"
            " where kind = :kind and source = :source and value = any(:values) and is_primary"
        ),
        {"kind": kind, "source": source, "values": list(values)},
    )
    return set(rows.scalars())


def ensure(session: Session, kind: Kind, source: IdSource, values: Collection[str]) -> dict[str, UUID]:
    """The entities that hold these ids, made where there are none."""
    found = known(session, kind, source, values)
    fresh = {value: uuid4() for value in dict.fromkeys(values) if value not in found}
    create(session, kind, fresh.values())
    write(
        session,
        ExternalId,
        (
            {"kind": kind, "source": source, "value": value, "entity_id": entity_id, "is_primary": True}
            for value, entity_id in fresh.items()
        ),
    )
    return found | fresh


def create(session: Session, kind: Kind, ids: Iterable[UUID]) -> None:
    """Make entities with these ids."""
    write(session, Entity, [{"id": id_, "kind": kind} for id_ in ids])


@dataclass(frozen=True)
class Conflict:
    """An id that `claimant` was said to have, and that `owner` has."""

    claimant: UUID
    owner: UUID
    source: str
    value: str


def claim(session: Session, kind: Kind, claims: Mapping[UUID, Mapping[str, str]]) -> list[Conflict]:
    """Give entities the ids that a source says they have, as {entity: {id source: value}}.

    A free id is taken, and becomes primary: the source's newest word. An id that another entity has, or that two of
    the claims want at once, is not moved; it is returned, and waits in `ops.match_cases`. A merged entity speaks for
    what it became.
    """
    wanted = _followed(session, claims)
    if not wanted:
        return []
    holders: dict[tuple[str, str], UUID] = {
        (source, value): holder
        for source, value, holder in session.execute(
            text(
                "select x.source, x.value, x.entity_id from core.external_ids x"
                " join unnest(cast(:sources as text[]), cast(:values as text[])) as w(source, value)"
                "   on w.source = x.source and w.value = x.value"
                " where x.kind = :kind"
            ),
            {"kind": kind, "sources": [s for _, s, _ in wanted], "values": [v for _, _, v in wanted]},
        )
    }
    became = followed(session, holders.values())
    owners = {id_: became.get(holder, holder) for id_, holder in holders.items()}
    fresh: list[dict[str, Any]] = []
    named: set[tuple[UUID, str]] = set()
    conflicts: list[Conflict] = []
    for entity, source, value in wanted:
        owner = owners.setdefault((source, value), entity)
        if owner != entity:
            conflicts.append(Conflict(entity, owner, source, value))
        else:
            primary = (entity, source) not in named
            named.add((entity, source))
            fresh.append({"kind": kind, "source": source, "value": value, "entity_id": entity, "is_primary": primary})
    _demote(session, [row for row in fresh if row["is_primary"]])
    write(session, ExternalId, fresh)
    _open_cases(session, kind, conflicts)
    contested = {(conflict.claimant, conflict.source) for conflict in conflicts}
    agreed = {(entity, source) for entity, source, _ in wanted} - contested
    settle_cases(session, agreed, OWNED_BY_ANOTHER)
    return conflicts


def _followed(session: Session, claims: Mapping[UUID, Mapping[str, str]]) -> list[tuple[UUID, str, str]]:
    """The claims as (entity, id source, value), a merged entity's own behind those of what it became."""
    became = followed(session, claims)
    in_order = sorted(claims.items(), key=lambda claim: claim[0] in became)
    return [(became.get(id_, id_), source, value) for id_, ids in in_order for source, value in ids.items()]


def _demote(session: Session, claims: Collection[Mapping[str, Any]]) -> None:
    """What was primary is so no longer where a source now names another id."""
    session.execute(
        text(
            "update core.external_ids x set is_primary = false"
            " from unnest(cast(:entities as uuid[]), cast(:sources as text[]), cast(:values as text[]))"
            "   as w(entity, source, value)"
            " where x.entity_id = w.entity and x.source = w.source and x.value <> w.value and x.is_primary"
        ),
        {
            "entities": [claim["entity_id"] for claim in claims],
            "sources": [claim["source"] for claim in claims],
            "values": [claim["value"] for claim in claims],
        },
    )


def _open_cases(session: Session, kind: Kind, conflicts: Iterable[Conflict]) -> None:
    by_question: dict[tuple[UUID, str], list[Conflict]] = {}
    for conflict in conflicts:
        by_question.setdefault((conflict.claimant, conflict.source), []).append(conflict)
    for (claimant, source), claims in by_question.items():
        candidates = [{"source": c.source, "value": c.value, "entity_id": str(c.owner)} for c in claims]
        open_case(session, kind, claimant, source, OWNED_BY_ANOTHER, candidates)


def open_case(
    session: Session, kind: Kind, entity_id: UUID, source: str, reason: str, candidates: list[dict[str, Any]]
) -> Counts:
    """Leave a question of identity for a person.

    One that a person has dismissed is not asked again about the same candidates. One that was resolved is: its
    contradiction has come back.
    """
    stored = session.execute(
        text(
            "select candidates, status from ops.match_cases"
            " where entity_id = :entity and source = :source and reason = :reason"
        ),
        {"entity": entity_id, "source": source, "reason": reason},
    ).one_or_none()
    if stored and stored.status == CaseStatus.DISMISSED and _same(stored.candidates, candidates):
        return Counts(unchanged=1)
    row = {
        "kind": kind,
        "entity_id": entity_id,
        "source": source,
        "reason": reason,
        "candidates": candidates,
        "status": CaseStatus.OPEN,
        "settled_at": None,
    }
    return write(session, MatchCase, [row], key=("entity_id", "source", "reason"))


def _same(one: Iterable[Mapping[str, Any]], other: Iterable[Mapping[str, Any]]) -> bool:
    """Whether these are the same candidates, whatever is known of them by now."""
    ids = [{(c["source"], c["value"], c.get("entity_id")) for c in candidates} for candidates in (one, other)]
    return ids[0] == ids[1]


def settle_cases(session: Session, questions: Collection[tuple[UUID, str]], reason: str) -> None:
    """Mark the open cases of these (entity, id source) as resolved."""
    session.execute(
        text(
            "update ops.match_cases c set status = 'resolved', settled_at = now()"
            " from unnest(cast(:entities as uuid[]), cast(:sources as text[])) as w(entity, source)"
            " where c.entity_id = w.entity and c.source = w.source and c.reason = :reason and c.status = 'open'"
        ),
        {"entities": [e for e, _ in questions], "sources": [s for _, s in questions], "reason": reason},
    )


def settle_answered(session: Session, kind: Kind, source: IdSource, reason: str) -> None:
    """Mark the open cases about an id of this source as resolved whose entity has one by now: a person gave it."""
    session.execute(
        text(
            "update ops.match_cases c set status = 'resolved', settled_at = now()"
            " where c.kind = :kind and c.source = :source and c.reason = :reason and c.status = 'open' and exists ("
            "   select from core.external_ids x where x.entity_id = c.entity_id and x.source = :source)"
        ),
        {"kind": kind, "source": source, "reason": reason},
    )
