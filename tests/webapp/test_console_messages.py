"""Direct messages in the console, without a browser: the inbox, a conversation, requests, groups."""

import io
import re
from typing import Any

from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from models.accounts import Role
from tests.webapp.console_pages import SCRIPT, Browser, found


def write_to(browser: Browser, name: str) -> str:
    """Open the conversation with somebody; gives its path."""
    answer = browser.send("/messages", username=name)
    assert answer.status_code == 303, answer.text
    return answer.location.removeprefix("/console")


def test_a_stranger_asks_is_accepted_and_both_write(app, enter):
    ann, ben, eve = enter("ann"), enter("ben"), enter("eve")
    assert "You have no conversation yet." in ann.read("/messages")
    talk = write_to(ben, "@ann")
    sent = ben.send(f"{talk}/messages", body="A ||planted|| <b>hello</b>", script=True).json["message_id"]
    assert "planted" not in ann.read("/messages") and "A ||planted|| <b>hello</b>" in ann.read(
        "/messages?folder=requests"
    )
    assert "A stranger writes to you." in ann.read(talk) and "has not accepted yet" in ben.read(talk)
    assert ann.send(f"{talk}/accept").location == f"/console{talk}"
    page = ann.get(f"/console{talk}")
    assert "A ||planted|| &lt;b&gt;hello&lt;/b&gt;" in page.text
    assert f'data-room="dms:conversation:{talk.rpartition("/")[2]}"' in page.text and "data-read=" in page.text
    assert "1 unread" in ann.read("/messages")
    assert ann.send(f"{talk}/read", last_read_message_id=sent, script=True).status_code == 200
    assert "unread" not in ann.read("/messages").replace("0 unread", "") and "has read everything" in ben.read(talk)
    answer = ann.send(f"{talk}/messages", body="Hello, ben", reply_to_id=sent, script=True).json["message_id"]
    assert "in answer to this" in ben.read(talk) and "2 unread" not in ben.read("/messages")
    news = ben.get(f"/console{talk}/news?entry={answer}").text
    assert "Hello, ben" in news and "planted" not in news and "<html" not in news
    assert ben.send(f"/message/{answer}/edit", body="Mine now", version=1).status_code == 403
    assert ann.send(f"/message/{answer}/edit", body="Goodbye, ben", version=1).status_code == 303
    assert ann.send(f"/message/{answer}/edit", body="Stale", version=1).status_code == 412
    ben.send(f"/message/{answer}/reactions", reaction="heart")
    assert 'value="heart" aria-pressed="true"' in ben.get(f"/console{talk}").text and "Goodbye, ben" in ben.read(talk)
    assert "Goodbye, ben" in ben.read("/messages?q=goodbye") and "No message of yours holds" in ben.read(
        "/messages?q=xyzzy"
    )
    ann.send(f"/message/{answer}/delete")
    assert "The message was taken back." in ben.read(talk)
    ann.send(f"{talk}/keep", is_muted="true")
    ann.send(f"{talk}/keep", is_archived="true")
    assert "You have no conversation yet." in ann.read("/messages") and "muted" in ann.read("/messages?folder=archived")
    for path in (talk, f"{talk}/news"):
        assert eve.get(f"/console{path}").status_code == 404
    assert eve.send(f"{talk}/messages", body="let me in").status_code == 404
    stranger = app.test_client()
    for path in ("/messages", talk):
        assert "/console/sign-in" in stranger.get(f"/console{path}").location
    ben_id = found(r"users/([0-9a-f-]{36})/block", ann.get(f"/console{talk}").text)[1]
    assert ann.send(f"/users/{ben_id}/block").status_code == 303
    assert 'data-locked="yes"' in ben.get(f"/console{talk}").text
    assert ben.send(f"{talk}/messages", body="still there?", script=True).status_code == 403


def test_a_request_is_declined_and_settings_are_kept(enter):
    ann, ben = enter("ann"), enter("ben")
    talk = write_to(ben, "ann")
    ben.send(f"{talk}/messages", body="hello")
    assert ann.send(f"{talk}/decline").location == "/console/messages"
    assert "No stranger asks for anything." in ann.read("/messages?folder=requests")
    assert ann.send("/messages/settings", shows_receipts=1).location == "/console/messages#settings"
    page = ann.get("/console/messages").text
    kept = {name for name, checked in re.findall(r'name="(\w+)" value="1"( checked)?', page) if checked}
    assert kept == {"shows_receipts"}
    assert ann.send("/messages", username="nobody-is-called-so").status_code == 404


