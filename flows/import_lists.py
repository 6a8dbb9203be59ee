"""Import lists: which shows belong to the catalogue.

Reads TMDb lists, IMDb lists and exports of them (CSV), and ids given as parameters; writes shows with their first facts,
the lists, and who stands on them where, with which note. A show that left a list is recorded as gone from it, and stays
in the catalogue. All lists of a run are one transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import task
from prefect.cache_policies import NO_CACHE
from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlmodel import Session

from db import records
from db.bulk import write
from db.commands.facts import add_facts, put_facts
from db.commands.identity import claim, create, known
from db.commands.membership import put_items, put_list
from db.derive import derive
from db.records import RecordKey
from db.session import read, unit_of_work
from flows.bundles import REFUSED, STORE, parsed, refusal
from flows.candidates import Entry, Id, ListAnswer, assign
from flows.fetching import fetch_chunks
from flows.imdb_lists import imdb_export, imdb_lists
from flows.outcome import Outcome
from flows.report import RunReport
from flows.selection import Selection
from flows.settings import ConfigurationError, ListSettings, load
from flows.sources.errors import NotFound, Unauthorized, UpstreamError
from flows.sources.http import Refresh
from flows.sources.imdb.answers import Layer
from flows.sources.tmdb.client import TmdbClient
from flows.sources.tmdb.payloads import ExternalIds
from flows.sources.tmdb.plan import parse_tmdb_list_id
from flows.stage import StageRun, chunks, collecting, stage
from models.entities import IdSource, Kind, Source
from models.lists import ListSource
from models.shows import LabelKind, ShowLabel

CHUNK = 100


class ListSources(BaseModel):
    """Which lists. Without any, those of the settings TMDB_LIST_IDS, IMDB_LIST_IDS and IMDB_LIST_CSV."""

    tmdb_lists: list[str] = Field(default=[], title="TMDb lists", description="Ids or addresses of TMDb lists")
    imdb_lists: list[str] = Field(default=[], title="IMDb lists", description="Ids or addresses of IMDb lists")
    imdb_csv: list[str] = Field(default=[], title="IMDb exports", description="Paths of IMDb list exports (CSV)")


@collecting("import-lists")
def import_lists(selection: Selection = Selection(), lists: ListSources = ListSources()) -> RunReport:
    """Bring the catalogue's shows and their places on lists up to date.

    Shows that the selection names by IMDb or TMDb id are imported themselves; the settings' lists are then left alone.
    """
    with stage("import-lists", selection, lists.model_dump(mode="json"), tolerated=0.0) as run:
        answers = _collect(run, _wanted(selection, lists))
        unknown = _learn_imdb_ids(run, [entry for answer in answers for entry in answer.entries])
        answers = [_believed(answer, unknown) for answer in answers]
        answers = [answer for answer in answers if answer.entries or answer.source != ListSource.MANUAL]
        try:
            run.add(store_lists(answers, selection))
        except REFUSED as error:
            run.report.failures["all lists together"] = refusal(error)
    return run.report


def _wanted(selection: Selection, lists: ListSources) -> ListSources:
    given = bool(lists.tmdb_lists or lists.imdb_lists or lists.imdb_csv)
    if given or selection.imdb_ids or selection.tmdb_ids:
        return lists
    settings = load(ListSettings)
    wanted = ListSources(
        tmdb_lists=list(settings.tmdb_list_ids),
        imdb_lists=list(settings.imdb_list_ids),
        imdb_csv=list(settings.imdb_list_csv),
    )
    if not (wanted.tmdb_lists or wanted.imdb_lists or wanted.imdb_csv or selection.ids):
        raise ConfigurationError(
            "TMDB_LIST_IDS",
            "is not set, and neither is IMDB_LIST_CSV nor IMDB_LIST_IDS; name at least one list, or give ids to import",
        )
    return wanted


def _believed(answer: ListAnswer, unknown: set[Id]) -> ListAnswer:
    """A list vouches for its entries; of ids that somebody typed only those count that TMDb knows."""
    if answer.source != ListSource.MANUAL:
        return answer
    return replace(answer, entries=[entry for entry in answer.entries if entry.ids[0] not in unknown])


def _collect(run: StageRun, wanted: ListSources) -> list[ListAnswer]:
    """Read every list; one that cannot be read fails alone."""
    answers = []
    explicit = [Entry([("imdb", value)]) for value in run.selection.imdb_ids]
    explicit += [Entry([("tmdb", str(value))]) for value in run.selection.tmdb_ids]
    if explicit:
        answers.append(ListAnswer(ListSource.MANUAL, "ids", "Imported by id", None, explicit, is_complete=False))
    answers += imdb_lists(run, wanted.imdb_lists)
    for path in wanted.imdb_csv:
        try:
            answers.append(imdb_export(run, Path(path)))
        except ValueError as error:
            run.report.failures[f"IMDb export {path}"] = str(error)
    for reference in wanted.tmdb_lists:
        try:
            answers.append(fetch_tmdb_list(parse_tmdb_list_id(reference)))
        except NotFound:
            run.report.failures[f"TMDb list {reference}"] = (
                "there is no such list, or it is private; check TMDB_LIST_IDS"
            )
        except Unauthorized:
            raise
        except (UpstreamError, ValueError) as error:
            run.report.failures[f"TMDb list {reference}"] = str(error)
    for answer in answers:
        run.select(answer.entries, f"entries on {answer.source} list {answer.name or answer.source_id}")
    return answers


@task(cache_policy=NO_CACHE, task_run_name="fetch list {list_id}")
def fetch_tmdb_list(list_id: str) -> ListAnswer:
    """Ask TMDb for a list, all pages of it; entries that are not television are passed over."""
    with TmdbClient() as client:
        answer = client.list_items(list_id, refresh=Refresh.REVALIDATE)
    entries = [
        Entry(
            [(IdSource.TMDB, str(item.tmdb_id))],
            title=item.title,
            premiere_date=item.first_air_date,
            rank=item.rank,
            note=item.note,
        )
        for item in answer.items
        if item.media_type == "tv"
    ]
    return ListAnswer(ListSource.TMDB, list_id, answer.name, answer.description, entries)


def _learn_imdb_ids(run: StageRun, entries: Sequence[Entry]) -> set[Id]:
    """Ask TMDb for the IMDb ids of shows that are new to us, so that they meet their entries on IMDb's lists.

    It costs nothing: the answers are the bundles that all later stages read. Answers the ids that TMDb told nothing of.
    """
    tmdb_ids = sorted({value for entry in entries for source, value in entry.ids if source == IdSource.TMDB})
    with read() as connection, Session(connection) as session:
        fresh = [value for value in tmdb_ids if value not in known(session, Kind.SHOW, IdSource.TMDB, tmdb_ids)]
    imdb_ids: dict[str, str] = {}
    answered: set[str] = set()
    for refs, fetched in fetch_chunks(run, "show", chunks(fresh, CHUNK), list):
        run.report.failures |= {f"TMDb show {ref}": problem for ref, problem in fetched.failures.items()}
        with read() as connection:
            answers = records.load(connection, [RecordKey("tmdb", "show", ref) for ref in refs])
        for key, record in answers.items():
            # The ids alone: what else the bundle says, or says wrongly, is the next stages' business.
            ids, problem = parsed(ExternalIds, replace(record, body=record.body.get("external_ids") or {}))
            if problem:
                run.report.failures[f"TMDb show {key.ref}"] = problem
            if ids:
                answered.add(key.ref)
            if ids and ids.imdb_id:
                imdb_ids[key.ref] = ids.imdb_id
    for entry in entries:
        source, value = entry.ids[0]
        if source == IdSource.TMDB and value in imdb_ids:
            entry.ids.append((IdSource.IMDB, imdb_ids[value]))
    return {(IdSource.TMDB, value) for value in fresh if value not in answered}


@task(**STORE)
def store_lists(answers: list[ListAnswer], selection: Selection) -> Outcome:
    """Make the shows that are new, and set who stands on which list: one transaction for all."""
    outcome = Outcome()
    entries = [entry for answer in answers for entry in answer.entries]
    with unit_of_work(dry_run=selection.dry_run) as session:
        assignment = assign(entries, _owners(session, entries), _held(session))
        create(session, Kind.SHOW, assignment.fresh)
        outcome.ambiguous += len(claim(session, Kind.SHOW, assignment.claims))
        _put_first_facts(session, entries, assignment.shows, outcome)
        place = 0
        for answer in answers:
            shows = [assignment.shows[place + offset] for offset in range(len(answer.entries))]
            place += len(answer.entries)
            _put_membership(session, answer, shows, selection, outcome)
        changed = list(dict.fromkeys([*assignment.shows.values(), *_former(session)]))
        outcome.count("core.shows", derive(session, Kind.SHOW, changed))
    outcome.done = len(entries)
    return outcome


def _owners(session: Session, entries: Sequence[Entry]) -> dict[tuple[str, str], UUID]:
    owners: dict[tuple[str, str], UUID] = {}
    for source in (IdSource.IMDB, IdSource.TMDB):
        values = {value for entry in entries for source_, value in entry.ids if source_ == source}
        owners |= {(source, value): id_ for value, id_ in known(session, Kind.SHOW, source, values).items()}
    return owners


def _held(session: Session) -> set[tuple[UUID, str]]:
    rows = session.execute(text("select entity_id, source from core.external_ids where kind = 'show'"))
    return {(id_, source) for id_, source in rows}


def _put_first_facts(session: Session, entries: Sequence[Entry], shows: dict[int, UUID], outcome: Outcome) -> None:
    """What the lists say of the shows, where it is not known better: IMDb's lists are IMDb's word, TMDb's are TMDb's."""
    imdb: dict[UUID, Entry] = {}
    tmdb: dict[UUID, dict[str, Any]] = {}
    for place, entry in enumerate(entries):
        if entry.layer:
            imdb.setdefault(shows[place], entry)
        elif entry.title:
            premiere = entry.premiere_date.isoformat() if entry.premiere_date else None
            tmdb.setdefault(shows[place], {"name": entry.title, "premiere_date": premiere})
    told = set(
        session.execute(
            text("select entity_id from core.facts where source = 'tmdb' and entity_id = any(:ids)"),
            {"ids": list(tmdb)},
        ).scalars()
    )
    tmdb = {id_: facts for id_, facts in tmdb.items() if id_ not in told}
    for layer in (Layer.LIST, Layer.EXPORT):
        facts = {id_: entry.facts for id_, entry in imdb.items() if entry.layer == layer and entry.facts}
        outcome.count("core.facts", add_facts(session, Source.IMDB, facts, layer=layer, over=False))
    outcome.count("core.facts", put_facts(session, Source.TMDB, tmdb))
    outcome.count("core.shows", derive(session, Kind.SHOW, list(dict.fromkeys(shows.values()))))
    _put_genres(session, imdb, outcome)


def _put_genres(session: Session, entries: Mapping[UUID, Entry], outcome: Outcome) -> None:
    """The genres that IMDb's lists name, of shows that IMDb was not asked about themselves yet."""
    asked = set(
        session.execute(
            text(
                "select entity_id from core.facts where source = 'imdb' and entity_id = any(:ids)"
                " and exists (select from jsonb_each_text(layers) l where l.value in ('graphql', 'pages'))"
            ),
            {"ids": list(entries)},
        ).scalars()
    )
    named = {id_: entry.genres for id_, entry in entries.items() if id_ not in asked and entry.genres}
    labels = [
        {"show_id": id_, "source": Source.IMDB, "kind": LabelKind.GENRE, "name": genre}
        for id_, genres in named.items()
        for genre in genres
    ]
    scope = {"show_id": list(named), "source": Source.IMDB, "kind": LabelKind.GENRE}
    outcome.count("core.show_labels", write(session, ShowLabel, labels, scope=scope))


def _put_membership(
    session: Session, answer: ListAnswer, shows: Sequence[UUID], selection: Selection, outcome: Outcome
) -> None:
    list_id = put_list(session, answer.source, answer.source_id, answer.name, answer.description)
    items = [
        {"list_id": list_id, "show_id": show, "rank": entry.rank, "note": entry.note, "left_at": None}
        for show, entry in zip(shows, answer.entries, strict=True)
    ]
    counts, problem = put_items(session, list_id, items, whole=answer.is_complete, allow_shrink=selection.allow_shrink)
    outcome.count("core.list_items", counts)
    if problem:
        outcome.failures[f"{answer.source} list {answer.source_id}"] = problem


def _former(session: Session) -> list[UUID]:
    """Shows that left a list in this transaction: what they are listed on must be derived anew."""
    return list(session.execute(text("select show_id from core.list_items where left_at = now()")).scalars())
