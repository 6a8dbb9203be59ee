"""Copies of images: smaller ones made once and kept, originals elsewhere, and nothing that a browser could be hurt by."""

import hashlib
import io
import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
import requests
from PIL import Image

from db.object_store import IMMUTABLE, ObjectStore, StoreFailed, object_store
from models.images import Asset
from models.rules.image_types import AVIF, GIF, JPEG, PNG, SVG, WEBP, image_type
from models.rules.variants import WIDTHS
from tests.webapp import factories as make
from webapp.media import service
from webapp.media.scaling import scaled

SCRIPTED = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
WEBP_TOO = {"Accept": "image/avif,image/webp,*/*"}


def picture(width=1000, height=1500, mode="RGB", form="JPEG", **options):
    """An image whose upper half is red."""
    image = Image.new(mode, (width, height), "navy")
    image.paste("red", (0, 0, width, height // 2))
    written = io.BytesIO()
    image.save(written, form, **options)
    return written.getvalue()


def moving(form):
    written = io.BytesIO()
    frames = [Image.new("RGB", (400, 400), colour) for colour in ("red", "blue")]
    frames[0].save(written, form, save_all=True, append_images=frames[1:], duration=100)
    return written.getvalue()


@pytest.fixture(scope="module")
def kept_bucket(object_store):
    """One bucket for all tests here: emptying it takes a tenth of the time of making another."""
    object_store.make_public_bucket("webapp-media")
    yield "webapp-media"
    object_store.client.remove_bucket("webapp-media")


@pytest.fixture
def bucket(object_store, kept_bucket, client, monkeypatch):
    """An empty public bucket, which the settings point to."""
    from db.object_store import object_store as ours
    from db.settings import object_store_settings

    for variable, value in object_store.environment(kept_bucket).items():
        monkeypatch.setenv(variable, value)
    ours.cache_clear()
    object_store_settings.cache_clear()
    yield kept_bucket
    for item in object_store.client.list_objects(kept_bucket, recursive=True):
        object_store.client.remove_object(kept_bucket, str(item.object_name))


@pytest.fixture
def stored(client, bucket):
    """Put bytes into the store with their row; gives the digest."""

    def put(content, kind=JPEG, row=True, **columns):
        digest = hashlib.sha256(content).hexdigest()
        key = f"images/show_images/{uuid4()}/{digest}.{kind.extension}"
        object_store().put_bytes(key, content, kind.content_type)
        if row:
            with make.catalogue() as session:
                columns = {"content_type": kind.content_type, "bytes": len(content), **columns}
                session.add(Asset(id=uuid4(), sha256=digest, key=key, **columns))
        return digest

    return put


def opened(answer):
    assert answer.status_code == 200, answer.text
    return Image.open(io.BytesIO(answer.data))


def small(content, width, kind):
    made = scaled(content, width, kind, most_pixels=10**7)
    assert made is not None
    return Image.open(io.BytesIO(made))


def test_every_width_is_made_in_proportion_and_lies_beside_its_original(client, stored):
    digest = stored(picture(1600, 2400))
    (original,) = object_store().keys()
    assert original.endswith(f"/{digest}.jpg")
    for width in WIDTHS:
        image = opened(client.get(f"/media/{digest}?w={width}"))
        assert (image.width, abs(image.height - width * 1.5) <= 1, image.format) == (width, True, "JPEG")
        red, _, blue = image.convert("RGB").getpixel((width // 2, 5))
        assert red > 200 and blue < 60
        held = object_store().stat(original.replace(".jpg", f".w{width}.jpg"))
        assert held is not None and held.content_type == "image/jpeg"
    assert len(object_store().keys()) == 1 + len(WIDTHS)


@pytest.mark.parametrize(
    ("form", "kind", "plain"),
    [("JPEG", JPEG, JPEG), ("PNG", PNG, PNG), ("GIF", GIF, PNG), ("WEBP", WEBP, WEBP), ("AVIF", AVIF, JPEG)],
)
def test_webp_is_for_who_takes_it_and_all_others_keep_the_type(client, stored, form, kind, plain):
    digest = stored(picture(300, 450, form=form), kind)
    for headers, expected in (({}, plain), ({"Accept": "*/*"}, plain), (WEBP_TOO, WEBP)):
        answer = client.get(f"/media/{digest}?w=154", headers=headers)
        assert (answer.content_type, image_type(answer.data)) == (expected.content_type, expected)
        assert opened(answer).width == 154
        assert "Accept" in answer.headers["Vary"]


def test_a_variant_is_immutable_and_not_sent_to_who_has_it(client, stored):
    digest = stored(picture())
    first = client.get(f"/media/{digest}?w=342")
    assert first.headers["Cache-Control"] == IMMUTABLE
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    tag = first.headers["ETag"]
    again = client.get(f"/media/{digest}?w=342", headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert client.get(f"/media/{digest}?w=342", headers={"If-Match": "*"}).status_code == 200
    other = client.get(f"/media/{digest}?w=342", headers={"If-None-Match": tag, **WEBP_TOO})
    assert (other.status_code, other.content_type) == (200, "image/webp") and other.headers["ETag"] != tag
    assert client.head(f"/media/{digest}?w=342").headers["Content-Length"] == str(len(first.data))


def test_without_a_width_the_address_leads_to_the_original(client, stored):
    content = picture()
    answer = client.get(f"/media/{stored(content)}")
    assert answer.status_code == 302
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert requests.get(answer.location, timeout=60).content == content


@pytest.mark.parametrize("measured", [None, 300])
def test_nothing_is_enlarged(client, stored, measured):
    content = picture(300, 450)
    digest = stored(content, width=measured)
    for width in (342, 1280):
        assert client.get(f"/media/{digest}?w={width}").data == content
    assert len(object_store().keys()) == 1


@pytest.mark.parametrize(("form", "kind"), [("GIF", GIF), ("WEBP", WEBP), ("PNG", PNG)])
def test_what_moves_is_served_as_it_is(client, stored, form, kind):
    content = moving(form)
    answer = client.get(f"/media/{stored(content, kind)}?w=92", headers=WEBP_TOO)
    assert (answer.data, answer.content_type) == (content, kind.content_type)
    assert len(object_store().keys()) == 1


@pytest.mark.parametrize("query", ["", "?w=342"])
def test_a_drawing_is_served_whole_and_may_run_nothing(client, stored, query):
    answer = client.get(f"/media/{stored(SCRIPTED, SVG)}{query}", headers=WEBP_TOO)
    assert (answer.status_code, answer.data, answer.content_type) == (200, SCRIPTED, "image/svg+xml")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("query", ["w=341", "w=0", "w=-92", "w=99999", "w=x", "w=", "w=92.5"])
def test_other_widths_are_refused(client, stored, query):
    answer = client.get(f"/media/{stored(picture(10, 10))}?{query}")
    assert (answer.status_code, answer.json["errors"][0]["loc"]) == (422, ["query", "w"])


@pytest.mark.parametrize("name", ["x", "0" * 63, "0" * 65, "g" * 64, "..%2f..%2fetc"])
def test_what_is_no_digest_is_422_or_no_route(client, name):
    assert client.get(f"/media/{name}?w=342").status_code in {404, 422}
    assert client.get(f"/media/{'0' * 63}?w=342").json["errors"][0]["loc"] == ["path", "sha256"]


def test_unknown_contents_are_404_even_where_the_store_holds_them(client, stored):
    for digest in ("0" * 64, stored(picture(), row=False)):
        for query in ("", "?w=342"):
            answer = client.get(f"/media/{digest}{query}")
            assert (answer.status_code, answer.json["detail"]) == (404, "Image not found")


def test_an_original_that_the_store_has_lost_is_404_and_logged(client, stored, caplog):
    digest = stored(picture())
    (key,) = object_store().keys()
    object_store().remove(key)
    assert client.get(f"/media/{digest}?w=342").status_code == 404
    assert "has lost" in caplog.text and key in caplog.text


def test_a_store_that_does_not_answer_is_503(client, stored, monkeypatch, ports):
    digest = stored(picture())
    monkeypatch.setenv("S3_ENDPOINT", f"http://127.0.0.1:{ports.take('nobody-listens')}")
    from db.settings import object_store_settings

    object_store.cache_clear()
    object_store_settings.cache_clear()
    answer = client.get(f"/media/{digest}?w=342")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_broken_and_enormous_images_are_served_as_they_are(client, stored, caplog):
    cut = picture()[:5000]
    bomb = picture(8000, 7000, mode="1", form="PNG")
    assert len(bomb) < 100_000
    for content, kind in ((cut, JPEG), (bomb, PNG)):
        assert client.get(f"/media/{stored(content, kind)}?w=92").data == content
    assert caplog.text.count("served as it is") == 2
    assert not [held.key for held in object_store().listed() if ".w92." in held.key]


@pytest.mark.parametrize("mode", ["L", "1", "P", "RGBA", "LA", "CMYK", "I;16"])
@pytest.mark.parametrize("kind", [JPEG, PNG, WEBP])
def test_every_kind_of_colour_can_be_scaled(mode, kind):
    form = "TIFF" if mode == "I;16" else "JPEG" if mode == "CMYK" else "PNG"
    content = Image.new(mode, (300, 200)).convert(mode)
    written = io.BytesIO()
    content.save(written, "PNG" if form == "TIFF" else form)
    image = small(written.getvalue(), 92, kind)
    image.load()
    assert image.size == (92, 61)


def test_a_picture_that_was_taken_sideways_is_shown_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held turned by a quarter
    image = small(picture(1500, 1000, exif=exif), 342, JPEG)
    assert image.size == (342, 513)
    assert not image.getexif()


def test_transparency_survives_in_png_and_webp_and_is_white_in_jpeg():
    written = io.BytesIO()
    Image.new("RGBA", (300, 300), (0, 0, 0, 0)).save(written, "PNG")
    for kind in (PNG, WEBP):
        assert small(written.getvalue(), 92, kind).getchannel("A").getextrema() == (0, 0)
    assert small(written.getvalue(), 92, JPEG).convert("L").getextrema() == (255, 255)


class Counting(ObjectStore):
    """The store, noting what is put."""

    def __init__(self, store):
        super().__init__(store.client, store.bucket, store.public_base)
        self.puts: Counter[str] = Counter()

    def put_bytes(self, key, content, content_type):
        self.puts[key] += 1
        super().put_bytes(key, content, content_type)


def test_many_that_ask_first_at_once_have_it_made_once(client, stored):
    """Two makers that share nothing stand for two processes: only the database's lock parts them."""
    image = service.original(stored(picture(2000, 3000)))
    store = Counting(object_store())
    makers = [service.Variants(store, most_pixels=10**8, at_once=2) for _ in range(2)]
    ready = threading.Barrier(16)

    def ask(number):
        ready.wait(60)
        width = WIDTHS[number // 2 % 2]
        return width, makers[number % 2].at_width(image, width, takes_webp=True).content

    with ThreadPoolExecutor(16) as pool:
        answers = set(pool.map(ask, range(16)))
    assert len(answers) == 2
    assert sorted(store.puts.values()) == [1, 1]
    assert not makers[0]._making and not makers[1]._making


def test_a_variant_that_cannot_be_stored_is_sent_all_the_same(client, stored, caplog):
    class Full(ObjectStore):
        def put_bytes(self, key, content, content_type):
            raise StoreFailed("the object store refuses: InternalError, no space left")

    image = service.original(stored(picture()))
    store = object_store()
    maker = service.Variants(Full(store.client, store.bucket, store.public_base), most_pixels=10**8, at_once=1)
    assert Image.open(io.BytesIO(maker.at_width(image, 92, takes_webp=False).content)).width == 92
    assert "could not be stored" in caplog.text


def test_images_in_the_api_name_their_variants(client, stored):
    digest = stored(picture(500, 750), width=500)
    drawing = stored(SCRIPTED, SVG)
    with make.catalogue() as session:
        show = make.show(session)
        for number, sha256 in enumerate((digest, drawing)):
            image = make.image(session, show.id, "poster", f"p{number}", width=5000)
            image.asset_id = session.exec(make_select(sha256)).one().id
        make.image(session, show.id, "backdrop", "unmirrored")
    images = client.get(f"/api/v1/shows/{show.id}/images").json
    by_digest = {image["sha256"]: image for image in images}
    variants = by_digest[digest]["variants"]
    assert variants == {str(width): f"/media/{digest}?w={width}" for width in WIDTHS if width < 500}
    assert by_digest[drawing]["variants"] == by_digest[None]["variants"] == {}
    for width, path in variants.items():
        assert opened(client.get(path)).width == int(width)


def make_select(sha256):
    from sqlmodel import select

    return select(Asset).where(Asset.sha256 == sha256)


def test_of_a_private_bucket_the_api_gives_presigned_addresses(client, stored, monkeypatch, object_store):
    from db.object_store import object_store as ours
    from db.settings import object_store_settings

    private = f"private-{uuid4().hex[:8]}"
    for name, value in {"S3_BUCKET": private, "MEDIA_PRESIGNED": "true", "MEDIA_PRESIGNED_SECONDS": "600"}.items():
        monkeypatch.setenv(name, value)
    ours.cache_clear()
    object_store_settings.cache_clear()
    ours().prepare()
    period = ours().period()
    monkeypatch.setattr(ours(), "period", lambda: period)  # it might end in between
    try:
        content = picture()
        digest = stored(content)
        with make.catalogue() as session:
            show = make.show(session)
            image = make.image(session, show.id, "poster", 'a "quoted" presign-name:/images/x')
            image.asset_id = session.exec(make_select(digest)).one().id
        (told,) = client.get(f"/api/v1/shows/{show.id}/images").json
        assert told["url"] == told["hosted_url"] == client.get(f"/api/v1/shows/{show.id}").json["poster_url"]
        assert told["file_path"].startswith('/a "quoted" presign-name:/images/x')
        assert requests.get(told["url"], timeout=60).content == content
        assert requests.get(told["url"].split("?")[0], timeout=60).status_code == 403
        assert re.search(r"X-Amz-Expires=1200\b", told["url"])
        elsewhere = client.get(f"/media/{digest}")
        assert (elsewhere.location, elsewhere.headers["Cache-Control"]) == (told["url"], "public, max-age=600")
        assert opened(client.get(f"/media/{digest}?w=92")).width == 92
    finally:
        for item in object_store.client.list_objects(private, recursive=True):
            object_store.client.remove_object(private, str(item.object_name))
        object_store.client.remove_bucket(private)


def test_a_presigned_address_stays_the_same_for_its_period(stored):
    plain = object_store()
    store = ObjectStore(plain.client, plain.bucket, plain.public_base, presigned_for=timedelta(days=3))
    assert store.url("images/a.jpg") == store.url("images/a.jpg")
    assert store._presign("images/a.jpg", 6000) != store._presign("images/a.jpg", 6001)
