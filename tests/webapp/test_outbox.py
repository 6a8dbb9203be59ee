"""The outbox: what is queued with a transaction is done once it has committed, and what cannot be done is put off or given
up.
"""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
from sqlalchemy import text
from sqlmodel import select

from db.commands import outbox
from db.session import acting_as, as_system
from models.access import ActionUse, AuditEntry, IdempotencyKey
from models.accounts import Role, User
from models.outbox import OutboxItem
from webapp.tasks.handler import GiveUp
from webapp.tasks.registry import HANDLERS
from webapp.tasks.sweeps import SWEEPS, Sweep, schedule
from webapp.worker.handling import drain, handle_next


def queue(*payloads, topic="note", **how):
    with acting_as(None) as session:
        for payload in payloads:
            outbox.enqueue(session, topic, payload, **how)


def queue_and_roll_back(payload):
    with acting_as(None) as session:
        outbox.enqueue(session, "note", payload)
        session.rollback()


def items():
    with as_system() as session:
        found = list(session.exec(select(OutboxItem).order_by("id")))
        session.expunge_all()
    return found


def make_due():
    """Let the pauses of everything that waits be over."""
    with as_system() as session:
        session.execute(text("update ops.outbox set available_at = now()"))


class Notes:
    """A handler that notes what it was given, in a row and in memory, and fails when told to."""

    def __init__(self):
        self.seen = []

    def __call__(self, session, item):
        self.seen.append(item.payload)
        session.add(AuditEntry(action="noted", target_id=str(item.id), details={}))
        session.flush()
        if "error" in item.payload:
            raise GiveUp("no way") if "final" in item.payload else ValueError(item.payload["error"])

    def kept(self):
        with as_system() as session:
            return [int(id_ or 0) for id_ in session.exec(select(AuditEntry.target_id).order_by("id"))]


def test_work_follows_the_commit_of_what_queued_it_and_nothing_else(database):
    queue_and_roll_back({"n": 0})
    notes = Notes()
    assert drain({"note": notes}, attempts=3) == 0
    queue({"n": 1}, {"n": 2})
    queue({"n": 3}, not_before=datetime.now(UTC) + timedelta(hours=1))
    queue({"n": 4}, topic="of a newer version")
    assert drain({"note": notes}, attempts=3) == 2
    assert notes.seen == [{"n": 1}, {"n": 2}]
    assert notes.kept() == [item.id for item in items()[:2]]
    assert [(item.done_at is not None, item.payload) for item in items()] == [
        (True, {}),  # what was done is remembered, not what it was about
        (True, {}),
        (False, {"n": 3}),
        (False, {"n": 4}),
    ]


def test_the_application_adds_work_and_sees_none(database):
    queue({"mail": "fan@example.org"})
    with acting_as(uuid4()) as session:
        assert session.execute(text("select * from ops.outbox")).all() == []
        assert session.execute(text("delete from ops.outbox")).rowcount == 0  # type: ignore[attr-defined]
        assert session.execute(text("update ops.outbox set topic = 'x'")).rowcount == 0  # type: ignore[attr-defined]
    assert [item.topic for item in items()] == ["note"]


def test_a_key_is_queued_once_whether_its_work_waits_or_is_done(database):
    notes = Notes()
    for _ in range(2):
        queue({}, {}, key="export 7")
        queue({}, topic="other", key="export 7")
        drain({"note": notes, "other": notes}, attempts=3)
    assert [(item.topic, item.key) for item in items()] == [("note", "export 7"), ("other", "export 7")]
    assert len(notes.kept()) == 2


