"""Images over https: the connection goes to the address that was checked, and the certificate must be the name's own."""

import ipaddress
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from flows.settings import ImageSettings
from flows.sources import connections
from flows.sources.images import DownloadRefused, ImageDownloader
from models.rules.image_problems import Problem
from tests.sources.images_made import every_type

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


class Authority:
    """A certificate authority of the test's own."""

    def __init__(self, folder):
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        self.certificate = self._signed(self.name, self.key.public_key(), NOW + DAY, authority=True)
        self.path = folder / "authority.pem"
        self.path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def issue(self, host, until=NOW + DAY):
        """A server's certificate and key, in one file."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        certificate = self._signed(subject, key.public_key(), until, host=host)
        path = self.folder / f"{host}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        return path

    def _signed(self, subject, key, until, *, host=None, authority=False):
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - 10 * DAY)
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        if authority:
            usage = dict.fromkeys(
                ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only"), False
            )
            made = made.add_extension(
                x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, decipher_only=False, **usage),
                critical=True,
            )
        if host:
            named = [x509.IPAddress(ipaddress.ip_address(host))] if host[0].isdigit() else [x509.DNSName(host)]
            made = made.add_extension(x509.SubjectAlternativeName(named), critical=False)
        return made.sign(self.key, hashes.SHA256())


@pytest.fixture
def authority(tmp_path):
    folder = tmp_path / "certificates"
    folder.mkdir()
    return Authority(folder)


@pytest.fixture
def believed(authority, monkeypatch):
    """The authority is one that this process believes."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    connections._tls.cache_clear()
    yield authority
    connections._tls.cache_clear()


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
    settings = ImageSettings(image_origins=origin, image_rate=1000, image_burst=100, image_deadline=5)
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
    connections._tls.cache_clear()
    with pytest.raises(DownloadRefused) as refused:
        download(http, tmp_path, port)
    assert (refused.value.problem, refused.value.transient) == (Problem.CERTIFICATE, False)
    assert not asked
