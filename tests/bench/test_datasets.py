"""Sifting IMDb's datasets takes no more memory for more rows, and little at full size."""

import json
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from deployments.upstream.datasets.__main__ import write
from deployments.upstream.datasets.foreign import Size
from flows.imdb_sifting import Sieve
from flows.sources.imdb.datasets import Dataset, lines

MEMORY_MB = 300
BLOCK, COMPRESSED = 1 << 17, 1 << 14


def peak(folder: Path, rows: int) -> int:
    """Bytes that sifting so many credits takes at most."""
    folder.mkdir()
    own = [b'tt70000001\t1\tnm9900001\tself\t\\N\t["Self"]\n' for _ in range(500)]
    write(Dataset.PRINCIPALS, folder, Size(titles=rows // 4, principals=rows, names=1000), own)
    sieve = Sieve(folder, titles={b"tt70000001": 0}, people=frozenset({b"nm9900001"}))
    tracemalloc.start()
    try:
        sieve.sift(Dataset.PRINCIPALS, folder / Dataset.PRINCIPALS.file_name)
        found = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sum(1 for _ in sieve.piece(0).lines(Dataset.PRINCIPALS)) == 500
    return found


def test_four_times_the_rows_take_no_more_than_the_blocks_that_may_wait(tmp_path, monkeypatch):
    """How far the inflating thread is ahead is chance, so a peak may have more blocks than another by as many as may wait,
    beside the one in that thread's hands. Rows that stayed would be many times that: the larger file's text is 36
    blocks longer than the smaller one's. Seen failing with a queue without an end, and with blocks that were kept.
    """
    monkeypatch.setattr(lines, "BLOCK", BLOCK)  # so that few rows are many blocks
    monkeypatch.setattr(lines, "COMPRESSED", COMPRESSED)  # so that both files are many such pieces
    once, four_times = peak(tmp_path / "once", 30_000), peak(tmp_path / "four", 120_000)
    assert four_times - once < (lines.AHEAD + 2) * BLOCK


@pytest.mark.prove
def test_five_million_titles_and_twenty_million_principals_are_sifted_in_little_memory():
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.bench_datasets", "--rounds", "1"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    figures = json.loads(done.stdout.strip().splitlines()[-1])
    assert figures["rows"] > 40_000_000 and figures["written"] > 100_000
    assert figures["peak_memory_mb"] < MEMORY_MB
    assert figures["rerun_rows"] == 0
