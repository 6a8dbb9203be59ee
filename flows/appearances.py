"""Appearances: in which episodes of a show IMDb saw each of its cast.

Reads IMDb's credits as they are stored, and a record per show and person; writes `core.appearances`. A person is asked
about once, and again when IMDb claims another number of episodes than it did then, or when the answer falls due. What
TMDb lists by episode is stored by the stage people-cast, whose season records hold it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from prefect import task
from sqlalchemy import Connection, text
from sqlmodel import Session

from db import records, sync_state
from db.bulk import Counts, write
from db.commands.identity import known, several
from db.records import RecordKey
from db.session import read, transaction, unit_of_work
from flows.bundles import STORE, note_refused, store_or_single_out, stored_since
from flows.fetching import Fetched, fetch_chunks
from flows.imdb_credits import appearance
from flows.imdb_storing import answer_of, name_of, shows_on_imdb
from flows.outcome import Outcome
from flows.report import RunReport
from flows.selection import Selection, ShowRef
from flows.sources.imdb.answers import ImdbAppearances, ImdbEpisodeCredit
from flows.stage import chunks, collecting, stage
from models.entities import IdSource, Kind, Source
from models.ops import Resource
from models.people import Appearance

CHUNK = 5
"""Shows. One may have a thousand guests, each an answer of its own."""

UNKNOWN = "appearances: in episodes that are not in the catalogue"


@collecting("appearances")
def sync_appearances(selection: Selection = Selection()) -> RunReport:
    """Bring up to date who is in which episode of the selected shows."""
    with stage("appearances", selection) as run:
        shows = shows_on_imdb(run, "appearances", Resource.APPEARANCES)
        _expire_changed(shows)
        for piece, fetched in fetch_chunks(run, "appearances", chunks(shows, CHUNK), _refs, source="imdb"):
            refused = partial(note_refused, Resource.APPEARANCES)
            run.add(store_or_single_out(store_appearances, piece, fetched, run.selection, refused))
    return run.report


class Asked(NamedTuple):
    """Somebody whom IMDb credits as seen in a show: its name of the question, and how many episodes it claims."""

    show: UUID
    person: UUID
    ref: str
    claimed: int | None


def _cast(connection: Connection | Session, shows: Sequence[ShowRef]) -> list[Asked]:
    """Everybody whom IMDb credits as seen in these shows."""
    ids = {show.id: show.imdb_id for show in shows}
    rows = connection.execute(
        text(
            "select distinct c.show_id, c.person_id, split_part(c.source_id, '/', 1), n.episodes"
            " from core.credits c left join core.credit_counts n on n.entity_id = c.show_id"
            "   and n.person_id = c.person_id and n.source = c.source and n.category = c.category"
            " where c.source = 'imdb' and c.category = 'cast' and c.show_id = any(:shows) order by 1, 3"
        ),
        {"shows": list(ids)},
    )
    return [Asked(show, person, f"{ids[show]}/{imdb_id}", claimed) for show, person, imdb_id, claimed in rows]


def _refs(shows: Sequence[ShowRef]) -> list[str]:
    with read() as connection:
        return list(dict.fromkeys(asked.ref for asked in _cast(connection, shows)))


def _expire_changed(shows: Sequence[ShowRef]) -> None:
    """Make answers due whose person is in another number of episodes by now than when IMDb was asked."""
    with transaction() as session:
        _note(session, _cast(session, shows), "r.basis is not null and r.basis is distinct from w.claimed", due=True)


def _remember(session: Session, asked: Iterable[Asked]) -> None:
    """Note how many episodes were claimed when IMDb was asked just now."""
    _note(session, asked, "r.basis is null", due=False)


def _note(session: Session, asked: Iterable[Asked], where: str, *, due: bool) -> None:
    claims = {one.ref: str(one.claimed) for one in asked}
    session.execute(
        text(
            f"update ops.source_records r set basis = w.claimed{', expires_at = least(expires_at, now())' if due else ''}"
            " from unnest(cast(:refs as text[]), cast(:claims as text[])) as w(ref, claimed)"
            f" where r.source = 'imdb' and r.resource = 'appearances' and r.ref = w.ref and {where}"
        ),
        {"refs": list(claims), "claims": list(claims.values())},
    )


@task(**STORE)
def store_appearances(shows: list[ShowRef], fetched: Fetched, selection: Selection) -> Outcome:
    """Turn the answers about the shows' cast into appearances, one transaction for the chunk."""
    outcome = Outcome()
    with unit_of_work(dry_run=selection.dry_run) as session:
        asked: dict[UUID, list[Asked]] = {show.id: [] for show in shows}
        for one in _cast(session, shows):
            asked[one.show].append(one)
        keys = {id_: [_key(one) for one in ones] for id_, ones in asked.items()}
        credits = {show.id: RecordKey("imdb", "credits", show.imdb_id or "") for show in shows}
        stored = set() if selection.stores_everything else stored_since(session, Resource.APPEARANCES, credits, keys)
        problems: dict[UUID, str] = {}
        for show in shows:
            troubled = [one for one in asked[show.id] if one.ref in fetched.failures]
            if show.id in stored and not troubled:
                outcome.unchanged += 1
            else:
                problem = _store(session, show, asked[show.id], fetched, outcome)
                if problem:
                    problems[show.id] = outcome.failures[name_of(show)] = problem
            outcome.done += show.id not in problems
        _remember(session, [one for ones in asked.values() for one in ones])
        sync_state.succeeded(session, Resource.APPEARANCES, _due(session, keys, problems))
        sync_state.failed(session, Resource.APPEARANCES, problems)
    return outcome


