"""Resolve ids: every show should be known by TMDb's id and by IMDb's.

Reads TMDb: a find by IMDb id for shows without a TMDb id, the show bundle for those without an IMDb id; writes
`core.external_ids`. A hit
whose name or year is foreign, several hits as good, and an id that another show has are left for a person, with the
candidates (`ops.match_cases`).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from prefect import task
from sqlalchemy import text

from db import records, sync_state
from db.commands.cases import UNSURE
from db.commands.identity import claim, open_case, settle_answered, settle_cases
from db.derive import derive
from db.records import RecordKey
from db.session import read, transaction, unit_of_work
from flows.bundles import STORE, parsed, storing, tmdb_refs
from flows.fetching import Fetched, fetch_chunks
from flows.merging import merge_found
from flows.outcome import Outcome
from flows.report import RunReport
from flows.selection import Selection, ShowRef, selected_shows
from flows.sources.tmdb.facts import identities
from flows.sources.tmdb.payloads import FindPayload
from flows.stage import chunks, collecting, stage
from models.entities import IdSource, Kind
from models.ops import Resource
from models.rules.titles import Hit, Judgement, Verdict, judge

CHUNK = 100


@collecting("resolve-ids")
def resolve_ids(selection: Selection = Selection()) -> RunReport:
    """Find the ids that the selected shows lack, in both directions."""
    with stage("resolve-ids", selection) as run:
        if not selection.dry_run:
            with transaction() as session:
                settle_answered(session, Kind.SHOW, IdSource.TMDB, UNSURE)
        with read() as connection:
            shows = selected_shows(connection, selection, Resource.IDS)
        without_tmdb = [show for show in shows if show.imdb_id and not show.tmdb_id]
        without_imdb = [show for show in shows if show.tmdb_id and not show.imdb_id]
        run.select(without_tmdb, "shows without a TMDb id")
        run.select(without_imdb, "shows without an IMDb id")
        for piece, fetched in fetch_chunks(run, "find", chunks(without_tmdb, CHUNK), _imdb_refs):
            run.add(store_found(piece, fetched, selection))
        for piece, fetched in fetch_chunks(run, "show", chunks(without_imdb, CHUNK), tmdb_refs):
            run.add(store_imdb_ids(piece, fetched, selection))
        merge_found(run, Kind.SHOW)
    return run.report


def _imdb_refs(shows: Sequence[ShowRef]) -> list[str]:
    return [show.imdb_id for show in shows if show.imdb_id]


@task(**STORE)
def store_imdb_ids(shows: list[ShowRef], fetched: Fetched, selection: Selection) -> Outcome:
    """Take the IMDb ids that TMDb has of these shows."""
    with storing(shows, fetched, Resource.IDS, selection) as work:
        ids = {b.show.id: identities(b.payload.external_ids) for b in work.bundles}
        wanted: dict[UUID, dict[str, str]] = {
            id_: {IdSource.IMDB: found[IdSource.IMDB]} for id_, found in ids.items() if IdSource.IMDB in found
        }
        work.outcome.ambiguous += len(claim(work.session, Kind.SHOW, wanted))
        work.outcome.count("core.shows", derive(work.session, Kind.SHOW, list(wanted)))
    return work.outcome


class _Known(NamedTuple):
    """What we know of a show that TMDb was searched for."""

    names: list[str]
    year: int | None


@task(**STORE)
def store_found(shows: list[ShowRef], fetched: Fetched, selection: Selection) -> Outcome:
    """Judge what TMDb found by these shows' IMDb ids, and take what is certain."""
    outcome = Outcome()
    with unit_of_work(dry_run=selection.dry_run) as session:
        answers = records.load(session, [RecordKey("tmdb", "find", ref) for ref in _imdb_refs(shows)])
        ours = _known(session, shows)
        found: dict[UUID, dict[str, str]] = {}
        due: dict[UUID, Any] = {}
        failed: dict[UUID, str] = {}
        for show in shows:
            record = answers.get(RecordKey("tmdb", "find", show.imdb_id or ""))
            payload, problem = parsed(FindPayload, record, outcome.drift)
            if payload is None or record is None or show.imdb_id in fetched.failures:
                failed[show.id] = fetched.failures.get(show.imdb_id or "") or problem or "TMDb was not asked"
                outcome.failures[f"{show.name} ({show.imdb_id})"] = failed[show.id]
                continue
            due[show.id] = record.expires_at
            judgement = judge(*ours[show.id], _hits(payload))
            if judgement.hit:
                found[show.id] = {IdSource.TMDB: judgement.hit.value}
            elif judgement.verdict is Verdict.AMBIGUOUS:
                open_case(session, Kind.SHOW, show.id, IdSource.TMDB, UNSURE, _candidates(judgement))
                outcome.ambiguous += 1
        outcome.ambiguous += len(claim(session, Kind.SHOW, found))
        settle_cases(session, [(id_, IdSource.TMDB) for id_ in found], UNSURE)
        outcome.count("core.shows", derive(session, Kind.SHOW, list(found)))
        sync_state.succeeded(session, Resource.IDS, due)
        sync_state.failed(session, Resource.IDS, failed)
        outcome.done += len(due)
    return outcome


def _known(session: Any, shows: Sequence[ShowRef]) -> dict[UUID, _Known]:
    """The names and the first year of these shows. A show that goes by its id has no name yet, so none can be foreign."""
    rows = session.execute(
        text(
            "select s.id, array_remove(array[nullif(s.name, s.imdb_id), s.original_name]"
            "   || array(select a.name from core.aliases a where a.entity_id = s.id)::varchar[], null),"
            "  coalesce(extract(year from s.premiere_date)::integer, (f.fields->>'year')::integer)"
            " from core.shows s left join core.facts f on f.entity_id = s.id and f.source = 'imdb'"
            " where s.id = any(:ids)"
        ),
        {"ids": [show.id for show in shows]},
    )
    return {id_: _Known(names, year) for id_, names, year in rows}


def _hits(payload: FindPayload) -> list[Hit]:
    return [
        Hit(
            str(result.id),
            tuple(name for name in (result.name, result.original_name) if name),
            result.first_air_date.year if result.first_air_date else None,
            result.popularity or 0.0,
        )
        for result in payload.tv_results
    ]


def _candidates(judgement: Judgement) -> list[dict[str, Any]]:
    return [
        {
            "source": IdSource.TMDB,
            "value": hit.value,
            "name": hit.names[0] if hit.names else None,
            "year": hit.year,
            "score": int(likeness),
        }
        for hit, likeness in judgement.ranked
    ]
