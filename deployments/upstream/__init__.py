"""The sample upstream: an HTTP server on localhost that answers as TMDb, IMDb, wikis and Wikidata do.

Demo, tests and benchmarks collect from it. `python -m deployments.upstream` runs it in the foreground; `Upstream`
runs it inside a test. What it answers comes from a source: the bundled `Sample`, a folder of `Recordings`, or
`Generated` shows. What goes wrong is its `Weather`, and by protocol its `Failing`; what changed, and how it is told,
stands in `changes.py`; `control.py` steers it over HTTP.
"""

from deployments.upstream.app import create_app
from deployments.upstream.failing import Failing
from deployments.upstream.generator import Generated
from deployments.upstream.recordings import Recordings
from deployments.upstream.sample import IMDB_LIST_CSV, Sample
from deployments.upstream.server import Upstream
from deployments.upstream.source import Source
from deployments.upstream.weather import Weather

__all__ = [
    "IMDB_LIST_CSV",
    "Failing",
    "Generated",
    "Recordings",
    "Sample",
    "Source",
    "Upstream",
    "Weather",
    "create_app",
]
