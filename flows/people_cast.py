"""People and cast: who belongs to which show as what, in how many episodes, and what TMDb says of each person.

Reads the TMDb show bundle (`aggregate_credits`, `created_by`), a record per season (`aggregate_credits`, `credits`),
and a record per person; writes `core.people`, `core.credits`, `core.credit_counts`, the people's facts, ids and other
names. The regulars of a season are listed by no episode, so their counts come from the season's aggregate. Credits
are removed only where every season's answer was there.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import text

from db import records, sync_state
from db.bulk import write
from db.commands.facts import put_facts
from db.commands.identity import claim, ensure
from db.derive import derive
from db.records import RecordKey
from db.session import read, unit_of_work
from flows.bundles import CHUNK, Bundle, Storing, parsed, store_or_single_out, storing, tmdb_refs
from flows.credits import ShowCredits, credits_of
from flows.fetching import Fetched, fetch_chunks
from flows.outcome import Outcome
from flows.report import RunReport
from flows.selection import Selection, ShowRef, selected_shows
from flows.sources.tmdb.facts import credited_facts, identities, person_facts
from flows.sources.tmdb.payloads import PersonPayload, SeasonPayload
from flows.stage import StageRun, chunks, collecting, stage
from models.entities import Alias, IdSource, Kind, Source
from models.ops import Resource
from models.people import Credit, CreditCount

PEOPLE_CHUNK = 200


@collecting("people-cast")
def sync_people_cast(selection: Selection = Selection()) -> RunReport:
    """Bring the credits of the selected shows, and the people in them, up to date."""
    with stage("people-cast", selection) as run:
        with read() as connection:
            shows = [show for show in selected_shows(connection, selection, Resource.PEOPLE_CAST) if show.tmdb_id]
        run.select(shows)
        for piece, fetched in fetch_chunks(run, "show", chunks(shows, CHUNK), tmdb_refs):
            seasons = [ref for _, refs in season_refs(piece).items() for ref in refs]
            for _, of_seasons in fetch_chunks(run, "season", chunks(seasons, PEOPLE_CHUNK), list):
                fetched.failures |= of_seasons.failures
            run.add(store_or_single_out(store_credits, piece, fetched, selection.dry_run))
        _sync_people(run, [show.id for show in shows])
    return run.report


def season_refs(shows: Sequence[ShowRef]) -> dict[str, list[str]]:
    """TMDb's names of the seasons of these shows, as their bundles list them: {show: [`1399/0`, `1399/1` …]}."""
    with read() as connection:
        answers = records.load(connection, [RecordKey("tmdb", "show", ref) for ref in tmdb_refs(shows)])
    refs: dict[str, list[str]] = {}
    for key, record in answers.items():
        numbers = (
            season.get("season_number") for season in record.body.get("seasons") or [] if isinstance(season, dict)
        )
        refs[key.ref] = [f"{key.ref}/{number}" for number in sorted({n for n in numbers if isinstance(n, int)})]
    return refs


@task(cache_policy=NO_CACHE)
def store_credits(shows: list[ShowRef], fetched: Fetched, *, dry_run: bool) -> Outcome:
    """Turn bundles and season records into people, credits and counts, one transaction for the chunk."""
    with storing(shows, fetched, Resource.PEOPLE_CAST, dry_run=dry_run) as work:
        seasons = season_refs([bundle.show for bundle in work.bundles])
        found = [_credits(work, bundle, seasons.get(bundle.show.tmdb_id or "", []), fetched) for bundle in work.bundles]
        people = _people(work, found)
        ids = _season_ids(work)
        complete = [credits.show.id for credits in found if credits.complete]
        scope = {"show_id": complete, "source": Source.TMDB}
        credit_rows = [
            {"id": uuid4(), "show_id": credits.show.id, "person_id": people[person], "source": Source.TMDB, **row}
            for credits in found
            for person, row in credits.rows
        ]
        key = ("show_id", "source", "source_id")
        work.outcome.count(
            "core.credits", write(work.session, Credit, credit_rows, key=key, scope=scope, insert_only=("id",))
        )
        count_rows = [
            {
                "entity_id": credits.show.id if season is None else ids[credits.show.id, season],
                "person_id": people[person],
                "source": Source.TMDB,
                "category": category,
                "show_id": credits.show.id,
                **row,
            }
            for credits in found
            for (season, person, category), row in credits.counts.items()
            if season is None or (credits.show.id, season) in ids
        ]
        work.outcome.count("core.credit_counts", write(work.session, CreditCount, count_rows, scope=scope))
    return work.outcome


