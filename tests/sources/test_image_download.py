import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from flows.settings import ImageSettings
from flows.sources.images import DownloadRefused, ImageDownloader
from models.rules.addresses import is_public
from tests.sources.double import Double, Reply
from tests.sources.images_made import png

PNG = png(64, 64, noise=True)


@pytest.fixture
def images(double, http, tmp_path):
    double.answer = lambda request: Reply(200, PNG, {"Content-Type": "text/plain"})
    with downloader(http, double.url) as images:
        yield images


def downloader(http, *origins, resolver=None, **settings):
    chosen = {"image_rate": 1000, "image_burst": 100, "image_deadline": 60, **settings}
    extra = {"resolver": resolver} if resolver else {}
    return ImageDownloader(ImageSettings(image_origins=",".join(origins), **chosen), http, **extra)


def refused(images, url, folder, reason):
    with pytest.raises(DownloadRefused, match=reason) as refusal:
        images.download(url, folder)
    assert list(folder.iterdir()) == [], "a refused download leaves nothing behind"
    return refusal.value


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "images"
    folder.mkdir()
    return folder


def test_an_image_is_stored_under_what_its_bytes_are(double, images, folder):
    found = images.download(f"{double.url}/t/p/original/a.jpg?x=1", folder)
    assert found.path.read_bytes() == PNG and found.path.parent == folder
    assert (found.sha256, found.bytes) == (hashlib.sha256(PNG).hexdigest(), len(PNG))
    assert (found.content_type, found.extension) == ("image/png", "png")
    assert double.asked[0].path == "/t/p/original/a.jpg?x=1"
    assert double.asked[0].headers["Host"] == double.url.removeprefix("http://")


def test_thirty_two_threads_download_at_once(double, images, folder):
    with ThreadPoolExecutor(32) as pool:
        found = list(pool.map(lambda n: images.download(f"{double.url}/{n}.png", folder), range(96)))
    assert len({image.path for image in found}) == 96 and images.stats.sent == 96


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://elsewhere.example/a.png", "not among IMAGE_ORIGINS"),
        ("http://127.0.0.1:1/a.png", "not among IMAGE_ORIGINS"),
        ("file:///etc/passwd", "not an http or https address"),
        ("{url}@evil.example/a.png", "malformed|must not carry|not among"),
        ("http://user:pass@{host}/a.png", "must not carry"),
        ("{url}/a b.png", "characters"),
        ("{url}/a\r\nX: y", "characters"),
    ],
)
def test_an_address_that_is_not_allowed_is_never_asked(double, images, folder, url, reason):
    refused(images, url.format(url=double.url, host=double.url.removeprefix("http://")), folder, reason)
    assert not double.asked


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.0.0.8"],
        ["169.254.169.254"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["fe80::1%eth0"],
        ["0.0.0.0"],
        [],
    ],
)
def test_an_allowed_name_at_an_inner_address_is_never_asked(double, http, folder, addresses):
    port = double.url.rsplit(":", 1)[1]
    with downloader(http, f"http://images.example:{port}", resolver=lambda host, port: addresses) as images:
        refused(images, f"http://images.example:{port}/a.png", folder, "not public")
    assert not double.asked


def test_the_connection_goes_to_the_address_that_was_checked(double, http, folder):
    resolved = []

    def resolver(host, port):
        resolved.append(host)
        return ["127.0.0.1"]

    port = double.url.rsplit(":", 1)[1]
    with downloader(http, f"http://localhost:{port}", resolver=resolver) as images:
        double.answer = lambda request: Reply(200, PNG)
        images.download(f"http://localhost:{port}/a.png", folder)
    assert resolved == ["localhost"] and double.asked[0].headers["Host"] == f"localhost:{port}"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("64:ff9b::5db8:d822", True),
        *((address, False) for address in ("172.16.0.1", "192.168.1.1", "100.64.0.1", "224.0.0.1", "255.255.255.255")),
        *(
            (address, False)
            for address in ("fd00::1", "fec0::1", "::", "2002:7f00:1::", "64:ff9b::7f00:1", "::127.0.0.1")
        ),
        ("not-an-address", False),
    ],
)
def test_public_is_what_the_internet_routes(address, public):
    assert is_public(address) is public


