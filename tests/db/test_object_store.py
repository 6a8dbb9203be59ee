"""The object store, on a real one: what is put can be read by anybody, and what is wrong is named."""

import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests

from db.object_store import IMMUTABLE, object_store
from db.settings import ConfigurationError, object_store_settings

PIXEL = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
DRAWING = b"<svg xmlns='http://www.w3.org/2000/svg'/>"


def anew(monkeypatch, **variables):
    """The store as a process with these variables would have it."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    object_store.cache_clear()
    object_store_settings.cache_clear()
    return object_store()


@pytest.fixture
def file(tmp_path):
    """Make a file of these bytes."""

    def make(content):
        path = tmp_path / "file"
        path.write_bytes(content)
        return path

    return make


@pytest.mark.parametrize(
    ("key", "content", "kind"),
    [
        ("images/show_images/1/a.gif", PIXEL, "image/gif"),
        ("images/logos/networks/1/a.svg", DRAWING, "image/svg+xml"),
        ("images/a space & é.gif", PIXEL, "image/gif"),
    ],
)
def test_what_is_put_can_be_read_by_anybody_and_kept_for_ever(bucket, file, key, content, kind):
    store = object_store()
    store.put(key, file(content), kind)
    answer = requests.get(store.url(key), timeout=60)
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Cache-Control"] == IMMUTABLE
    assert answer.headers.get("Content-Disposition") == ("attachment" if kind == "image/svg+xml" else None)
    assert store.size(key) == len(content)


def test_nobody_without_the_key_writes_or_lists(bucket, file):
    store = object_store()
    store.put("images/a.gif", file(PIXEL), "image/gif")
    assert requests.put(store.url("images/b.gif"), data=PIXEL, timeout=60).status_code == 403
    assert requests.delete(store.url("images/a.gif"), timeout=60).status_code == 403
    assert requests.get(store.public_base, timeout=60).status_code == 403
    assert store.keys() == ["images/a.gif"]


def test_what_is_not_there_has_no_size(bucket, monkeypatch):
    assert object_store().size("images/none.gif") is None
    assert anew(monkeypatch, S3_BUCKET="no-such-bucket").size("images/none.gif") is None


def test_putting_again_replaces_and_keys_come_in_order_below_their_prefix(bucket, file):
    store = object_store()
    for key in ("images/b.gif", "images/a/2.gif", "images/a/10.gif", "other.gif"):
        store.put(key, file(PIXEL), "image/gif")
    store.put("images/b.gif", file(PIXEL + PIXEL), "image/gif")
    assert store.size("images/b.gif") == 2 * len(PIXEL)
    assert store.keys() == ["images/a/10.gif", "images/a/2.gif", "images/b.gif", "other.gif"]
    assert store.keys("images/a/") == ["images/a/10.gif", "images/a/2.gif"]
    assert store.keys("none/") == []


@pytest.fixture
def fresh(bucket, monkeypatch, object_store):
    """The name of a bucket that does not exist yet."""
    name = f"{bucket}-fresh"
    monkeypatch.setenv("MEDIA_PUBLIC_URL", "")
    monkeypatch.setenv("S3_BUCKET", name)
    yield name
    for item in object_store.client.list_objects(name, recursive=True):
        object_store.client.remove_object(name, str(item.object_name))
    object_store.client.remove_bucket(name)


def test_a_missing_bucket_is_made_open_to_readers_and_preparing_again_loses_nothing(fresh, file, monkeypatch):
    store = anew(monkeypatch)
    store.prepare()
    store.put("images/a.gif", file(PIXEL), "image/gif")
    store.prepare()
    assert requests.get(store.url("images/a.gif"), timeout=60).content == PIXEL


def test_several_that_prepare_at_once_all_succeed(fresh, monkeypatch):
    stores = [anew(monkeypatch) for _ in range(4)]
    ready = threading.Barrier(len(stores))

    def prepare(store):
        ready.wait(60)
        store.prepare()

    with ThreadPoolExecutor(len(stores)) as pool:
        list(pool.map(prepare, stores))
    assert stores[0].client.bucket_exists(fresh)


def refusal(store):
    with pytest.raises(ConfigurationError) as refused:
        store.prepare()
    assert "\n" not in str(refused.value)
    return refused.value


@pytest.mark.parametrize("variable", ["S3_SECRET_KEY", "S3_ACCESS_KEY"])
def test_a_wrong_login_is_refused_by_name_and_not_repeated(bucket, monkeypatch, variable):
    error = refusal(anew(monkeypatch, **{variable: "hush-hush"}))
    assert error.variable == "S3_ACCESS_KEY"
    assert "refuses" in str(error) and "hush-hush" not in str(error)


def test_a_store_that_does_not_answer_is_named(bucket, monkeypatch, ports):
    error = refusal(anew(monkeypatch, S3_ENDPOINT=f"http://127.0.0.1:{ports.take('nobody-listens')}"))
    assert error.variable == "S3_ENDPOINT" and "does not answer" in str(error)


class _Page(BaseHTTPRequestHandler):
    """A web server that is no object store."""

    status = 404

    def do_HEAD(self):
        self.send_response(self.status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "4")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"<p/>")

    do_GET = do_PUT = do_HEAD

    def log_message(self, *arguments):
        """Say nothing."""


@pytest.mark.parametrize("status", [404, 405, 503])
def test_a_web_server_that_is_no_store_is_named(bucket, monkeypatch, status):
    page = type("Page", (_Page,), {"status": status})
    with HTTPServer(("127.0.0.1", 0), page) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
        thread.start()
        error = refusal(anew(monkeypatch, S3_ENDPOINT=f"http://127.0.0.1:{server.server_port}"))
        server.shutdown()
        thread.join(60)
    assert error.variable == "S3_ENDPOINT"


@pytest.fixture(autouse=True)
def _nothing_remembered():
    yield
    object_store.cache_clear()
    object_store_settings.cache_clear()
