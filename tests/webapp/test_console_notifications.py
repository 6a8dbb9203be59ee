"""Notifications in the console: the page, the number on every page, and how one wants to be told."""

import re

from tests.webapp import talk
from tests.webapp.console_pages import Browser, found


def number(browser: Browser) -> str:
    """What the badge of any page says."""
    badge = found(r'id="badge" class="count"( hidden)?>(\d+)', browser.get("/console/shows").text)
    assert bool(badge[1]) == (badge[2] == "0")
    return badge[2]


def test_who_is_answered_or_named_is_told_until_they_have_read_it(enter, work):
    show = talk.aired_show()
    ann, ben = enter("ann"), enter("ben")
    assert "You were told nothing yet" in ann.read("/notifications") and number(ann) == "0"
    thread = ann.send(f"/episodes/{show.episodes[0]}/discussions", title="<i>Who</i>", type="general").location[8:]
    first = ann.send(f"{thread}/posts", body="Mine", script=True).json["post_id"]
    ben.send(f"{thread}/posts", body="planted answer", parent_post_id=first)
    ben.send(f"{thread}/posts", body="planted, @ann")
    ben.send(f"{thread}/posts", body="planted too")
    work()
    text = ann.read("/notifications")
    assert "ben answered you in <i>Who</i>" in text and "ben named you in <i>Who</i>" in text and "1 new post" in text
    assert "planted" not in text and number(ann) == "3" and number(ben) == "0"
    page = ann.get("/console/notifications").text
    one, seq = found(r'notifications/([0-9a-f-]{36})/read.*?name="seq" value="(\d+)"', page).groups()
    assert ann.send(f"/notifications/{one}/read", seq=seq).status_code == 303
    assert number(ann) == "2" and ">2<" in ann.get("/console/notifications/unread").text
    assert ann.read("/notifications?unread=true").count("Mute the thread") == 2
    assert ben.send(f"/notifications/{one}/read", seq=seq).status_code == 404
    newest = found(r'name="up_to" value="(\d+)"', page)[1]
    assert ann.send("/notifications/read", up_to=newest, script=True).status_code == 200
    assert number(ann) == "0" and "Everything is read." in ann.read("/notifications?unread=true")
    ann.send(f"{thread}/mute")
    ben.send(f"{thread}/posts", body="again, @ann")
    work()
    assert number(ann) == "0"
    ann.send(f"{thread}/mute", undo=1)


def test_one_says_how_one_is_told(app, enter):
    ann, stranger = enter("ann"), app.test_client()
    assert stranger.get("/console/notifications").status_code == 303
    assert 'id="badge"' not in stranger.get("/console/shows").text
    answer = ann.send("/notifications/settings", in_app="mention", in_digest="thread")
    assert answer.location == "/console/notifications#settings"
    page = ann.get("/console/notifications").text
    ways = re.findall(r'name="(in_\w+)" value="(\w+)"[^>]*?( checked)?>', page)
    assert {(way, kind) for way, kind, checked in ways if checked} == {("in_app", "mention"), ("in_digest", "thread")}
    assert len(ways) == 10