def test_redirects_are_followed_three_times_and_checked_each_time(double, images, folder):
    hops = {"/0": "/1", "/1": "/2", "/2": f"{double.url}/3"}

    def answer(request):
        to = hops.get(request.path)
        return Reply(302, b"moved", {"Location": to}) if to else Reply(200, PNG)

    double.answer = answer
    assert images.download(f"{double.url}/0", folder).extension == "png"
    hops["/3"] = "/4"
    other = Double()
    for path in folder.iterdir():
        path.unlink()
    refused(images, f"{double.url}/0", folder, "more than 3 redirects")
    hops["/0"] = f"{other.url}/secret"
    refused(images, f"{double.url}/0", folder, "not among IMAGE_ORIGINS")
    assert not other.asked
    other.close()


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(200, b""), "empty"),
        (Reply(200, b"\n<!DOCTYPE html><html></html>"), "web page"),
        (Reply(200, b"plain text"), "no image of a known type"),
        (Reply(200, PNG, {"Content-Encoding": "gzip"}), "compressed"),
        (Reply(200, PNG, {"Content-Length": "999999999"}), "larger than"),
        (Reply(200, chunks=lambda: iter([PNG[:-12]] + [b"\0" * 65_536] * 3)), "larger than|malformed"),
        (Reply(404, b"no"), "answered 404"),
        (Reply(204), "answered 204"),
    ],
)
def test_what_is_no_usable_image_is_refused_for_good(double, http, folder, reply, reason):
    double.answer = lambda request: reply
    with downloader(http, double.url, image_max_bytes=100_000) as images:
        assert not refused(images, f"{double.url}/a.png", folder, reason).transient
    assert len(double.asked) == 1


def test_a_server_in_trouble_is_asked_again_and_then_left_for_later(double, images, folder):
    replies = [Reply(503, b"no"), Reply(200, PNG)]
    double.answer = lambda request: replies[min(len(double.asked), 2) - 1]
    images.download(f"{double.url}/a.png", folder).path.unlink()
    assert images.stats.retries == 1
    double.answer = lambda request: Reply(429, b"", {"Retry-After": "60"})
    gone = refused(images, f"{double.url}/b.png", folder, "answered 429")
    assert gone.transient and gone.status == 429 and images.stats.unanswered_429 == 1


def test_a_body_that_ends_early_is_not_an_image(double, images, folder):
    double.answer = lambda request: Reply(200, chunks=lambda: iter([PNG]), headers={"Content-Length": "99999"})
    assert refused(images, f"{double.url}/a.png", folder, "no answer").transient


@pytest.mark.parametrize("part", ["head", "body", "end"])
def test_an_answer_that_drips_ends_at_the_deadline(double, http, folder, part):
    stop, outwaited = threading.Event(), threading.Event()

    def hold():
        if not stop.wait(60):
            outwaited.set()

    def drip():
        yield PNG[:-12]
        for _ in range(1200):
            if stop.wait(0.05):
                return
            yield b"\0"
        outwaited.set()

    def slow(request):
        hold()
        return Reply(200, PNG)

    def stall():
        yield PNG
        hold()

    answers = {
        "head": slow,
        "body": lambda request: Reply(200, chunks=drip),
        "end": lambda request: Reply(200, chunks=stall, headers={"Connection": "close"}),
    }
    double.answer = answers[part]
    with downloader(http, double.url, image_deadline=0.3) as images:
        assert refused(images, f"{double.url}/a.png", folder, "not finished within 0.3 s").transient
    stop.set()
    assert not outwaited.is_set()


def test_a_failing_disk_is_not_taken_for_a_failing_server(double, images, tmp_path):
    with pytest.raises(FileNotFoundError):
        images.download(f"{double.url}/a.png", tmp_path / "gone")


def test_an_open_connection_is_used_again_and_a_dead_one_replaced(double, images, folder):
    for _ in range(3):
        images.download(f"{double.url}/a.png", folder)
    (idle,) = images._pool._idle.values()
    assert len(idle) == 1
    idle[0].abort()
    assert images.download(f"{double.url}/a.png", folder).bytes == len(PNG)
