"""The pages of webhooks: what a program does there is what it could do over the API, and its secret is shown once."""

import re

from models.accounts import Role
from tests.webapp.console_pages import found, page_of
from tests.webapp.talk import aired_show, open_thread

EVENT = "thread.created"


def version(browser, path):
    return found(r'name="version" value="(\d+)"', browser.get(f"/console{path}").text)[1]


def statuses(browser, path):
    return re.findall(r'<tr id="delivery-.*?status-(\w+)"', browser.get(f"/console{path}").text, re.DOTALL)


def test_a_program_looks_after_its_webhooks(enter, as_user, receiver, work):
    machine = enter("machine", Role.SERVICE)
    assert "You have none yet." in machine.read("/webhooks")
    assert machine.send("/webhooks", url="http://10.0.0.1/", events=EVENT).status_code == 422
    assert machine.send("/webhooks", url=f"{receiver.url}/hook").status_code == 422
    made = machine.send("/webhooks", url=f"{receiver.url}/hook", events=[EVENT, "post.reported"])
    secret = found(r'id="secret">(whsec_[\w-]+)<', made.text)[1]
    assert page_of(made) and (made.status_code, made.headers["Cache-Control"]) == (200, "no-store")
    path = found(r'href="/console(/webhooks/[0-9a-f-]{36})"', machine.get("/console/webhooks").text)[1]
    assert "It was told nothing yet." in machine.read(path)
    assert machine.send(f"{path}/test").location == f"/console{path}"
    assert statuses(machine, path) == ["waiting"]
    work()
    assert statuses(machine, path) == ["delivered"] and len(receiver.asked) == 1
    delivery = found(r'id="delivery-([0-9a-f-]{36})"', machine.get(f"/console{path}").text)[1]
    assert machine.send(f"{path}/deliveries/{delivery}/redeliver").status_code == 303
    work()
    assert len(receiver.asked) == 2

    old = version(machine, path)
    assert machine.send(path, version=old, is_enabled="false").status_code == 303
    assert machine.send(path, version=old, is_enabled="true").status_code == 412
    open_thread(as_user("ann"), aired_show().episodes[0])
    work()
    assert "What happens meanwhile is kept" in machine.read(path)
    assert statuses(machine, f"{path}?status=missed") == ["missed"] and len(receiver.asked) == 2
    assert machine.send(path, version=version(machine, path), is_enabled="true").status_code == 303
    work()
    assert receiver.asked[-1].headers["Trr-Event"] == EVENT and statuses(machine, f"{path}?status=missed") == []
    change = {"version": version(machine, path), "url": f"{receiver.url}/other", "events": "post.reported"}
    assert machine.send(path, **change).status_code == 303
    listed = machine.read("/webhooks").partition("Register one")[0]
    assert "/other" in listed and "a thread was opened" not in listed

    rotated = machine.send(f"{path}/secret")
    assert secret not in rotated.text and "The secret before signs as well" in rotated.text
    assert "whsec_" in rotated.text and "whsec_" not in machine.get(f"/console{path}").text
    for stranger in (enter("ada", Role.ADMIN), enter("other", Role.SERVICE)):
        assert stranger.get(f"/console{path}").status_code == 404
        for form in ("", "/secret", "/test", f"/deliveries/{delivery}/redeliver"):
            answer = stranger.send(f"{path}{form}", version=version(machine, path))
            assert (form, answer.status_code) == (form, 404)
        assert stranger.send(f"{path}/remove").status_code == 303
    assert machine.send(f"{path}/remove").location == "/console/webhooks"
    assert "You have none yet." in machine.read("/webhooks")


def test_who_may_have_none_finds_none(app, enter):
    assert app.test_client().get("/console/webhooks").status_code == 303
    for role in (Role.USER, Role.MODERATOR):
        fan = enter(role.value, role)
        assert "/console/webhooks" not in fan.get("/console/").text
        assert fan.get("/console/webhooks").status_code == 403
    assert "/console/webhooks" in enter("ada", Role.ADMIN).get("/console/").text
