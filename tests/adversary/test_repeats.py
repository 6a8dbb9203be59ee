"""Writes that come twice: every POST of a signed-in user takes an `Idempotency-Key`, or stands here with the reason why not; and
every write has a limit.
"""

from sqlalchemy import text

from db.session import as_system, read_as_system
from models.accounts import Role
from tests.adversary.routes import operations
from tests.adversary.test_routes import sent
from webapp import limits
from webapp.frame import Login

REPEATED_AS_THEY_ARE = {
    "POST /api/v1/admin/outbox/{item_id}/retry": "asks for what is due by then: a second time it is due already, or done",
    "POST /api/v1/auth/logout-everywhere": "ends what has ended; a second time the token itself is refused",
    "POST /api/v1/auth/password": "a digest of both passwords would be kept; a second time the old password is wrong",
    "POST /api/v1/me/notifications/read": "what is read is read: a second time nothing is left up to that one",
    "POST /api/v1/me/notifications/{notification_id}/read": "what is read is read: a second time it is so already",
    "POST /api/v1/dms": "two have one conversation: a second time it is told",
    "POST /api/v1/dms/images": "an upload: a second one goes after a day, when it is not sent",
    "POST /api/v1/dms/{conversation_id}/accept": "accepting twice is accepting",
    "POST /api/v1/dms/{conversation_id}/decline": "declining twice is declining, and a group is not there any more",
    "POST /api/v1/dms/{conversation_id}/read": "only goes forward: a second time is where it is already",
    "POST /api/v1/moderation/dismissals": "settles the open reports: a second time there are none",
    "POST /api/v1/moderation/filters": "words are filtered once: a second time is 409",
    "POST /api/v1/reports": "telling twice is telling: a second time answers the first report",
    "POST /api/v1/threads/{thread_id}/read": "only goes forward: a second time is where it is already",
}
"""What takes no key, and what a repetition does."""


def writes(app):
    """What signed-in users write with."""
    return [one for one in operations(app) if one.method != "GET" and one.demands.login is not Login.IGNORED]


def test_every_post_of_a_user_takes_a_key_or_says_why_not(app):
    posts = {str(one): one.demands.repeatable for one in writes(app) if one.method == "POST"}
    without = sorted(name for name, repeatable in posts.items() if not repeatable)
    assert without == sorted(REPEATED_AS_THEY_ARE)


def test_every_write_of_a_user_has_a_limit(app):
    assert [str(one) for one in writes(app) if one.demands.action is None] == []


def test_a_key_where_none_is_taken_is_refused_and_nothing_is_done(app, as_user, fingerprint, monkeypatch):
    monkeypatch.setattr(limits, "DEFAULTS", {name: limits.Limit(10**6, 1) for name in limits.DEFAULTS})
    admin = as_user("ada", Role.ADMIN)
    before = fingerprint()
    refusing = [
        one
        for one in operations(app)
        if one.method == "POST" and not one.demands.repeatable and not one.path.startswith("/console/")
    ]
    assert {str(one) for one in refusing} > set(REPEATED_AS_THEY_ARE)
    for operation in refusing:
        answer = sent(admin, operation, key="k-1")
        assert (str(operation), answer.status_code) == (str(operation), 422)
        assert answer.json["errors"] == [
            {
                "loc": ["header", "Idempotency-Key"],
                "msg": "Not for this route; send the request without it.",
                "type": "invalid",
            }
        ]
    assert fingerprint() == before


def test_what_may_be_repeated_as_it_is_passes_a_key_over(as_user):
    ann = as_user("ann")
    named = {"Idempotency-Key": "k-1"}
    for _ in range(2):
        assert ann.delete("/api/v1/me/avatar", headers=named).status_code == 200
        assert ann.patch("/api/v1/me", json={"bio": "x"}, headers=named | {"If-Match": "*"}).status_code == 200
    assert keys() == []


def keys():
    with read_as_system() as connection:
        return [tuple(row) for row in connection.execute(text("select key, status from ops.idempotency_keys"))]


def test_an_export_that_was_asked_for_is_told_again_and_not_made_again(as_user):
    ann = as_user("ann")
    first = ann.post("/api/v1/me/export", headers={"Idempotency-Key": "k-1"})
    with as_system() as session:  # as if the worker had made it, and its copy had been removed
        session.execute(text("update accounts.exports set finished_at = now(), expires_at = now()"))
    again = ann.post("/api/v1/me/export", headers={"Idempotency-Key": "k-1"})
    assert (again.json["id"], again.headers["Idempotency-Replayed"]) == (first.json["id"], "true")
    assert ann.post("/api/v1/me/export").json["id"] != first.json["id"]
    assert keys() == [("k-1", 200)]


def test_a_key_is_nobody_elses(as_user):
    ann, ben = as_user("ann"), as_user("ben")
    asked = [one.post("/api/v1/me/export", headers={"Idempotency-Key": "k-1"}) for one in (ann, ben, ann)]
    assert asked[0].json["id"] == asked[2].json["id"] != asked[1].json["id"]
    assert [answer.headers.get("Idempotency-Replayed") for answer in asked] == [None, None, "true"]


def test_a_warning_whose_answer_was_lost_is_given_once(as_user):
    moderator, ann = as_user("mia", Role.MODERATOR), as_user("ann")
    path, body = f"/api/v1/moderation/users/{ann.user_id}/sanctions", {"kind": "warning", "reason": "loud"}
    first, again = (moderator.post(path, json=body, headers={"Idempotency-Key": "k-1"}) for _ in range(2))
    assert (first.status_code, again.json, again.headers.get("Idempotency-Replayed")) == (200, first.json, "true")
    with read_as_system() as connection:
        given = connection.execute(text("select count(*) from social.sanctions")).scalar_one()
    assert (given, keys()) == (1, [("k-1", 200)])
