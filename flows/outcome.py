"""What a store task did with a chunk, and how a stage can end."""

from collections import Counter

from pydantic import BaseModel, Field

from db.bulk import Counts
from flows.report import RunReport


class Outcome(BaseModel):
    """What a store task did with one chunk; it is added to the run's report. `unchanged` were found to need nothing."""

    done: int = 0
    unchanged: int = 0
    tables: dict[str, Counts] = {}
    failures: dict[str, str] = {}
    ambiguous: int = 0
    drift: dict[str, int] = {}
    due: int = Field(default=0, description="Records that were made due")

    def count(self, table: str, counts: Counts) -> None:
        """Add rows written to a table."""
        self.tables[table] = self.tables.get(table, Counts()) + counts

    def add(self, other: "Outcome") -> None:
        """Add what another piece of work did."""
        self.done += other.done
        self.unchanged += other.unchanged
        self.ambiguous += other.ambiguous
        self.due += other.due
        self.failures |= other.failures
        self.drift = dict(Counter(self.drift) + Counter(other.drift))
        for table, counts in other.tables.items():
            self.count(table, counts)


class StageFailed(Exception):
    """A stage ended, and too much of it did not work. `report` tells what."""

    def __init__(self, report: RunReport) -> None:
        example = next(iter(report.failures.items()), ("", ""))
        super().__init__(
            f"{report.stage}: {len(report.failures)} of {max(report.selected, len(report.failures))} failed,"
            f" e.g. {example[0]}: {example[1]}"
        )
        self.report = report
