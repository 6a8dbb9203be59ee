"""Decoding pictures, in a process of its own: `python -m flows.decoding PIXELS`, a path a line in, a JSON object a line out.

A decoder is the part that a hostile file aims at. So it runs apart, with a limit on memory and none of our connections,
and whoever asks it (`Decoder`) ends it when a picture takes too long and starts another when it dies.
"""

import json
import os
import resource
import select
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any, Self

from PIL import Image, ImageOps

from models.rules.blurhash import blurhash
from models.rules.image_stream import MOST_PIXELS

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
MOVING = ("PNG", "GIF", "WEBP")
MEMORY = 1 << 30
"""Bytes of address space that the process has for itself, and for a picture of usual size."""
BYTES_A_PIXEL = 16
"""What decoding may take further: a few copies of the picture at four bytes a pixel."""
PATIENCE = 30.0
"""Seconds that one picture may take."""
SMALL = 16
"""The longer edge of what a BlurHash is made of: it holds no detail that more pixels would show."""


class Undecodable(Exception):
    """A picture that could not be decoded, and why."""


class Decoder:
    """A decoding process, started when it is first needed. Not safe under threads: each has its own."""

    def __init__(self, pixels: int = MOST_PIXELS, patience: float = PATIENCE) -> None:
        self._pixels, self._patience = pixels, patience
        self._process: subprocess.Popen[str] | None = None

    def measure(self, path: Path) -> dict[str, Any]:
        """Width, height, `animated` and `blurhash` of a picture.

        Raises:
            Undecodable: it is broken, takes too much memory or too long.
        """
        process = self._running()
        assert process.stdin and process.stdout
        process.stdin.write(f"{path}\n")
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], self._patience)
        line = process.stdout.readline() if ready else ""
        if not line:
            self.close()
            raise Undecodable("decoding it took too long" if not ready else "the decoder broke down over it")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise Undecodable(answer["error"])
        return answer

    def close(self) -> None:
        """End the process."""
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "flows.decoding", str(self._pixels)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                cwd=Path(__file__).parents[1],
                env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"},
            )
        return self._process

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def measured(path: Path) -> dict[str, Any]:
    """Decode a picture's first frame and say what it is; sizes as it is shown, turned as the picture says."""
    with Image.open(path, formats=FORMATS) as image:
        animated = image.format in MOVING and getattr(image, "is_animated", False)
        width, height = image.size
        turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
        image.draft("RGB", (4 * SMALL, 4 * SMALL))  # a JPEG can be decoded smaller at once
        image.load()
        small = ImageOps.exif_transpose(image)
        if small.mode == "P" or "A" in small.getbands():
            ground = Image.new("RGBA", small.size, "white")  # as most pages show what is transparent
            small = Image.alpha_composite(ground, small.convert("RGBA"))
        small = small.convert("RGB")
        small.thumbnail((SMALL, SMALL), Image.Resampling.BOX)
        raw = small.tobytes()
        pixels = list(zip(raw[::3], raw[1::3], raw[2::3], strict=True))
    return {
        "width": height if turned else width,
        "height": width if turned else height,
        "animated": animated,
        "blurhash": blurhash(pixels, *small.size),
    }


def main() -> None:
    """Answer paths until there are no more."""
    pixels = int(sys.argv[1])
    memory = MEMORY + BYTES_A_PIXEL * pixels
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Image.MAX_IMAGE_PIXELS = pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    for line in sys.stdin:
        try:
            answer = measured(Path(line.rstrip("\n")))
        except MemoryError:
            answer = {"error": "decoding it takes too much memory"}
        except Exception as error:  # a decoder may raise anything; this is the edge of its process
            answer = {"error": f"{type(error).__name__}: {error}".replace(line.strip(), "it")[:200]}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
