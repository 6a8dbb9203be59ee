"""Measuring: every copy is decoded once, apart from the transfer; what cannot be decoded is taken from its images."""

import io
import math
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from flows.decoding import Decoder, Undecodable
from models.rules.blurhash import LETTERS, blurhash
from tests.conftest import forget_object_store
from tests.flows.conftest import Catalogue, Worlds
from tests.sources.images_made import bomb, drawn, encoded, every_type, png

SHOW = 900000005


@pytest.fixture
def mirrored(worlds: Worlds, collected: Catalogue, upstream: Any) -> Iterator[Catalogue]:
    """One show's posters and logos mirrored into a bucket of the test's own, and not yet measured."""
    with worlds.catalogue(collected.name, upstream) as copy:
        copy.change("update core.images set asset_id = null")
        copy.change("delete from core.assets")
        from flows.mirror_media import MediaSelection
        from models.images import ImageKind

        chosen = MediaSelection(kinds=[ImageKind.POSTER, ImageKind.LOGO])
        assert copy.run("mirror-media", further={"media": chosen}, tmdb_ids=[SHOW]).done > 3
        yield copy


def test_every_copy_is_measured_once_and_its_owner_has_changed(mirrored: Catalogue) -> None:
    before = mirrored.one("select version from core.entities where id = :id", id=mirrored.show(SHOW))
    report = mirrored.run("measure-media")
    assert report.done == report.selected == mirrored.one("select count(*) from core.assets")
    for row in mirrored.records(
        "select a.*, i.width as claimed_width, i.height as claimed_height"
        " from core.assets a join core.images i on i.asset_id = a.id"
    ):
        assert row["measured_at"] and row["animated"] is False and row["damage"] is None
        if row["content_type"] == "image/svg+xml":
            assert row["blurhash"] is None and row["width"]
        else:
            assert len(row["blurhash"]) == 28 and set(row["blurhash"]) <= set(LETTERS)
        if row["claimed_width"]:
            assert (row["width"], row["height"]) == (row["claimed_width"], row["claimed_height"])
    assert mirrored.one("select version from core.entities where id = :id", id=mirrored.show(SHOW)) == before + 1
    assert mirrored.run("measure-media").selected == 0


