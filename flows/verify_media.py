"""Verify media: objects are read again and compared with their rows, in full or a part of them each day.

Reads `core.assets` and the objects; writes nothing. With `repair`, a copy that is damaged is forgotten with its object and
its variants, so that mirror-media fetches its images anew; one that is only served under a wrong type is put again.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from enum import StrEnum

from prefect import task
from prefect.cache_policies import NO_CACHE
from pydantic import BaseModel, Field

from db.bulk import Counts
from db.commands.keeping import Kept, copies_between, requeue
from db.locks import OBJECTS, alone
from db.object_store import ObjectStore, StoreFailed, object_store
from db.session import read, unit_of_work
from flows.outcome import Outcome
from flows.report import RunReport
from flows.selection import Selection
from flows.stage import StageRun, chunks, collecting, stage
from models.rules.image_types import HEAD, image_type
from models.rules.variants import parts_of

CHUNK = 200
THREADS = 8
PARTS = 2**32


class Damage(StrEnum):
    """What can be wrong with an object."""

    MISSING = "missing"
    OTHER_SIZE = "other-size"
    OTHER_BYTES = "other-bytes"
    OTHER_TYPE = "other-type"
    SERVED_AS_ANOTHER = "served-as-another-type"
    UNREADABLE = "unreadable"


TELLS = {
    Damage.MISSING: "the store has no such object",
    Damage.OTHER_SIZE: "the object is of another size than its row says",
    Damage.OTHER_BYTES: "the object holds other bytes than its name says",
    Damage.OTHER_TYPE: "the bytes are of another type than the row says",
    Damage.SERVED_AS_ANOTHER: "the store serves the object under another type than the row says",
    Damage.UNREADABLE: "the store did not give the object out",
}


class Check(BaseModel):
    """How much, and whether to repair."""

    days: int = Field(
        default=1, ge=1, le=366, description="Read today's part only, so that all is read in so many days"
    )
    repair: bool = Field(default=False, description="Forget what is damaged, so that it is mirrored anew")


@collecting("verify-media")
def verify_media(selection: Selection = Selection(), check: Check = Check()) -> RunReport:
    """Read the objects of our store again, and compare them with their rows."""
    with stage("verify-media", selection, check.model_dump(mode="json"), tolerated=0.0) as run:
        first, last = part_of(datetime.now(UTC).date(), check.days)
        with read() as connection:
            copies = copies_between(connection, first, last)
        run.select(copies, "objects")
        found: Counter[Damage] = Counter()
        for chunk in chunks(copies, CHUNK):
            damaged = examine(chunk)
            found.update(damaged.values())
            outcome = Outcome(done=len(chunk) - len(damaged))
            if check.repair and not selection.dry_run and damaged:
                outcome.add(repair([copy for copy in chunk if copy.key in damaged]))
            else:
                outcome.failures = {key: TELLS[damage] for key, damage in damaged.items()}
            run.add(outcome)
        _tell(run, found)
    return run.report


def part_of(day: date, days: int) -> tuple[str, str]:
    """The digests that are a day's part: from the first up to, and without, the last."""
    turn = day.toordinal() % days
    last = f"{PARTS * (turn + 1) // days:08x}" if turn + 1 < days else "g"
    return f"{PARTS * turn // days:08x}", last


def _tell(run: StageRun, found: Counter[Damage]) -> None:
    for damage, times in sorted(found.items()):
        run.report.notes.append(f"{damage}: {TELLS[damage]} ({times} times)")


@task(cache_policy=NO_CACHE)
def examine(copies: Sequence[Kept]) -> dict[str, Damage]:
    """What is wrong with which of these copies, by key."""
    store = object_store()
    with ThreadPoolExecutor(THREADS) as pool:
        damages = pool.map(lambda copy: damage_of(store, copy), copies)
    return {copy.key: damage for copy, damage in zip(copies, damages, strict=True) if damage}


def damage_of(store: ObjectStore, copy: Kept) -> Damage | None:
    """What is wrong with an object, the worst of it."""
    digest, size, head = hashlib.sha256(), 0, b""
    try:
        with store.reading(copy.key) as pieces:
            if pieces is None:
                return Damage.MISSING
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                head += piece[: HEAD - len(head)]
        held = store.stat(copy.key)
    except StoreFailed:
        return Damage.UNREADABLE
    if size != copy.bytes:
        return Damage.OTHER_SIZE
    if digest.hexdigest() != copy.sha256:
        return Damage.OTHER_BYTES
    kind = image_type(head)
    if kind is None or kind.content_type != copy.content_type:
        return Damage.OTHER_TYPE
    if held is None:
        return Damage.MISSING
    return None if held.content_type == copy.content_type else Damage.SERVED_AS_ANOTHER


@task(cache_policy=NO_CACHE)
def repair(copies: Sequence[Kept]) -> Outcome:
    """Repair what is still damaged once nobody else can change it; what cannot be read now is left and told."""
    outcome = Outcome()
    store = object_store()
    with alone(OBJECTS):
        damaged = {copy: damage_of(store, copy) for copy in copies}
        for copy, damage in damaged.items():
            if damage is Damage.UNREADABLE:
                outcome.failures[copy.key] = TELLS[damage]
            elif damage is Damage.SERVED_AS_ANOTHER and (content := store.read(copy.key)) is not None:
                store.put_bytes(copy.key, content, copy.content_type)
                outcome.count("objects", Counts(updated=1))
        lost = [
            copy
            for copy, damage in damaged.items()
            if damage not in (None, Damage.UNREADABLE, Damage.SERVED_AS_ANOTHER)
        ]
        with unit_of_work() as session:
            requeued = requeue(session, [copy.id for copy in lost])
        for copy in lost:
            _remove(store, copy, outcome)
    outcome.count("core.assets", requeued.assets)
    outcome.count("core.images", requeued.images)
    outcome.done = len(copies) - len(outcome.failures)
    outcome.ambiguous = requeued.unlisted
    return outcome


def _remove(store: ObjectStore, copy: Kept, outcome: Outcome) -> None:
    """Remove an object and its variants, which may have been made of damaged bytes."""
    parts = parts_of(copy.key)
    keys = store.keys(f"{parts.stem}.") if parts else [copy.key]
    for key in keys:
        store.remove(key)
    outcome.count("objects", Counts(removed=len(keys)))
