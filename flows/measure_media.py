"""Measure media: every mirrored picture is decoded once, for its size as it is shown, whether it moves, and a BlurHash.

Reads `core.assets` and the objects; writes `core.assets`. It runs apart from mirror-media, so that no transfer waits for
a decoder. A picture that cannot be decoded is marked as damaged: its images lose it and their addresses count as failed;
the object stays until what nothing refers to is swept away, and the same bytes are not taken a second time.
"""

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue

from prefect import task
from prefect.cache_policies import NO_CACHE
from pydantic import BaseModel, Field

from db.commands.measures import Measure, Unmeasured, put_measures, unmeasured
from db.object_store import ObjectStore, object_store
from db.session import read, unit_of_work
from flows.decoding import Decoder, Undecodable
from flows.outcome import Outcome
from flows.report import RunReport
from flows.selection import Selection
from flows.settings import ImageSettings, load
from flows.stage import chunks, collecting, stage
from models.rules.image_inspector import Inspector
from models.rules.image_problems import BadImage
from models.rules.image_types import SVG

CHUNK = 200
DECODERS = 2


class MeasureSelection(BaseModel):
    """How many pictures."""

    most: int | None = Field(default=None, ge=1, description="At most this many pictures")


@collecting("measure-media")
def measure_media(selection: Selection = Selection(), measuring: MeasureSelection = MeasureSelection()) -> RunReport:
    """Decode the mirrored pictures that were not decoded yet; with `force` all of them."""
    with stage("measure-media", selection, measuring.model_dump(mode="json")) as run:
        with read() as connection:
            assets = unmeasured(connection, most=measuring.most, again=selection.force)
        run.select(assets, "pictures")
        if selection.dry_run:
            run.report.notes.append("a dry run decodes nothing")
            return run.report
        with Decoders() as decoders:
            for chunk in chunks(assets, CHUNK):
                run.add(measure_chunk(chunk, decoders))
    return run.report


class Decoders(ExitStack):
    """A few decoding processes for as many threads."""

    def __init__(self) -> None:
        super().__init__()
        pixels = load(ImageSettings).image_max_pixels
        self._idle: SimpleQueue[Decoder] = SimpleQueue()
        for _ in range(DECODERS):
            self._idle.put(self.enter_context(Decoder(pixels)))

    @contextmanager
    def one(self) -> Iterator[Decoder]:
        """A decoder for the caller alone."""
        decoder = self._idle.get()
        try:
            yield decoder
        finally:
            self._idle.put(decoder)


@task(cache_policy=NO_CACHE)
def measure_chunk(assets: list[Unmeasured], decoders: Decoders) -> Outcome:
    """Decode a chunk's pictures and record what came of it."""
    outcome, store = Outcome(), object_store()
    with tempfile.TemporaryDirectory(prefix="measure-") as folder, ThreadPoolExecutor(DECODERS) as pool:
        found = list(pool.map(lambda asset: _measured(store, asset, Path(folder), decoders), assets))
    measures = {asset.id: measure for asset, measure in zip(assets, found, strict=True) if measure}
    with unit_of_work() as session:
        outcome.count("core.assets", put_measures(session, measures, now=datetime.now(UTC)))
    for asset, measure in zip(assets, found, strict=True):
        if measure is None:
            outcome.failures[asset.key] = "the object is not in the store"
        elif measure.damage:
            outcome.failures[asset.key] = measure.damage
    outcome.done = len(assets) - len(outcome.failures)
    return outcome


def _measured(store: ObjectStore, asset: Unmeasured, folder: Path, decoders: Decoders) -> Measure | None:
    """What a picture is; None where the store has none."""
    content = store.read(asset.key)
    if content is None:
        return None
    try:
        if asset.content_type == SVG.content_type:
            return _drawing(content)
        path = folder / asset.id.hex
        path.write_bytes(content)
        with decoders.one() as decoder:
            measure = Measure(**decoder.measure(path))
        path.unlink()
        return measure
    except (Undecodable, BadImage) as problem:
        return Measure(damage=str(problem))


def _drawing(content: bytes) -> Measure:
    """An SVG is not decoded: its size is the one that it states, and it has no blur."""
    inspector = Inspector()
    inspector.feed(content)
    shape = inspector.finish().shape
    return Measure(width=shape.width, height=shape.height, animated=False)
