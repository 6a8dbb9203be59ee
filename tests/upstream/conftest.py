"""What the tests of the sample upstream share: a running one, and how to ask it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from deployments.upstream import Generated, Recordings, Sample, Upstream
from deployments.upstream.source import Body, Source

Ask = Callable[..., requests.Response]


def body_of(source: Source, path: str) -> Body:
    """A body that is there."""
    body = source.body(path)
    assert body is not None, path
    return body


def asking(upstream: Upstream) -> Ask:
    """A function that sends a GET with the upstream's credentials over one kept connection."""
    session = requests.Session()

    def ask(path: str, headers: dict[str, str] | None = None, **query: Any) -> requests.Response:
        return session.get(
            f"{upstream.url}{path}", params=query, headers=upstream.headers | (headers or {}), timeout=60
        )

    return ask


@pytest.fixture(scope="session")
def sample() -> Sample:
    return Sample()


@pytest.fixture(scope="session")
def sample_upstream(sample: Sample) -> Iterator[Upstream]:
    with Upstream(sample) as running:
        yield running


@pytest.fixture
def upstream(sample_upstream: Upstream) -> Iterator[Upstream]:
    """The upstream that serves the sample, with an empty log; what a test sets or changes is undone after it."""
    sample_upstream.requests.clear()
    yield sample_upstream
    sample_upstream.restore()
    sample_upstream.limit_to(None)
    sample_upstream.latency = 0
    sample_upstream.faults.clear()
    sample_upstream.heal()


@pytest.fixture
def ask(upstream: Upstream) -> Ask:
    return asking(upstream)


@pytest.fixture(scope="session")
def ask_generated() -> Iterator[Ask]:
    """Asks an upstream of five thousand generated shows."""
    with Upstream(Generated(5000, seed=7)) as running:
        yield asking(running)


@pytest.fixture(scope="session")
def ask_recorded(recordings: Path) -> Iterator[Ask]:
    """Asks an upstream of the real recordings; skips where there are none."""
    with Upstream(Recordings(recordings)) as running:
        yield asking(running)
