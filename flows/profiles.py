"""Profiles: everybody as shown, once all sources have spoken.

Reads what the sources said of people and the images they offer; derives `core.people`: birth and death as exactly as they are
known, the zodiac sign of a whole birthday, gender, names, and the one picture. Two people who turned out to be one have
been merged when the sources' ids were claimed. The report tells how many profiles have what, and from which source.
"""

from collections.abc import Sequence
from uuid import UUID

from prefect import task
from sqlalchemy import Connection, text
from sqlmodel import Session

from db import sync_state
from db.derive import derive
from db.provenance import sayings
from db.session import read, unit_of_work
from flows.bundles import MARGIN, STORE, store_or_single_out
from flows.fetching import Fetched
from flows.items import people_of
from flows.outcome import Outcome
from flows.report import RunReport
from flows.selection import Selection, selected_shows
from flows.stage import StageRun, chunks, collecting, stage
from models.entities import Kind
from models.ops import Resource

CHUNK = 500
TOLD = {"birth_date": "a birth date", "gender": "a gender"}
"""Fields whose sources the report tells."""


@collecting("profiles")
def sync_profiles(selection: Selection = Selection()) -> RunReport:
    """Bring the profiles of the people in the selected shows, or of everybody, in line with what is said of them."""
    with stage("profiles", selection) as run:
        with read() as connection:
            people = _people(connection, selection)
        run.select(people, "people")
        for piece in chunks(people, CHUNK):
            run.add(store_or_single_out(store_profiles, piece, Fetched(at=run.began), run.selection, _note_refused))
        _tell(run, people)
    return run.report


def _people(connection: Connection, selection: Selection) -> list[UUID]:
    if selection.names_shows or selection.limit:
        shows = selected_shows(connection, selection)
        return [person.id for person in people_of(connection, [show.id for show in shows])]
    rows = connection.execute(
        text(
            "select p.id from core.people p join core.entities e on e.id = p.id"
            " where e.merged_into is null and e.removed_at is null order by p.id"
        )
    )
    return list(rows.scalars())


@task(**STORE)
def store_profiles(people: list[UUID], fetched: Fetched, selection: Selection) -> Outcome:
    """Derive those of these people about whom something changed since they were derived here last."""
    outcome = Outcome(done=len(people))
    with unit_of_work(dry_run=selection.dry_run) as session:
        wanted = people if selection.stores_everything else _changed(session, people)
        outcome.unchanged = len(people) - len(wanted)
        outcome.count("core.people", derive(session, Kind.PERSON, wanted))
        sync_state.succeeded(session, Resource.PROFILE, dict.fromkeys(wanted))
    return outcome


def _note_refused(session: Session, person: UUID, problem: str) -> str:
    sync_state.failed(session, Resource.PROFILE, {person: problem})
    return f"person {person}"


def _changed(session: Session, people: Sequence[UUID]) -> list[UUID]:
    """Those whose facts, ids or images changed since, and those who were never derived here."""
    rows = session.execute(
        text(
            """
            select p.id from unnest(cast(:people as uuid[])) as p(id)
            left join ops.sync_state y on y.entity_id = p.id and y.resource = 'profile' and y.status = 'success'
            where y.last_success_at is null
               or exists (select from core.facts f where f.entity_id = p.id
                          and f.changed_at > y.last_success_at - cast(:margin as interval))
               or exists (select from ops.changes c where c.entity_id = p.id
                          and c.table_name in ('images', 'external_ids', 'entities')
                          and c.changed_at > y.last_success_at - cast(:margin as interval))
            order by p.id
            """
        ),
        {"people": list(people), "margin": MARGIN},
    )
    return list(rows.scalars())


def _tell(run: StageRun, people: Sequence[UUID]) -> None:
    """Note how many of these people have what, and whose word or picture it is."""
    with read() as connection:
        parameters = {"ids": list(people), "fields": list(TOLD)}
        said = connection.execute(
            text(
                f"select field, source, count(*) from ({sayings(Kind.PERSON)}) s"
                " where is_shown and value <> 'null' group by field, source"
            ),
            parameters,
        ).all()
        pictures = dict(
            connection.execute(
                text(
                    "select i.source, count(*) from core.people p join core.images i on i.id = p.profile_image_id"
                    " where p.id = any(:ids) group by i.source"
                ),
                parameters,
            )
            .tuples()
            .all()
        )
        signs = connection.execute(
            text("select count(*) from core.people where id = any(:ids) and zodiac is not null"), parameters
        ).scalar_one()
    for field, name in TOLD.items():
        _note(run, name, len(people), {source: count for told, source, count in said if told == field})
    run.report.notes.append(f"{signs} of {len(people)} people have a zodiac sign")
    _note(run, "a picture", len(people), pictures)


def _note(run: StageRun, what: str, people: int, by_source: dict[str, int]) -> None:
    ranked = sorted(by_source.items(), key=lambda item: (-item[1], item[0]))
    sources = ", ".join(f"{source} {count}" for source, count in ranked)
    run.report.notes.append(
        f"{sum(by_source.values())} of {people} people have {what}" + (f" ({sources})" if sources else "")
    )
