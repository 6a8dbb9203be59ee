"""The sample upstream as a part of the stack: TMDb, IMDb, wikis and Wikidata on loopback, for who has no token.

What it serves is the business of `deployments/upstream/`; here is how to start it and how to point the flows at it.
"""

import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from deployments.local.environment import LIST_VARIABLES
from deployments.local.process import Child

TOKEN = "sample-token"
UNHURRIED = {
    f"{source}_{limit}": "100" for source in ("IMDB", "FANDOM", "WIKIDATA", "IMAGE") for limit in ("RATE", "BURST")
}
"""Limits that are for the sake of others' servers; this one is our own."""


class SampleUpstream:
    """The sample upstream as a child process.

    Args:
        port: its port on 127.0.0.1.
        log: the file for its messages.
        env: the environment to run in.
        data: `sample`, or a folder of recordings.
    """

    def __init__(self, port: int, log: Path, *, env: Mapping[str, str], data: str = "sample") -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.child = Child(
            "Sample upstream",
            [sys.executable, "-m", "deployments.upstream", "--port", str(port), "--data", data],
            env=env,
            log=log,
            ready=self._answers,
        )

    def start(self) -> None:
        """Start the server."""
        self.child.start()

    def environment(self, given: Mapping[str, str]) -> dict[str, str]:
        """What a flow needs to know to collect from it; lists that the user named are asked of it instead of its own."""
        from deployments.upstream.sample import IMDB_LIST_CSV  # late: it brings Flask, while the servers start
        from deployments.upstream.sample.lists import CURATED, IMDB_LISTS, WATCHING

        lists = {
            "TMDB_LIST_IDS": f"{CURATED},{WATCHING}",
            "IMDB_LIST_IDS": ",".join(IMDB_LISTS),
            "IMDB_LIST_CSV": str(IMDB_LIST_CSV),
        }
        if any(name in given for name in LIST_VARIABLES):
            lists = {}
        return {
            **lists,
            **{name: value for name, value in UNHURRIED.items() if name not in given},
            "TMDB_API_URL": self.url,
            "TMDB_IMAGE_URL": f"{self.url}/t/p",
            "TMDB_BEARER_TOKEN": TOKEN,
            "IMDB_GRAPHQL_URL": f"{self.url}/imdb/graphql",
            "IMDB_PAGES_URL": f"{self.url}/imdb",
            "IMDB_DATASETS_URL": f"{self.url}/imdb/datasets",
            "FANDOM_URL": f"{self.url}/fandom/{{wiki}}",
            "WIKIDATA_URL": f"{self.url}/wikidata",
            "IMAGE_ORIGINS": self.url,
        }

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_health", timeout=2) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError:
            return False
