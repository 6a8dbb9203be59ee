"""IMDb's lists: asked for, or read from the CSV that a list's owner exported.

What is asked for is kept in `ops.source_records`, like every answer. A list is asked for anew in every run: it costs one
request or a few, and it decides what there is.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from db import records
from db.records import RecordKey
from db.session import read
from flows.candidates import Entry, ListAnswer
from flows.fetching import Fetched, add_requests, fetch_missing
from flows.imdb_storing import answer_of
from flows.settings import ImdbSettings, load
from flows.sources.imdb.answers import ImdbList, Layer
from flows.sources.imdb.client import layers_for
from flows.sources.imdb.facts import title_facts
from flows.sources.imdb.list_export import read_list_export
from flows.sources.imdb.references import parse_imdb_list_id
from flows.stage import StageRun
from models.entities import IdSource
from models.lists import ListSource


def imdb_lists(run: StageRun, references: Sequence[str]) -> list[ListAnswer]:
    """Ask IMDb for lists by their ids or addresses; one that cannot be read fails alone."""
    ids: dict[str, None] = {}
    for reference in references:
        try:
            ids[parse_imdb_list_id(reference)] = None
        except ValueError as error:
            run.report.failures[f"IMDb list {reference}"] = str(error)
    if ids and not layers_for("list", load(ImdbSettings)):
        run.report.notes.append("IMDb's lists were left alone: neither graphql nor pages is among IMDB_LAYERS")
        return []
    if not ids:
        return []
    fetched = fetch_imdb_lists(list(ids))
    add_requests(run, fetched)
    with read() as connection:
        kept = records.load(connection, [RecordKey("imdb", "list", list_id) for list_id in ids])
    answers = []
    for list_id in ids:
        drifted: dict[str, int] = {}
        answer, problem = answer_of(kept.get(RecordKey("imdb", "list", list_id)), ImdbList, drifted)
        run.report.add_drift(drifted)
        problem = fetched.failures.get(list_id) or problem
        if answer is not None and not problem and answer.list_id != list_id:
            problem = f"IMDb answers it as {answer.list_id}"
        if answer is None or problem:
            run.report.failures[f"IMDb list {list_id}"] = problem or "IMDb was not asked"
        else:
            answers.append(_answer(run, answer))
    return answers


@task(cache_policy=NO_CACHE)
def fetch_imdb_lists(list_ids: list[str]) -> Fetched:
    """Ask IMDb for these lists, all pages of them, and keep the answers."""
    fetched = Fetched(at=datetime.now(UTC))
    fetch_missing("list", list_ids, fetched, force=True, source="imdb")
    return fetched


def _answer(run: StageRun, answer: ImdbList) -> ListAnswer:
    """A list as its shows; titles whose kind is known to be no television are passed over."""
    shows = [entry for entry in answer.entries if entry.title is None or entry.title.is_television]
    if len(shows) < len(answer.entries):
        passed = len(answer.entries) - len(shows)
        run.report.notes.append(f"IMDb list {answer.list_id}: {passed} entries are not television and were passed over")
    if not answer.is_complete:
        total = answer.total if answer.total is not None else "an unknown number"
        run.report.notes.append(
            f"IMDb list {answer.list_id}: {len(answer.entries)} of {total} entries came; nobody is taken off it"
        )
    entries = [
        Entry(
            [(IdSource.IMDB, entry.imdb_id)],
            title=entry.title.name if entry.title else None,
            premiere_date=entry.title.release_date if entry.title else None,
            rank=entry.rank,
            note=entry.note,
            facts=title_facts(entry.title) if entry.title else {},
            genres=entry.title.genres if entry.title else (),
            layer=Layer.LIST,
        )
        for entry in shows
    ]
    return ListAnswer(
        ListSource.IMDB, answer.list_id, answer.name, answer.description, entries, is_complete=answer.is_complete
    )


def imdb_export(run: StageRun, path: Path) -> ListAnswer:
    """Read an export of a list.

    Raises:
        ValueError: the file is no such export, or a cell is malformed; names file, line and column.
    """
    export = read_list_export(path)
    if export.skipped:
        run.report.notes.append(f"{path}: {len(export.skipped)} entries are not television and were skipped")
    entries = [
        Entry(
            [(IdSource.IMDB, item.imdb_id)],
            title=item.title,
            premiere_date=item.release_date,
            rank=item.rank,
            note=item.note,
            facts={
                "name": item.title,
                "premiere_date": item.release_date.isoformat() if item.release_date else None,
                "year": item.year,
                "runtimes": [item.runtime] if item.runtime else [],
                "imdb_rating": item.rating,
                "imdb_vote_count": item.votes,
            },
            genres=item.genres,
            layer=Layer.EXPORT,
        )
        for item in export.items
    ]
    return ListAnswer(ListSource.IMDB, path.stem, path.stem, None, entries)
