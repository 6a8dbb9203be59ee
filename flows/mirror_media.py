"""Mirror media: every listed image is copied once to our own store, under its content's address.

Reads `core.images`; writes objects, `core.assets`, and `ops.media_failures`. The same bytes are stored once, whoever
they belong to. An object is put before its row is written, so a killed run leaves at worst an object that the next
run finds and uses. From the look at the store until the rows are written the lock on the store is shared, so nobody
sweeps an object away that was just found or put; and one that was found is looked for again at the end, in case the store
had lost it.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import NamedTuple, TypeVar
from uuid import UUID

from prefect import task
from prefect.cache_policies import NO_CACHE
from pydantic import BaseModel, Field

from db.bulk import Counts
from db.commands.assets import (
    Failure,
    Stored,
    Unmirrored,
    forget_failures,
    host_of,
    kind_of,
    known_contents,
    put_assets,
    record_failures,
    unmirrored,
)
from db.locks import OBJECTS, shared
from db.object_store import ObjectStore, StoreFailed, object_store
from db.session import read, unit_of_work
from flows.outcome import Outcome
from flows.report import RunReport
from flows.selection import Selection, selected_shows
from flows.settings import HttpSettings, load
from flows.sources.images import Downloaded, DownloadRefused, ImageDownloader
from flows.stage import StageRun, chunks, collecting, stage
from models.entities import Kind
from models.images import ImageKind
from models.rules.asset_keys import asset_key
from models.rules.image_problems import Problem

CHUNK = 200
SILENT_HOST = 5
"""A host that leaves so many requests in a row without an answer is not asked again in this run."""

Given = TypeVar("Given")
Result = TypeVar("Result")


class MediaSelection(BaseModel):
    """Which images."""

    kinds: list[ImageKind] = Field(default=list(ImageKind), description="Only images of these kinds")
    owners: list[Kind] = Field(default=list(Kind), description="Only images of such owners: show, person ...")
    owner_ids: list[UUID] = Field(default=[], title="Owners' ids", description="Only images of these, by our own ids")
    most: int | None = Field(default=None, ge=1, description="At most this many images, those never tried first")


@collecting("mirror-media")
def mirror_media(selection: Selection = Selection(), media: MediaSelection = MediaSelection()) -> RunReport:
    """Copy the images that our store does not hold yet; with `force` also those that were given up."""
    with stage("mirror-media", selection, media.model_dump(mode="json")) as run:
        with read() as connection:
            named = selection.names_shows or selection.limit or selection.since
            shows = [show.id for show in selected_shows(connection, selection)] if named else None
            images = unmirrored(
                connection,
                shows=shows,
                kinds=media.kinds,
                owners=media.owners,
                owner_ids=media.owner_ids,
                most=media.most,
                failed_too=selection.force,
            )
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
        mirror = Mirror(downloader, object_store())
        for chunk in chunks(images, CHUNK):
            run.add(mirror_chunk(chunk, mirror))
            if mirror.broken:
                break
        run.report.requests += downloader.stats.sent
        run.report.retries += downloader.stats.retries
        run.report.waited += downloader.stats.seconds_waited
    for (host, code), times in sorted(mirror.failed.items()):
        run.report.notes.append(f"{host}: {code} ({times})")
    for host, times in sorted(mirror.left.items()):
        run.report.notes.append(f"{host} does not answer: {times} images are left for another run")
    if mirror.broken:
        raise mirror.broken


class Copied(NamedTuple):
    """A URL's content, in a file and in the store; `found` says that the store had it before."""

    file: Downloaded
    stored: Stored
    found: bool


@dataclass(slots=True)
class Content:
    """Bytes that this run met: under which key the store has them, and whether it had them before."""

    key: str | None = None
    found: bool = False
    lock: Lock = field(default_factory=Lock)


