"""Programs are told of events: signed, at least once, under one id, and nowhere that is not public."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from db.commands import outbox, webhooks
from db.session import as_system, read_as_system
from models.accounts import Role
from models.rules.webhooks import signature
from tests.docs.pages import blocks, page
from tests.sources.double import Double, Reply
from tests.webapp import factories as make
from tests.webapp.talk import aired_show, open_thread, say
from webapp.settings import webhook_settings, worker_settings
from webapp.tasks.registry import HANDLERS
from webapp.tasks.webhooks import PATIENCE
from webapp.webhooks.sending import Refused, send
from webapp.worker.handling import drain

HOOKS = "/api/v1/webhooks"
EVERY = ["catalogue.changed", "thread.created", "post.reported"]


def example():
    """The receiver's check as the documentation shows it."""
    (shown,) = blocks(page("docs/notifications.md"), "python")
    names: dict[str, Any] = {}
    exec(shown, names)
    return names["is_ours"]


is_ours = example()


@pytest.fixture
def program(receiver, as_user):
    """A program that may have webhooks."""
    return as_user("machine", Role.SERVICE)


@pytest.fixture
def tried_again(database):
    """Try everything that waits for its next attempt, as the worker does."""

    def run():
        with as_system() as session:
            session.execute(text("update ops.outbox set available_at = now() where done_at is null"))
        return drain(HANDLERS, attempts=20)

    return run


def registered(program, receiver, events=EVERY, path="/hook"):
    answer = program.post(HOOKS, json={"url": f"{receiver.url}{path}", "events": events})
    assert answer.status_code == 200, answer.json
    return answer.json


def log_of(program, hook, **query):
    answer = program.get(f"{HOOKS}/{hook['id']}/deliveries", query_string=query)
    assert answer.status_code == 200, answer.json
    return answer.json


def state(program, hook):
    return program.get(f"{HOOKS}/{hook['id']}").json


def test_a_receiver_is_told_of_each_event_and_can_tell_that_it_is_us(program, receiver, as_user, work):
    hook = registered(program, receiver)
    ann = as_user("ann")
    aired = aired_show()
    thread = open_thread(ann, aired.episodes[0])
    post = say(ann, thread, "private opinion")
    for _ in range(2):
        told = {"target_kind": "post", "target_id": post["id"], "reason": "abuse", "note": "a secret note"}
        assert as_user("ben").post("/api/v1/reports", json=told).status_code == 200
    with as_system() as session:
        assert (webhooks.tell_changes(session), webhooks.tell_changes(session)) == (1, 0)
        newest = webhooks.newest_change(session)
    work()
    got = {json.loads(asked.body)["event"]: asked for asked in receiver.asked}
    assert (len(receiver.asked), sorted(got)) == (3, sorted(EVERY))
    for event, asked in got.items():
        body = json.loads(asked.body)
        assert (asked.method, asked.path, asked.headers["Trr-Event"]) == ("POST", "/hook", event)
        assert asked.headers["Trr-Delivery"] == body["id"]
        assert is_ours(hook["secret"], asked.headers["Trr-Signature"], asked.body)
        assert not is_ours(hook["secret"], asked.headers["Trr-Signature"], asked.body + b" ")
        assert not is_ours("another", asked.headers["Trr-Signature"], asked.body)
    data = {event: json.loads(asked.body)["data"] for event, asked in got.items()}
    assert data["catalogue.changed"] == {"since": hook["told_seq"], "up_to": newest}
    assert data["thread.created"] == {
        "thread_id": thread["id"], "show_id": str(aired.show), "entity_id": str(aired.episodes[0]),
        "episode_id": str(aired.episodes[0]), "type": "general", "created_by": str(ann.user_id),
    }  # fmt: skip
    assert data["post.reported"] == {"post_id": post["id"], "reason": "abuse"}
    log = log_of(program, hook)
    assert [(d["status"], d["attempts"], d["last_status"]) for d in log] == [("delivered", 1, 200)] * 3
    assert {d["id"] for d in log} == {asked.headers["Trr-Delivery"] for asked in receiver.asked}


def test_an_old_delivery_is_not_believed_again():
    old = int((datetime.now(UTC) - timedelta(minutes=6)).timestamp())
    now = int(datetime.now(UTC).timestamp())
    for sent, believed in ((old, False), (now, True)):
        assert is_ours("s", f"t={sent},v1={signature('s', sent, b'{}')}", b"{}") is believed
    assert not is_ours("s", f"t={now},v1={signature('s', old, b'{}')}", b"{}")
    for junk in ("", "t=,v1=", "v1=ab", f"t={now}", "t=x,v1=y"):
        assert not is_ours("s", junk, b"{}")


