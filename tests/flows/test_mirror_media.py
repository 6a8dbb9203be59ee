"""Mirroring: every image once, under its owner's key, checked by its bytes; failures wait for their next turn."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from flask import Response

from deployments.local.object_store import ObjectStore
from tests.flows.conftest import Catalogue, Worlds

SHOW = 900000005
FOLDERS = {
    "show": "images/show_images/",
    "season": "images/season_images/",
    "episode": "images/episode_images/",
    "person": "images/cast_photos/",
    "network": "images/logos/networks/",
    "company": "images/logos/production_companies/",
    "provider": "images/logos/watch_providers/",
}
MIRRORED = (
    "select e.kind as owner, i.entity_id, i.kind, i.url, a.key, a.sha256, a.content_type, a.bytes"
    " from core.images i join core.entities e on e.id = i.entity_id join core.assets a on a.id = i.asset_id"
)


@pytest.fixture
def unmirrored(worlds: Worlds, collected: Catalogue, upstream: Any) -> Iterator[Catalogue]:
    """The collected sample without any asset, and an empty bucket."""
    with worlds.catalogue(collected.name, upstream) as copy:
        copy.change("update core.images set asset_id = null")
        copy.change("delete from core.assets")
        yield copy


def objects(store: ObjectStore, catalogue: Catalogue) -> dict[str, str]:
    """The keys in the bucket and the content types they are served with."""
    client, bucket = store.client, catalogue.bucket
    keys = [str(item.object_name) for item in client.list_objects(bucket, recursive=True)]
    return {key: str(client.stat_object(bucket, key).content_type) for key in keys}


def test_every_image_of_the_sample_lies_under_its_owners_key(collected, object_store, worlds, upstream):
    with worlds.catalogue(collected.name, upstream, bucket=collected.bucket) as catalogue:
        rows = catalogue.records(MIRRORED)
        assert {row["owner"] for row in rows} == set(FOLDERS)
        assert catalogue.one("select count(*) from core.images where is_listed and asset_id is null") == 0
        stored = objects(object_store, catalogue)
        for row in rows:
            extension = {"image/jpeg": "jpg", "image/png": "png", "image/svg+xml": "svg"}[row["content_type"]]
            assert row["key"].startswith(FOLDERS[row["owner"]]) and row["key"].endswith(f"/{row['sha256']}.{extension}")
            assert stored[row["key"]] == row["content_type"]
        assert set(stored) == {row["key"] for row in rows}


def test_bytes_are_the_upstreams_and_served_as_immutable(collected, object_store, worlds, upstream):
    with worlds.catalogue(collected.name, upstream, bucket=collected.bucket) as catalogue:
        rows = catalogue.records(f"select distinct on (owner) * from ({MIRRORED}) m order by owner, url")
    for row in rows:
        original = requests.get(row["url"], timeout=60).content
        mirrored = object_store.client.get_object(collected.bucket, row["key"])
        assert mirrored.data == original
        assert (hashlib.sha256(original).hexdigest(), len(original)) == (row["sha256"], row["bytes"])
        assert "immutable" in mirrored.headers["Cache-Control"]


def test_the_same_bytes_are_stored_once_and_keep_their_first_key(unmirrored, upstream, object_store):
    urls = unmirrored.column(
        "select url from core.images where kind = 'poster' and entity_id in (select id from core.shows) order by url limit 2"
    )
    picture = requests.get(urls[0], timeout=60).content
    upstream.faults.append(
        lambda request: Response(picture, 200, mimetype="image/jpeg") if request.path.startswith("/t/p/") else None
    )
    shows = unmirrored.column("select tmdb_id from core.shows where tmdb_id is not null order by 1 limit 2")
    report = unmirrored.run("mirror-media", further={"media": media("poster")}, tmdb_ids=shows)
    assert report.failures == {} and report.done > 2
    assert report.tables["core.assets"].inserted == 1
    assert list(objects(object_store, unmirrored)) == unmirrored.column("select key from core.assets")


def media(*kinds: str) -> Any:
    from flows.mirror_media import MediaSelection

    return MediaSelection(kinds=list(kinds))


def test_what_cannot_be_mirrored_is_recorded_and_not_tried_again_at_once(unmirrored, upstream, object_store):
    gone, page, text, good = unmirrored.column(
        "select url from core.images i join core.shows s on s.id = i.entity_id"
        " where s.tmdb_id = :show and i.kind in ('poster', 'backdrop') order by url limit 4",
        show=SHOW,
    )

    def wrong(request: Any) -> Response | None:
        if gone.endswith(request.path):
            return Response("no", 404)
        if page.endswith(request.path):
            return Response("<!doctype html><p>Buy this picture</p>", 200, mimetype="image/jpeg")
        return Response(b"plainly no image", 200, mimetype="image/png") if text.endswith(request.path) else None

    upstream.faults.append(wrong)
    selected = {"further": {"media": media("poster", "backdrop")}, "tmdb_ids": [SHOW]}
    report = unmirrored.run("mirror-media", **selected)
    assert set(report.failures) == {gone, page, text}
    assert report.failures[page] == "the answer is a web page"
    failures = {row["url"]: row for row in unmirrored.records("select * from ops.media_failures")}
    assert {url: row["attempts"] for url, row in failures.items()} == {gone: 1, page: 1, text: 1}
    assert "404" in failures[gone]["reason"]
    codes = {gone: "not_found", page: "web_page", text: "unknown_type"}
    assert {url: row["code"] for url, row in failures.items()} == codes
    host = upstream.url.removeprefix("http://")
    assert {row["host"] for row in failures.values()} == {host}
    assert report.notes == [f"{host}: {code} (1)" for code in sorted(codes.values())]
    assert all(row["next_attempt_at"] > row["last_attempt_at"] for row in failures.values())
    assert unmirrored.one("select asset_id is not null from core.images where url = :url", url=good)

    upstream.faults.clear()
    upstream.requests.clear()
    again = unmirrored.run("mirror-media", **selected)
    assert (again.selected, again.requests, again.failures) == (0, 0, {})
    assert upstream.requests.paths("/t/p/") == []

    unmirrored.change("update ops.media_failures set next_attempt_at = now()")
    unmirrored.change("update ops.media_failures set given_up_at = now() where url = :url", url=gone)
    assert unmirrored.run("mirror-media", **selected).done == 2
    assert unmirrored.run("mirror-media", **selected).selected == 0
    assert unmirrored.run("mirror-media", **selected, force=True).done == 1, "what was given up is tried by force"
    assert unmirrored.one("select count(*) from ops.media_failures") == 0


def test_an_origin_that_is_not_allowed_is_refused_before_it_is_asked(unmirrored, upstream, monkeypatch):
    monkeypatch.setenv("IMAGE_ORIGINS", "https://image.tmdb.org")
    report = unmirrored.run("mirror-media", further={"media": media("logo")}, tmdb_ids=[SHOW])
    assert report.status == "failed" and report.failures
    assert all("is not among IMAGE_ORIGINS" in reason for reason in report.failures.values())
    assert upstream.requests.paths("/t/p/") == []


def test_a_dry_run_puts_nothing(unmirrored, upstream, object_store):
    report = unmirrored.run("mirror-media", tmdb_ids=[SHOW], dry_run=True)
    assert report.tables["core.assets"].inserted == report.selected > 0
    assert objects(object_store, unmirrored) == {}
    assert upstream.requests.paths("/t/p/") == []


def test_an_object_that_a_killed_run_left_is_found_and_used(unmirrored, object_store):
    selected = {"further": {"media": media("poster")}, "tmdb_ids": [SHOW]}
    unmirrored.run("mirror-media", **selected)
    before = objects_changed(object_store, unmirrored)
    unmirrored.change("update core.images set asset_id = null")
    unmirrored.change("delete from core.assets")
    assert unmirrored.run("mirror-media", **selected).done > 0
    assert objects_changed(object_store, unmirrored) == before


def objects_changed(store: ObjectStore, catalogue: Catalogue) -> dict[str, Any]:
    found = store.client.list_objects(catalogue.bucket, recursive=True)
    return {str(item.object_name): item.last_modified for item in found}