def _key(asked: Asked) -> RecordKey:
    return RecordKey("imdb", "appearances", asked.ref)


def _due(
    session: Session, keys: Mapping[UUID, Sequence[RecordKey]], problems: Mapping[UUID, str]
) -> dict[UUID, datetime | None]:
    """When the first of each show's answers falls due."""
    expiry = records.expiry(session, [key for keys_ in keys.values() for key in keys_])
    return {
        id_: min((expiry[key] for key in keys_ if key in expiry), default=None)
        for id_, keys_ in keys.items()
        if id_ not in problems
    }


def _store(session: Session, show: ShowRef, asked: Sequence[Asked], fetched: Fetched, outcome: Outcome) -> str | None:
    """Store what IMDb said about the cast of one show; answers what could not be had, if anything."""
    answers = records.load(session, [_key(one) for one in asked])
    said: dict[UUID, list[ImdbAppearances]] = {}
    missing: dict[str, str] = {}
    for one in asked:
        answer, problem = answer_of(answers.get(_key(one)), ImdbAppearances)
        if answer is None or one.ref in fetched.failures:
            missing[one.ref] = fetched.failures.get(one.ref) or problem or "IMDb was not asked"
        else:
            said.setdefault(one.person, []).append(answer)
    episodes = Episodes(session, show, [credit for ones in said.values() for one in ones for credit in one.credits])
    rows = [
        {"episode_id": id_, "person_id": person, "show_id": show.id, "source": Source.IMDB, **appearance(credit)}
        for person, ones in said.items()
        for one in ones
        for credit in one.credits
        if (id_ := episodes.find(credit))
    ]
    of_two = several(session, Source.IMDB, [show.id])
    whole = [
        person
        for person, ones in said.items()
        if not of_two
        and all(one.is_complete for one in ones)
        and not any(one.ref in missing for one in asked if one.person == person)
    ]
    scope = {"show_id": show.id, "person_id": whole, "source": Source.IMDB}
    outcome.count("core.appearances", _write(session, rows, set(whole), scope))
    if episodes.unknown:
        outcome.drift[UNKNOWN] = outcome.drift.get(UNKNOWN, 0) + len(episodes.unknown)
    if not missing:
        return None
    example = next(iter(missing.items()))
    return f"{len(missing)} of {len(asked)} of the cast were not answered, e.g. {example[0]}: {example[1]}"


def _write(session: Session, rows: list[dict[str, Any]], whole: set[UUID], scope: dict[str, Any]) -> Counts:
    """Of whom the answer is whole, what it does not list is gone; of others it stays."""
    counts = write(session, Appearance, [row for row in rows if row["person_id"] in whole], scope=scope)
    return counts + write(session, Appearance, [row for row in rows if row["person_id"] not in whole])


class Episodes:
    """Our episodes of a show by IMDb's id, else by the number that IMDb lists them under, else by the shown one."""

    def __init__(self, session: Session, show: ShowRef, credits: Sequence[ImdbEpisodeCredit]) -> None:
        self._by_id = known(session, Kind.EPISODE, IdSource.IMDB, {credit.episode_id for credit in credits})
        self._by_number: dict[tuple[int, int], UUID] = {}
        for season, episode, id_, _ in session.execute(
            text(
                "select l.season_number, l.episode_number, l.entity_id, 0 as place from core.listings l"
                " where l.show_id = :show and l.source = 'imdb' and l.episode_number is not null"
                " union all"
                " select s.season_number, e.episode_number, e.id, 1 from core.episodes e"
                " join core.seasons s on s.id = e.season_id where e.show_id = :show and e.is_listed order by place"
            ),
            {"show": show.id},
        ).tuples():
            self._by_number.setdefault((season, episode), id_)
        self.unknown: set[str] = set()

    def find(self, credit: ImdbEpisodeCredit) -> UUID | None:
        """Our episode of a credit; one that is not in the catalogue is noted as unknown."""
        id_ = self._by_id.get(credit.episode_id)
        if id_ is None and credit.season_number is not None and credit.episode_number is not None:
            id_ = self._by_number.get((credit.season_number, credit.episode_number))
        if id_ is None:
            self.unknown.add(credit.episode_id)
        return id_