def test_what_fails_is_tried_again_under_its_id_until_it_is_taken(program, receiver, tried_again):
    hook = registered(program, receiver)
    answers = iter([Reply(500, b"secret words"), Reply(429), Reply(204)])
    receiver.answer = lambda asked: next(answers)
    sent = program.post(f"{HOOKS}/{hook['id']}/test").json
    assert (sent["event"], sent["status"], sent["attempts"]) == ("test", "waiting", 0)
    tried_again()
    (failed,) = log_of(program, hook, status="waiting")
    assert (failed["attempts"], failed["last_status"]) == (1, 500)
    assert failed["last_error"] == "the receiver answered 500"
    assert state(program, hook)["failures"] == 1
    tried_again(), tried_again(), tried_again()
    assert [asked.headers["Trr-Delivery"] for asked in receiver.asked] == [sent["id"]] * 3
    assert len({asked.body for asked in receiver.asked}) == 1
    (taken,) = log_of(program, hook)
    assert (taken["status"], taken["attempts"], taken["last_status"], taken["last_error"]) == (
        "delivered",
        3,
        204,
        None,
    )
    assert (state(program, hook)["failures"], state(program, hook)["failing_since"]) == (0, None)
    with read_as_system() as connection:
        kept = connection.execute(text("select string_agg(row :: text, '') from ops.outbox row")).scalar_one()
    assert "secret words" not in kept


def test_a_delivery_that_is_given_up_says_so(program, receiver, work, monkeypatch):
    monkeypatch.setenv("WORKER_ATTEMPTS", "1")
    worker_settings.cache_clear()
    hook = registered(program, receiver)
    receiver.answer = lambda asked: Reply(503)
    program.post(f"{HOOKS}/{hook['id']}/test")
    work()
    monkeypatch.delenv("WORKER_ATTEMPTS")
    worker_settings.cache_clear()
    assert [(d["status"], d["last_status"]) for d in log_of(program, hook)] == [("failed", 503)]
    with as_system() as session:
        (dead,) = outbox.dead(session, topic="webhook")
        assert dead.last_error is not None and dead.last_error.endswith("the receiver answered 503")


def test_who_fails_for_long_is_told_no_more_until_they_want_it(program, receiver, as_user, work, tried_again):
    hook = registered(program, receiver)
    receiver.answer = lambda asked: Reply(500)
    program.post(f"{HOOKS}/{hook['id']}/test")
    for _ in range(PATIENCE):
        tried_again()
    assert state(program, hook)["is_enabled"] is True, "not for long"
    with as_system() as session:
        session.execute(text("update ops.webhooks set failing_since = now() - interval '25 hours'"))
    tried_again()
    disabled = state(program, hook)
    assert (disabled["is_enabled"], disabled["failures"], disabled["version"]) == (
        False,
        PATIENCE + 1,
        hook["version"] + 1,
    )
    asked = len(receiver.asked)
    tried_again()
    (kept,) = log_of(program, hook)
    assert (kept["status"], kept["attempts"], kept["last_status"]) == ("missed", PATIENCE + 1, 500)
    for path in ("test", f"deliveries/{kept['id']}/redeliver"):
        assert program.post(f"{HOOKS}/{hook['id']}/{path}").status_code == 409
    thread = open_thread(as_user("ann"), aired_show().episodes[0])
    with as_system() as session:
        assert webhooks.tell_changes(session) == 0
    tried_again()
    assert len(receiver.asked) == asked
    receiver.answer = lambda asked: Reply(200)
    edit = program.patch(f"{HOOKS}/{hook['id']}", json={"is_enabled": True}, headers={"If-Match": "*"})
    assert (edit.json["is_enabled"], edit.json["failures"], edit.json["failing_since"]) == (True, 0, None)
    with as_system() as session:
        assert webhooks.tell_changes(session) == 1
    work()
    test, opened, changed = (json.loads(asked.body) for asked in receiver.asked[asked:])
    assert (test["id"], test["event"]) == (kept["id"], "test")
    assert (opened["event"], opened["data"]["thread_id"]) == ("thread.created", thread["id"])
    assert changed["data"]["since"] == hook["told_seq"], "all that came meanwhile"
    assert {(d["status"], d["last_error"]) for d in log_of(program, hook)} == {("delivered", None)}