def test_a_failure_takes_back_its_writes_is_told_and_tried_again_after_a_growing_pause(database):
    notes = Notes()
    queue({"error": "no route\nwith (secrets)"})
    pauses = []
    for attempt in (1, 2, 3):
        before = datetime.now(UTC)
        assert drain({"note": notes}, attempts=4) == 1
        after = datetime.now(UTC)
        [item] = items()
        pauses.append((item.available_at - after, item.available_at - before))
        assert (item.attempts, item.last_error, item.dead_at) == (attempt, "ValueError: no route", None)
        make_due()
    for number, (least, most) in enumerate(pauses):
        longest = outbox.FIRST_PAUSE * 2**number
        assert least <= longest and longest / 2 <= most
    assert drain({"note": notes}, attempts=4) == 1
    [item] = items()
    assert item.dead_at is not None and item.payload == {"error": "no route\nwith (secrets)"}
    make_due()
    assert drain({"note": notes}, attempts=4) == 0
    assert (len(notes.seen), notes.kept()) == (4, [])


def test_what_no_attempt_could_help_is_given_up_at_once_and_tried_again_when_an_admin_says_so(database):
    notes = Notes()
    queue({"error": "x", "final": True})
    drain({"note": notes}, attempts=9)
    with as_system() as session:
        [given_up] = outbox.dead(session)
        assert (given_up.attempts, given_up.last_error) == (1, "no way")
        assert outbox.dead(session, topic="other") == [] == outbox.dead(session, before=given_up.id)
        session.execute(text("update ops.outbox set payload = '{}'"))
        assert outbox.retry(session, given_up.id or 0) is not None
        assert outbox.dead(session) == []
    assert drain({"note": notes}, attempts=9) == 1
    [item] = items()
    with as_system() as session:
        assert item.done_at is not None and outbox.retry(session, item.id) is None
        assert outbox.retry(session, item.id + 1) is None


def take():
    with as_system() as session:
        taken = outbox.take(session, ["note"])
    assert taken is not None
    return taken


def test_work_that_ended_its_worker_each_time_is_given_up_without_another_try(database):
    notes = Notes()
    queue({"n": 1})
    for _ in range(2):
        take()  # and then the process is gone
        make_due()
    assert handle_next({"note": notes}, attempts=2)
    [item] = items()
    assert item.dead_at is not None and "worker ended" in item.last_error
    assert notes.seen == []


def test_an_item_that_another_worker_holds_or_has_taken_since_is_left_to_it(database):
    queue({"n": 1})
    first = take()
    make_due()
    with as_system() as one, as_system() as two:
        assert outbox.hold(one, first)
        assert not outbox.hold(two, first)
        assert outbox.take(two, ["note"]) is None
    second = take()
    assert (first.attempts, second.attempts) == (1, 2)
    with as_system() as session:
        assert not outbox.hold(session, first)
        outbox.fail(session, first, "too late", final=True)
    [item] = items()
    assert (item.last_error, item.dead_at) == (None, None)


def test_standings_count_what_waits_by_topic(database):
    notes = Notes()
    queue({"error": "x"}, {"error": "x", "final": True}, {})
    drain({"note": notes}, attempts=9)
    queue({}, {})
    queue({}, topic="other", not_before=datetime.now(UTC) + timedelta(days=1))
    with as_system() as session:
        note, other = outbox.standings(session)
    assert (note.topic, note.due, note.later, note.failing, note.dead) == ("note", 2, 1, 1, 1)
    assert note.oldest_due_at is not None
    assert (other.topic, other.due, other.later, other.oldest_due_at) == ("other", 0, 1, None)


def test_a_sweep_is_queued_once_a_period_by_however_many_workers():
    hourly = Sweep("s", timedelta(hours=1), lambda session: 0)
    at = datetime(2026, 3, 1, 12, 59, 59, tzinfo=UTC)
    assert hourly.key(at) == hourly.key(at - timedelta(minutes=59)) == "s 2026-03-01T12:00Z"
    assert hourly.key(at + timedelta(seconds=1)) == "s 2026-03-01T13:00Z"
    assert Sweep("d", timedelta(days=1), lambda session: 0).key(at) == "d 2026-03-01T00:00Z"


