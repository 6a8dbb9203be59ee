"""Cast and crew as IMDb credits them: the part of the stage people-cast that asks IMDb.

Reads IMDb's credits of each show, and TMDb's answers about those of the cast whom we do not know by their IMDb id; writes
`core.people` where somebody is new, `core.credits`, `core.credit_counts`. Nobody is matched by name: whoever has the name
of another in the same show stays a person of their own, and a person of ours is asked.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from prefect import task
from sqlalchemy import text
from sqlmodel import Session

from db import records
from db.bulk import Counts, write
from db.commands.facts import add_facts
from db.commands.identity import known, several
from db.commands.people import people_by_imdb
from db.derive import derive
from db.records import RecordKey
from db.session import read
from flows.bundles import STORE, parsed, store_or_single_out
from flows.fetching import Fetched, fetch_chunks
from flows.imdb_credits import counts, credit_rows, credits_that_count
from flows.imdb_storing import CHUNK, ImdbWork, answer_of, imdb_refs, imdb_storing, name_of, note_refused, shows_on_imdb
from flows.outcome import Outcome
from flows.selection import Selection, ShowRef
from flows.sources.imdb.answers import ImdbCredit, ImdbCredits
from flows.sources.tmdb.payloads import FindPayload
from flows.stage import StageRun, chunks
from models.entities import IdSource, Kind, Source
from models.ops import Resource
from models.people import Credit, CreditCount
from models.rules.shrink import shrank


def sync_imdb_credits(run: StageRun) -> Iterator[list[str]]:
    """Fetch IMDb's credits of the selected shows, ask TMDb about the cast who are new to us, and store chunk by chunk.

    Yields the TMDb ids of those whom TMDb knew, so that they can be asked for.
    """
    refused = partial(note_refused, Resource.IMDB_CAST)
    pieces = chunks(shows_on_imdb(run, "credits", Resource.IMDB_CAST), CHUNK)
    for piece, fetched in fetch_chunks(run, "credits", pieces, imdb_refs, source="imdb"):
        strangers = _strangers(piece)
        for _ in fetch_chunks(run, "find", chunks(strangers, FIND_CHUNK), list):
            pass  # what TMDb could not say now is no show's failure: whoever it is becomes a person by IMDb's id alone
        run.add(store_or_single_out(store_imdb_credits, piece, fetched, run.selection, refused))
        yield _on_tmdb(strangers)


FIND_CHUNK = 200


def _strangers(shows: Sequence[ShowRef]) -> list[str]:
    """IMDb's ids of those whom it credits as seen in these shows and whom we do not know by them."""
    with read() as connection, Session(connection) as session:
        answers = records.load(session, [RecordKey("imdb", "credits", ref) for ref in imdb_refs(shows)])
        read_ = (answer_of(record, ImdbCredits)[0] for record in answers.values())
        seen = {c.person_id: None for answer in read_ if answer for c in credits_that_count(answer) if c.is_cast}
        ours = known(session, Kind.PERSON, IdSource.IMDB, seen)
        return [person for person in seen if person not in ours]


def _on_tmdb(people: Sequence[str]) -> list[str]:
    """TMDb's ids of those of these people, by IMDb's ids, who have one."""
    with read() as connection:
        return list(
            connection.execute(
                text(
                    "select tmdb_id::text from core.people where imdb_id = any(:ids) and tmdb_id is not null"
                    " order by tmdb_id"
                ),
                {"ids": list(people)},
            ).scalars()
        )


@task(**STORE)
def store_imdb_credits(shows: list[ShowRef], fetched: Fetched, selection: Selection) -> Outcome:
    """Turn IMDb's credits into people, credits and counts, one transaction for the chunk."""
    with imdb_storing(shows, fetched, "credits", Resource.IMDB_CAST, selection, ImdbCredits) as work:
        counting = {told.show.id: credits_that_count(told.answer) for told in work.told}
        people = _people(work, counting)
        of_two = several(work.session, Source.IMDB, list(counting))
        believed = [told for told in work.told if not _shrank(work, told.show, counting)]
        whole = {told.show.id for told in believed if told.answer.is_complete} - of_two
        rows: list[dict[str, Any]] = []
        count_rows: list[dict[str, Any]] = []
        for show, credits in counting.items():
            for person, row in credit_rows(credits):
                named = {"show_id": show, "person_id": people[person], "source": Source.IMDB}
                rows.append({"id": uuid4(), **named, **row})
            for (person, category), row in counts(credits).items():
                named = {"show_id": show, "person_id": people[person], "source": Source.IMDB}
                count_rows.append({"entity_id": show, **named, "category": category, **row})
        work.outcome.count("core.credits", _write(work.session, Credit, rows, whole))
        work.outcome.count("core.credit_counts", _write(work.session, CreditCount, count_rows, whole))
    return work.outcome


def _people(work: ImdbWork[ImdbCredits], counting: dict[UUID, list[ImdbCredit]]) -> dict[str, UUID]:
    """The people in these credits by IMDb's ids, made where they are new."""
    names = {show: {credit.person_id: credit.name for credit in credits} for show, credits in counting.items()}
    keys = [RecordKey("tmdb", "find", person) for people in names.values() for person in people]
    found: dict[str, str] = {}
    for key, record in records.load(work.session, keys).items():
        payload, _ = parsed(FindPayload, record)
        if payload and len(payload.person_results) == 1:
            found[key.ref] = str(payload.person_results[0].id)
    people = people_by_imdb(work.session, names, found)
    work.outcome.ambiguous += people.ambiguous
    for told in work.told:
        facts = {people.ids[person]: {"name": name} for person, name in names[told.show.id].items()}
        added = add_facts(work.session, Source.IMDB, facts, layer=told.layer)
        work.outcome.count("core.facts", added)
    work.outcome.count("core.people", derive(work.session, Kind.PERSON, list(set(people.ids.values()))))
    return people.ids


def _write(session: Session, model: Any, rows: list[dict[str, Any]], whole: set[UUID]) -> Counts:
    """Of the shows whose answer is whole, what it does not credit is gone; of the others it stays."""
    key, kept = (("show_id", "source", "source_id"), ("id",)) if model is Credit else (None, ())
    scope = {"show_id": list(whole), "source": Source.IMDB}
    of_whole = [row for row in rows if row["show_id"] in whole]
    others = [row for row in rows if row["show_id"] not in whole]
    counted = write(session, model, of_whole, key=key, scope=scope, insert_only=kept)
    return counted + write(session, model, others, key=key, insert_only=kept)


def _shrank(work: ImdbWork[ImdbCredits], show: ShowRef, counting: dict[UUID, list[ImdbCredit]]) -> bool:
    """Whether a show lost all of IMDb's credits, or so many at once, that IMDb is not believed; it is noted then."""
    before = work.session.execute(
        text("select count(*) from core.credits where show_id = :show and source = 'imdb'"), {"show": show.id}
    ).scalar_one()
    after = len({row["source_id"] for _, row in credit_rows(counting[show.id])})
    if work.allow_shrink or not (shrank(before, after) or (before and not after)):
        return False
    problem = f"IMDb lists {after} credits where it listed {before}; none was removed (allow_shrink)"
    work.unfinished[show.id] = problem
    work.outcome.failures[f"{name_of(show)} (credits)"] = problem
    return True
