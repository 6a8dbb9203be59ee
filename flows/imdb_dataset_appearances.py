"""Who was in or at work on which episode, as IMDb's datasets name the principal ones.

They name ten people of an episode and all its directors and writers; so they add, and take nothing away. Of whom IMDb's
other layers told everything nothing is taken from here. People whom we do not have are not made.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.bulk import write
from db.commands.identity import known
from flows.imdb_credits import appearance
from flows.imdb_sifting import Sifted
from flows.outcome import Outcome
from flows.selection import ShowRef
from flows.sources.imdb.answers import ImdbEpisodeCredit
from flows.sources.imdb.datasets import Dataset
from flows.sources.imdb.datasets.rows import crew_of, principal_of
from models.entities import IdSource, Kind, Source
from models.people import Appearance


class Episode(NamedTuple):
    """One of ours, and the show that it is of."""

    id: UUID
    show_id: UUID


def put_appearances(session: Session, sifted: Sifted, shows: Sequence[ShowRef], outcome: Outcome) -> None:
    """Store who was in the episodes of these shows."""
    if sifted.read.isdisjoint({Dataset.PRINCIPALS, Dataset.CREW}):
        return
    episodes = _episodes(session, shows)
    credits = [credit for credit in _credits(sifted, outcome.drift) if credit[1].episode_id in episodes]
    people = known(session, Kind.PERSON, IdSource.IMDB, {person for person, _ in credits})
    refs = {show.id: show.imdb_id for show in shows}
    pairs = {f"{refs[episodes[credit.episode_id].show_id]}/{person}" for person, credit in credits}
    told = _told(session, pairs)
    rows: list[dict[str, Any]] = []
    beside: list[dict[str, Any]] = []
    for person, credit in credits:
        episode = episodes[credit.episode_id]
        complete = told.get(f"{refs[episode.show_id]}/{person}")
        if person not in people or complete:
            continue
        about = {"episode_id": episode.id, "person_id": people[person], "show_id": episode.show_id}
        row = {**about, "source": Source.IMDB, **appearance(credit)}
        (rows if complete is None else beside).append(row)
    words = ("role", "attributes", "is_archive_footage", "billing_order", "show_id")
    outcome.count("core.appearances", write(session, Appearance, rows))
    outcome.count("core.appearances", write(session, Appearance, beside, insert_only=words))


def _credits(sifted: Sifted, drift: dict[str, int]) -> Iterator[tuple[str, ImdbEpisodeCredit]]:
    """Principal people, then of directors and writers those who are not among them."""
    seen: set[tuple[str, str, str]] = set()
    for row in sifted.rows(Dataset.PRINCIPALS, drift):
        person, credit = principal_of(row)
        seen.add((person, credit.episode_id, credit.category))
        yield person, credit
    for row in sifted.rows(Dataset.CREW, drift):
        for person, credit in crew_of(row):
            if (person, credit.episode_id, credit.category) not in seen:
                yield person, credit


def _episodes(session: Session, shows: Sequence[ShowRef]) -> Mapping[str, Episode]:
    """Our episodes of these shows by all their ids at IMDb."""
    found = session.execute(
        text(
            "select x.value, x.entity_id, e.show_id from core.external_ids x join core.episodes e on e.id = x.entity_id"
            " where x.kind = 'episode' and x.source = 'imdb' and e.show_id = any(:shows)"
        ),
        {"shows": [show.id for show in shows]},
    )
    return {value: Episode(id_, show_id) for value, id_, show_id in found.tuples()}


def _told(session: Session, refs: set[str]) -> dict[str, bool]:
    """What other layers told of these people in these shows: whether it was everything; absent where it was nothing."""
    found = session.execute(
        text(
            "select ref, is_complete from ops.source_records"
            " where source = 'imdb' and resource = 'appearances' and status = 200 and ref = any(:refs)"
        ),
        {"refs": list(refs)},
    )
    return dict(found.tuples().all())
