"""The seasons and episodes of two shows that are one: which of the loser's is which of the winner's."""

from collections import Counter
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.entities import Kind
from models.rules.matching import Incoming, Number, Stored, match

Pairs = dict[UUID, UUID]


class _Row(NamedTuple):
    """A season, or an episode with its season as `parent`."""

    id: UUID
    number: list[int]
    air_date: date | None
    is_listed: bool
    parent: UUID | None


_ROWS = {
    Kind.SEASON: "select r.id, array[r.season_number] as number, r.air_date, r.is_listed, null as parent"
    " from core.seasons r",
    Kind.EPISODE: "select r.id, array[s.season_number, r.episode_number] as number, r.air_date, r.is_listed,"
    " r.season_id as parent from core.episodes r join core.seasons s on s.id = r.season_id",
}


def pairs(session: Session, winner: UUID, loser: UUID) -> dict[Kind, Pairs]:
    """What is the same, as {kind: {the loser's: the winner's}}; what only the loser has is absent.

    By number, then by a date that is unique on both sides. An episode of the loser counts by the number that its season
    has with the winner. What the loser's sources list no more is matched with nothing: it moves as it is.
    """
    seasons = _match(session, Kind.SEASON, winner, loser, {})
    return {Kind.SEASON: seasons, Kind.EPISODE: _match(session, Kind.EPISODE, winner, loser, seasons)}


def _match(session: Session, kind: Kind, winner: UUID, loser: UUID, seasons: Pairs) -> Pairs:
    ours, theirs = _rows(session, kind, winner), _rows(session, kind, loser)
    numbers = dict(
        session.execute(
            text("select id, season_number from core.seasons where id = any(:ids)"), {"ids": list(seasons.values())}
        )
        .tuples()
        .all()
    )
    # A date finds what is listed alone: what is no longer may have lent its number to another.
    stored = [Stored(r.id, None, tuple(r.number), r.air_date if r.is_listed else None, r.is_listed) for r in ours]
    incoming = []
    for row in theirs:
        season = seasons.get(row.parent) if row.parent else None
        number: Number = (numbers[season], row.number[1]) if season else tuple(row.number)
        if row.is_listed:
            incoming.append(Incoming(str(row.id), number, row.air_date))
    matched = {UUID(id_): ours_ for id_, ours_ in match(stored, incoming).items()}
    once = Counter(matched.values())
    return {theirs_: ours_ for theirs_, ours_ in matched.items() if once[ours_] == 1}


def _rows(session: Session, kind: Kind, show: UUID) -> list[_Row]:
    statement = (
        f"{_ROWS[kind]} join core.entities e on e.id = r.id"
        " where r.show_id = :show and e.merged_into is null order by r.id"
    )
    return [_Row(*row) for row in session.execute(text(statement), {"show": show})]
