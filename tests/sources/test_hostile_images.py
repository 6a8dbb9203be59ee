"""The hostile suite of the downloader: every address and answer is refused with its reason, and leaves nothing behind."""

import threading

import pytest

from flows.settings import ImageSettings
from flows.sources.images import DownloadRefused, ImageDownloader
from models.rules.image_inspector import Inspector
from models.rules.image_problems import BadImage, Problem
from tests.sources.double import Reply
from tests.sources.hostile import INNER, TRICKS, bodies
from tests.sources.images_made import every_type

BODIES = bodies()
MOST_BYTES = 3_000_000


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "images"
    folder.mkdir()
    return folder


def downloader(http, *origins, resolver=None, **settings):
    chosen = {"image_rate": 1000, "image_burst": 1000, "image_deadline": 60, "image_max_bytes": MOST_BYTES, **settings}
    extra = {"resolver": resolver} if resolver else {}
    return ImageDownloader(ImageSettings(image_origins=",".join(origins), **chosen), http, **extra)


def refusal(images, url, folder):
    with pytest.raises(DownloadRefused) as refused:
        images.download(url, folder)
    assert list(folder.iterdir()) == [], "a refused download leaves nothing behind"
    return refused.value


@pytest.mark.parametrize("address", [*INNER, *TRICKS])
def test_no_such_address_is_ever_asked(double, http, folder, address):
    host = double.url.removeprefix("http://")
    url = address.format(host=host, name=host.partition(":")[0])
    with downloader(http, double.url, "https://image.tmdb.org") as images:
        refused = refusal(images, url, folder)
    assert (refused.problem, refused.transient) == (Problem.ADDRESS, False)
    assert not double.asked


@pytest.mark.parametrize("name", BODIES)
def test_no_such_answer_is_kept(double, http, folder, name):
    reply, problem = BODIES[name]
    double.answer = lambda request: reply()
    with downloader(http, double.url) as images:
        refused = refusal(images, f"{double.url}/{name}", folder)
    assert (refused.problem, refused.transient) == (problem, False)


@pytest.mark.parametrize("kind", every_type())
@pytest.mark.parametrize("piece", [1, 7, 4096])
def test_what_is_whole_is_found_whole_however_it_arrives(kind, piece):
    content = every_type()[kind]
    inspector = Inspector()
    for at in range(0, len(content), piece):
        inspector.feed(content[at : at + piece])
    found = inspector.finish()
    assert found.type.extension == kind.rpartition(".")[2]
    assert found.shape.frames == (4 if kind.startswith("moving") else 1)


@pytest.mark.parametrize("kind", every_type())
def test_a_file_that_is_cut_anywhere_is_not_whole(kind):
    content = every_type()[kind].rstrip(b"\n")
    for at in sorted({1, 2, 3, len(content) - 1, *range(4, len(content), max(1, len(content) // 50))}):
        inspector = Inspector()
        inspector.feed(content[:at])
        with pytest.raises(BadImage) as bad:
            inspector.finish()
        assert bad.value.problem in (Problem.TRUNCATED, Problem.UNKNOWN_TYPE), f"cut at {at} of {len(content)}"


def test_a_name_that_changes_its_address_is_not_followed_inside(double, http, folder):
    port = double.url.rsplit(":", 1)[1]
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    double.answer = lambda request: Reply(503, b"ask again")
    with downloader(http, f"http://localhost:{port}", resolver=lambda host, port: next(answers)) as images:
        assert refusal(images, f"http://localhost:{port}/a.png", folder).problem is Problem.INNER_ADDRESS
    assert len(double.asked) == 1, "the second attempt asks for the name's address again, and does not believe it"


def test_a_redirect_resolves_again_and_an_inner_answer_ends_it(double, http, folder):
    port = double.url.rsplit(":", 1)[1]
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    double.answer = lambda request: Reply(302, b"", {"Location": "/b.png"})
    with downloader(http, f"http://localhost:{port}", resolver=lambda host, port: next(answers)) as images:
        assert refusal(images, f"http://localhost:{port}/a.png", folder).problem is Problem.INNER_ADDRESS
    assert [request.path for request in double.asked] == ["/a.png"]


def test_an_address_that_is_not_reached_gives_way_to_the_next(double, http, folder):
    port = double.url.rsplit(":", 1)[1]
    double.answer = lambda request: Reply(200, every_type()["png"])
    with downloader(http, f"http://localhost:{port}", resolver=lambda host, port: ["::1", "127.0.0.1"]) as images:
        assert images.download(f"http://localhost:{port}/a.png", folder).extension == "png"
    assert images.stats.retries == 1


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_slow_drip_ends_at_the_deadline(double, http, folder, part):
    stop = threading.Event()
    content = every_type()["png"]

    def drip():
        for at in range(len(content)):
            if stop.wait(0.05):
                return
            yield content[at : at + 1]

    def answer(request):
        if part == "head":
            stop.wait(60)
        return Reply(200, chunks=drip, headers={"Content-Length": str(len(content))})

    double.answer = answer
    with downloader(http, double.url, image_deadline=0.3) as images:
        refused = refusal(images, f"{double.url}/a.png", folder)
    stop.set()
    assert (refused.problem, refused.transient) == (Problem.DEADLINE, True)


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (lambda: Reply(200, every_type()["png"], {"Content-Length": "999999"}), Problem.DEADLINE),
        (lambda: Reply(200, chunks=lambda: iter([every_type()["png"]]), headers={"Content-Length": "99999"}), "cut"),
        (lambda: Reply(503, b"no"), Problem.BUSY),
        (lambda: Reply(429, b"no"), Problem.BUSY),
        (lambda: Reply(200, b"", {"Transfer-Encoding": "chunked"}), "cut"),
    ],
    ids=["promises-more-and-waits", "promises-more-and-ends", "busy", "too-many", "no-chunk"],
)
def test_what_may_be_better_later_is_transient(double, http, folder, reply, problem):
    double.answer = lambda request: reply()
    deadline = 60 if problem is Problem.BUSY else 0.5  # only those answer, the others may be waited for
    with downloader(http, double.url, image_deadline=deadline) as images:
        refused = refusal(images, f"{double.url}/a.png", folder)
    expected = {Problem.UNREACHABLE, Problem.DEADLINE} if problem == "cut" else {problem}
    assert refused.transient and refused.problem in expected


def test_the_page_is_named_to_the_host_and_no_header_can_be_smuggled_in(double, http, folder):
    double.answer = lambda request: Reply(200, every_type()["png"])
    with downloader(http, double.url) as images:
        images.download(f"{double.url}/a.png", folder, page="https://housewives.fandom.com/wiki/A")
        images.download(f"{double.url}/b.png", folder, page="https://x.example/\r\nX-Evil: 1")
    assert [request.headers.get("Referer") for request in double.asked] == [
        "https://housewives.fandom.com/wiki/A",
        None,
    ]


@pytest.mark.recorded
def test_recorded_images_are_whole(recordings):
    files = sorted((recordings / "images").iterdir())
    assert len(files) > 5
    for file in files:
        inspector = Inspector()
        inspector.feed(file.read_bytes())
        assert inspector.finish().type.extension == file.suffix[1:], file.name
