"""Pruning: what nobody needs goes, after its grace and never too much at once; beside a mirror nothing is lost."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from db.commands.assets import unmirrored
from db.object_store import object_store
from db.session import read, unit_of_work
from flows.mirror_media import Mirror, mirror_chunk
from flows.prune_media import Prune
from flows.selection import Selection
from flows.sources.images import ImageDownloader
from models.images import ImageKind
from models.rules.variants import variant_key
from tests.conftest import ROOT
from tests.flows.conftest import Catalogue, Worlds
from tests.flows.keeping import lost, mirror, run

ROUNDS = 200 if os.environ.get("TRR_PROVE") == "1" else 12
STRANGERS = ("images/readme.txt", "other/thing.jpg")


@pytest.fixture
def stocked(worlds: Worlds, collected: Catalogue, upstream: Any) -> Iterator[Catalogue]:
    """The sample with the posters and backdrops of one show mirrored, and nothing else."""
    with worlds.catalogue(collected.name, upstream) as copy:
        copy.change("update core.images set asset_id = null")
        copy.change("delete from core.assets")
        assert mirror(copy).done > 5
        yield copy


def prune(delete=True, dry_run=False, **rules):
    return run("prune-media", selection=Selection(dry_run=dry_run), prune=Prune(delete=delete, **rules))


def variant_of(key, width=342):
    from models.rules.image_types import WEBP

    return variant_key(key, width, WEBP)


def put(*keys):
    for key in keys:
        object_store().put_bytes(key, b"bytes", "image/webp")


def test_what_is_needed_stays_with_its_variants_and_what_is_not_goes_with_all_of_it(stocked):
    gone, kept = stocked.column("select key from core.assets order by sha256 limit 2")
    orphan = f"images/show_images/{'0' * 8}/{'a' * 64}.jpg"
    old_width = variant_of(kept, 343)
    put(variant_of(gone), variant_of(kept), old_width, orphan, variant_of(orphan), *STRANGERS)
    stocked.change(
        "update core.images set asset_id = null from core.assets a where a.id = asset_id and a.key = :key", key=gone
    )
    stocked.change(
        "update core.images set is_listed = false from core.assets a where a.id = asset_id and a.key = :key", key=kept
    )
    before = set(object_store().keys())

    report = prune(most=0.9, grace_days=0)

    assert report.status == "completed" and report.failures == {}
    assert before - set(object_store().keys()) == {gone, variant_of(gone), old_width, orphan, variant_of(orphan)}
    assert (report.tables["objects"].removed, report.tables["core.assets"].removed) == (5, 1)
    assert stocked.one("select count(*) from core.assets where key = :key", key=gone) == 0
    assert any("1 objects below images/ are none of ours" in note for note in report.notes)
    assert lost(stocked) == []
    again = prune(most=0.9, grace_days=0)
    assert (again.selected, again.written) == (0, 0)


def test_the_grace_begins_when_no_image_leads_to_a_copy_and_ends_when_one_does(stocked):
    (key,) = stocked.column("select key from core.assets order by sha256 limit 1")
    image = stocked.one(
        "select i.id from core.images i join core.assets a on a.id = i.asset_id where a.key = :key limit 1", key=key
    )
    stocked.change("update core.assets set created_at = now() - interval '1 year'")
    asset = stocked.one("select id from core.assets where key = :key", key=key)
    stocked.change("update core.images set asset_id = null where asset_id = :asset", asset=asset)
    assert prune(most=1.0, grace_days=30).tables["core.assets"].removed == 0
    assert stocked.one(
        "select unreferenced_since > now() - interval '1 hour' from core.assets where id = :id", id=asset
    )

    stocked.change("update core.assets set unreferenced_since = now() - interval '31 days' where id = :id", id=asset)
    stocked.change("update core.images set asset_id = :asset where id = :image", asset=asset, image=image)
    assert prune(most=1.0, grace_days=30).tables["core.assets"].removed == 0
    assert stocked.one("select unreferenced_since from core.assets where id = :id", id=asset) is None
    assert key in object_store().keys()  # noqa: SIM118


def test_too_much_at_once_removes_nothing(stocked):
    stocked.change("update core.images set asset_id = null")
    before = object_store().keys()
    report = prune(grace_days=0)
    assert report.status == "failed"
    (problem,) = report.failures.values()
    assert f"{len(before)} of {len(before)} objects" in problem and "more than 10%" in problem
    assert object_store().keys() == before
    assert stocked.one("select count(*) from core.assets") == len(before)


def test_without_being_told_to_delete_it_only_tells(stocked):
    (key,) = stocked.column("select key from core.assets order by sha256 limit 1")
    stocked.change(
        "update core.images set asset_id = null from core.assets a where a.id = asset_id and a.key = :key", key=key
    )
    before = object_store().keys()
    report = prune(delete=False, most=1.0, grace_days=0)
    assert (report.tables["objects"].removed, report.tables["core.assets"].removed) == (1, 1)
    assert (
        object_store().keys() == before
        and stocked.one("select count(*) from core.assets where key = :key", key=key) == 1
    )
    rows = stocked.snapshot()
    assert prune(delete=True, dry_run=True, most=1.0, grace_days=0).tables["objects"].removed == 1
    assert object_store().keys() == before and stocked.snapshot() == rows


PRUNING = """
import sys
from datetime import UTC, datetime, timedelta
from db.commands.keeping import mark_unreferenced, stems, unneeded
from db.object_store import object_store
from db.session import read, unit_of_work
from flows.prune_media import Sweep, remove
from models.rules.variants import parts_of

