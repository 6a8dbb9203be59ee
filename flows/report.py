"""The report of a run: what was selected, asked, written, and what went wrong. The same figures everywhere."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field

from db.bulk import Counts

FAILURES_SHOWN = 20


class TableCounts(BaseModel):
    """Rows of one table that a run wrote, or would have."""

    inserted: int = 0
    updated: int = 0
    removed: int = 0
    unchanged: int = 0


class RunReport(BaseModel):
    """What one stage did. `failures` names what failed and why; `notes` is what an operator should look at, `troubles` what
    an upstream did that failed nothing, counted: a layer that another one stood in for.
    """

    stage: str
    status: str = "running"
    dry_run: bool = False
    upstream: str = ""
    selected: int = 0
    done: int = 0
    unchanged: int = 0
    seconds: float = 0.0
    requests: int = 0
    from_cache: int = 0
    retries: int = 0
    waited: float = Field(default=0.0, description="Seconds that requests waited for their turn, over all threads")
    tables: dict[str, TableCounts] = {}
    failures: dict[str, str] = {}
    ambiguous: int = 0
    drift: dict[str, int] = {}
    troubles: dict[str, int] = {}
    notes: list[str] = []
    parts: list["RunReport"] = Field(default=[], description="The reports of the stages, where this is the pipeline's")

    def add_counts(self, table: str, counts: Counts) -> None:
        """Add rows written to a table."""
        sum_ = self.tables.setdefault(table, TableCounts())
        sum_.inserted += counts.inserted
        sum_.updated += counts.updated
        sum_.removed += counts.removed
        sum_.unchanged += counts.unchanged

    def add_drift(self, fields: Mapping[str, int]) -> None:
        """Add payload fields that were unknown or missing, with how often."""
        self.drift = dict(Counter(self.drift) + Counter(dict(fields)))

    @property
    def written(self) -> int:
        """Rows touched in all tables."""
        return sum(counts.inserted + counts.updated + counts.removed for counts in self.tables.values())

    @property
    def failed_share(self) -> float:
        """The share of the selection that failed, 0 to 1."""
        return min(1.0, len(self.failures) / max(self.selected, len(self.failures), 1))

    def progress(self) -> str:
        """One line: how far, how fast, how much longer, and how long requests waited for their turn."""
        over = self.done + len(self.failures)
        rate = over / max(self.seconds, 0.001)
        left = max(self.selected - over, 0)
        parts = [f"{self.stage}: {over} of {self.selected}", f"{rate:.1f}/s"]
        parts += [f"about {left / rate:.0f} s left"] if left and rate else []
        parts += [f"{self.written} rows written", f"{self.requests} requests", f"waited {self.waited:.0f} s in all"]
        parts += [f"{len(self.failures)} failed"] if self.failures else []
        return ", ".join(parts)

    def row(self) -> dict[str, Any]:
        """One line of the report table."""
        counts = self.tables.values()
        return {
            "stage": self.stage,
            "status": self.status,
            "selected": self.selected,
            "done": self.done,
            "unchanged": self.unchanged,
            "failed": len(self.failures),
            "ambiguous": self.ambiguous,
            "requests": self.requests,
            "from cache": self.from_cache,
            "inserted": sum(c.inserted for c in counts),
            "updated": sum(c.updated for c in counts),
            "removed": sum(c.removed for c in counts),
            "seconds": round(self.seconds, 1),
        }


def as_lines(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table as plain text in aligned columns; numbers stand right."""
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    widths = [max(len(text) for text in column) for column in zip(heads, *cells, strict=True)]
    right = [bool(rows) and all(isinstance(row[n], int | float) for row in rows) for n in range(len(heads))]

    def line(texts: Sequence[str]) -> str:
        aligned = (t.rjust(w) if r else t.ljust(w) for t, w, r in zip(texts, widths, right, strict=True))
        return "  ".join(aligned).rstrip()

    return "\n".join([line(heads), line(["-" * width for width in widths]), *(line(row) for row in cells)])


def as_table(reports: Iterable[RunReport]) -> str:
    """The reports as lines of plain text, aligned in columns; failures and notes below them."""
    reports = [shown for report in reports for shown in (*report.parts, report)]
    if not reports:
        return "nothing ran"
    rows = [report.row() for report in reports]
    lines = [as_lines(list(rows[0]), [list(row.values()) for row in rows])]
    for report in reports:
        lines += [f"{report.stage}: {note}" for note in report.notes]
        lines += [f"{report.stage}: drift: {field} ({times} times)" for field, times in sorted(report.drift.items())]
        lines += [f"{report.stage}: {trouble} ({times} times)" for trouble, times in sorted(report.troubles.items())]
        for ref, problem in list(report.failures.items())[:FAILURES_SHOWN]:
            lines.append(f"{report.stage}: failed: {ref}: {problem}")
        if len(report.failures) > FAILURES_SHOWN:
            lines.append(f"{report.stage}: and {len(report.failures) - FAILURES_SHOWN} failures more")
    return "\n".join(lines)
