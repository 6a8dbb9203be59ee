"""Images over https: the connection goes to the address that was checked, and the certificate must be the name's own."""

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from db import outgoing
from flows.settings import ImageSettings
from flows.sources.images import DownloadRefused, ImageDownloader
from models.rules.image_problems import Problem
from tests.sources.authority import DAY, NOW, Authority
from tests.sources.images_made import every_type


@pytest.fixture
def authority(tmp_path):
    folder = tmp_path / "certificates"
    folder.mkdir()
    return Authority(folder)


@pytest.fixture
def believed(authority, monkeypatch):
    """The authority is one that this process believes."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    outgoing._tls.cache_clear()
    yield authority
    outgoing._tls.cache_clear()


@pytest.fixture
def serve():
    """Serve a picture with this certificate; gives the port, and the names that were asked for."""
    servers = []

    def start(certificate):
        asked = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                asked.append(self.headers["Host"])
                self.send_response(200)
                self.send_header("Content-Length", str(len(every_type()["jpg"])))
                self.end_headers()
                self.wfile.write(every_type()["jpg"])

            def log_message(self, *args):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *args):
                pass  # a client that does not believe it hangs up

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server = Server(("127.0.0.1", 0), Handler)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return server.server_port, asked

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def download(http, folder, port):
    origin = f"https://localhost:{port}"
    settings = ImageSettings(image_origins=origin, image_rate=1000, image_burst=100, image_deadline=60)
    with ImageDownloader(settings, http, resolver=lambda host, port: ["127.0.0.1"]) as images:
        return [images.download(f"{origin}/{name}.jpg", folder) for name in "ab"]


def test_a_certificate_of_the_name_is_believed_at_the_address_that_was_checked(believed, serve, http, tmp_path):
    port, asked = serve(believed.issue("localhost"))
    first, second = download(http, tmp_path, port)
    assert first.path.read_bytes() == second.path.read_bytes() == every_type()["jpg"]
    assert asked == [f"localhost:{port}"] * 2


@pytest.mark.parametrize("wrong", ["another name", "the address", "expired", "unknown authority"])
def test_no_other_certificate_is_believed(request, authority, serve, http, tmp_path, wrong):
    if wrong != "unknown authority":
        request.getfixturevalue("believed")
    host = {"another name": "images.example", "the address": "127.0.0.1"}.get(wrong, "localhost")
    port, asked = serve(authority.issue(host, NOW - DAY if wrong == "expired" else NOW + DAY))
    outgoing._tls.cache_clear()
    with pytest.raises(DownloadRefused) as refused:
        download(http, tmp_path, port)
    assert (refused.value.problem, refused.value.transient) == (Problem.CERTIFICATE, False)
    assert not asked