class Mirror:
    """What all chunks of a run share: connections, and what is known of hosts and contents."""

    def __init__(self, downloader: ImageDownloader, store: ObjectStore) -> None:
        self.store = store
        self.failed: Counter[tuple[str, str]] = Counter()
        self.left: Counter[str] = Counter()
        self.broken: StoreFailed | None = None
        """Why the store takes no more. Nothing is asked of anybody then, and the rows of what it took are written."""
        self._downloader = downloader
        self._unanswered: Counter[str] = Counter()
        self._contents: dict[str, Content] = {}
        self._lock = Lock()

    def copy(self, image: Unmirrored, folder: Path) -> Copied | Failure | None:
        """Download an image and put it where the store lacks it; None where its host or the store is not worth asking."""
        if self.broken:
            return None
        host = host_of(image.url)
        with self._lock:
            if self._unanswered[host] >= SILENT_HOST:
                self.left[host] += 1
                return None
        try:
            file = self._downloader.download(image.url, folder, page=image.page_url)
        except DownloadRefused as refusal:
            silent = refusal.problem in (Problem.UNREACHABLE, Problem.UNRESOLVED, Problem.DEADLINE)
            return self._note(host, Failure(refusal.problem, host, refusal.reason), silent=silent)
        self._note(host, None, silent=False)
        try:
            return self._stored(image, file, host)
        except StoreFailed as failure:
            self.broken = failure
            return None

    def _stored(self, image: Unmirrored, file: Downloaded, host: str) -> Copied | Failure | None:
        with self._content(file.sha256) as content:
            if content.key is None:
                with read() as connection:
                    known = known_contents(connection, [file.sha256]).get(file.sha256)
                if known and known.damage:
                    return self._note(host, Failure(Problem.UNDECODABLE, host, known.damage), silent=False)
                key = known.key if known else asset_key(kind_of(image), image.entity_id, file.sha256, file.extension)
                content.found = known is not None or self.store.size(key) == file.bytes
                if not content.found:
                    self.store.put(key, file.path, file.content_type)
                content.key = key
        return Copied(file, Stored(file.sha256, content.key, file.content_type, file.bytes), content.found)

    def make_sure(self, copied: Copied) -> None:
        """Put what was found before, and has been swept away since."""
        if self.broken:
            return
        try:
            if self.store.size(copied.stored.key) != copied.stored.bytes:
                self.store.put(copied.stored.key, copied.file.path, copied.stored.content_type)
        except StoreFailed as failure:
            self.broken = failure

    def _note(self, host: str, failure: Failure | None, *, silent: bool) -> Failure | None:
        with self._lock:
            self._unanswered[host] = self._unanswered[host] + 1 if silent else 0
            if failure:
                self.failed[host, failure.code] += 1
        return failure

    @contextmanager
    def _content(self, digest: str) -> Iterator["Content"]:
        """What this run knows of a content, for one thread at a time: the same bytes at two addresses are put once."""
        with self._lock:
            content = self._contents.setdefault(digest, Content())
        with content.lock:
            yield content


@task(cache_policy=NO_CACHE)
def mirror_chunk(images: list[Unmirrored], mirror: Mirror) -> Outcome:
    """Download a chunk's images, put what the store lacks, and record both what worked and what did not."""
    outcome = Outcome()
    by_url = {image.url: image for image in reversed(images)}
    with tempfile.TemporaryDirectory(prefix="mirror-") as folder, shared(OBJECTS) as share:
        answers = _in_threads(list(by_url), lambda url: mirror.copy(by_url[url], Path(folder)))
        copies = {url: answer for url, answer in answers.items() if isinstance(answer, Copied)}
        failures = {url: answer for url, answer in answers.items() if isinstance(answer, Failure)}
        by_image = {image.id: copies[image.url].stored for image in images if image.url in copies}
        with unit_of_work() as session:
            share.confirm(session)
            assets, linked = put_assets(session, by_image)
            record_failures(session, failures, now=datetime.now(UTC))
            forget_failures(session, copies)
        _in_threads([copy for copy in copies.values() if copy.found], mirror.make_sure)
    outcome.failures = {url: failure.reason for url, failure in failures.items()}
    outcome.count("core.assets", assets)
    outcome.count("core.images", linked)
    outcome.done = len(by_image)
    return outcome


def _in_threads(items: Sequence[Given], work: Callable[[Given], Result]) -> dict[Given, Result]:
    with ThreadPoolExecutor(load(HttpSettings).fetch_threads) as pool:
        return dict(zip(items, pool.map(work, items), strict=True))
