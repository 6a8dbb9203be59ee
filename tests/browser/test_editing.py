"""An admin mends the catalogue in the console."""

import pytest

from tests.browser.conftest import DESKTOP, PHONE, SHOW, told
from tests.browser.looking import look_at

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def show(console: str) -> str:
    """The id of a show."""
    return str(next(show["id"] for show in told(console, "/shows?limit=100") if show["name"] == SHOW))


def test_an_admin_says_what_a_field_is_by_the_keyboard_and_believes_the_sources_again(enter, show):
    ada = enter("ada", "admin")
    ada.goto(f"/console/shows/{show}")
    ada.get_by_role("link", name=f"Edit {SHOW}").click()
    tagline = ada.get_by_label("Tagline", exact=True)
    before = tagline.input_value()
    tagline.fill("Nothing stays under water.")
    ada.keyboard.press("Enter")
    ada.get_by_text("Tagline is kept.").wait_for()
    ada.goto(f"/console/shows/{show}")
    ada.get_by_text("Nothing stays under water.").wait_for()
    ada.goto(f"/console/entities/{show}")
    ada.get_by_role("button", name="Believe the sources: Tagline").click()
    ada.get_by_text("Tagline is kept.").wait_for()
    assert ada.get_by_label("Tagline", exact=True).input_value() == before


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pages_of_editing_are_readable_and_keep_nobody_out(enter, show, dark, size):
    ada = enter("ada", "admin", dark=dark, size=size)
    found = []
    for name, place in {
        "entity": f"/console/entities/{show}",
        "merges": "/console/merges",
        "moderation-admin": "/console/moderation",
    }.items():
        ada.goto(place, wait_until="networkidle")
        found += look_at(ada, name, dark=dark, size=size)
    assert found == []