def test_a_webhook_that_is_off_misses_so_much_and_no_more(program, receiver, as_user, work, monkeypatch):
    monkeypatch.setattr(webhooks, "MOST_MISSED", 2)
    hook, ann, episode = registered(program, receiver), as_user("ann"), aired_show().episodes[0]

    def switch(is_enabled):
        change = {"is_enabled": is_enabled}
        assert program.patch(f"{HOOKS}/{hook['id']}", json=change, headers={"If-Match": "*"}).status_code == 200

    opened = [open_thread(ann, episode)]
    switch(False)
    work()
    opened += [open_thread(ann, episode) for _ in range(3)]
    work()
    assert [d["status"] for d in log_of(program, hook)] == ["missed"] * 2 and receiver.asked == []
    switch(True)
    work()
    told = [json.loads(asked.body)["data"]["thread_id"] for asked in receiver.asked]
    assert told == [thread["id"] for thread in opened[:2]]
    assert [d["status"] for d in log_of(program, hook)] == ["delivered"] * 2


def test_what_was_told_is_told_once_more_when_asked_for(program, receiver, as_user, work):
    hook = registered(program, receiver)
    sent = program.post(f"{HOOKS}/{hook['id']}/test").json
    again = f"{HOOKS}/{hook['id']}/deliveries/{sent['id']}/redeliver"
    assert program.post(again).json["status"] == "waiting"
    work()
    assert len(receiver.asked) == 1, "what waits is not queued twice"
    named = {"Idempotency-Key": "again-1"}
    for _ in range(2):
        assert program.post(again, headers=named).json["id"] == sent["id"]
    work()
    assert len(receiver.asked) == 2 and receiver.asked[0].body == receiver.asked[1].body
    assert [(d["status"], d["attempts"]) for d in log_of(program, hook)] == [("delivered", 2)]
    other = as_user("other-machine", Role.SERVICE)
    theirs = registered(other, receiver)
    for client, of in ((other, hook), (other, theirs), (program, theirs)):
        answer = client.post(f"{HOOKS}/{of['id']}/deliveries/{sent['id']}/redeliver")
        assert answer.status_code == 404
    work()
    assert len(receiver.asked) == 2


def test_changes_come_as_one_range_while_one_waits(program, receiver, tried_again):
    hook = registered(program, receiver, ["catalogue.changed"])
    receiver.answer = lambda asked: Reply(500)
    ranges = []
    for name in ("One", "Two", "Three"):
        with make.catalogue() as session:
            make.show(session, name)
        with as_system() as session:
            ranges.append(webhooks.tell_changes(session))
    assert ranges == [1, 0, 0]
    tried_again()
    receiver.answer = lambda asked: Reply(200)
    tried_again()
    with as_system() as session:
        assert webhooks.tell_changes(session) == 1
        newest = webhooks.newest_change(session)
    tried_again()
    first, again, rest = (json.loads(asked.body)["data"] for asked in receiver.asked)
    assert first == again
    assert (first["since"], rest["since"], rest["up_to"]) == (hook["told_seq"], first["up_to"], newest)
    changes = program.get(f"/api/v1/changes?since={first['since']}&limit=100").json
    assert {change["seq"] for change in changes} == set(range(first["since"] + 1, newest + 1))


def test_a_secret_that_is_changed_signs_for_a_day_beside_the_new_one(program, receiver, work):
    hook = registered(program, receiver)
    assert "secret" not in state(program, hook)
    named = {"Idempotency-Key": "rotate-1"}
    new, again = (program.post(f"{HOOKS}/{hook['id']}/secret", headers=named).json for _ in range(2))
    assert new["secret"] == again["secret"] != hook["secret"]
    assert "secret" not in json.dumps(program.get(HOOKS).json)
    believed = []
    for until in ("1 minute", "-1 minute"):
        with as_system() as session:
            session.execute(text(f"update ops.webhooks set previous_until = now() + interval '{until}'"))
        program.post(f"{HOOKS}/{hook['id']}/test")
        work()
        last = receiver.asked[-1]
        header = last.headers["Trr-Signature"]
        believed.append([is_ours(secret, header, last.body) for secret in (new["secret"], hook["secret"])])
    assert believed == [[True, True], [True, False]]


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/hook", "https://10.0.0.1/", "https://169.254.169.254/latest", "https://[::1]/",
        "https://[::ffff:192.168.0.1]/", "http://example.org/", "ftp://example.org/", "https://user:pw@example.org/",
        "https://example.org/#x", "https://exa mple.org/", "//example.org", "https://" + "a" * 2000,
    ],
)  # fmt: skip
def test_an_address_that_no_webhook_may_have_is_refused_at_once(as_user, url):
    program = as_user("machine", Role.SERVICE)
    answer = program.post(HOOKS, json={"url": url, "events": EVERY})
    assert (answer.status_code, answer.json["errors"][0]["loc"]) == (422, ["json", "url"])


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "192.168.1.1", "169.254.169.254", "::1", "fd00::1", "64:ff9b::a00:1"]
)
def test_a_name_that_leads_inside_is_not_connected_to(environment, address):
    asked = []

    def resolver(host, port):
        asked.append((host, port))
        return [address]

    with pytest.raises(Refused, match="is at an address that is not public"):
        send(
            "https://inside.example.org/", b"{}", ["s"], event="test", delivery_id=uuid4(),
            resolver=resolver,
        )  # fmt: skip
    assert asked == [("inside.example.org", 443)]


