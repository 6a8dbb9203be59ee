"""Verifying: each kind of damage is found and named, and repaired by mirroring anew."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from db.object_store import object_store
from flows.selection import Selection
from flows.verify_media import Check, Damage, part_of
from tests.flows.conftest import Catalogue, Worlds
from tests.flows.keeping import lost, mirror, run
from tests.flows.test_prune_media import put, variant_of


@pytest.fixture
def stocked(worlds: Worlds, collected: Catalogue, upstream: Any) -> Iterator[Catalogue]:
    """The sample with the posters and backdrops of one show mirrored, and nothing else."""
    with worlds.catalogue(collected.name, upstream) as copy:
        copy.change("update core.images set asset_id = null")
        copy.change("delete from core.assets")
        assert mirror(copy).done > 5
        yield copy


def verify(repair=False, dry_run=False):
    return run("verify-media", selection=Selection(dry_run=dry_run), check=Check(repair=repair))


def damage(catalogue):
    """Damage an object in each way; gives the keys by what is wrong."""
    keys = catalogue.column("select key from core.assets order by sha256 limit 5")
    kinds = (Damage.MISSING, Damage.OTHER_SIZE, Damage.OTHER_BYTES, Damage.OTHER_TYPE, Damage.SERVED_AS_ANOTHER)
    damaged = dict(zip(kinds, keys, strict=True))
    store = object_store()
    store.remove(damaged[Damage.MISSING])
    whole = {kind: store.read(key) or b"" for kind, key in damaged.items()}
    store.put_bytes(damaged[Damage.OTHER_SIZE], whole[Damage.OTHER_SIZE][:-100], "image/jpeg")
    flipped = whole[Damage.OTHER_BYTES][:-1] + bytes([whole[Damage.OTHER_BYTES][-1] ^ 1])
    store.put_bytes(damaged[Damage.OTHER_BYTES], flipped, "image/jpeg")
    catalogue.change(
        "update core.assets set content_type = 'image/png' where key = :key", key=damaged[Damage.OTHER_TYPE]
    )
    store.put_bytes(damaged[Damage.SERVED_AS_ANOTHER], whole[Damage.SERVED_AS_ANOTHER], "text/html")
    return damaged


def test_what_is_whole_is_read_in_full_and_nothing_is_written(stocked):
    before = stocked.snapshot()
    report = verify(repair=True)
    assert (report.status, report.failures) == ("completed", {})
    assert report.done == report.selected == stocked.one("select count(*) from core.assets") > 5
    assert stocked.snapshot() == before


def test_every_kind_of_damage_is_named_and_repaired_once(stocked):
    damaged = damage(stocked)
    put(variant_of(damaged[Damage.OTHER_BYTES]))
    for report in (verify(), verify(repair=True, dry_run=True)):
        assert report.status == "failed" and set(report.failures) == set(damaged.values())
        assert [note.split(":")[0] for note in report.notes] == sorted(damaged)
        assert "of another size" in report.failures[damaged[Damage.OTHER_SIZE]]

    repaired = verify(repair=True)
    assert (repaired.status, repaired.failures) == ("completed", {})
    assert repaired.tables["core.assets"].removed == 4
    held = object_store().stat(damaged[Damage.SERVED_AS_ANOTHER])
    assert held is not None and held.content_type == "image/jpeg"
    left = set(object_store().keys())
    assert not left & {key for kind, key in damaged.items() if kind is not Damage.SERVED_AS_ANOTHER}
    assert variant_of(damaged[Damage.OTHER_BYTES]) not in left

    assert mirror(stocked).done >= 4
    assert verify().failures == {} and lost(stocked) == []


def test_a_damaged_copy_of_what_no_source_lists_any_more_is_told(stocked):
    key = stocked.one("select key from core.assets order by sha256 limit 1")
    object_store().remove(key)
    stocked.change(
        "update core.images set is_listed = false from core.assets a where a.id = asset_id and a.key = :key", key=key
    )
    report = verify(repair=True)
    assert (report.status, report.ambiguous) == ("completed", 1)


def test_a_store_that_gives_nothing_out_repairs_nothing(stocked, monkeypatch, ports):
    before = stocked.snapshot()
    from db.settings import object_store_settings

    monkeypatch.setenv("S3_ENDPOINT", f"http://127.0.0.1:{ports.take('nobody-listens')}")
    object_store.cache_clear()
    object_store_settings.cache_clear()
    report = verify(repair=True)
    assert report.status == "failed" and len(report.failures) == report.selected
    assert stocked.snapshot() == before


@pytest.mark.parametrize("days", [1, 2, 7, 30, 366])
def test_the_parts_of_all_days_are_everything_once(days):
    day = date(2026, 11, 21)
    parts = sorted(part_of(day + timedelta(days=number), days) for number in range(days))
    assert parts[0][0] == "00000000" and parts[-1][1] > "f" * 64
    assert all(parts[number][1] == parts[number + 1][0] for number in range(days - 1))
    assert part_of(day, days) == part_of(day + timedelta(days=days), days)