taken = 0
while True:
    with unit_of_work() as session:
        mark_unreferenced(session)
    held = list(object_store().listed("images/"))
    with read() as connection:
        copies = unneeded(connection, timedelta(0))
        needed = stems(connection)
    going = {parts_of(copy.key).stem for copy in copies}
    objects = [i for i in held if parts_of(i.key).stem in going or parts_of(i.key).stem not in needed]
    outcome = remove.fn(Sweep([copy.id for copy in copies], objects), timedelta(0))
    taken += outcome.tables["objects"].removed
    print(taken, flush=True)
"""


class Slow(Mirror):
    """A mirror that takes its time between its look at the store and its rows; only the lock keeps objects meanwhile."""

    def copy(self, image, folder):
        copied = super().copy(image, folder)
        time.sleep(0.2)
        return copied

    def make_sure(self, copied):
        """Look for nothing again."""


def mirror_again(images, chance, seen):
    """Detach some images, as a merge, a repair or an editor may, let that be `seen`, and mirror what then waits."""
    with unit_of_work() as session:
        session.execute(text("update core.images set asset_id = null where id = any(:ids)"), {"ids": chance})
    seen()
    with read() as connection:
        waiting = [image for image in unmirrored(connection, shows=None, kinds=list(ImageKind)) if image.id in images]
    with ImageDownloader() as downloader:
        outcome = mirror_chunk.fn(waiting, Slow(downloader, object_store()))
    assert outcome.failures == {} and outcome.done == len(waiting) >= len(chance)


def test_pruning_without_any_grace_beside_a_mirror_loses_nothing(stocked):
    """The mirror runs against a pruner, in a process of its own, that takes whatever it may at once.

    Seen failing with the lock taken out of `remove`: in the first round three copies were lost.
    """
    images = stocked.column("select id from core.images where asset_id is not null order by id")
    random = Random(20_261_121)
    pruner = subprocess.Popen([sys.executable, "-c", PRUNING], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert pruner.stdout and pruner.stdout.readline()  # it is at work
        for number in range(ROUNDS):
            copies = stocked.one("select count(*) from core.assets")

            def seen(number=number, copies=copies):
                time.sleep(0.02)
                while number == 0 and stocked.one("select count(*) from core.assets") == copies:  # the two do meet
                    assert pruner.poll() is None
                    time.sleep(0.02)

            mirror_again(images, random.sample(images, len(images) // 2), seen)
            assert lost(stocked) == [], f"in round {number}"
        assert pruner.poll() is None, "the pruner ended early"
    finally:
        pruner.kill()
        told, _ = pruner.communicate()
    assert int(told.split()[-1]) > 0
    assert lost(stocked) == []
    assert run("verify-media").failures == {}
