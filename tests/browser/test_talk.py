"""Talk in the console as people have it: two fans in two browsers at the same time, a moderator, and somebody who only reads."""

from typing import Any

import pytest

from tests.browser.conftest import DESKTOP, PHONE, SHOW, told
from tests.browser.looking import look_at

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def episodes(console: str) -> list[str]:
    """The ids of a season's episodes."""
    show = next(show["id"] for show in told(console, "/shows?limit=100") if show["name"] == SHOW)
    return [episode["id"] for episode in told(console, f"/shows/{show}/seasons/2/episodes?limit=4")]


class Cut:
    """A wire between a page and its server that can be cut."""

    def __init__(self, page: Any) -> None:
        self.is_cut = False
        self._wires: list[Any] = []
        page.route_web_socket("**/socket.io/**", self._join)

    def _join(self, wire: Any) -> None:
        if self.is_cut:
            wire.close()
            return
        wire.connect_to_server()
        self._wires.append(wire)

    def cut(self) -> None:
        """Lose the connection; none comes about until `mend`."""
        self.is_cut = True
        for wire in self._wires:
            wire.close()
        self._wires.clear()

    def mend(self) -> None:
        """Let connections come about again."""
        self.is_cut = False


def open_thread(page: Any, episode: str, title: str) -> str:
    """Open a thread with the form of an episode's page; gives its address."""
    page.goto(f"/console/episodes/{episode}/discussions")
    page.get_by_label("Title").fill(title)
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/threads/*")
    live(page)
    return str(page.url)


def live(page: Any) -> None:
    """Wait until a page hears what happens."""
    page.locator("#state[data-state=open]").wait_for()


def say(page: Any, words: str) -> None:
    """Say something in the thread that is open."""
    page.get_by_label("Say something").fill(words)
    page.get_by_role("button", name="Post", exact=True).click()


def unfold(piece: Any, name: str) -> None:
    """Open what is folded up below a name."""
    piece.locator("summary").get_by_text(name, exact=True).first.click()


def words(page: Any, said: str) -> Any:
    """Words that are said, wherever; what is typed in a field is not."""
    return page.locator(".words", has_text=said)


def post(page: Any, words: str) -> Any:
    """The post with these words, once it is there."""
    found = page.locator(".post").filter(has=page.locator(f":scope > .said:has-text('{words}')"))
    found.first.wait_for()
    assert found.count() == 1, f"{words} stands there {found.count()} times"
    return found


def test_two_fans_talk_in_two_browsers_and_each_sees_at_once_what_the_other_does(enter, open_page, episodes):
    ann = enter("ann")
    ben = enter("ben", size=PHONE, dark=True)
    reader = open_page()
    ben.goto(f"/console/episodes/{episodes[0]}/discussions")
    live(ben)
    address = open_thread(ann, episodes[0], "Who hid the letter?")
    link = ben.get_by_role("link", name="Who hid the letter?")
    link.wait_for()  # the thread came to the page that was open
    link.click()
    reader.goto(address)
    for page in (ben, reader):
        live(page)
    assert ann.locator("#entries > li").count() == 0

    say(ann, "It was Marigold, surely.")
    hers = post(ben, "It was Marigold, surely.")
    post(reader, "It was Marigold, surely.")
    unfold(hers, "Answer")
    hers.get_by_label("Your answer to #1").press_sequentially("She was in the garden", delay=10)
    ann.locator("#typing").get_by_text("ben is typing").wait_for()
    hers.get_by_role("button", name="Answer", exact=True).click()
    answer = post(ann, "It was Marigold, surely.").locator(".answers .post")
    words(answer, "She was in the garden").wait_for()
    ann.wait_for_function("document.getElementById('typing').textContent === ''")
    assert ann.locator("#head").get_by_text("2 posts").is_visible()

    answer.get_by_role("button", name="fire, 0").click()
    post(ben, "She was in the garden").last.get_by_role("button", name="fire, 1").wait_for()
    ann.locator("#badge:not([hidden])").wait_for()  # she is told of the answer, on the page that is open
    his = ben.locator(".answers .post").first
    unfold(his, "Edit")
    his.get_by_label("Other words").fill("She was in the kitchen")
    his.get_by_role("button", name="Keep these words").click()
    for page in (ann, reader):
        words(page, "She was in the kitchen").wait_for()
    his.get_by_role("button", name="Take back").click()
    for page in (ann, ben, reader):
        page.get_by_text("The words were taken back.").wait_for()
    assert reader.get_by_label("Say something").count() == 0
    assert reader.locator("#head").get_by_text("1 post").is_visible()


def test_what_was_said_while_the_wire_was_cut_comes_once_and_in_order(enter, episodes):
    ann, ben = enter("ann"), enter("ben")
    wire = Cut(ben)
    ben.goto(open_thread(ann, episodes[0], "In the tunnel"))
    live(ben)
    say(ann, "before the tunnel")
    post(ben, "before the tunnel")
    ben.get_by_label("Say something").fill("half a sentence")
    wire.cut()
    ben.locator("#state[data-state=waiting], #state[data-state=connecting]").wait_for()
    for number in range(3):
        say(ann, f"in the tunnel {number}")
        post(ann, f"in the tunnel {number}")
    assert ben.locator("#entries > li").count() == 1
    wire.mend()
    live(ben)
    ben.locator("#entries > li").nth(3).wait_for()
    said = [words.strip() for words in ben.locator("#entries .words").all_inner_texts()]
    assert said == ["in the tunnel 2", "in the tunnel 1", "in the tunnel 0", "before the tunnel"]
    assert ben.get_by_label("Say something").input_value() == "half a sentence"


def test_what_a_moderator_hides_and_whom_one_blocks_disappear(enter, episodes):
    ann, ben, mia = enter("ann"), enter("ben"), enter("mia", "moderator")
    address = open_thread(ann, episodes[0], "A quarrel")
    for page in (ben, mia):
        page.goto(address)
        live(page)
    say(ben, "something rude")
    his = post(ann, "something rude")
    unfold(his, "Report")
    his.get_by_label("Reason").select_option("abuse")
    his.get_by_role("button", name="Send the report").click()
    ann.get_by_text("The moderators will look at it.").wait_for()

    mia.get_by_role("link", name="Moderation").click()
    waiting = mia.locator(".questions > li").filter(has_text="something rude")
    waiting.get_by_role("button", name="Hide the post: of ben").click()
    mia.get_by_text("something rude").wait_for(state="detached")
    for page in (ann, ben):
        page.get_by_text("A moderator has hidden this post.").wait_for()
        assert words(page, "something rude").count() == 0
    assert "post.hide" in mia.locator("section[aria-labelledby=log] tbody tr").first.inner_text()

    mia.goto(address)
    mia.get_by_role("button", name="Lock", exact=True).click()
    for page in (ann, ben):
        page.get_by_text("This thread is locked").wait_for()
        assert not page.get_by_label("Say something").is_visible()
    mia.get_by_role("button", name="Unlock").click()
    ann.get_by_label("Say something").wait_for()

    say(ben, "hello again")
    post(ann, "hello again").get_by_role("button", name="Block ben").click()
    ann.locator(".gone", has_text="You do not hear this author.").first.wait_for()
    live(ann)
    say(ben, "one more thing")
    post(ben, "one more thing")
    ann.locator("#entries > li").nth(2).wait_for()
    assert words(ann, "one more thing").count() == words(ann, "hello again").count() == 0
    ann.get_by_role("link", name="Show it").first.click()
    words(ann, "one more thing").wait_for()
    assert words(ann, "hello again").count() == 0, "only what one asked for is shown"
    ann.goto("/console/talk")
    ann.get_by_role("button", name="Hear ben again").click()
    ann.get_by_text("You mute and block nobody.").wait_for()


def test_what_one_has_not_seen_stays_masked_until_one_asks(enter, episodes):
    ann, ben = enter("ann"), enter("ben")
    ben.goto(f"/console/episodes/{episodes[0]}/discussions")
    ben.get_by_role("button", name="I have seen up to this episode").click()
    ben.get_by_text("what comes later is masked").wait_for()
    ben.goto(open_thread(ann, episodes[2], "The finale"))
    live(ben)
    say(ann, "The letter was forged ||by the gardener||")
    ben.get_by_text("This tells of an episode that you have not seen.").wait_for()
    hers = post(ann, "The letter was forged")
    assert "by the gardener" not in hers.locator(".words").inner_text()
    unfold(hers, "Spoiler")
    assert "by the gardener" in hers.locator(".words").inner_text()
    assert "forged" not in ben.content() and "The finale" not in ben.content()
    ben.get_by_role("link", name="Show it").click()
    words(ben, "The letter was forged").wait_for()
    ben.get_by_role("button", name="Mask nothing").click()
    ben.get_by_role("heading", name="The finale").wait_for()


def test_one_takes_part_by_the_keyboard_alone_and_without_a_script(enter, episodes):
    ann = enter("ann")
    open_thread(ann, episodes[1], "By keyboard")

    def reach(condition: str) -> None:
        for _ in range(120):
            ann.keyboard.press("Tab")
            if ann.evaluate(f"(e => {condition})(document.activeElement)"):
                return
        raise AssertionError(f"Tab does not lead to {condition}")

    reach("e.matches('#say textarea')")
    ann.keyboard.type("typed, not clicked")
    reach("e.matches('#say button')")
    ann.keyboard.press("Enter")
    post(ann, "typed, not clicked")
    reach("e.matches('.reactions button[value=heart]')")
    ann.keyboard.press("Enter")
    ann.locator(".reactions button[value=heart][aria-pressed=true]").wait_for()
    assert ann.evaluate("document.activeElement.value") == "heart", "the focus stays where it was"
    reach("e.matches('.reply summary')")
    ann.keyboard.press("Enter")
    reach("e.matches('.reply textarea')")
    ann.keyboard.type("an answer")
    reach("e.matches('.reply button')")
    ann.keyboard.press("Enter")
    words(ann.locator(".answers .post"), "an answer").wait_for()

    plain = enter("ben", java_script_enabled=False)
    plain.goto(ann.url)
    say(plain, "no script here")
    plain.get_by_text("One branch of the thread.").wait_for()
    post(ann, "no script here")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pages_of_talk_are_readable_and_keep_nobody_out(enter, open_page, episodes, dark, size):
    mia = enter("mia", "moderator", dark=dark, size=size)
    address = open_thread(mia, episodes[3], f"Looked at {'in the dark' if dark else 'by day'}, {size[0]} wide")
    say(
        mia,
        "A first thought, ||with a secret||, and a word that goes on for some time so that it has to be broken somewhere.",
    )
    first = post(mia, "A first thought")
    unfold(first, "Answer")
    first.get_by_label("Your answer to #1").fill("An answer\nin two lines")
    first.get_by_role("button", name="Answer", exact=True).click()
    answer = mia.locator(".answers .post")
    words(answer, "in two lines").wait_for()
    answer.get_by_role("button", name="fire, 0").click()
    answer.get_by_role("button", name="fire, 1").wait_for()
    ann = enter("ann", dark=dark, size=size)
    ann.goto(address)
    live(ann)
    unfold(post(ann, "A first thought"), "Report")
    found = look_at(ann, "thread-user", dark=dark, size=size)
    post(ann, "A first thought").get_by_role("button", name="Send the report").click()
    ann.get_by_text("The moderators will look at it.").wait_for()
    found += look_at(mia, "thread", dark=dark, size=size)
    for name, place in {
        "discussions": f"/console/episodes/{episodes[3]}/discussions",
        "talk": "/console/talk",
        "notifications": "/console/notifications",
        "moderation": "/console/moderation",
    }.items():
        mia.goto(place, wait_until="networkidle")
        found += look_at(mia, name, dark=dark, size=size)
    reader = open_page(address, dark=dark, size=size)
    live(reader)
    found += look_at(reader, "thread-reader", dark=dark, size=size)
    assert found == []
