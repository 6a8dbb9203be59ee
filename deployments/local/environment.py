"""What the user's environment says about the stack: which parts are provided, and whether the rest fits together."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

from db.settings import ConfigurationError

UPSTREAM_VARIABLES = ("TMDB_BEARER_TOKEN", "TMDB_API_KEY", "TMDB_API_URL")
LIST_VARIABLES = ("TMDB_LIST_IDS", "IMDB_LIST_IDS", "IMDB_LIST_CSV")
ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""


def surroundings() -> dict[str, str]:
    """The environment with `.env` below it, as every settings class reads them; empty variables count as unset."""
    merged = {**dotenv_values(".env"), **os.environ}
    return {name: value for name, value in merged.items() if value}


@dataclass(frozen=True)
class Provided:
    """The parts that somebody else runs, each by the variable that says so; such a part is not started here."""

    database: bool
    object_store: bool
    prefect: bool
    upstream: bool

    @classmethod
    def by(cls, given: Mapping[str, str]) -> "Provided":
        """Read it off the environment.

        Raises:
            ConfigurationError: variables that need one another are not set together.
        """
        for other in ("MIGRATION_DATABASE_URL", "SYSTEM_DATABASE_URL"):
            if other in given and "DATABASE_URL" not in given:
                raise ConfigurationError("DATABASE_URL", f"is not set, but {other} is; set both or neither")
        upstream = any(name in given for name in UPSTREAM_VARIABLES)
        if upstream and not any(name in given for name in LIST_VARIABLES):
            raise ConfigurationError(
                "TMDB_LIST_IDS",
                "is not set, and neither is IMDB_LIST_CSV nor IMDB_LIST_IDS; to collect from the real TMDb at least one "
                "list is needed",
            )
        return cls("DATABASE_URL" in given, "S3_ENDPOINT" in given, "PREFECT_API_URL" in given, upstream)


def child_environment(given: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The environment that every child starts from; the parts add where they are found.

    Args:
        given: the user's environment.
        folder: the stack's data folder.
    """
    path = os.pathsep.join(filter(None, (str(ROOT), given.get("PYTHONPATH"))))
    kept_here = {
        "HTTP_CACHE_DIR": str(folder / "http-cache"),
        "HTTP_STATE_DIR": str(folder / "http-state"),
        "PREFECT_HOME": str(folder / "prefect"),
    }
    return {**kept_here, **given, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}
