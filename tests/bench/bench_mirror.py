"""Mirroring 2,000 images of 20 to 400 KB from a static server (caddy) to the local object store, against `rclone copy` of
the same files from the same server to the same store, in the same run.

Ours downloads each image, checks that it is whole, hashes it, looks whether the store has it, puts it, and writes its rows;
rclone copies. Both use 16 transfers at a time. Rounds alternate, and the best of each counts; a round begins with an empty
bucket. Then everything is run once more, with nothing to do, and the pictures are decoded.

    ratio_to_rclone    seconds of rclone / seconds of ours (goal 0.5: at most twice its time)
    peak_memory_mb     of the flow process (goal 300)
    rerun_bodies       images asked for by the second run (goal 0), by the server's own log
    rerun_puts         objects written by the second run (goal 0), by the store's own dates
    decode_seconds     measure-media, apart
"""

import argparse
import io
import json
import random
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from PIL import Image

from deployments.local.object_store import ObjectStore
from tests.bench.harness import BUCKET, Bench, arguments, bench

BIN = Path(sys.executable).parent
TRANSFERS = 16


def draw(folder: Path, count: int) -> int:
    """Make so many different images (synthetic): noise, seven JPEGs to each PNG, WebP and AVIF; gives their bytes."""
    folder.mkdir()
    chance = random.Random(5)
    originals = []
    for number in range(40):
        kind, extension = [("PNG", "png"), ("WEBP", "webp"), ("AVIF", "avif"), *[("JPEG", "jpg")] * 7][number % 10]
        edge, file = chance.randint(130, 360 if kind == "PNG" else 640), io.BytesIO()
        Image.effect_noise((edge, edge), 60).convert("RGB").save(file, kind, quality=88)
        if 20_000 <= len(content := file.getvalue()) <= 400_000:
            originals.append((extension, content))
    total = 0
    for number in range(count):
        extension, content = originals[number % len(originals)]
        made = apart(extension, content, number.to_bytes(4))
        (folder / f"{number:05}.{extension}").write_bytes(made)
        total += len(made)
    return total


def apart(extension: str, content: bytes, mark: bytes) -> bytes:
    """The same picture as other bytes: each format has a place for a remark."""
    from tests.sources.images_made import chunk

    if extension == "jpg":
        return content[:2] + b"\xff\xfe\x00\x06" + mark + content[2:]
    if extension == "png":
        return content[:33] + chunk(b"tEXt", b"n\0" + mark.hex().encode()) + content[33:]
    if extension == "webp":
        size = int.from_bytes(content[4:8], "little") + 12
        return content[:4] + size.to_bytes(4, "little") + content[8:] + b"note\4\0\0\0" + mark
    return content + b"\0\0\0\x0cfree" + mark


class Server:
    """caddy, serving a folder."""

    def __init__(self, run: Bench, folder: Path) -> None:
        self.url = f"http://127.0.0.1:{run.ports.take('caddy')}"
        self._log = run.folder / "caddy.log"
        listen = self.url.removeprefix("http://")
        command = [str(BIN / "caddy"), "file-server", "--root", str(folder), "--listen", listen]
        run.service("caddy", [*command, "--browse", "--access-log"], ready=self._answers)

    def bodies(self) -> int:
        """Images that were asked for so far."""
        return sum(b'"method":"GET","host"' in line and b".listing" not in line for line in self._log.open("rb"))

    def _answers(self) -> bool:
        with urllib.request.urlopen(self.url, timeout=2) as answer:
            return bool(answer.status == 200)


def catalogue(run: Bench, database: str, urls: list[str]) -> None:
    """One show that all images are of."""
    with run.postgres().connect(database) as connection:
        connection.execute("insert into core.entities (id, kind) values (gen_random_uuid(), 'show')")
        connection.execute("insert into core.shows (id, name) select id, 'Show' from core.entities")
        connection.execute(
            "insert into core.images (entity_id, source, kind, source_id, url)"
            " select e.id, 'tmdb', 'poster', u, u from core.entities e, unnest(%s::text[]) u",
            [urls],
        )
        connection.commit()


