"""Fixtures of the upstream clients' tests: a protocol double, settings of the test's own, recordings."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.settings import HttpSettings, ImageSettings, ListSettings, TmdbSettings
from tests.sources.double import Double

RECORDINGS = Path(os.environ.get("TRR_RECORDINGS") or Path(__file__).parents[2].parent / "shared" / "recordings")


@pytest.fixture
def double() -> Iterator[Double]:
    """A protocol double."""
    server = Double()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the developer's own reaches a test, neither from the environment nor from `.env`."""
    for settings in (HttpSettings, ImageSettings, ListSettings, TmdbSettings):
        for name in settings.model_fields:
            monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def http(tmp_path: Path) -> HttpSettings:
    """Settings with folders of the test's own, and short pauses."""
    return HttpSettings(
        http_cache_dir=tmp_path / "cache",
        http_state_dir=tmp_path / "state",
        http_attempts=3,
        http_backoff=0.001,
        http_max_wait=5,
    )


@pytest.fixture
def recordings() -> Path:
    """The folder of recorded upstream answers."""
    if not RECORDINGS.is_dir():
        pytest.skip(f"no recordings at {RECORDINGS}; TRR_RECORDINGS names another folder")
    return RECORDINGS


@pytest.fixture
def recording(recordings: Path) -> Callable[[str], Any]:
    """Read a recorded JSON answer by its path in the recordings folder."""
    return lambda path: json.loads((recordings / path).read_text(encoding="utf-8"))
