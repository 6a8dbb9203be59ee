"""Wikidata: what it says of the selected shows and of everybody who takes part in them.

Reads an item per show and person, found by the Wikidata id that TMDb gives, else by IMDb's id, else by TMDb's, never by name;
and the names of the places and occupations that items mention. Writes facts, ids and other names. An item that is
something else than it was taken for is left to a person.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from uuid import UUID

from prefect import task
from sqlmodel import Session

from db import sync_state
from db.bulk import write
from db.commands.facts import put_facts
from db.commands.identity import claim, followed, open_case, settle_cases
from db.derive import derive
from db.session import read, unit_of_work
from flows.bundles import ANOTHER_ID, STORE, store_or_single_out
from flows.fetching import Fetched, fetch_chunks
from flows.item_verdicts import Known, Look, look
from flows.items import Target, known_items, labels_wanted, people_of, shows_as_targets
from flows.merging import merge_found
from flows.outcome import Outcome
from flows.report import RunReport
from flows.selection import Selection, selected_shows
from flows.settings import WikidataSettings, load
from flows.sources.wikidata.facts import name as name_of
from flows.sources.wikidata.facts import other_names, person_facts, show_facts
from flows.stage import StageRun, chunks, collecting, stage
from models.entities import Alias, IdSource, Kind, Source
from models.ops import Resource

CHUNK = 200
SEVERAL = "several-items"


@collecting("wikidata")
def sync_wikidata(selection: Selection = Selection()) -> RunReport:
    """Bring what Wikidata says of the selected shows and their people up to date."""
    with stage("wikidata", selection) as run:
        settings = load(WikidataSettings)
        run.report.upstream = settings.wikidata_url
        if not settings.wikidata_enabled:
            run.report.notes.append("Wikidata was not asked: WIKIDATA_ENABLED is false")
            return run.report
        with read() as connection:
            shows = selected_shows(connection, selection, Resource.WIKIDATA)
            wanted = {
                "shows": shows_as_targets(connection, shows),
                "people": people_of(connection, [show.id for show in shows]),
            }
        for what, targets in wanted.items():
            run.select(targets, what)
            _sync(run, targets)
        merge_found(run, Kind.SHOW, Kind.PERSON)
    return run.report


def _sync(run: StageRun, targets: list[Target]) -> None:
    """Find the items, fetch them, then the names they need; what is found is stored while the next chunk is fetched."""
    failures: dict[str, str] = {}
    for resource, ref_of in (("by_imdb", _imdb), ("by_tmdb", _tmdb)):
        _find(run, resource, ref_of, targets, failures)
    pieces = (piece for piece, _ in _noted(failures, run, "entity", chunks(targets, CHUNK), _item_refs))
    for piece, fetched in fetch_chunks(run, "label", pieces, _label_refs, source="wikidata"):
        fetched.failures = failures | {f"label {ref}": problem for ref, problem in fetched.failures.items()}
        run.add(store_or_single_out(store_items, piece, fetched, run.selection, _note_refused))


def _find(
    run: StageRun,
    resource: str,
    ref_of: Callable[[Target], str | None],
    targets: list[Target],
    failures: dict[str, str],
) -> None:
    """Look those up by another catalogue's id whose item is not known yet."""
    with read() as connection:
        items = known_items(connection, targets)
    lacking = [target for target in targets if not items[target.id].items and ref_of(target)]
    kind = f"_{targets[0].kind}" if targets and resource == "by_tmdb" else ""
    found = _noted(failures, run, resource + kind, chunks(lacking, CHUNK), partial(_refs, ref_of))
    for _ in found:
        pass


def _noted(
    failures: dict[str, str],
    run: StageRun,
    resource: str,
    pieces: Iterator[list[Target]],
    refs_of: Callable[[list[Target]], list[str]],
) -> Iterator[tuple[list[Target], Fetched]]:
    for piece, fetched in fetch_chunks(run, resource, pieces, refs_of, source="wikidata"):
        failures |= fetched.failures
        yield piece, fetched


def _imdb(target: Target) -> str | None:
    return target.imdb


def _tmdb(target: Target) -> str | None:
    return target.tmdb


def _refs(ref_of: Callable[[Target], str | None], targets: Sequence[Target]) -> list[str]:
    return [ref for target in targets if (ref := ref_of(target))]


def _item_refs(targets: Sequence[Target]) -> list[str]:
    with read() as connection:
        known = known_items(connection, targets).values()
    return list(dict.fromkeys(looked.items[0] for looked in known if len(looked.items) == 1))


def _label_refs(targets: Sequence[Target]) -> list[str]:
    with read() as connection:
        return labels_wanted(connection, targets)


def _note_refused(session: Session, target: Target, problem: str) -> str:
    sync_state.failed(session, Resource.WIKIDATA, {target.id: problem})
    return target.called


@task(**STORE)
def store_items(targets: list[Target], fetched: Fetched, selection: Selection) -> Outcome:
    """Turn items into facts, ids and other names, one transaction for the chunk."""
    outcome, kind = Outcome(), targets[0].kind
    with unit_of_work(dry_run=selection.dry_run) as session:
        became = followed(session, [target.id for target in targets])  # merged since they were selected
        targets = [target for target in targets if target.id not in became]
        seen = look(session, targets, fetched.failures, outcome.drift, everything=selection.stores_everything)
        _open_cases(session, seen)
        facts_of = person_facts if kind is Kind.PERSON else show_facts
        facts = {id_: facts_of(known.item, known.labels) for id_, known in seen.known.items()}
        outcome.count("core.facts", put_facts(session, Source.WIKIDATA, facts))
        names = [
            {"entity_id": id_, "source": Source.WIKIDATA, "name": name, "country": "", "kind": ""}
            for id_, known in seen.known.items()
            for name in other_names(known.item)
        ]
        scope = {"entity_id": list(seen.known), "source": Source.WIKIDATA}
        outcome.count("core.aliases", write(session, Alias, names, scope=scope))
        outcome.ambiguous += len(seen.misfits) + len(seen.several) + len(claim(session, kind, _claims(seen.known)))
        outcome.count(f"core.{'people' if kind is Kind.PERSON else 'shows'}", derive(session, kind, list(facts)))
        sync_state.succeeded(session, Resource.WIKIDATA, {id_: seen.due.get(id_) for id_ in seen.fine})
        sync_state.failed(session, Resource.WIKIDATA, seen.failed)
        called = {target.id: target.called for target in targets}
        outcome.failures |= {called[id_]: problem for id_, problem in seen.failed.items()}
        outcome.done += len(seen.fine)
        outcome.unchanged += len(seen.fine) - len(facts)
    return outcome


def _claims(known: dict[UUID, Known]) -> dict[UUID, dict[str, str]]:
    """The ids that an item tells and the entity lacks. What a catalogue of shows says of itself is not put right here."""
    return {id_: {str(source): value for source, value in one.news.items()} for id_, one in known.items() if one.news}


def _open_cases(session: Session, seen: Look) -> None:
    for target, item, why in seen.misfits:
        candidate = {"source": IdSource.WIKIDATA, "value": item.id, "name": f"{name_of(item)}: {why}"}
        open_case(session, target.kind, target.id, IdSource.WIKIDATA, ANOTHER_ID, [candidate])
    for target, items in seen.several:
        candidates = [{"source": IdSource.WIKIDATA, "value": item} for item in items]
        open_case(session, target.kind, target.id, IdSource.WIKIDATA, SEVERAL, candidates)
    for reason in (ANOTHER_ID, SEVERAL):
        settle_cases(session, [(id_, IdSource.WIKIDATA) for id_ in seen.known], reason)
