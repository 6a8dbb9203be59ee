"""People and cast: who belongs to which show as what, in how many episodes, and what TMDb says of each person.

Reads the TMDb show bundle (`aggregate_credits`, `created_by`), a record per season (`aggregate_credits`, `credits`,
episodes), and a record per person; writes `core.people`, `core.credits`, `core.credit_counts`, `core.appearances`. The
regulars of a season are listed by no episode, so their counts come from the season's aggregate. Credits are removed only
where every season's answer was there. IMDb's credits come after TMDb's (`imdb_cast`): who TMDb names with an IMDb id is
then known by it.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from prefect import task
from pydantic import BaseModel
from pydantic import Field as PydanticField
from sqlalchemy import text

from db import records
from db.bulk import Counts, write
from db.commands.facts import put_facts
from db.commands.identity import ensure, known, several
from db.derive import derive
from db.records import RecordKey
from db.session import read
from flows.bundles import STORE, Bundle, Storing, note_refused, parsed, shows_on_tmdb, store_or_single_out, storing
from flows.credits import ShowCredits, credits_of, largest
from flows.fetching import Fetched
from flows.imdb_cast import sync_imdb_credits
from flows.merging import merge_found
from flows.outcome import Outcome
from flows.people import sync_people
from flows.report import RunReport
from flows.seasons import fetch_with_seasons, remember, season_keys, season_refs
from flows.selection import Selection, ShowRef
from flows.sources.tmdb.facts import credited_facts
from flows.sources.tmdb.payloads import SeasonPayload
from flows.stage import StageRun, collecting, stage
from models.entities import IdSource, Kind, Source
from models.ops import Resource
from models.people import Appearance, Credit, CreditCount
from models.rules.shrink import shrank


class People(BaseModel):
    """Which people, if not those of the selected shows."""

    people_ids: list[int] = PydanticField(
        default=[], title="TMDb ids of people", description="Only these people, by TMDb's ids: 287 ..."
    )


@collecting("people-cast")
def sync_people_cast(selection: Selection = Selection(), people: People = People()) -> RunReport:
    """Bring the credits of the selected shows, and the people in them, up to date; or named people alone."""
    with stage("people-cast", selection, people.model_dump(mode="json")) as run:
        if people.people_ids:
            sync_people(run, [[str(id_) for id_ in people.people_ids]])
        else:
            sync_people(run, _sync_credits(run))
            sync_people(run, sync_imdb_credits(run))
        merge_found(run, Kind.PERSON)
    return run.report


def _sync_credits(run: StageRun) -> Iterator[list[str]]:
    """Fetch and store season by season; the seasons of the next shows are fetched while these are stored.

    Yields the people of each chunk of shows, by TMDb's ids, as soon as their credits are stored: so people are asked for
    while the credits of further shows are stored.
    """
    for piece, fetched in fetch_with_seasons(run, shows_on_tmdb(run, Resource.PEOPLE_CAST)):
        refused = partial(note_refused, Resource.PEOPLE_CAST)
        run.add(store_or_single_out(store_credits, piece, fetched, run.selection, refused))
        yield _people_in([show.id for show in piece])


@task(**STORE)
def store_credits(shows: list[ShowRef], fetched: Fetched, selection: Selection) -> Outcome:
    """Turn bundles and season records into people, credits and counts, one transaction for the chunk."""
    with storing(
        shows, fetched, Resource.PEOPLE_CAST, selection, parts=("aggregate_credits",), reads=season_keys
    ) as work:
        seasons = season_refs(work.session, [bundle.show for bundle in work.bundles])
        found = [_credits(work, bundle, seasons.get(bundle.show.tmdb_id or "", []), fetched) for bundle in work.bundles]
        people = _people(work, found)
        ids = _season_ids(work)
        of_two = several(work.session, Source.TMDB, [credits.show.id for credits in found])
        complete = [
            credits.show.id
            for credits in found
            if credits.complete and credits.show.id not in of_two and not _shrank(work, credits)
        ]
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
        work.outcome.count("core.credit_counts", write(work.session, CreditCount, largest(count_rows), scope=scope))
        work.outcome.count("core.appearances", _put_appearances(work, found, people, scope))
        remember(work.session, [bundle.show for bundle in work.bundles])
    return work.outcome


def _put_appearances(work: Storing, found: list[ShowCredits], people: dict[int, UUID], scope: dict[str, Any]) -> Counts:
    """Who is in which episode, as far as TMDb lists it by episode; episodes that were not stored are passed over."""
    wanted = {str(episode) for credits in found for episode, *_ in credits.appearances}
    episodes = known(work.session, Kind.EPISODE, IdSource.TMDB, wanted)
    rows = (
        {
            "episode_id": episodes[str(episode)],
            "person_id": people[person],
            "source": Source.TMDB,
            "category": category,
            "job": job,
            "show_id": credits.show.id,
            **row,
        }
        for credits in found
        for (episode, person, category, job), row in credits.appearances.items()
        if str(episode) in episodes
    )
    return write(work.session, Appearance, rows, scope=scope)


def _credits(work: Storing, bundle: Bundle, refs: list[str], fetched: Fetched) -> ShowCredits:
    answers = records.load(work.session, [RecordKey("tmdb", "season", ref) for ref in refs])
    payloads: dict[int, SeasonPayload] = {}
    missing = []
    for ref in refs:
        payload, problem = parsed(SeasonPayload, answers.get(RecordKey("tmdb", "season", ref)), work.outcome.drift)
        if payload:
            payloads[int(ref.split("/")[1])] = payload
        if payload is None or ref in fetched.failures:
            missing.append(f"{ref}: {fetched.failures.get(ref) or problem or 'not answered'}")
    if missing:
        work.unfinished[bundle.show.id] = f"seasons not answered: {'; '.join(missing)}"
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


def _shrank(work: Storing, credits: ShowCredits) -> bool:
    """Whether a show lost so many credits at once that TMDb is not believed; it is noted then."""
    before = work.session.execute(
        text("select count(*) from core.credits where show_id = :show and source = 'tmdb'"), {"show": credits.show.id}
    ).scalar_one()
    if work.allow_shrink or not shrank(before, len(credits.rows)):
        return False
    problem = f"TMDb lists {len(credits.rows)} credits where it listed {before}; none was removed (allow_shrink)"
    work.unfinished[credits.show.id] = problem
    work.outcome.failures[f"{credits.show.name} (credits)"] = problem
    return True


def _season_ids(work: Storing) -> dict[tuple[UUID, int], UUID]:
    rows = work.session.execute(
        text("select show_id, season_number, id from core.seasons where is_listed and show_id = any(:shows)"),
        {"shows": [bundle.show.id for bundle in work.bundles]},
    )
    return {(show_id, number): id_ for show_id, number, id_ in rows}


def _people_in(shows: list[UUID]) -> list[str]:
    """Everybody in these shows' credits and episodes, by TMDb's id."""
    with read() as connection:
        return list(
            connection.execute(
                text(
                    "select p.tmdb_id::text from core.people p join core.entities e on e.id = p.id"
                    " where p.tmdb_id is not null and e.merged_into is null and exists ("
                    "   select from core.credits c where c.person_id = p.id and c.show_id = any(:shows)"
                    "   union all"
                    "   select from core.appearances a where a.person_id = p.id and a.show_id = any(:shows))"
                    " order by p.tmdb_id"
                ),
                {"shows": shows},
            ).scalars()
        )
