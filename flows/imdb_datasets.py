"""IMDb's datasets: ratings, names, numbers and principal people of everything in the catalogue, without one page request.

Reads the files for non-commercial use (docs/sources.md tells their terms); writes IMDb's facts of shows, episodes and people,
further names of shows, and, where IMDb's other layers told nothing: episodes, genres, appearances. It has a weekly schedule
of its own and is no part of the pipeline.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

from pydantic import BaseModel, Field

from db import sync_state
from db.session import read, transaction
from flows.bundles import store_or_single_out
from flows.fetching import Fetched
from flows.imdb_dataset_storing import note_person_refused, store_names, store_titles
from flows.imdb_sifting import PEOPLE, Sieve, sieve_for, sift_all, sifting_folder
from flows.imdb_storing import name_of, note_refused
from flows.outcome import Outcome
from flows.report import RunReport
from flows.selection import Selection, ShowRef, selected_shows
from flows.settings import ImdbSettings, load
from flows.sources.errors import UpstreamError
from flows.sources.imdb.answers import Layer
from flows.sources.imdb.datasets import Dataset
from flows.sources.imdb.datasets.files import DatasetFiles
from flows.stage import StageRun, chunks, collecting, stage
from models.ops import Resource

CHUNK = 5
"""Shows. One has hundreds of episodes, each with ten principal people."""
PEOPLE_CHUNK = 1000


class Datasets(BaseModel):
    """Which of the files."""

    files: list[Dataset] = Field(default=list(Dataset), description="Only these files: title.ratings ...")


@collecting("imdb-datasets")
def sync_imdb_datasets(selection: Selection = Selection(), datasets: Datasets = Datasets()) -> RunReport:
    """Bring up to date what IMDb's datasets tell of the selected shows and their people."""
    with stage("imdb-datasets", selection, datasets.model_dump(mode="json")) as run:
        settings = load(ImdbSettings)
        run.report.upstream = settings.imdb_datasets_url
        if Layer.DATASETS.value not in settings.imdb_layers:
            run.report.notes.append("IMDb's datasets are switched off (IMDB_LAYERS); nothing was done")
        else:
            _collect(run, list(dict.fromkeys(datasets.files)))
    return run.report


def _collect(run: StageRun, wanted: Sequence[Dataset]) -> None:
    with read() as connection:
        shows = [show for show in selected_shows(connection, run.selection, Resource.IMDB_RATINGS) if show.imdb_id]
    run.select(shows, "shows on IMDb")
    if not shows:
        return
    pieces = list(chunks(shows, CHUNK))
    run.select(wanted, "files")
    with DatasetFiles() as store:
        files, folder = _files(run, store, wanted), store.folder
    if not files:
        _fail_all(run, shows)
        return
    named = run.selection.names_shows or run.selection.limit or run.selection.since
    with sifting_folder(folder) as sifted:
        sieve = sieve_for(sifted, pieces, whole=not named)
        problems = sift_all(sieve, files)
        run.add(Outcome(done=len(sieve.done), failures={str(dataset): why for dataset, why in problems.items()}))
        if sieve.done:
            _store(run, sieve, pieces)
        else:
            _fail_all(run, shows)


def _files(run: StageRun, store: DatasetFiles, wanted: Sequence[Dataset]) -> Mapping[Dataset, Path]:
    """The files as they are now. One that cannot be had has failed, and the last good one is read in its place."""
    found: dict[Dataset, Path] = {}
    failures: dict[str, str] = {}
    for dataset in wanted:
        try:
            kept = store.newest(dataset, force=run.selection.force, allow_shrink=run.selection.allow_shrink)
            run.log.info("%s: %s", dataset, "received" if kept.is_new else "did not change")
        except UpstreamError as error:
            last = store.kept(dataset)
            failures[f"{dataset} (file)"] = f"{error}; {f'{last} is read' if last else 'there is none'}"
            run.log.warning("%s: %s", dataset, failures[f"{dataset} (file)"])
            if last is None:
                continue
            kept = last
        found[dataset] = kept.path
    run.report.requests += store.stats.sent
    run.report.retries += store.stats.retries
    run.report.waited += store.stats.seconds_waited
    run.add(Outcome(failures=failures))
    return found


def _store(run: StageRun, sieve: Sieve, pieces: Sequence[list[ShowRef]]) -> None:
    """Store what was sifted, piece by piece, then what it says of people."""
    refused, nothing_asked = partial(note_refused, Resource.IMDB_RATINGS), Fetched(at=run.began)
    for number, shows in enumerate(pieces):
        store = partial(store_titles, sieve.piece(number))
        run.add(store_or_single_out(store, shows, nothing_asked, run.selection, refused))
    people = sieve.piece(PEOPLE).lines(Dataset.NAMES)
    while lines := list(islice(people, PEOPLE_CHUNK)):
        run.report.selected += len(lines)
        run.add(store_or_single_out(store_names, lines, nothing_asked, run.selection, note_person_refused))


def _fail_all(run: StageRun, shows: Sequence[ShowRef]) -> None:
    """No file could be read: what was stored of all these shows stays."""
    problem = "no file of IMDb's datasets could be read"
    if not run.selection.dry_run:
        with transaction() as session:
            sync_state.failed(session, Resource.IMDB_RATINGS, {show.id: problem for show in shows})
    run.add(Outcome(failures={name_of(show): problem for show in shows}))
