"""Mirror media: every listed image is copied once to our own store, under its content's address.

Reads `core.images`; writes objects, `core.assets`, and `ops.media_failures`. The same bytes are stored once, whoever
they belong to. An object is put before its row is written, so a killed run leaves at worst an object that the next
run finds and uses.
"""

import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE
from pydantic import BaseModel, Field

from db.bulk import Counts
from db.commands.assets import (
    Stored,
    Unmirrored,
    forget_failures,
    keys_of,
    kind_of,
    put_assets,
    record_failures,
    unmirrored,
)
from db.object_store import ObjectStore, object_store
from db.session import read, unit_of_work
from flows.outcome import Outcome
from flows.report import RunReport
from flows.selection import Selection, selected_shows
from flows.settings import HttpSettings, load
from flows.sources.images import Downloaded, DownloadRefused, ImageDownloader
from flows.stage import StageRun, chunks, collecting, stage
from models.images import ImageKind
from models.rules.asset_keys import asset_key

CHUNK = 100
Given = TypeVar("Given")
Result = TypeVar("Result")


class MediaSelection(BaseModel):
    """Which images."""

    kinds: list[ImageKind] = Field(default=list(ImageKind), description="Only images of these kinds")


@collecting("mirror-media")
def mirror_media(selection: Selection = Selection(), media: MediaSelection = MediaSelection()) -> RunReport:
    """Copy the images that our store does not hold yet."""
    with stage("mirror-media", selection, media.model_dump(mode="json")) as run:
        with read() as connection:
            named = selection.names_shows or selection.limit or selection.since
            shows = [show.id for show in selected_shows(connection, selection)] if named else None
            images = unmirrored(connection, shows=shows, kinds=media.kinds)
        run.select(images, "images")
        if selection.dry_run:
            run.report.add_counts("core.assets", Counts(inserted=len(images)))
            run.report.notes.append("a dry run downloads nothing; the count is of images that would be tried")
        elif images:
            object_store().prepare()
            _mirror_all(run, images)
    return run.report


def _mirror_all(run: StageRun, images: Sequence[Unmirrored]) -> None:
    with ImageDownloader() as downloader:
        for chunk in chunks(images, CHUNK):
            run.add(mirror_chunk(chunk, downloader))
        run.report.requests += downloader.stats.sent
        run.report.retries += downloader.stats.retries
        run.report.waited += downloader.stats.seconds_waited


@task(cache_policy=NO_CACHE)
def mirror_chunk(images: list[Unmirrored], downloader: ImageDownloader) -> Outcome:
    """Download a chunk's images, put what the store lacks, and record both what worked and what did not."""
    outcome = Outcome()
    with tempfile.TemporaryDirectory(prefix="mirror-") as folder:
        urls = sorted({image.url for image in images})
        answers = _in_threads(urls, lambda url: _download(downloader, url, Path(folder)))
        files = {url: answer for url, answer in answers.items() if isinstance(answer, Downloaded)}
        outcome.failures = {url: answer for url, answer in answers.items() if isinstance(answer, str)}
        stored = _put(object_store(), images, files)
    by_image = {image.id: stored[files[image.url].sha256] for image in images if image.url in files}
    with unit_of_work() as session:
        assets, linked = put_assets(session, by_image)
        record_failures(session, outcome.failures, now=datetime.now(UTC))
        forget_failures(session, files)
    outcome.count("core.assets", assets)
    outcome.count("core.images", linked)
    outcome.done = len(by_image)
    return outcome


def _download(downloader: ImageDownloader, url: str, folder: Path) -> Downloaded | str:
    try:
        return downloader.download(url, folder)
    except DownloadRefused as refusal:
        return refusal.reason


def _put(store: ObjectStore, images: Sequence[Unmirrored], files: dict[str, Downloaded]) -> dict[str, Stored]:
    """Put the contents that the store lacks; answers where each content (by SHA-256) is."""
    owners: dict[str, tuple[Unmirrored, Downloaded]] = {}
    for image in images:
        if image.url in files:
            owners.setdefault(files[image.url].sha256, (image, files[image.url]))
    with read() as connection:
        keys = keys_of(connection, list(owners))
    fresh = {
        digest: (asset_key(kind_of(image), image.entity_id, digest, file.extension), file)
        for digest, (image, file) in owners.items()
        if digest not in keys
    }

    def put(digest: str) -> None:
        key, file = fresh[digest]
        if store.size(key) != file.bytes:
            store.put(key, file.path, file.content_type)

    _in_threads(list(fresh), put)
    return {
        digest: Stored(digest, keys.get(digest) or fresh[digest][0], file.content_type, file.bytes)
        for digest, (_, file) in owners.items()
    }


def _in_threads(items: Sequence[Given], work: Callable[[Given], Result]) -> dict[Given, Result]:
    with ThreadPoolExecutor(load(HttpSettings).fetch_threads) as pool:
        return dict(zip(items, pool.map(work, items), strict=True))
