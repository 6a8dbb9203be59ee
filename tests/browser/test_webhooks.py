"""Webhooks in the console: a program is given an address to be told at, by keyboard alone, and sees how that went."""

import pytest

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.looking import look_at

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pages_of_webhooks_are_readable_and_done_with_by_keyboard(enter, dark, size):
    look = f"{'dark' if dark else 'light'}_{size[0]}"
    page = enter(f"machine_{look}", "service", dark=dark, size=size)
    page.goto("/console/webhooks")
    page.get_by_label("Address, which begins").focus()
    page.keyboard.type(
        f"http://localhost:9/hook/{look}/of-a-program-whose-address-is-rather-long-as-such-addresses-are"
    )
    for event in ("a thread was opened", "somebody told moderators of a post"):
        page.get_by_label(event).focus()
        page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#secret").wait_for()
    assert page.locator("#secret").inner_text().startswith("whsec_")
    found = look_at(page, "webhook-secret", dark=dark, size=size)
    page.goto("/console/webhooks")
    found += look_at(page, "webhooks", dark=dark, size=size)
    page.get_by_role("link", name="http://localhost:9/hook").click()
    assert page.locator("#secret").count() == 0
    page.get_by_role("button", name="Send a test").press("Enter")
    page.get_by_role("row").filter(has=page.get_by_text("test", exact=True)).wait_for()
    page.get_by_text("Change it").press("Enter")
    found += look_at(page, "webhook", dark=dark, size=size)
    page.get_by_role("button", name="Disable").press("Enter")
    page.get_by_text("What happens meanwhile is kept").wait_for()
    found += look_at(page, "webhook-disabled", dark=dark, size=size)
    page.get_by_text("Delete it").press("Enter")
    page.get_by_role("button", name="Delete").press("Enter")
    page.get_by_text("You have none yet.").wait_for()
    assert found == []
