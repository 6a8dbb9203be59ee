"""Charts as plain geometry, which a template draws as inline SVG. Lengths are in the units of the chart's own view box."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

WIDTH = 720
"""Of every chart; on the page it takes the room that there is."""

COLUMNS_HEIGHT = 120
LEAST = 2
"""How large the smallest mark is, so that it can be seen."""

ROW = 26
LABELS = 150
"""The height of a row of a time line, and the room for its name."""


class Bar(NamedTuple):
    """A rectangle with what it stands for, and the status that colours it."""

    x: float
    y: float
    width: float
    height: float
    label: str
    status: str
    run_id: str


def columns(runs: Sequence[dict[str, Any]]) -> list[Bar]:
    """How long runs took, the newest on the right; `runs` come newest first."""
    if not runs:
        return []
    longest = max((run["seconds"] or 0 for run in runs), default=0) or 1
    step = min(WIDTH / len(runs), 48)
    bars = []
    for place, run in enumerate(reversed(runs)):
        height = max(LEAST, COLUMNS_HEIGHT * (run["seconds"] or 0) / longest)
        bars.append(
            Bar(place * step, COLUMNS_HEIGHT - height, step * 0.7, height, run["stage"], run["status"], run["id"])
        )
    return bars


def timeline(runs: Sequence[dict[str, Any]]) -> list[Bar]:
    """When each part of a run began, and how long it took; `runs` come in the order in which they began."""
    if not runs:
        return []
    begins = [datetime.fromisoformat(run["started_at"]).timestamp() for run in runs]
    first = begins[0]
    last = max(begin + (run["seconds"] or 0) for begin, run in zip(begins, runs, strict=True))
    scale = (WIDTH - LABELS) / max(last - first, 0.001)
    return [
        Bar(
            LABELS + (begin - first) * scale, row * ROW + 4, max(LEAST, (run["seconds"] or 0) * scale), ROW - 8,
            run["stage"], run["status"], run["id"],
        )
        for row, (begin, run) in enumerate(zip(begins, runs, strict=True))
    ]  # fmt: skip


def shares(*counts: int) -> list[float]:
    """Counts as parts of a bar that is 100 wide."""
    whole = sum(counts) or 1
    return [100 * count / whole for count in counts]
