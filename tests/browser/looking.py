"""Looking at a page: what axe-core finds in it, whether it fits the window, whether its pictures are there; and a screenshot."""

from typing import Any

from tests.browser.conftest import PHONE, SCREENSHOTS

SERIOUS = ("serious", "critical")


def faults(page: Any) -> list[str]:
    """What axe-core finds that keeps people out."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{page.url}: {one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in SERIOUS]


def look_at(page: Any, name: str, *, dark: bool, size: tuple[int, int]) -> list[str]:
    """Whatever is wrong with a page that is open. Its screenshot is left beside the others."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    picture = f"{name}-{'dark' if dark else 'light'}-{'phone' if size == PHONE else 'desktop'}.png"
    page.screenshot(path=SCREENSHOTS / picture, full_page=True)
    found = faults(page)
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    found += [f"{page.url} is {wider} pixels wider than the window"] if wider > 0 else []
    found += page.evaluate("[...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src)")
    return found
