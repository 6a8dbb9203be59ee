"""The console as people use it: with eyes, on a phone, with the keyboard alone, and without JavaScript."""

import re

import pytest

from tests.browser.conftest import DESKTOP, PHONE, SCREENSHOTS, SHOW, told
from tests.browser.looking import faults, look_at

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def places(console: str) -> dict[str, str]:
    """An address of every kind of page."""
    show = next(show["id"] for show in told(console, "/shows?limit=100") if show["name"] == SHOW)
    person = told(console, f"/shows/{show}/cast?limit=1")[0]["person_id"]
    episode = told(console, f"/shows/{show}/seasons/2/episodes?limit=2")[1]["id"]
    return {
        "home": "/console/",
        "shows": "/console/shows",
        "search": "/console/search?q=larkspur",
        "sign-in": "/console/sign-in",
        "show": f"/console/shows/{show}",
        "cast": f"/console/shows/{show}/cast",
        "season": f"/console/shows/{show}/seasons/2",
        "episode": f"/console/episodes/{episode}",
        "people": "/console/people",
        "network": "/console/networks",
        "person": f"/console/people/{person}",
        "runs": "/console/runs",
        "freshness": "/console/freshness",
        "waiting": "/console/waiting",
    }


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_is_readable_and_keeps_nobody_out(open_page, places, dark, size):
    page = open_page(dark=dark, size=size)
    found = []
    for name, place in places.items():
        page.goto(place, wait_until="networkidle")
        found += look_at(page, name, dark=dark, size=size)
    assert found == []


def test_the_check_for_faults_would_notice(open_page):
    page = open_page()
    page.evaluate(
        "document.querySelector('nav a').insertAdjacentHTML('beforebegin', '<img src=\"/console/static/mark.svg\">')"
    )
    assert any("image-alt" in fault for fault in faults(page))


def test_the_colours_follow_the_scheme(open_page, places):
    grounds = {
        dark: open_page(places["show"], dark=dark).evaluate("getComputedStyle(document.body).backgroundColor")
        for dark in (False, True)
    }
    brightness = {dark: sum(map(int, re.findall(r"\d+", colour)[:3])) for dark, colour in grounds.items()}
    assert brightness[True] < 150 < 600 < brightness[False]


def test_whose_word_it_is_shows_on_hover_on_focus_and_on_tap_and_escape_hides_it(open_page, places):
    page = open_page(places["show"])
    button, tip = page.locator("dd .origin button").first, page.locator("dd .origin .tip").first
    assert not tip.is_visible()
    button.hover()
    assert tip.is_visible() and "says so" in tip.inner_text()
    page.mouse.move(0, 0)
    assert not tip.is_visible()
    button.focus()
    assert tip.is_visible()
    page.keyboard.press("Escape")
    assert not tip.is_visible()
    phone = open_page(places["show"], size=PHONE, has_touch=True, is_mobile=True)
    phone.locator("dd .origin button").first.tap()
    assert phone.locator("dd .origin .tip").first.is_visible()


def test_the_keyboard_alone_reaches_everything_and_shows_where_it_is(open_page, places):
    page = open_page(places["show"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the page"
    assert page.locator(".skip").bounding_box()["y"] >= 0
    wanted = page.evaluate(
        "[...document.querySelectorAll('a[href], button, input, select, summary')]"
        ".filter(e => !e.closest('details:not([open])') || e.matches('summary')).length"
    )
    seen = 1
    for _ in range(wanted + 30):
        page.keyboard.press("Tab")
        where = page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return {tag: e.tagName, outline: s.outlineStyle, width: parseFloat(s.outlineWidth)}; })()"
        )
        if where["tag"] == "BODY":
            break
        assert where["outline"] != "none" and where["width"] >= 2, where
        seen += where["tag"] in ("A", "BUTTON", "INPUT", "SELECT", "SUMMARY")
    assert seen == wanted
    page.goto(places["home"])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_misspelt_show_is_found_while_one_types_and_leads_to_its_cast(open_page):
    page = open_page("/console/")
    page.keyboard.press("/")
    page.keyboard.type("larkspr")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/search?q=larkspr")
    field = page.locator("main input[name=q]")
    field.fill("")
    field.press_sequentially("ladeis of larkspur", delay=40)
    page.wait_for_url(lambda url: "q=ladeis+of+larkspur" in url)  # the address follows, so it can be kept
    assert SHOW in page.locator("#results a").first.inner_text()
    field.press("Tab")
    while page.evaluate("!document.activeElement.closest('#results')"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/shows/*")
    assert page.locator("h1").inner_text().startswith(SHOW)
    member = page.locator("section[aria-labelledby=cast] .card a").first
    name = member.inner_text().strip()
    member.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/people/*")
    assert page.locator("h1").inner_text().startswith(name)


def test_without_a_script_search_is_a_form_like_any_other(open_page):
    page = open_page("/console/search", java_script_enabled=False)
    page.locator("main input[name=q]").fill("ladeis of larkspur")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=ladeis**")
    assert SHOW in page.locator("#results").inner_text()


def test_an_admin_settles_an_ambiguous_match(open_page, console, admin_token):
    page = open_page("/console/waiting")
    page.get_by_role("link", name="sign in", exact=True).click()
    page.get_by_label("Access token").fill(admin_token)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Sign out").wait_for()
    assert page.url.endswith(f"{console}/console/waiting")
    assert faults(page) == []
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / "waiting-admin.png", full_page=True)
    case = page.locator(".questions > li").filter(has_text="Kitchen Wars")
    button = case.get_by_role("button", name="It is this: Küchenkrieg")
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/waiting?done=chosen*")
    assert "The match is settled." in page.get_by_role("status").inner_text()
    assert page.locator(".questions > li").filter(has_text="Kitchen Wars").count() == 0
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/console/")
    assert page.get_by_role("link", name="Sign in").is_visible()