def _credits(work: Storing, bundle: Bundle, refs: list[str], fetched: Fetched) -> ShowCredits:
    answers = records.load(work.session, [RecordKey("tmdb", "season", ref) for ref in refs])
    payloads: dict[int, SeasonPayload] = {}
    missing = []
    for ref in refs:
        payload, problem = parsed(SeasonPayload, answers.get(RecordKey("tmdb", "season", ref)), work.outcome)
        if payload:
            payloads[int(ref.split("/")[1])] = payload
        else:
            missing.append(f"{ref}: {fetched.failures.get(ref) or problem or 'not answered'}")
    if missing:
        work.outcome.failures[f"{bundle.show.name} (seasons)"] = "; ".join(missing)
    return credits_of(bundle.show, bundle.payload, payloads, complete=not missing)


def _people(work: Storing, found: list[ShowCredits]) -> dict[int, UUID]:
    """The people in these credits, made where they are new, with the little that the credits say of them."""
    named = {person_id: person for credits in found for person_id, person in credits.people.items()}
    ids = ensure(work.session, Kind.PERSON, IdSource.TMDB, [str(id_) for id_ in named])
    known = set(
        work.session.execute(
            text("select entity_id from core.facts where source = 'tmdb' and entity_id = any(:ids)"),
            {"ids": list(ids.values())},
        ).scalars()
    )
    fresh = {ids[str(id_)]: credited_facts(person) for id_, person in named.items() if ids[str(id_)] not in known}
    work.outcome.count("core.facts", put_facts(work.session, Source.TMDB, fresh))
    work.outcome.count("core.people", derive(work.session, Kind.PERSON, list(fresh)))
    return {id_: ids[str(id_)] for id_ in named}


def _season_ids(work: Storing) -> dict[tuple[UUID, int], UUID]:
    rows = work.session.execute(
        text("select show_id, season_number, id from core.seasons where is_listed and show_id = any(:shows)"),
        {"shows": [bundle.show.id for bundle in work.bundles]},
    )
    return {(show_id, number): id_ for show_id, number, id_ in rows}


def _sync_people(run: StageRun, shows: list[UUID]) -> None:
    """Everybody in these shows' credits, by TMDb's id: fetched, and stored as facts."""
    with read() as connection:
        refs = list(
            connection.execute(
                text(
                    "select p.tmdb_id::text from core.people p join core.entities e on e.id = p.id"
                    " where p.tmdb_id is not null and e.merged_into is null and exists ("
                    "   select from core.credits c where c.person_id = p.id and c.show_id = any(:shows))"
                    " order by p.tmdb_id"
                ),
                {"shows": shows},
            ).scalars()
        )
    run.select(refs, "people")
    for piece, fetched in fetch_chunks(run, "person", chunks(refs, PEOPLE_CHUNK), list):
        run.add(store_people(piece, fetched, dry_run=run.selection.dry_run))


@task(cache_policy=NO_CACHE)
def store_people(refs: list[str], fetched: Fetched, *, dry_run: bool) -> Outcome:
    """Turn person records into facts, ids and other names, one transaction for the chunk."""
    outcome = Outcome()
    with unit_of_work(dry_run=dry_run) as session:
        ids = ensure(session, Kind.PERSON, IdSource.TMDB, refs)
        answers = records.load(session, [RecordKey("tmdb", "person", ref) for ref in refs])
        payloads: dict[UUID, PersonPayload] = {}
        failed: dict[UUID, str] = {}
        for ref in refs:
            payload, problem = parsed(PersonPayload, answers.get(RecordKey("tmdb", "person", ref)), outcome)
            if payload:
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
        due = {ids[ref]: answers[RecordKey("tmdb", "person", ref)].expires_at for ref in refs if ids[ref] in payloads}
        sync_state.succeeded(session, Resource.PERSON, due)
        sync_state.failed(session, Resource.PERSON, failed)
        outcome.done += len(payloads)
    return outcome
