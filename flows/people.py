"""People: what TMDb says of each person.

Reads a record per person; writes the people's facts, ids, other names and portraits, and derives `core.people`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from prefect import task
from sqlmodel import Session

from db import records, sync_state
from db.bulk import write
from db.commands.facts import put_facts
from db.commands.identity import claim, ensure, known, primary, several
from db.derive import derive
from db.records import RecordKey
from db.session import unit_of_work
from flows.bundles import STORE, parsed, store_or_single_out, stored_since
from flows.fetching import Fetched, fetch_chunks
from flows.outcome import Outcome
from flows.pictures import put_images, tmdb_images
from flows.selection import Selection
from flows.sources.tmdb.facts import identities, person_facts
from flows.sources.tmdb.payloads import PersonPayload
from flows.stage import StageRun
from models.entities import Alias, IdSource, Kind, Source
from models.images import ImageKind
from models.ops import Resource

CHUNK = 200


def sync_people(run: StageRun, found: Iterable[list[str]]) -> None:
    """Fetch people as they are found, and store what TMDb says of them. Whoever is found again is not asked for again."""
    for piece, fetched in fetch_chunks(run, "person", _pieces(run, found), list):
        run.add(store_or_single_out(store_people, piece, fetched, run.selection, _note_refused))


def _pieces(run: StageRun, found: Iterable[list[str]]) -> Iterator[list[str]]:
    seen: set[str] = set()
    waiting: list[str] = []
    for refs in found:
        fresh = [ref for ref in dict.fromkeys(refs) if ref not in seen]
        run.select(fresh, "people")
        seen.update(fresh)
        waiting += fresh
        while len(waiting) >= CHUNK:
            yield waiting[:CHUNK]
            waiting = waiting[CHUNK:]
    if waiting:
        yield waiting


def _note_refused(session: Session, ref: str, problem: str) -> str:
    """Record that a person could not be stored; answers what reports call them."""
    ids = known(session, Kind.PERSON, IdSource.TMDB, [ref])
    sync_state.failed(session, Resource.PERSON, dict.fromkeys(ids.values(), problem))
    return f"person {ref}"


@task(**STORE)
def store_people(refs: list[str], fetched: Fetched, selection: Selection) -> Outcome:
    """Turn person records into facts, ids, other names and portraits, one transaction for the chunk."""
    outcome = Outcome()
    with unit_of_work(dry_run=selection.dry_run) as session:
        ids = ensure(session, Kind.PERSON, IdSource.TMDB, refs)
        asked = primary(session, Kind.PERSON, IdSource.TMDB, refs)
        outcome.done = outcome.unchanged = len(refs) - len(asked)
        refs = [ref for ref in refs if ref in asked]  # two answers about one person would replace each other in turn
        keys = {ids[ref]: RecordKey("tmdb", "person", ref) for ref in refs}
        stored = set() if selection.stores_everything else stored_since(session, Resource.PERSON, keys, {})
        due = records.expiry(session, list(keys.values()))
        outcome.done += len(stored)
        outcome.unchanged += len(stored)
        sync_state.succeeded(session, Resource.PERSON, {id_: due.get(keys[id_]) for id_ in stored})
        refs = [ref for ref in refs if ids[ref] not in stored]
        answers = records.load(session, [RecordKey("tmdb", "person", ref) for ref in refs])
        payloads: dict[UUID, PersonPayload] = {}
        failed: dict[UUID, str] = {}
        for ref in refs:
            payload, problem = parsed(PersonPayload, answers.get(RecordKey("tmdb", "person", ref)), outcome.drift)
            if payload and ref not in fetched.failures:
                payloads[ids[ref]] = payload
            else:
                failed[ids[ref]] = fetched.failures.get(ref) or problem or "TMDb was not asked"
                outcome.failures[f"person {ref}"] = failed[ids[ref]]
        facts = {id_: person_facts(person) for id_, person in payloads.items()}
        outcome.count("core.facts", put_facts(session, Source.TMDB, facts))
        claims = {id_: identities(person.external_ids, person.imdb_id) for id_, person in payloads.items()}
        outcome.ambiguous += len(claim(session, Kind.PERSON, claims))
        names: list[dict[str, Any]] = [
            {"entity_id": id_, "source": Source.TMDB, "name": name, "country": "", "kind": ""}
            for id_, person in payloads.items()
            for name in person.also_known_as
        ]
        scope = {"entity_id": list(payloads), "source": Source.TMDB}
        outcome.count("core.aliases", write(session, Alias, names, scope=scope))
        outcome.count("core.people", derive(session, Kind.PERSON, list(payloads)))
        _put_portraits(session, outcome, payloads)
        sync_state.succeeded(session, Resource.PERSON, {id_: due.get(keys[id_]) for id_ in payloads})
        sync_state.failed(session, Resource.PERSON, failed)
        outcome.done += len(payloads)
    return outcome


def _put_portraits(session: Session, outcome: Outcome, payloads: Mapping[UUID, PersonPayload]) -> None:
    """Store TMDb's pictures of people; of one whom TMDb knows by two ids neither answer tells all."""
    told = {id_: person.images for id_, person in payloads.items() if person.images is not None}
    rows = [
        row
        for id_, person in payloads.items()
        for row in tmdb_images(
            id_, ImageKind.PROFILE, person.images.profiles if person.images else (), person.profile_path
        )
    ]
    put_images(session, outcome, Source.TMDB, rows, complete_for=set(told) - several(session, Source.TMDB, list(told)))
