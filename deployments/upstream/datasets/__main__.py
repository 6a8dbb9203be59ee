"""`python -m deployments.upstream.datasets`: the datasets of a catalogue among foreign rows, in a folder."""

import argparse
import sys
import time
import zlib
from collections.abc import Sequence
from pathlib import Path

from deployments.upstream.datasets import COLUMNS, GZIP, file_name, header, lines_by_dataset, spread
from deployments.upstream.datasets.foreign import BLOCK, Size, blocks, rows_in
from deployments.upstream.generator import Generated
from deployments.upstream.sample import Sample
from deployments.upstream.source import Source

LEVEL = 1
"""Writing fast matters more here than small files."""


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(
        prog="python -m deployments.upstream.datasets",
        description="Write IMDb's seven datasets (*.tsv.gz) of an invented catalogue, with foreign rows around its own.",
    )
    found.add_argument("--into", type=Path, required=True, metavar="DIR", help="the folder to write to")
    found.add_argument("--titles", type=int, default=0, metavar="N", help="foreign titles (default: %(default)s)")
    found.add_argument("--principals", type=int, default=0, metavar="N", help="foreign credits (default: %(default)s)")
    found.add_argument("--names", type=int, metavar="N", help="foreign people (default: half as many as titles)")
    found.add_argument("--shows", type=int, metavar="N", help="N generated shows instead of the bundled sample")
    found.add_argument("--seed", type=int, default=1, metavar="S", help="which generated shows (default: %(default)s)")
    found.add_argument("--size", choices=("full", "small"), default="small", help="of generated shows (%(default)s)")
    found.add_argument(
        "--only", choices=sorted(COLUMNS), action="append", metavar="NAME", help="only this dataset; may be repeated"
    )
    return found


def write(dataset: str, folder: Path, size: Size, lines: list[bytes]) -> int:
    """Write one file, the catalogue's lines spread evenly among the foreign ones; gives the number of rows."""
    places = -(-rows_in(dataset, size) // BLOCK)
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
    unfinished = folder / f".{file_name(dataset)}"
    with unfinished.open("wb") as file:
        file.write(packer.compress(header(dataset)))
        if not places:
            file.write(packer.compress(b"".join(lines)))
        for foreign, own in zip(blocks(dataset, size), spread(lines, places), strict=True):
            file.write(packer.compress(foreign + own))
        file.write(packer.flush())
    unfinished.rename(folder / file_name(dataset))
    return rows_in(dataset, size) + len(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files; gives the exit code."""
    options = parser().parse_args(arguments)
    names = options.titles // 2 if options.names is None else options.names
    if min(options.titles, options.principals, names) < 0:
        print("datasets: numbers of rows are not below 0", file=sys.stderr)
        return 1
    try:
        source: Source = Generated(options.shows, options.seed, options.size) if options.shows is not None else Sample()
        options.into.mkdir(parents=True, exist_ok=True)
        lines = lines_by_dataset(source)
        size = Size(options.titles, options.principals, names)
        for dataset in options.only or COLUMNS:
            started = time.monotonic()
            rows = write(dataset, options.into, size, lines[dataset])
            written = (options.into / file_name(dataset)).stat().st_size
            print(
                f"{file_name(dataset)}: {rows:,} rows, {written:,} bytes, {time.monotonic() - started:.1f} s",
                flush=True,
            )
    except (OSError, ValueError) as error:
        print(f"datasets: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