def test_sweeps_drop_what_is_old_and_nothing_else(database):
    now = datetime.now(UTC)
    old, young = now - timedelta(days=365), now - timedelta(minutes=1)
    with as_system() as session:
        user = User()
        session.add(user)
        session.flush()
        for key, moment in (("old", old), ("young", young)):
            session.add(IdempotencyKey(user_id=user.id, key=key, route="r", digest="d", created_at=moment))
            session.add(OutboxItem(topic="note", key=f"done {key}", payload={}, done_at=moment))
            session.add(OutboxItem(topic="note", key=f"dead {key}", payload={}, dead_at=moment))
            session.add(OutboxItem(topic="note", key=f"open {key}", payload={}, queued_at=moment))
        session.add(ActionUse(action="a", subject="s", free_at=old))
        session.add(ActionUse(action="b", subject="s", free_at=now + timedelta(hours=1)))
    for _ in range(2):
        with as_system() as session:
            schedule(session, SWEEPS, now)
    assert drain(HANDLERS, attempts=1) == len(SWEEPS)
    with as_system() as session:
        assert session.exec(select(IdempotencyKey.key)).all() == ["young"]
        assert session.exec(select(ActionUse.action)).all() == ["b"]
        kept = session.exec(select(OutboxItem.key).where(OutboxItem.topic == "note")).all()
    assert sorted(map(str, kept)) == ["dead young", "done young", "open old", "open young"]


def test_a_sweep_that_this_version_does_not_know_is_given_up(database):
    queue({"name": "nothing"}, topic="sweep")
    drain(HANDLERS, attempts=3)
    [item] = items()
    assert item.dead_at is not None and item.last_error == "there is no sweep 'nothing'"


def test_nobody_is_called_for_what_was_rolled_back(database):
    with psycopg.connect(database.url.replace("+psycopg", ""), autocommit=True) as ear:
        ear.execute(f"listen {outbox.CHANNEL}")
        queue_and_roll_back({})
        queue({}, {})
        assert len(list(ear.notifies(timeout=60, stop_after=1))) == 1  # for both: they were one transaction


def test_an_admin_sees_what_was_given_up_without_its_contents_and_has_it_tried_again(as_user):
    admin, notes = as_user("operator", Role.ADMIN), Notes()
    queue({"error": "x", "final": True}, {"error": "y", "final": True}, topic="note")
    queue({"mail": "fan@example.org"}, topic="mail")
    drain({"note": notes}, attempts=3)
    told = admin.get("/api/v1/admin/outbox?limit=1").json
    assert [(topic["topic"], topic["due"], topic["dead"]) for topic in told["topics"]] == [
        ("mail", 1, 0),
        ("note", 0, 2),
    ]
    [newest] = told["dead"]
    assert (newest["topic"], newest["attempts"], newest["last_error"]) == ("note", 1, "no way")
    assert "payload" not in newest and newest["dead_at"] is not None
    [older] = admin.get(f"/api/v1/admin/outbox?before={newest['id']}&topic=note").json["dead"]
    assert older["id"] < newest["id"]
    assert admin.get("/api/v1/admin/outbox?topic=mail").json["dead"] == []

    answer = admin.post(f"/api/v1/admin/outbox/{newest['id']}/retry")
    assert (answer.status_code, answer.json["dead_at"], answer.json["attempts"]) == (200, None, 0)
    assert [item["id"] for item in admin.get("/api/v1/admin/outbox").json["dead"]] == [older["id"]]
    with as_system() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "outbox.retry")).one()
        assert (entry.actor_id, entry.target_id) == (admin.user_id, str(newest["id"]))
    assert admin.post(f"/api/v1/admin/outbox/{newest['id'] + 99}/retry").status_code == 404


def test_only_admins_see_the_outbox(as_user, client):
    for who, status in ((client, 401), (as_user("mod", Role.MODERATOR), 403), (as_user("bot", Role.SERVICE), 403)):
        assert who.get("/api/v1/admin/outbox").status_code == status
        assert who.post("/api/v1/admin/outbox/1/retry").status_code == status
