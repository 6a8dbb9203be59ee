"""A new public address holds at once, because no row holds the old one; what a person wrote by hand is rewritten."""

import json

import pytest

from flows.rebuild_urls import Bases
from flows.selection import Selection
from tests.flows.conftest import forget_settings
from tests.flows.keeping import SHOW, run

NEW = "https://pictures.example.org/new"


def hosted(catalogue):
    return [
        image["hosted_url"] for image in catalogue.ask(f"/shows/{catalogue.show(SHOW)}/images") if image["hosted_url"]
    ]


def test_nothing_stored_holds_the_address_so_a_new_one_holds_at_once(catalogue, monkeypatch):
    from db.object_store import object_store

    old = object_store().public_base
    assert hosted(catalogue) and all(url.startswith(f"{old}/images/") for url in hosted(catalogue))
    monkeypatch.setenv("MEDIA_PUBLIC_URL", NEW)
    forget_settings()
    before = catalogue.snapshot()
    report = run("rebuild-urls", bases=Bases(old=old))
    assert (report.selected, report.written) == (0, 0)
    assert report.notes == [f"addresses below {old} are stored in: no row"]
    assert catalogue.snapshot() == before
    assert hosted(catalogue) and all(url.startswith(f"{NEW}/images/") for url in hosted(catalogue))


def test_an_address_that_somebody_wrote_by_hand_is_rewritten_and_its_neighbours_are_not(catalogue, monkeypatch):
    old = "https://media.example.org/trr"
    show = catalogue.show(SHOW)
    fields = {"homepage": f"{old}/images/a.jpg", "overview": f"{old}2/images/a.jpg"}
    catalogue.change(
        "insert into core.facts (entity_id, source, fields) values (:show, 'editor', cast(:fields as jsonb))",
        show=show, fields=json.dumps(fields),
    )  # fmt: skip
    catalogue.change("update core.shows set homepage = :url where id = :show", url=fields["homepage"], show=show)
    monkeypatch.setenv("MEDIA_PUBLIC_URL", NEW)
    forget_settings()
    before = catalogue.snapshot()
    dry = run("rebuild-urls", selection=Selection(dry_run=True), bases=Bases(old=old))
    assert {table: counts.updated for table, counts in dry.tables.items()} == {"core.facts": 1, "core.shows": 1}
    assert catalogue.snapshot() == before

    report = run("rebuild-urls", bases=Bases(old=f"{old}/"))
    assert {table: counts.updated for table, counts in report.tables.items()} == {"core.facts": 1, "core.shows": 1}
    (changed,) = catalogue.column(
        "select fields from core.facts where source = 'editor' and entity_id = :show", show=show
    )
    assert changed == {"homepage": f"{NEW}/images/a.jpg", "overview": f"{old}2/images/a.jpg"}
    assert catalogue.one("select homepage from core.shows where id = :show", show=show) == changed["homepage"]
    assert run("rebuild-urls", bases=Bases(old=old)).selected == 0


def test_a_private_bucket_has_no_address_to_rewrite_to(catalogue, monkeypatch):
    from db.settings import ConfigurationError

    monkeypatch.setenv("MEDIA_PRESIGNED", "true")
    forget_settings()
    with pytest.raises(ConfigurationError, match="MEDIA_PRESIGNED"):
        run("rebuild-urls", bases=Bases(old="https://media.example.org"))
