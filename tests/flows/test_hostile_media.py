"""The hostile suite of mirroring: a catalogue full of bad addresses, with the sample upstream configured, costs nothing."""

import resource
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flows.conftest import Catalogue, Worlds
from tests.sources.double import Double, Reply
from tests.sources.hostile import INNER, TRICKS, bodies
from tests.sources.images_made import every_type

GROWTH = 50
"""Megabytes."""


class Peak:
    """The most memory that this process holds while it lasts, in megabytes above where it began."""

    def __init__(self) -> None:
        self.growth = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Peak":
        self._began = self._resident()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.005):
            self.growth = max(self.growth, self._resident() - self._began)

    @staticmethod
    def _resident() -> float:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 1e6


@pytest.fixture
def hostile() -> Iterator[Double]:
    """A server with every bad answer, each at an address of its own."""
    cases = {f"/{name}": reply for name, (reply, _) in bodies().items()}
    server = Double()
    server.answer = lambda request: cases[request.path]() if request.path in cases else Reply(404)
    yield server
    server.close()


def test_nothing_hostile_leaves_an_object_or_a_row_and_memory_stays(
    worlds: Worlds,
    collected: Catalogue,
    upstream: Any,
    hostile: Double,
    object_store: Any,
    monkeypatch: Any,
    tmp_path: Path,
) -> None:
    host = hostile.url.removeprefix("http://")
    expected = {f"{hostile.url}/{name}": problem for name, (_, problem) in bodies().items()}
    tricks = [trick.format(host=host, name=host.partition(":")[0]) for trick in (*INNER, *TRICKS)]
    expected |= {trick: "address" for trick in tricks if "\u202e" not in trick}  # type: ignore[misc]
    assert len(expected) > 100
    with worlds.catalogue(collected.name, upstream) as catalogue:
        show = catalogue.show(900000005)
        (good,) = catalogue.column(
            "select url from core.images where kind = 'poster' and entity_id = :show order by url limit 1", show=show
        )
        catalogue.change("delete from core.images where url <> :good", good=good)
        catalogue.change("update core.images set asset_id = null")
        catalogue.change("delete from core.assets")
        catalogue.change(
            "insert into core.images (entity_id, source, kind, source_id, url)"
            " select :show, 'tmdb', 'poster', u, u from unnest(cast(:urls as text[])) u",
            show=show,
            urls=list(expected),
        )
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(scratch))
        monkeypatch.setenv("IMAGE_ORIGINS", f"{upstream.url},{hostile.url},https://image.tmdb.org")
        monkeypatch.setenv("IMAGE_MAX_BYTES", "5000000")
        with Peak() as peak:
            report = catalogue.run("mirror-media")
        failures = catalogue.records("select * from ops.media_failures")
        assert {row["url"]: row["code"] for row in failures} == expected
        assert all(row["reason"] and row["attempts"] == 1 for row in failures)
        assert set(report.failures) == set(expected) and report.done == 1
        assert catalogue.column("select url from core.images where asset_id is not null") == [good]
        keys = catalogue.column("select key from core.assets")
        found = object_store.client.list_objects(catalogue.bucket, recursive=True)
        assert [item.object_name for item in found] == keys and len(keys) == 1
        assert list(scratch.iterdir()) == []
        assert peak.growth < GROWTH
        assert any(note.startswith(f"{host}: unsafe_svg (") for note in report.notes)


def test_images_of_every_type_are_mirrored_byte_by_byte_with_the_type_that_they_are(
    worlds: Worlds, collected: Catalogue, upstream: Any, hostile: Double, object_store: Any, monkeypatch: Any
) -> None:
    hostile.answer = lambda request: Reply(200, every_type()[request.path[1:]], {"Content-Type": "text/html"})
    with worlds.catalogue(collected.name, upstream) as catalogue:
        catalogue.change("delete from core.images")
        catalogue.change(
            "insert into core.images (entity_id, source, kind, source_id, url, page_url)"
            " select :show, 'fandom', 'media', u, u, 'https://x.fandom.com/wiki/A' from unnest(cast(:urls as text[])) u",
            show=catalogue.show(900000005),
            urls=[f"{hostile.url}/{kind}" for kind in every_type()],
        )
        monkeypatch.setenv("IMAGE_ORIGINS", hostile.url)
        report = catalogue.run("mirror-media")
        assert report.failures == {} and report.done == len(every_type())
        for url, key, content_type in catalogue.rows(
            "select i.url, a.key, a.content_type from core.images i join core.assets a on a.id = i.asset_id"
        ):
            kind = url.rpartition("/")[2]
            answer = object_store.client.get_object(catalogue.bucket, key)
            assert answer.data == every_type()[kind]
            assert key.endswith("." + kind.rpartition(".")[2]) and answer.headers["Content-Type"] == content_type
        assert {request.headers.get("Referer") for request in hostile.asked} == {"https://x.fandom.com/wiki/A"}


def test_a_host_that_does_not_answer_costs_a_few_tries_and_keeps_nobody_waiting(
    worlds: Worlds, collected: Catalogue, upstream: Any, monkeypatch: Any
) -> None:
    silent = Double()
    silent.close()
    with worlds.catalogue(collected.name, upstream) as catalogue:
        show = catalogue.show(900000005)
        catalogue.change("update core.images set asset_id = null")
        catalogue.change("delete from core.images where entity_id <> :show", show=show)
        (waiting,) = catalogue.column("select count(*) from core.images where is_listed")
        catalogue.change(
            "insert into core.images (entity_id, source, kind, source_id, url)"
            " select :show, 'imdb', 'media', n::text, :base || '/' || n || '.jpg' from generate_series(1, 60) n",
            show=show,
            base=silent.url,
        )
        monkeypatch.setenv("IMAGE_ORIGINS", f"{upstream.url},{silent.url}")
        monkeypatch.setenv("FETCH_THREADS", "2")
        monkeypatch.setenv("HTTP_ATTEMPTS", "1")
        report = catalogue.run("mirror-media")
        assert report.done == waiting
        assert 5 <= len(report.failures) <= 6
        host = silent.url.removeprefix("http://")
        left = 60 - len(report.failures)
        assert f"{host} does not answer: {left} images are left for another run" in report.notes
        assert catalogue.one("select count(*) from ops.media_failures") == len(report.failures)