def forget(run: Bench, database: str, store: ObjectStore) -> None:
    """No asset and no object."""
    with run.postgres().connect(database) as connection:
        connection.execute("update core.images set asset_id = null")
        connection.execute("delete from core.assets")
        connection.commit()
    empty(store, BUCKET)


def empty(store: ObjectStore, bucket: str) -> None:
    """Remove what is in a bucket."""
    for item in store.client.list_objects(bucket, recursive=True):
        store.client.remove_object(bucket, str(item.object_name))


def ours(run: Bench, flow: str) -> dict[str, Any]:
    """Run a media flow in its own process; gives its figures."""
    done = run.command("-m", "tests.bench.mirroring", flow)
    if done.returncode:
        raise RuntimeError(f"{flow} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    figures: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    run.say(f"{flow}: {json.dumps(figures)}")
    return figures


def rclone(run: Bench, url: str, store: ObjectStore, bucket: str) -> float:
    """Copy everything from the server to a bucket with rclone; gives the seconds."""
    target = {
        "provider": "SeaweedFS",
        "endpoint": store.endpoint,
        "access_key_id": store.access_key,
        "secret_access_key": store.secret_key,
    }
    options = ",".join(f'{name}="{value}"' for name, value in target.items())
    command = [str(BIN / "rclone"), "copy", f':http,url="{url}/":', f":s3,{options}:{bucket}"]
    began = time.perf_counter()
    subprocess.run(
        [*command, "--transfers", str(TRANSFERS), "--checkers", str(TRANSFERS), "--config", "/dev/null"],
        check=True,
        env=run.env,
    )
    seconds = time.perf_counter() - began
    run.say(f"rclone: {seconds:.2f} s")
    return seconds


def written(store: ObjectStore) -> dict[str, Any]:
    """When each object was last written."""
    return {str(item.object_name): item.last_modified for item in store.client.list_objects(BUCKET, recursive=True)}


def measure(run: Bench, options: argparse.Namespace) -> None:
    """The bench itself."""
    images = run.folder / "images"
    size = draw(images, options.images)
    server = Server(run, images)
    store = run.object_store()
    store.make_public_bucket("rclone")
    run.postgres()
    database = run.database("mirror")
    run.prefect_server()
    run.set({
        "IMAGE_ORIGINS": server.url,
        "IMAGE_RATE": "1000",
        "IMAGE_BURST": "1000",
        "FETCH_THREADS": str(TRANSFERS),
        "TMDB_BEARER_TOKEN": "none-is-asked",
    })  # fmt: skip
    catalogue(run, database.name, [f"{server.url}/{file.name}" for file in sorted(images.iterdir())])
    run.say(f"{options.images} images, {size / 1e6:.0f} MB")
    mirrored, copied = [], []
    for round_ in range(options.rounds):
        if round_:
            forget(run, database.name, store)
            empty(store, "rclone")
        mirrored.append(ours(run, "mirror-media"))
        copied.append(rclone(run, server.url, store, "rclone"))
        assert mirrored[-1]["done"] == options.images, mirrored[-1]
    bodies, objects = server.bodies(), written(store)
    again = ours(run, "mirror-media")
    again_written = written(store)
    decoded = ours(run, "measure-media")
    seconds = min(figures["seconds"] for figures in mirrored)
    run.print(
        ratio_to_rclone=min(copied) / seconds,
        peak_memory_mb=max(figures["peak_memory_mb"] for figures in mirrored),
        rerun_bodies=server.bodies() - bodies,
        rerun_puts=sum(objects.get(key) != when for key, when in again_written.items()),
        mirror_seconds=[figures["seconds"] for figures in mirrored],
        mirror_cpu_seconds=[figures["cpu_seconds"] for figures in mirrored],
        rclone_seconds=copied,
        rerun_seconds=again["seconds"],
        decode_seconds=decoded["seconds"],
        images=options.images,
        megabytes=size / 1e6,
        bodies_before_rerun=bodies,
    )


def main() -> None:
    """Run the bench."""
    parser = arguments(__doc__)
    parser.add_argument("--images", type=int, default=2000, help="images (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=2, help="rounds of each (default: %(default)s)")
    options = parser.parse_args()
    with bench("mirror", keep=options.keep) as run:
        measure(run, options)


if __name__ == "__main__":
    main()
