"""Chromium in front of a whole stack: `make run` over the bundled sample, started once a session.

| fixture | gives |
|---|---|
| `stack` | the running stack (`tests.local.harness.Run`), collected |
| `console` | the address of its web app |
| `token_of` | a token of somebody: `token_of("mia", "moderator")` |
| `admin_token` | a token of an admin |
| `enter` | opens a page, as `open_page` does, and signs somebody in |
| `open_page` | opens a page of the console in a scheme and a width; at the end no error may stand in the browser's console |

`CHROMIUM` names the browser (`/usr/bin/chromium`), `STACK` the folder of a stack that runs already and has collected the
sample. Screenshots are left in `build/screenshots/`.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

from deployments.local.state import State
from tests.local.harness import ROOT, Run, newcomer

CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-quic"),
]
SCREENSHOTS = ROOT / "build" / "screenshots"
PHONE, DESKTOP = (390, 844), (1280, 900)
SHOW = "The Ladies of Larkspur Bay"

Open = Callable[..., Any]


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[State]:
    """A stack that has collected the sample once."""
    running = os.environ.get("STACK")
    if running:
        yield _state(Path(running))
        return
    run = Run(tmp_path_factory.mktemp("browser") / "local", "run")
    try:
        run.until("The Reality Report is running.", timeout=300)
        yield _state(run.folder)
    finally:
        run.end(signal.SIGINT, timeout=60)


def _state(folder: Path) -> State:
    state = State.read(folder)
    assert state is not None, f"no stack runs in {folder}"
    return state


@pytest.fixture(scope="session")
def console(stack: State) -> str:
    """Where the web app answers, without a slash at the end."""
    return stack.addresses["API"].removesuffix("/api/v1")


@pytest.fixture(scope="session")
def token_of(stack: State) -> Callable[..., str]:
    """A function that prints a token as `make token` does."""

    def printed(name: str, role: str = "user") -> str:
        printing = [sys.executable, "-m", "webapp.token", "--user", name, "--role", role]
        environment = {**newcomer(), **stack.environment}
        ended = subprocess.run(printing, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        return ended.stdout.strip()

    return printed


@pytest.fixture(scope="session")
def admin_token(token_of: Callable[..., str]) -> str:
    """A token of an admin."""
    return token_of("ada", "admin")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser."""
    from playwright.sync_api import sync_playwright

    if not Path(CHROMIUM).exists():
        pytest.skip(f"there is no {CHROMIUM}; CHROMIUM names the browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any, console: str) -> Iterator[Open]:
    """Open a page, watched: whatever the browser complains of fails the test at its end."""
    complaints: list[str] = []
    contexts: list[Any] = []

    def begin(path: str = "/console/", *, dark: bool = False, size: tuple[int, int] = DESKTOP, **options: Any) -> Any:
        scheme = "dark" if dark else "light"
        viewport = {"width": size[0], "height": size[1]}
        context = chromium.new_context(base_url=console, color_scheme=scheme, viewport=viewport, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda request: complaints.append(f"{request.url}: {request.failure}"))
        page.on("request", lambda request: _ours(request.url, console, complaints))
        page.goto(path, wait_until="networkidle")
        return page

    yield begin
    for context in contexts:
        context.close()
    assert [line for line in complaints if "ERR_ABORTED" not in line] == []  # an answer that newer typing made useless


@pytest.fixture
def enter(open_page: Open, token_of: Callable[..., str]) -> Open:
    """Open a page, and sign somebody in: `enter("mia", "moderator", dark=True)`."""

    def signed_in(name: str, role: str = "user", **options: Any) -> Any:
        page = open_page("/console/sign-in", **options)
        page.get_by_label("Access token").fill(token_of(name, role))
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Sign out").wait_for()
        return page

    return signed_in


def _ours(url: str, console: str, complaints: list[str]) -> None:
    if not url.startswith((f"{console}/", "data:", "blob:", "about:")):
        complaints.append(f"a page asked another host: {url}")


def told(console: str, path: str) -> Any:
    """What the API tells."""
    return json.loads(urllib3.request("GET", f"{console}/api/v1{path}").data)