def test_a_group_is_made_named_and_left(enter):
    ann, ben, eve = enter("ann"), enter("ben"), enter("eve")
    made = ann.send("/messages/groups", title="Watchers", usernames="ben, eve")
    assert made.status_code == 303, made.text
    group = made.location.removeprefix("/console")
    assert "You are invited to this group." in ben.read(group)
    ben.send(f"{group}/accept")
    ann.send(f"{group}/messages", body="Welcome")
    assert "Welcome" in ben.read(group) and "3 people" in ben.read("/messages")
    assert ann.send(f"{group}/title", title="Night watchers").status_code == 303
    assert "Night watchers" in ben.read("/messages")
    assert ben.send(f"{group}/title", title="Mine").status_code == 403
    page = ann.get(f"/console{group}").text
    ids = dict(re.findall(r'id="out-([0-9a-f-]{36})" name="remove" value="1" aria-label="Take out: (\w+)"', page))
    named = {name: user for user, name in ids.items()}
    assert set(named) == {"ben", "eve"}
    assert ann.send(f"{group}/members/{named['ben']}", role="admin").status_code == 303
    assert ann.send(f"{group}/members/{named['eve']}", remove=1).status_code == 303
    assert eve.get(f"/console{group}").status_code == 404
    assert ben.send(f"{group}/members", username="eve").status_code == 303
    assert ben.send(f"{group}/members/{named['ben']}", remove=1).location == "/console/messages"
    assert ben.get(f"/console{group}").status_code == 404


def test_a_reported_message_waits_for_a_moderator_who_removes_it(enter):
    ann, ben, mia = enter("ann"), enter("ben"), enter("mia", Role.MODERATOR)
    talk = write_to(ben, "ann")
    ben.send(f"{talk}/messages", body="a first hello")
    bad = ben.send(f"{talk}/messages", body="a rude <b>hello</b>", script=True).json["message_id"]
    assert f'id="report-{bad}"' in ann.get(f"/console{talk}").text
    assert f'id="report-{bad}"' not in ben.get(f"/console{talk}").text, "nobody reports themselves"
    assert ann.send("/reports", target_kind="message", target_id=bad, reason="abuse", script=True).status_code == 200
    queue = mia.read("/moderation")
    assert "Message in private talk" in queue and "a rude <b>hello</b>" in queue and "1 report: abuse" in queue
    assert "a first hello" not in queue and "Warn or ban ben" in queue
    assert mia.send(f"/moderation/messages/{bad}").status_code == 303
    assert "The message was taken back." in ann.read(talk) and "a rude" not in ann.read(talk)
    after = mia.read("/moderation")
    assert "Nothing waits." in after and "message.remove" in after and "a rude" not in after


def with_image(browser: Browser, path: str, content: bytes, name: str = "a.png", **fields: str) -> Any:
    """Send a form with an image as a browser does, for a script."""
    image = FileStorage(io.BytesIO(content), filename=name)
    boundary, body = encode_multipart({"secret": browser.secret, "image": image, **fields})
    kind = f"multipart/form-data; boundary={boundary}"
    return browser.post(f"/console{path}", data=body, content_type=kind, headers=SCRIPT)


def test_a_message_is_answered_and_an_image_is_sent_with_the_pages_own_forms(enter, private_bucket):
    ann, ben = enter("ann"), enter("ben")
    talk = write_to(ann, "ben")
    first = ann.send(f"{talk}/messages", body="look at this", script=True).json["message_id"]
    page = ben.get(f"/console{talk}").text
    form = found(rf'<form([^>]*)>(?:(?!</form>).)*name="reply_to_id" value="{first}"(?:(?!</form>).)*</form>', page)
    assert f'action="/console{talk}/messages"' in form[1] and 'enctype="multipart/form-data"' in form[1]
    assert 'name="body"' in form[0] and 'type="file" name="image"' in form[0]
    drawn = io.BytesIO()
    Image.effect_noise((1200, 1200), 90).convert("RGB").save(drawn, "PNG")
    assert drawn.tell() > 1_000_000, "more than a form may bring else"
    answer = with_image(ben, f"{talk}/messages", drawn.getvalue(), reply_to_id=first)
    assert answer.status_code == 200, answer.json
    shown = ann.read(talk)
    assert "in answer to this" in shown and "Image, 1200 × 1200" in shown
    assert with_image(ann, f"{talk}/messages", b"", name="", body="none chosen").status_code == 200
    assert with_image(ann, f"{talk}/messages", b"", name="").status_code == 422, "nothing at all"
    assert with_image(ann, f"{talk}/messages", b"<svg/>").status_code == 422
    assert with_image(ann, f"{talk}/messages", b"x" * 9_000_000).status_code == 413
