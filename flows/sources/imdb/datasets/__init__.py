"""IMDb's non-commercial datasets: seven files of tab-separated values, gzipped, made anew every day.

`files.py` keeps the newest of each on disk, `lines.py` picks the lines that are wanted out of millions, `rows.py` says what
they mean. Their terms stand in docs/sources.md.
"""

from collections.abc import Mapping
from enum import StrEnum


class Dataset(StrEnum):
    """One of the files, in the order in which they are read: which episodes there are comes first."""

    EPISODES = "title.episode"
    BASICS = "title.basics"
    RATINGS = "title.ratings"
    AKAS = "title.akas"
    PRINCIPALS = "title.principals"
    CREW = "title.crew"
    NAMES = "name.basics"

    @property
    def file_name(self) -> str:
        """As IMDb names it."""
        return f"{self.value}.tsv.gz"


COLUMNS: Mapping[Dataset, tuple[str, ...]] = {
    Dataset.EPISODES: ("tconst", "parentTconst", "seasonNumber", "episodeNumber"),
    Dataset.BASICS: (
        *("tconst", "titleType", "primaryTitle", "originalTitle", "isAdult"),
        *("startYear", "endYear", "runtimeMinutes", "genres"),
    ),
    Dataset.RATINGS: ("tconst", "averageRating", "numVotes"),
    Dataset.AKAS: ("titleId", "ordering", "title", "region", "language", "types", "attributes", "isOriginalTitle"),
    Dataset.PRINCIPALS: ("tconst", "ordering", "nconst", "category", "job", "characters"),
    Dataset.CREW: ("tconst", "directors", "writers"),
    Dataset.NAMES: ("nconst", "primaryName", "birthYear", "deathYear", "primaryProfession", "knownForTitles"),
}
"""What the columns are. They are read by their place, so a file that begins otherwise is not read at all."""


class NotThisFile(ValueError):
    """What came is no such dataset: a page, a cut file, other columns, no rows. The message says which."""


def check_header(dataset: Dataset, line: bytes) -> None:
    """Check a file's first line; further columns behind those that are known do no harm.

    Raises:
        NotThisFile: the columns are others.
    """
    names = line.decode("utf-8", "replace").rstrip("\n").split("\t")
    wanted = list(COLUMNS[dataset])
    if names[: len(wanted)] != wanted:
        raise NotThisFile(f"the columns of {dataset} are {', '.join(names)[:200]!r} instead of {', '.join(wanted)!r}")