def test_a_redirect_is_not_followed_wherever_it_leads(program, receiver, tried_again):
    inside = Double()
    hook = registered(program, receiver)
    for target in (inside.url, f"{receiver.url}/elsewhere"):
        receiver.answer = lambda asked, target=target: Reply(307, headers={"Location": target})
        program.post(f"{HOOKS}/{hook['id']}/test")
        tried_again()
    inside.close()
    assert inside.asked == []
    assert {asked.path for asked in receiver.asked} == {"/hook"}
    assert {d["last_error"] for d in log_of(program, hook)} == {
        "the receiver answered 307, and no redirect is followed"
    }


def test_without_leave_nothing_leads_to_this_machine(program, receiver, environment, work):
    hook = registered(program, receiver)
    environment.setenv("WEBHOOK_LOCAL", "false")
    webhook_settings.cache_clear()
    program.post(f"{HOOKS}/{hook['id']}/test")
    work()
    (refused,) = log_of(program, hook)
    assert (refused["last_status"], refused["last_error"]) == (None, "must begin with https://")
    assert receiver.asked == []


def test_a_webhook_is_its_programs_alone_and_ends_with_the_role(program, receiver, as_user, tokens, work):
    hook = registered(program, receiver)
    delivery = program.post(f"{HOOKS}/{hook['id']}/test").json
    other = as_user("other-machine", Role.SERVICE)
    path, any_version = f"{HOOKS}/{hook['id']}", {"If-Match": "*"}
    for answer in (
        other.get(path), other.patch(path, json={"is_enabled": False}, headers=any_version),
        other.get(f"{path}/deliveries"), other.post(f"{path}/secret"), other.post(f"{path}/test"),
    ):  # fmt: skip
        assert (answer.status_code, answer.json["detail"]) == (404, "Webhook not found")
    assert (other.delete(path).status_code, other.get(HOOKS).json) == (200, [])
    work()
    assert receiver.asked[-1].headers["Trr-Delivery"] == delivery["id"]
    program.post(f"{path}/test")
    tokens.user("machine", Role.USER)
    asked = len(receiver.asked)
    work()
    open_thread(as_user("ann"), aired_show().episodes[0])
    work()
    assert len(receiver.asked) == asked
    tokens.user("machine", Role.SERVICE)
    assert log_of(program, hook)[0]["last_error"] == "the webhook is disabled"
    assert program.delete(path).status_code == 200
    with read_as_system() as connection:
        left = connection.execute(text("select count(*) from ops.webhook_deliveries")).scalar_one()
        acts = connection.execute(text("select action from ops.audit_log order by id")).scalars().all()
    assert (left, acts) == (0, ["webhook.register", "webhook.remove"])


def test_nobody_has_too_many_and_a_repetition_registers_none(program, receiver):
    body = {"url": f"{receiver.url}/hook", "events": ["thread.created", "thread.created"]}
    first, again = (program.post(HOOKS, json=body, headers={"Idempotency-Key": "k-1"}).json for _ in range(2))
    assert first == again
    assert first["events"] == ["thread.created"]
    for _ in range(19):
        assert program.post(HOOKS, json=body).status_code == 200
    assert program.post(HOOKS, json=body).status_code == 409
    assert program.post(HOOKS, json=body | {"events": ["message.created"]}).status_code == 422


def test_the_log_is_read_in_pages_and_swept(program, receiver, work):
    hook = registered(program, receiver)
    sent = [program.post(f"{HOOKS}/{hook['id']}/test").json["id"] for _ in range(3)]
    path, seen = f"{HOOKS}/{hook['id']}/deliveries?limit=2", []
    while path:
        answer = program.get(path)
        seen += [one["id"] for one in answer.json]
        path = answer.headers.get("Link", "").partition(">")[0].lstrip("<")
    assert sorted(seen) == sorted(sent)
    with as_system() as session:
        session.execute(text("update ops.webhook_deliveries set created_at = now() - interval '31 days'"))
        assert webhooks.drop_deliveries(session, timedelta(days=30)) == 0, "what waits is not done"
    work()
    with as_system() as session:
        assert webhooks.drop_deliveries(session, timedelta(days=30)) == 3
    assert UUID(sent[0]) and log_of(program, hook) == []
