"""Direct messages in the console: two people write to each other in two browsers at the same time."""

import io

import pytest
from PIL import Image

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.looking import look_at
from tests.browser.test_talk import live, unfold, words

pytestmark = pytest.mark.browser


def picture() -> bytes:
    """A small image."""
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 80, 120)).save(drawn, "PNG")
    return drawn.getvalue()


def test_two_people_write_to_each_other_and_see_at_once_what_the_other_does(enter):
    dora = enter("dora")
    emil = enter("emil", size=PHONE, dark=True)
    emil.goto("/console/messages?folder=requests")
    dora.goto("/console/messages")
    dora.get_by_label("Username", exact=True).fill("emil")
    dora.get_by_role("button", name="Open the conversation").click()
    dora.wait_for_url("**/console/messages/*")
    live(dora)
    dora.get_by_label("Write a message").fill("Did you see it?")
    dora.get_by_role("button", name="Send").click()
    words(dora, "Did you see it?").wait_for()

    emil.get_by_role("link", name="dora").wait_for()  # the request came to the page that was open
    emil.get_by_role("link", name="dora").click()
    emil.get_by_role("button", name="Accept").click()
    live(emil)
    dora.get_by_text("emil is here").wait_for()
    dora.get_by_text("emil has read everything").wait_for()
    emil.get_by_label("Write a message").press_sequentially("I did, and", delay=10)
    dora.get_by_text("emil is typing").wait_for()
    emil.get_by_label("Write a message").press_sequentially(" I still cannot believe it", delay=5)
    emil.keyboard.press("Control+Enter")
    words(dora, "I did, and I still cannot believe it").wait_for()
    dora.get_by_label("Answer message 2").press("Enter")  # as with a keyboard alone
    answering = dora.get_by_label("Your answer to #2")
    answering.fill("Look")
    dora.locator(".post").last.get_by_label("Image").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": picture()}
    )
    answering.press("Control+Enter")
    words(emil, "Look").wait_for()
    answer = emil.locator(".post").last
    answer.get_by_role("link", name="in answer to this").wait_for()
    answer.get_by_role("link", name="Image, 40 × 30").wait_for()
    his = dora.locator(".post").nth(1)
    his.get_by_role("button", name="heart, 0").click()
    emil.locator(".post").nth(1).get_by_role("button", name="heart, 1").wait_for()

    mine = emil.locator(".post").nth(1)
    unfold(mine, "Edit")
    mine.get_by_label("Other words").fill("I did not")
    mine.get_by_role("button", name="Keep these words").click()
    words(dora, "I did not").wait_for()
    mine.get_by_role("button", name="Take back").click()
    dora.get_by_text("The message was taken back.").wait_for()
    assert [words.strip() for words in dora.locator(".words").all_inner_texts()] == ["Did you see it?", "Look"]
    emil.get_by_role("button", name="Block dora").click()
    dora.get_by_text("This conversation has ended").wait_for()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pages_of_messages_are_readable_and_keep_nobody_out(enter, dark, size):
    fay = enter("fay", dark=dark, size=size)
    enter("gus")
    fay.goto("/console/messages")
    fay.get_by_label("Title of the group").fill(f"Watchers, {'dark' if dark else 'light'} {size[0]}")
    fay.get_by_label("Usernames").fill("gus")
    fay.keyboard.press("Enter")
    fay.wait_for_url("**/console/messages/*")
    live(fay)
    for line in (
        "Who watches on Thursday?",
        "I shall bring something long to read so that the line has to break somewhere.",
    ):
        fay.get_by_label("Write a message").fill(line)
        fay.get_by_role("button", name="Send").click()
        words(fay, line).wait_for()
    unfold(fay.locator("#head"), "The group")
    fay.get_by_label("Answer message 1").click()
    found = look_at(fay, "conversation", dark=dark, size=size)
    fay.goto("/console/messages", wait_until="networkidle")
    found += look_at(fay, "inbox", dark=dark, size=size)
    assert found == []