def test_a_store_that_does_not_answer_fails_the_run_with_a_sentence(
    mirrored: Catalogue, ports: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("S3_ENDPOINT", f"http://127.0.0.1:{ports.take('no-store-listens')}")
        forget_object_store()
        report = mirrored.run("measure-media")
    forget_object_store()
    assert report.status == "failed"
    told = "the object store does not answer: [Errno 111] Connection refused"
    assert report.failures == {"object store": told}
    assert mirrored.one("select count(*) from core.assets where measured_at is not null") == 0
    assert mirrored.run("measure-media").done > 3


def test_a_picture_that_cannot_be_decoded_is_taken_from_its_images_and_not_taken_again(
    mirrored: Catalogue, upstream: Any
) -> None:
    from flask import Response

    broken = png(600, 600)  # whole by its parts, with far too little in it
    url = mirrored.one(
        "select i.url from core.images i join core.shows s on s.id = i.entity_id"
        " where s.tmdb_id = :show and i.kind = 'backdrop' order by i.url limit 1",
        show=SHOW,
    )
    upstream.faults.append(lambda request: Response(broken, 200) if url.endswith(request.path) else None)
    from flows.mirror_media import MediaSelection
    from models.images import ImageKind

    chosen = {"media": MediaSelection(kinds=[ImageKind.BACKDROP], owner_ids=[mirrored.show(SHOW)])}
    assert url not in mirrored.run("mirror-media", further=chosen).failures
    report = mirrored.run("measure-media")
    assert ["truncated" in reason for reason in report.failures.values()] == [True]
    assert mirrored.one("select asset_id from core.images where url = :url", url=url) is None
    failure = mirrored.records("select * from ops.media_failures where url = :url", url=url)[0]
    assert (failure["code"], failure["attempts"]) == ("undecodable", 1)
    again = mirrored.run("mirror-media", further=chosen, force=True)
    assert set(again.failures) == {url} and mirrored.run("measure-media").selected == 0


@pytest.mark.parametrize("kind", [kind for kind in every_type() if kind != "svg"])
def test_every_format_is_decoded(tmp_path, kind):
    path = tmp_path / "picture"
    path.write_bytes(every_type()[kind])
    with Decoder() as decoder:
        found = decoder.measure(path)
    small = kind.startswith(("moving", "several"))
    assert (found["width"], found["height"]) == ((40, 30) if small else (120, 80))
    assert found["animated"] is kind.startswith("moving")


def test_a_picture_is_measured_as_it_is_shown(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "picture"
    path.write_bytes(encoded("JPEG", drawn(120, 80), exif=exif))
    with Decoder() as decoder:
        found = decoder.measure(path)
    assert (found["width"], found["height"]) == (80, 120)


def test_what_harms_a_decoder_harms_nothing_else(tmp_path):
    bad, good = tmp_path / "bad", tmp_path / "good"
    good.write_bytes(every_type()["png"])
    with Decoder() as decoder:
        for kind in ("png", "jpg", "gif", "webp", "avif"):
            bad.write_bytes(bomb(kind))
            with pytest.raises(Undecodable):
                decoder.measure(bad)
            assert decoder.measure(good)["width"] == 120
        assert decoder._process is not None
        decoder._process.kill()
        decoder._process.wait()
        assert decoder.measure(good)["width"] == 120, "a decoder that died is replaced"
    with Decoder(pixels=9_000) as decoder, pytest.raises(Undecodable, match="exceeds limit"):
        decoder.measure(good)
    with Decoder(patience=0.0) as decoder, pytest.raises(Undecodable, match="too long"):
        decoder.measure(good)


def test_a_blurhash_says_what_the_picture_looks_like():
    assert blurhash([(0, 0, 0)] * 64, 8, 8) == "L00000" + "fQ" * 11
    image = Image.open(io.BytesIO(encoded("PNG", Image.new("RGB", (16, 8), "red"))))
    image.paste((0, 0, 255), (8, 0, 16, 8))
    raw = image.tobytes()
    hashed = blurhash(list(zip(raw[::3], raw[1::3], raw[2::3], strict=True)), 16, 8)
    (left, right) = (shown(hashed, x, 4, 16, 8) for x in (1, 14))
    assert left[0] > 0.6 > 0.3 > left[2] and right[2] > 0.6 > 0.3 > right[0]
    assert max(left[1], right[1]) < 0.05


def shown(hashed, x, y, width, height):
    """The linear colour that a client draws at a point (Algorithm.md, decoding)."""

    def number(letters):
        value = 0
        for letter in letters:
            value = value * 83 + LETTERS.index(letter)
        return value

    across, down = number(hashed[0]) % 9 + 1, number(hashed[0]) // 9 + 1
    most = (number(hashed[1]) + 1) / 166
    mean = number(hashed[2:6])

    def linear(value):
        return value / 255 / 12.92 if value <= 10 else ((value / 255 + 0.055) / 1.055) ** 2.4

    factors = [[linear(mean >> shift & 255) for shift in (16, 8, 0)]]
    for at in range(6, len(hashed), 2):
        value = number(hashed[at : at + 2])
        parts = [(part - 9) / 9 for part in (value // 361, value // 19 % 19, value % 19)]
        factors.append([math.copysign(part * part, part) * most for part in parts])
    basis = [
        math.cos(math.pi * x * i / width) * math.cos(math.pi * y * j / height)
        for j in range(down)
        for i in range(across)
    ]
    return [sum(factor[part] * wave for factor, wave in zip(factors, basis, strict=True)) for part in range(3)]
